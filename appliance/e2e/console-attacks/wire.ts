/** HTTP that is none: requests that two programs could read as one or as two (smuggling), and all else that no browser sends. */
import type { BesiegedConsole } from "../besieged-console.ts";
import type { Attack } from "./attack.ts";

/** Refused by its head, and the connection with it; whatever follows is never read as a request. */
const MALFORMED = { refused: [400] } as const;
const TOO_LONG = { refused: [431] } as const;

/** What would be smuggled: an operator's request, so that it would show. */
const smuggled = (siege: BesiegedConsole) =>
	siege.write({
		...{ method: "POST", path: "/mail/pause", as: "operator" },
		headers: ["Content-Type: application/x-www-form-urlencoded"],
		body: `_token=${siege.tokens.operator}`,
	});

/** A form whose length is said in an ambiguous way, then the other request. */
const hidden = (name: string, lines: readonly string[], body = "0\r\n\r\n"): Attack => ({
	...{ name: `a request behind another: ${name}`, ...MALFORMED },
	attack: (siege) =>
		siege.send(
			`POST /sign-in HTTP/1.1\r\nHost: ${siege.host}\r\n${lines.join("\r\n")}\r\n\r\n${body}`,
			smuggled(siege),
		),
});

const head = (
	name: string,
	text: (host: string) => string,
	rest: Pick<Attack, "refused" | "location"> = MALFORMED,
): Attack => ({
	...{ name, ...rest },
	attack: (siege) => siege.send(Buffer.from(text(siege.host), "latin1")),
});

/** A header line between others. */
const line = (name: string, text: string, rest: Pick<Attack, "refused"> = MALFORMED): Attack =>
	head(
		name,
		(host) => `GET /sign-in HTTP/1.1\r\nHost: ${host}\r\n${text}\r\nConnection: close\r\n\r\n`,
		rest,
	);

export const WIRE_ATTACKS: readonly Attack[] = [
	hidden("a length and chunks", ["Content-Length: 5", "Transfer-Encoding: chunked"]),
	hidden("chunks and a length", ["Transfer-Encoding: chunked", "Content-Length: 5"]),
	hidden("chunks by another name", ["Transfer-Encoding: xchunked"]),
	hidden("chunks and then nothing of the kind", ["Transfer-Encoding: chunked, identity"]),
	hidden("chunks said twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]),
	hidden("chunks with a blank before the colon", ["Transfer-Encoding : chunked"]),
	hidden("chunks with a control character", ["Transfer-Encoding: \x0bchunked"]),
	hidden("chunks in a folded line", ["Transfer-Encoding:", " chunked"]),
	hidden("chunks in quotes", ['Transfer-Encoding: "chunked"']),
	hidden("two lengths", ["Content-Length: 0", "Content-Length: 500"], ""),
	hidden("a list of lengths", ["Content-Length: 0, 500"], ""),
	hidden("a length with a sign", ["Content-Length: +0"], ""),
	hidden("a length below nothing", ["Content-Length: -1"], ""),
	hidden("a length in hexadecimal", ["Content-Length: 0x0"], ""),
	hidden("a length with a blank in it", ["Content-Length: 1 0"], ""),
	hidden("a length past all numbers", ["Content-Length: 99999999999999999999"], ""),
	hidden("a chunk of no number", ["Transfer-Encoding: chunked"], "zz\r\n\r\n"),
	hidden("a chunk of a number past all numbers", ["Transfer-Encoding: chunked"], "fffffffffffffffff\r\n\r\n"),
	hidden("a chunk below nothing", ["Transfer-Encoding: chunked"], "-1\r\n\r\n"),
	hidden("a chunk that ends in a bare line feed", ["Transfer-Encoding: chunked"], "1\nx\n0\n\n"),
	hidden("a chunk shorter than it is", ["Transfer-Encoding: chunked"], "1\r\nxxxx\r\n0\r\n\r\n"),
	{
		...{ name: "a request behind another: a chunk with 30 kB beside its length", refused: [400, 413] },
		attack: (siege) =>
			siege.send(
				`POST /sign-in HTTP/1.1\r\nHost: ${siege.host}\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(30_000)}\r\nx\r\n0\r\n\r\n`,
				smuggled(siege),
			),
	},
	{
		...{ name: "a form with less than it promised, and then silence", refused: [0] },
		attack: (siege) =>
			siege.send(
				siege.write({
					...{ method: "POST", path: "/mail/pause", as: "operator" },
					headers: ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 500"],
					body: `_token=${siege.tokens.operator}`,
				}),
			),
	},
	{
		...{ name: "a form of a gigabyte, by its word", refused: [413] },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/sign-in", headers: ["Content-Length: 1000000000"], body: "x" },
			}),
	},
	{
		...{ name: "a form of a gigabyte that waits to be asked for", refused: [100, 413] },
		attack: (siege) =>
			siege.ask({
				...{ method: "POST", path: "/sign-in" },
				headers: ["Expect: 100-continue", "Content-Length: 1000000000"],
			}),
	},
	line("a header with a line feed alone", "X-A: b\nX-B: c"),
	line("a header with a carriage return alone", "X-A: b\rX-B: c"),
	line("a folded header", "X-A: b\r\n c"),
	line("a header with a NUL", "X-A: \0"),
	line("a header whose name has a NUL", "X\0A: b"),
	line("a header whose name has a blank", "X A: b"),
	line("a header without a name", ": b"),
	line("a header without a colon", "nonsense"),
	line("a header of 17 kB", `X-A: ${"a".repeat(17_000)}`, TOO_LONG),
	line("cookies of 20 kB", `Cookie: ${"a=b; ".repeat(4_000)}`, TOO_LONG),
	line("2,500 headers", "a: b\r\n".repeat(2_500).trim(), TOO_LONG),
	head(
		"an address of 17 kB",
		(host) => `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
		TOO_LONG,
	),
	head("an address with a NUL", (host) => `GET /\0 HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head("an address with a blank", (host) => `GET /mail HTTP/1.1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head("an address that is none", (host) => `GET sign-in HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head(
		"an address of another protocol",
		(host) => `GET file:///etc/passwd HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
	),
	head("a method that is none", (host) => `GETT / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head("a method with a control character", (host) => `G\x01T / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head(
		"a tunnel to elsewhere",
		() => "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n",
		{
			refused: [0, 400, 405],
		},
	),
	{
		...{ name: "TRACE, which would show the cookies to a script", refused: [403, 405] },
		attack: (siege) => siege.ask({ method: "TRACE", path: "/", headers: ["X-Cookie: postern=stolen"] }),
	},
	head("an answer for all addresses", (host) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
	head("HTTP/1.2", (host) => `GET / HTTP/1.2\r\nHost: ${host}\r\n\r\n`),
	head("HTTP/0.9", () => "GET /\r\n", { refused: [0] }),
	head("HTTP/1.0 without a host", () => "GET /mail HTTP/1.0\r\n\r\n", { refused: [400, 421] }),
	head("HTTP/2 from its first byte", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	head("TLS where there is none", () => "\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03"),
	head("SMTP", () => "EHLO evil.example\r\nMAIL FROM:<a@evil.example>\r\n"),
	head("line feeds alone", (host) => `GET / HTTP/1.1\nHost: ${host}\n\n`),
	head("carriage returns alone", (host) => `GET / HTTP/1.1\rHost: ${host}\r\r`),
	head(
		"a wish for another protocol (h2c)",
		(host) => {
			const lines = [
				...["GET /mail HTTP/1.1", `Host: ${host}`, "Connection: Upgrade, HTTP2-Settings, close"],
				...["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"],
			];
			return `${lines.join("\r\n")}\r\n\r\n`;
		},
		{ refused: [303], location: /^\/sign-in/ },
	),
	head(
		"a wish for a web socket from elsewhere",
		(host) => {
			const lines = [
				...["GET /live HTTP/1.1", `Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket"],
				...[
					"Sec-WebSocket-Version: 13",
					"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
					"Origin: http://evil.example",
				],
			];
			return `${lines.join("\r\n")}\r\n\r\n`;
		},
		{ refused: [303], location: /^\/sign-in/ },
	),
];
