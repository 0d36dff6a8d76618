/** Ways to what is not meant for one: out of the box's own pages into its files, and past the rule on who may see what. */
import type { Role } from "../../console-services.ts";
import { type Attack, NOT_YOURS, TO_SIGN_IN } from "./attack.ts";

const FILES = [
	"/../../../../etc/passwd",
	"/assets/../../../../etc/passwd",
	"/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
	"/assets/..%2f..%2f..%2fetc%2fpasswd",
	"/assets/..%252f..%252fetc%252fpasswd",
	"/assets/..%c0%af..%c0%afetc/passwd",
	"/assets/....//....//etc/passwd",
	"/assets//etc/passwd",
	"/file:///etc/passwd",
	"/state/vault.key",
	"/.git/config",
	"/.env",
	"/dist/postern.cjs",
];

/** The file of a message, by names that are none. */
const LETTERS = [
	"/mail/..%2f..%2fvault.key.eml",
	"/mail/../../../../etc/passwd.eml",
	"/mail/%00.eml",
	"/mail/.eml",
	"/mail/*.eml",
	"/mail/' OR 1=1 --.eml".replaceAll(" ", "%20"),
	"/mail/%2e%2e%2feml.eml",
];

/** What only an owner may see, by other spellings. */
const OWNERS = [
	"/people",
	"/%70eople",
	"/people?x=/mail",
	"/mail/../people",
	"/./people",
	"/system/settings",
	"/system/%73ettings",
	"/system/support.txt",
	"/devices/../system/settings",
	"/microsoft/app",
	"/microsoft/%61pp",
	"/microsoft/sign-in/alerts%40contoso.example",
	"/setup/name",
];
/** And by spellings that lead nowhere. */
const NOWHERE = [
	"/people/",
	"/People",
	"/people;a=b",
	"/people%00",
	"/people%2f",
	"/people.json",
	"/people%0d%0a",
	"/system/settings/",
	"/system//settings",
	"/system%2fsettings",
	"/system/SETTINGS",
	"/microsoft/app/",
	"/mail/..;/people",
];

const visit = (role: Role | undefined, path: string) => ({
	name: `${role ?? "nobody"} opens ${path}`,
	attack: (siege: Parameters<Attack["attack"]>[0]) =>
		siege.ask({ path, ...(role === undefined ? {} : { as: role }) }),
});

export const PATH_ATTACKS: readonly Attack[] = [
	...FILES.map((path): Attack => ({ ...visit(undefined, path), ...TO_SIGN_IN })),
	...FILES.map((path): Attack => ({ ...visit("owner", path), refused: [404], isInside: true })),
	{
		...{ ...visit("owner", "/..\\..\\etc\\passwd"), refused: [400], isInside: true },
	},
	...LETTERS.map((path): Attack => ({ ...visit("operator", path), refused: [404], isInside: true })),
	...LETTERS.slice(0, 1).map((path): Attack => ({ ...visit("viewer", path), ...NOT_YOURS })),
	...OWNERS.map((path): Attack => ({ ...visit("operator", path), ...NOT_YOURS })),
	...NOWHERE.map((path): Attack => ({ ...visit("operator", path), refused: [403, 404], isInside: true })),
	...["/people//evil.example", "//evil.example/", "//evil.example/%2f..", "/%2f%2fevil.example"].map(
		(path): Attack => ({ ...visit(undefined, path), ...TO_SIGN_IN }),
	),
	{
		...{ name: "nobody listens to the news of the box", ...TO_SIGN_IN },
		attack: (siege) => siege.ask({ path: "/live", headers: ["Accept: text/event-stream"] }),
	},
	{
		...{ name: "nobody asks for a page as the console's own script does", ...TO_SIGN_IN },
		attack: (siege) => siege.ask({ path: "/mail", headers: ["X-Live: 1", "Sec-Fetch-Site: same-origin"] }),
	},
	{
		...{ name: "nobody asks with headers that rewrite the path", ...TO_SIGN_IN },
		attack: (siege) =>
			siege.ask({ path: "/", headers: ["X-Original-URL: /healthz", "X-Rewrite-URL: /sign-in"] }),
	},
];
