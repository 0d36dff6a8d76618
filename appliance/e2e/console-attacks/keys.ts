/** The API for programs: without a key, with one that may less, and by ways around the list of what it offers. */
import type { KeyScope } from "../../console-services.ts";
import type { Ask, BesiegedConsole } from "../besieged-console.ts";
import type { Attack } from "./attack.ts";

const NEEDS_KEY = { refused: [401], says: /key-needed/ } as const;
const FORBIDDEN = { refused: [403], says: /key-forbids/, isInside: true } as const;
/** A path that is nobody's. */
const NOWHERE = { refused: [404], says: /no-such-request/, isInside: true } as const;
const ELSEWHERE = { refused: [403], says: /form-elsewhere/, isInside: true } as const;
const JSON_TYPE = "Content-Type: application/json";
const STATUS = "/api/v1/status";
const ACTIONS = "/api/v1/queue/actions";
const WIPE = JSON.stringify({ action: "delete", ids: ["1"] });

const bearer = (siege: BesiegedConsole, scope: KeyScope) => `Authorization: Bearer ${siege.keys[scope]}`;

const withHeader = (name: string, header: (siege: BesiegedConsole) => string, path = STATUS): Attack => ({
	...{ name, ...NEEDS_KEY },
	attack: (siege) => siege.ask({ path, headers: [header(siege)] }),
});

/** Beyond what the key is for. */
const beyond = (scope: KeyScope, method: string, path: string, body = ""): Attack => ({
	...{ name: `${method} ${path} with a key for “${scope}”`, ...FORBIDDEN },
	attack: (siege) => siege.ask({ method, path, body, headers: [bearer(siege, scope), JSON_TYPE] }),
});

const nowhere = (method: string, path: string, body = ""): Attack => ({
	...{ name: `${method} ${path} with a key for all that there is`, ...NOWHERE },
	attack: (siege) =>
		siege.ask({ method, path, body, headers: [`Authorization: Bearer ${siege.keys.all}`, JSON_TYPE] }),
});

const malformed = (name: string, body: string, ask: Partial<Ask> = {}): Attack => ({
	...{ name, refused: [400, 413, 415], isInside: true },
	attack: (siege) =>
		siege.ask({
			...{ method: "POST", path: ACTIONS, body, ...ask },
			headers: [bearer(siege, "mail"), JSON_TYPE, ...(ask.headers ?? [])],
		}),
});

export const KEY_ATTACKS: readonly Attack[] = [
	{ name: "asking without a key", ...NEEDS_KEY, attack: (siege) => siege.ask({ path: STATUS }) },
	{
		...{ name: "acting with the owner's session, without saying from which page", ...ELSEWHERE },
		attack: (siege) =>
			siege.ask({ method: "POST", path: ACTIONS, as: "owner", headers: [JSON_TYPE], body: WIPE }),
	},
	{
		...{ name: "acting with the owner's session and a token of its forms", ...ELSEWHERE },
		attack: (siege) =>
			siege.post(ACTIONS, { action: "delete" }, "owner", { headers: ["Sec-Fetch-Site: same-origin"] }),
	},
	{
		...{ name: "acting with the owner's session by plain text, as a page elsewhere can", ...ELSEWHERE },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: ACTIONS, as: "owner", body: WIPE },
				headers: ["Content-Type: text/plain", "Origin: http://evil.example"],
			}),
	},
	{
		...{ name: "acting with the owner's session and a key that is none", ...NEEDS_KEY },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: ACTIONS, as: "owner", body: WIPE },
				headers: [JSON_TYPE, `Origin: http://${siege.host}`, "Authorization: Bearer pst_none"],
			}),
	},
	{
		...{ name: "acting with a viewer's session from a page of the box", ...FORBIDDEN },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: ACTIONS, as: "viewer", body: WIPE },
				headers: [JSON_TYPE, `Origin: http://${siege.host}`],
			}),
	},
	{
		...{ name: "making oneself an owner with an operator's session", ...FORBIDDEN },
		attack: (siege) =>
			siege.ask({
				...{ method: "PATCH", path: `/api/v1/people/${siege.names.operator}`, as: "operator" },
				...{ headers: [JSON_TYPE, `Origin: http://${siege.host}`], body: '{"role":"owner"}' },
			}),
	},
	{
		...{ name: "reading a letter with a viewer's session", ...FORBIDDEN },
		async attack(siege) {
			const [row] = await siege.house.json<readonly { id: string }[]>("queue", "list");
			return siege.ask({ path: `/api/v1/mail/${row?.id}/eml`, as: "viewer" });
		},
	},
	...["key", "access_token", "api_key", "token", "authorization"].map(
		(field): Attack => ({
			...{ name: `with the key in the address, as ${field}`, ...NEEDS_KEY },
			attack: (siege) => siege.ask({ path: `${STATUS}?${field}=${siege.keys.read}` }),
		}),
	),
	withHeader(
		"with the key in a cookie",
		({ keys }) => `Cookie: key=${keys.read}; Authorization=${keys.read}`,
	),
	withHeader("with the key in a header of its own", ({ keys }) => `X-API-Key: ${keys.read}`),
	withHeader("with the key for a password", ({ keys }) => {
		return `Authorization: Basic ${Buffer.from(`key:${keys.read}`).toString("base64")}`;
	}),
	withHeader("with the beginning of a key", ({ keys }) => `Authorization: Bearer ${keys.read?.slice(0, -1)}`),
	withHeader("with a key and more", ({ keys }) => `Authorization: Bearer ${keys.read}A`),
	withHeader(
		"with a key in other letters",
		({ keys }) => `Authorization: Bearer ${keys.read?.toUpperCase()}`,
	),
	withHeader("with two keys", ({ keys }) => `Authorization: Bearer ${keys.read}, Bearer ${keys.mail}`),
	withHeader("with an empty key", () => "Authorization: Bearer "),
	withHeader("with a key of 10,000 letters", () => `Authorization: Bearer ${"A".repeat(10_000)}`),
	withHeader("with a key that is a property of all objects", () => "Authorization: Bearer __proto__"),
	withHeader("with the owner's password for a key", () => "Authorization: Bearer four-words-in-a-row"),
	{
		...{ name: "guessing keys from ever new addresses, by a header of proxies", refused: [429] },
		async attack(siege) {
			const from = siege.newAddress();
			const ask = (number: number, key: string) =>
				siege.ask({
					...{ path: STATUS, from },
					headers: [`Authorization: Bearer ${key}`, `X-Forwarded-For: 203.0.113.${number}`],
				});
			for (let guessed = 0; guessed < 6; guessed += 1) await ask(guessed, `pst_guess${guessed}`);
			return ask(99, siege.keys.read ?? "");
		},
	},
	{
		...{ name: "with a key that has been taken away", ...NEEDS_KEY },
		async prepare(siege) {
			await siege.post("/people/keys", { label: "short-lived", scope: "read" }, "owner");
			const { body } = await siege.ask({ path: "/people?made=", as: "owner" });
			const [, key = ""] = /<code[^>]*>(pst_[^<]+)<\/code>/.exec(body) ?? [];
			const row = body.slice(body.indexOf("short-lived"));
			const [, remove = ""] = /action="(\/people\/keys\/[^"]+\/remove)"/.exec(row) ?? [];
			await siege.post(remove, {}, "owner");
			return key;
		},
		attack: (siege, key) => siege.ask({ path: STATUS, headers: [`Authorization: Bearer ${key}`] }),
	},
	{
		...{ name: "opening a page of the console with a key", refused: [303], location: /^\/sign-in/ },
		attack: (siege) => siege.ask({ path: "/mail", headers: [bearer(siege, "read")] }),
	},
	...["/queue/actions", "/devices", "/accounts", "/mailboxes", "/reload"].map((path) =>
		beyond("read", "POST", `/api/v1${path}`, WIPE),
	),
	beyond("read", "DELETE", "/api/v1/devices/Copier"),
	beyond("mail", "POST", "/api/v1/devices", "{}"),
	beyond("mail", "DELETE", "/api/v1/accounts/alerts%40contoso.example"),
	beyond("mail", "GET", "/api/v1/queue"),
	nowhere("POST", "/api/v1/queue-actions", WIPE),
	beyond("metrics", "GET", STATUS),
	beyond("read", "GET", "/metrics"),
	beyond("read", "GET", "/api/v1/people"),
	beyond("read", "GET", "/api/v1/keys"),
	beyond("read", "GET", "/api/v1/hooks"),
	beyond("read", "GET", "/api/v1/settings"),
	beyond("mail", "PATCH", "/api/v1/settings", '{"queue.paused":true}'),
	beyond("mail", "POST", "/api/v1/keys", '{"label":"mine","scopes":["people"],"expiresAt":null}'),
	nowhere("POST", "/api/v1/console/password"),
	nowhere("POST", "/api/v1/backups", '{"passphrase":"x"}'),
	nowhere("POST", "/api/v1/backups/apply"),
	nowhere("POST", "/api/v1/backups/received"),
	nowhere("GET", "/api/v1/backups"),
	nowhere("GET", "/api/v1/__proto__"),
	nowhere("GET", "/api/v1/statusx"),
	nowhere("GET", "/api/v2/status"),
	nowhere("POST", "/api/v1/queue%2f..%2fconsole%2fpassword"),
	nowhere("POST", "/api/v1/QUEUE/actions", WIPE),
	nowhere("POST", "/api/v1//queue/actions", WIPE),
	{
		...{ name: "asking as a page elsewhere does before it asks", refused: [401, 204], isInside: true },
		attack: (siege) =>
			siege.ask({
				...{ method: "OPTIONS", path: STATUS },
				headers: [
					...["Origin: http://evil.example", "Access-Control-Request-Method: POST"],
					...["Access-Control-Request-Headers: authorization", bearer(siege, "read")],
				],
			}),
	},
	{
		...{ name: "reaching a page by way of the API", refused: [303], location: /^\/sign-in/ },
		attack: (siege) => siege.ask({ path: "/api/v1/%2e%2e/%2e%2e/people", headers: [bearer(siege, "read")] }),
	},
	{
		...{ name: "reaching what is not offered by a path that begins as what is", refused: [403, 404] },
		isInside: true,
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/api/v1/queue/../console/password" },
				headers: [bearer(siege, "mail"), JSON_TYPE],
			}),
	},
	{
		...{ name: "acting by GET and a header that says POST", refused: [404], isInside: true },
		attack: (siege) =>
			siege.ask({
				...{ path: "/api/v1/queue/actions?_method=POST" },
				headers: [bearer(siege, "read"), "X-HTTP-Method-Override: POST"],
			}),
	},
	malformed("a body that is no JSON", "action=delete"),
	malformed("an empty body", ""),
	malformed("a body of half an object", WIPE.slice(0, -2)),
	malformed("a list nested 100,000 deep", "[".repeat(100_000)),
	malformed("objects nested 30,000 deep", '{"a":'.repeat(30_000)),
	malformed("an object that would change all objects", '{"__proto__":{"action":"delete"},"constructor":1}'),
	malformed("a text where a list is wanted", '{"action":"delete","ids":"everything"}'),
	malformed("a list of objects where texts are wanted", '{"action":"delete","ids":[{"$ne":1}]}'),
	malformed("an action that there is not", '{"action":"drop table","ids":["1"]}'),
	malformed("a field that there is not", `{"action":"delete","ids":["1"],"role":"owner"}`),
	malformed("a hundred thousand ids", `{"action":"delete","ids":[${'"1",'.repeat(60_000)}"1"]}`),
	malformed("a body too large", `{"action":"delete","ids":["${"A".repeat(300_000)}"]}`),
	malformed("bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString("latin1")),
	malformed("JSON in UTF-16", "\ufeff{\0}\0"),
	malformed("JSON that says it is packed", WIPE.slice(1), { headers: ["Content-Encoding: gzip"] }),
	malformed("a form instead of JSON", "ids=1&action=delete", {
		headers: ["Content-Type: application/x-www-form-urlencoded"],
	}),
];
