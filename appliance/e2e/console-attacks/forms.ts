/** Forms that no page of the box has sent (CSRF): with the cookies of somebody who is signed in, who wants none of it. */
import type { BesiegedConsole } from "../besieged-console.ts";
import { type Attack, FROM_ELSEWHERE, STALE } from "./attack.ts";

const FORM = "Content-Type: application/x-www-form-urlencoded";
/** What every row is after; it needs no more than a token. */
const GOAL = "/mail/pause";

type Text = (siege: BesiegedConsole) => string | Promise<string>;

/** With a good token, and headers that give it away. */
const fromElsewhere = (name: string, ...headers: readonly string[]): Attack => ({
	...{ name, ...FROM_ELSEWHERE },
	attack: (siege) => siege.post(GOAL, {}, "operator", { headers }),
});

/** Without headers that give it away, and with another token. */
const withToken = (name: string, token: Text): Attack => ({
	...{ name, ...STALE },
	attack: async (siege) => {
		const body = new URLSearchParams({ _token: await token(siege) }).toString();
		return siege.ask({ method: "POST", path: GOAL, as: "operator", headers: [FORM], body });
	},
});

const withBody = (name: string, headers: readonly string[], body: (token: string) => string): Attack => ({
	...{ name, ...STALE },
	attack: (siege) =>
		siege.ask({
			...{ method: "POST", path: GOAL, as: "operator", headers },
			body: body(siege.tokens.operator),
		}),
});

const bytesOf = (token: string) => Buffer.from(token, "base64url");

export const FORM_ATTACKS: readonly Attack[] = [
	withToken("without a token", () => ""),
	withToken("with a token of somebody else's session", ({ tokens }) => tokens.viewer),
	withToken("with a token of nobody's visit", async (siege) => {
		const { body } = await siege.ask({ path: "/sign-in" });
		return /name="_token" value="([^"]+)"/.exec(body)?.[1] ?? "";
	}),
	withToken("with the beginning of a good token", ({ tokens }) => tokens.operator.slice(0, -4)),
	withToken("with a good token and more", ({ tokens }) => `${tokens.operator}AAAA`),
	withToken("with the salt of a good token alone", ({ tokens }) => tokens.operator.slice(0, 16)),
	withToken("with a good token of another salt", ({ tokens }) =>
		Buffer.concat([Buffer.alloc(12), bytesOf(tokens.operator).subarray(12)]).toString("base64url"),
	),
	withToken("with a token of nothing but zeros", () => Buffer.alloc(44).toString("base64url")),
	withToken("with a very long token", ({ tokens }) => tokens.operator.repeat(100)),
	withToken("with a token that is no base64", () => "\0\r\n<>"),
	withBody("with a good token in another field", [FORM], (token) => `token=${token}`),
	withBody("with a good token in a list", [FORM], (token) => `_token[]=${token}`),
	withBody("with a good token in a field of a field", [FORM], (token) => `__proto__._token=${token}`),
	withBody("as plain text, as a form elsewhere can send it", ["Content-Type: text/plain"], (token) => {
		return `_token=${token}`;
	}),
	withBody("as JSON, as a page elsewhere can send it", ["Content-Type: application/json"], (token) =>
		JSON.stringify({ _token: token }),
	),
	withBody("without saying what it is", [], (token) => `_token=${token}`),
	withBody(
		"as something that is nearly a form",
		["Content-Type: application/x-www-form-urlencoded2"],
		(token) => {
			return `_token=${token}`;
		},
	),
	{
		...{ name: "with a good token in a header, and in a cookie", ...STALE },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: GOAL },
				headers: [
					...[FORM, `X-CSRF-Token: ${siege.tokens.operator}`],
					`Cookie: ${siege.cookies.operator}; _token=${siege.tokens.operator}`,
				],
			}),
	},
	{
		...{ name: "with the token of a session that has been signed out", ...STALE },
		attack: async (siege) => {
			const cookie = await siege.signIn(siege.names.operator, siege.passwords.operator);
			const body = new URLSearchParams({ _token: await siege.tokenOf(cookie) }).toString();
			const headers = [FORM, `Cookie: ${cookie}`];
			await siege.ask({ method: "POST", path: "/sign-out", headers, body });
			return siege.ask({ method: "POST", path: GOAL, headers, body });
		},
	},
	fromElsewhere("from another site", "Origin: http://evil.example"),
	fromElsewhere("from a frame without an origin", "Origin: null"),
	fromElsewhere("from another port of this very box", "Origin: http://127.0.0.1:8080"),
	fromElsewhere("from a page over https", "Origin: https://127.0.0.1"),
	fromElsewhere("from an origin that only begins like ours", "Origin: http://127.0.0.1.evil.example"),
	fromElsewhere("from an origin of two", "Origin: http://127.0.0.1 http://evil.example"),
	fromElsewhere("from an empty origin", "Origin: "),
	fromElsewhere("cross-site, by the browser's own word", "Sec-Fetch-Site: cross-site"),
	fromElsewhere("from another host of the same site", "Sec-Fetch-Site: same-site"),
	fromElsewhere("with a word that no browser says", "Sec-Fetch-Site: trust-me"),
	{
		...{
			name: "from another site whose origin says that it is ours, by a header of proxies",
			...FROM_ELSEWHERE,
		},
		attack: (siege) =>
			siege.post(GOAL, {}, "operator", {
				headers: ["Origin: http://evil.example", "X-Forwarded-Host: evil.example"],
			}),
	},
	{
		...{ name: "signing a victim in as the attacker, from another site", ...FROM_ELSEWHERE },
		attack: (siege) =>
			siege.postAsNobody(
				"/sign-in",
				{ name: siege.names.viewer, password: siege.passwords.viewer },
				{ headers: ["Origin: http://evil.example"] },
			),
	},
	{
		...{ name: "signing a victim in as the attacker, without a visit before", ...STALE },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/sign-in", headers: [FORM] },
				body: new URLSearchParams({ name: siege.names.viewer, password: siege.passwords.viewer }).toString(),
			}),
	},
	{
		...{ name: "signing a victim out, from another site", ...FROM_ELSEWHERE },
		attack: (siege) => siege.post("/sign-out", {}, "operator", { headers: ["Origin: http://evil.example"] }),
	},
	...["GET", "HEAD"].map(
		(method): Attack => ({
			...{ name: `by ${method}, with a good token in the address`, refused: [404], isInside: true },
			attack: (siege) =>
				siege.ask({ method, path: `${GOAL}?_token=${siege.tokens.operator}`, as: "operator" }),
		}),
	),
	...["X-HTTP-Method-Override: POST", "X-HTTP-Method: POST", "X-Method-Override: POST"].map(
		(header): Attack => ({
			...{ name: `by GET with ${header}`, refused: [404], isInside: true },
			attack: (siege) =>
				siege.ask({
					...{ path: `${GOAL}?_method=POST&_token=${siege.tokens.operator}`, as: "operator" },
					headers: [header],
				}),
		}),
	),
	...["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"].map(
		(method): Attack => ({
			...{ name: `by ${method}, with a good token`, refused: [404], isInside: true },
			attack: (siege) => siege.post(GOAL, {}, "operator", { method }),
		}),
	),
];
