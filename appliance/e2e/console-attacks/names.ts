/** Names that are not the box's: a page elsewhere that points a name of its own at it (DNS rebinding), and proxies that nobody trusts. */
import type { Ask, BesiegedConsole } from "../besieged-console.ts";
import type { Attack } from "./attack.ts";

const MISDIRECTED = { refused: [400, 421] } as const;
/** In `trusted_proxies`. */
const PROXY = "127.77.0.1";

/** The owner's browser, tricked: its cookies come along. */
const asOwner = (ask: (siege: BesiegedConsole) => Partial<Ask>) => (siege: BesiegedConsole) =>
	siege.ask({ path: "/mail", as: "owner", ...ask(siege) });

const FOREIGN_NAMES = [
	"evil.example",
	"evil.example:80",
	"127.0.0.1.evil.example",
	"postern-test.evil.example",
	"postern-test.local.evil.example",
	"localhost.evil.example",
	"evil-postern-test.local",
	"127.0.0.1@evil.example",
	"127.0.0.1, evil.example",
	"127.0.0.1/evil.example",
	"127.1",
	"0x7f000001",
	"2130706433",
	"[::1].evil.example",
	"postern-test.local\0.evil.example",
	"pοstern-test.local",
	"",
];

export const NAME_ATTACKS: readonly Attack[] = [
	...FOREIGN_NAMES.map((host) => ({
		...{ name: `reading the mail list by the name ${JSON.stringify(host)}`, ...MISDIRECTED },
		attack: asOwner(() => ({ host: Buffer.from(host).toString("latin1") })),
	})),
	{ name: "reading it without a name", ...MISDIRECTED, attack: asOwner(() => ({ host: false })) },
	{
		...{ name: "reading it by two names, ours first", ...MISDIRECTED },
		attack: asOwner(() => ({ headers: ["Host: evil.example"] })),
	},
	{
		...{ name: "reading it by two names, ours last", ...MISDIRECTED },
		attack: asOwner(({ host }) => ({ host: "evil.example", headers: [`Host: ${host}`] })),
	},
	{
		...{ name: "reading it by an address in the request line and another name", ...MISDIRECTED },
		attack: asOwner(({ host }) => ({ path: `http://${host}/mail`, host: "evil.example" })),
	},
	{
		...{ name: "reading it by another name that claims to be forwarded from ours", ...MISDIRECTED },
		attack: asOwner(({ host }) => ({ host: "evil.example", headers: [`X-Forwarded-Host: ${host}`] })),
	},
	{
		...{ name: "reading it through a trusted proxy that was asked for another name", ...MISDIRECTED },
		attack: asOwner(() => ({ from: PROXY, headers: ["X-Forwarded-Host: evil.example"] })),
	},
	{
		...{ name: "reading it through a trusted proxy by our name and then another", ...MISDIRECTED },
		attack: asOwner(({ host }) => ({
			...{ from: PROXY, headers: [`X-Forwarded-Host: ${host}, evil.example`] },
		})),
	},
	{
		...{ name: "pausing all mail from a page of another name, token and all", ...MISDIRECTED },
		attack: (siege) =>
			siege.post("/mail/pause", {}, "owner", {
				...{ host: "evil.example", headers: ["Origin: http://evil.example"] },
			}),
	},
	{
		...{ name: "reading the API by another name, with a key", ...MISDIRECTED },
		attack: (siege) =>
			siege.ask({
				...{ path: "/api/v1/queue", host: "evil.example" },
				headers: [`Authorization: Bearer ${siege.keys.read}`],
			}),
	},
	{
		...{ name: "reading the health of the box by another name", ...MISDIRECTED },
		attack: (siege) => siege.ask({ path: "/healthz", host: "evil.example" }),
	},
	{
		...{ name: "reading the script of the console by another name", ...MISDIRECTED },
		attack: async (siege) => {
			const page = await siege.ask({ path: "/sign-in" });
			const [path = ""] = /\/assets\/[^"]+\.js/.exec(page.body) ?? [];
			return siege.ask({ path, host: "evil.example" });
		},
	},
];
