/** Bodies that are too large, not what they say, or made to break who reads them; sent by who may send forms. */
import { gzipSync } from "node:zlib";
import type { BesiegedConsole } from "../besieged-console.ts";
import type { Attack } from "./attack.ts";

const FORM = "Content-Type: application/x-www-form-urlencoded";
const MULTIPART = "Content-Type: multipart/form-data; boundary=b";
/** Deletes mail, where it is understood. */
const WIPE = "do=all:delete&confirmed=yes";
const GOAL = "/mail/actions";

const part = (name: string, value: string, more = "") =>
	`--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

type Body = (token: string) => string | Buffer;

/** Whatever it is, nothing comes of it: refused as an old page, or as one that asks for nothing. */
const odd = (name: string, headers: readonly string[], body: Body, refused = [303, 400, 403]): Attack => ({
	...{ name, refused, isInside: true },
	attack: (siege: BesiegedConsole) =>
		siege.ask({
			...{ method: "POST", path: GOAL, as: "operator", headers },
			body: body(siege.tokens.operator),
		}),
});

/** With the token in the address, so that the body is all that is wrong. */
const behindToken = (name: string, headers: readonly string[], body: string | Buffer): Attack => ({
	...{ name: `${name}, behind a good token`, refused: [303, 400, 403], isInside: true },
	attack: (siege) =>
		siege.ask({
			...{ method: "POST", path: `${GOAL}?_token=${siege.tokens.operator}`, as: "operator", headers, body },
		}),
});

const tooLarge = (name: string, headers: readonly string[], body: Body) => odd(name, headers, body, [413]);

const chunked = (text: string) =>
	`${(text.match(/[\s\S]{1,50000}/g) ?? []).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("")}0\r\n\r\n`;

export const BODY_ATTACKS: readonly Attack[] = [
	tooLarge("a form of 300 kB", [FORM], (token) => `_token=${token}&${WIPE}&x=${"x".repeat(300_000)}`),
	tooLarge("a form of 300 kB that does not say its length", [FORM, "Transfer-Encoding: chunked"], (token) =>
		chunked(`_token=${token}&${WIPE}&x=${"x".repeat(300_000)}`),
	),
	tooLarge(
		"a file of 300 kB where none is wanted",
		[MULTIPART],
		(token) => `${part("_token", token)}${part("do", "x".repeat(300_000), '; filename="a"')}--b--\r\n`,
	),
	{
		...{ name: "a form of 300 kB by who is not signed in", refused: [413] },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/sign-in", headers: [FORM], body: `name=${"x".repeat(300_000)}` },
			}),
	},
	{
		...{ name: "300 kB for the API by who has no key", refused: [401, 413] },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/api/v1/queue/actions", body: "x".repeat(300_000) },
			}),
	},
	odd("a form packed by gzip", [FORM, "Content-Encoding: gzip"], (token) =>
		gzipSync(`_token=${token}&${WIPE}`),
	),
	odd("a gigabyte packed into a few kB", [FORM, "Content-Encoding: gzip"], () =>
		gzipSync(Buffer.alloc(50_000_000, "x")),
	),
	odd("a form in UTF-16", [`${FORM}; charset=utf-16`], (token) =>
		Buffer.from(`_token=${token}&${WIPE}`, "utf16le"),
	),
	odd("50,000 fields without a name", [FORM], () => "=&".repeat(50_000)),
	odd("20,000 fields of other names", [FORM], () =>
		Array.from({ length: 20_000 }, (_, number) => `a${number}=`).join("&"),
	),
	odd("bytes that are no UTF-8", [FORM], () => Buffer.from([0x5f, 0xff, 0xfe, 0x3d, 0xc0, 0xaf])),
	odd("per cent signs without their digits", [FORM], () => "_token=%&do=%zz&%=%"),
	odd(
		"many parts without a boundary",
		["Content-Type: multipart/form-data"],
		(token) => `${part("_token", token)}--b--\r\n`,
	),
	odd(
		"many parts with another boundary than they say",
		["Content-Type: multipart/form-data; boundary=c"],
		(token) => `${part("_token", token)}--b--\r\n`,
	),
	odd(
		"many parts with a boundary of a kilobyte",
		[`Content-Type: multipart/form-data; boundary=${"b".repeat(1_000)}`],
		(token) => part("_token", token),
	),
	odd("many parts of which none ends", [MULTIPART], (token) => part("_token", token)),
	odd("3,000 parts", [MULTIPART], () => `${part("a", "b").repeat(3_000)}--b--\r\n`),
	odd(
		"a part whose head is folded and endless",
		[MULTIPART],
		() => `--b\r\nContent-Disposition: form-data;${"\r\n x".repeat(10_000)}\r\n\r\n`,
	),
	odd(
		"a token that is a file",
		[MULTIPART],
		(token) => `${part("_token", token, '; filename="../../etc/passwd"')}--b--\r\n`,
	),
	odd(
		"parts within a part",
		[MULTIPART],
		(token) =>
			`--b\r\nContent-Disposition: form-data; name="x"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n${part("_token", token)}--c--\r\n--b--\r\n`,
	),
	behindToken("parts without a boundary", ["Content-Type: multipart/form-data"], "nothing"),
	behindToken("parts that are broken off", [MULTIPART], part("do", "all:delete").slice(0, 40)),
	behindToken("a deed that is a file", [MULTIPART], `${part("do", "all:delete", '; filename="a"')}--b--\r\n`),
	behindToken("fields of all objects", [FORM], "__proto__=all:delete&constructor=yes&do[]=x&toString=1"),
	behindToken("a deed that there is not", [FORM], "do=all:explode&confirmed=yes"),
	behindToken("a deed on an id of another kind", [FORM], "do=marked:delete&id=..%2f..%2fetc&confirmed=yes"),
	behindToken("a deed on 20,000 ids", [FORM], `do=marked:retry&confirmed=yes${"&id=none".repeat(20_000)}`),
	behindToken("JSON for a form", ["Content-Type: application/json"], '{"do":"all:delete","confirmed":"yes"}'),
	behindToken(
		"XML that asks for a file",
		["Content-Type: text/xml"],
		'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
	),
	behindToken("a form by two types", [`${FORM}, multipart/form-data; boundary=b`], "do=all:explode"),
];
