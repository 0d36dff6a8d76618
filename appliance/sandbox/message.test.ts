import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64Strictly } from "./base64.ts";
import { decodeWords } from "./encoded-words.ts";
import { formatItemId, parseItemId } from "./item-id.ts";
import { MAGIC_RECIPIENTS } from "./magic.ts";
import { headerRecipients, readHeader, summarise, withoutBcc } from "./message.ts";
import { echoScopes, parseScopes, resourcesOf } from "./scopes.ts";
import { parsePath, parseXOAuth2 } from "./smtp-commands.ts";
import { readAccessToken, readRefreshToken } from "./tokens.ts";

describe("reading a message", () => {
	it("unfolds, decodes, and finds the recipients of every address field", () => {
		const message = Buffer.from(
			'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?B?IQ==?=\r\nTo: "Doe, Jane" <jane@example.com>,\r\n\tJOE@example.com\r\nto: jane@Example.com\r\nCC: ops: x@a.test, y@a.test;\r\n\r\nBcc: not@a.header\r\n',
		);
		const summary = summarise(readHeader(message));
		expect(summary.subject).toBe("Grüße!");
		expect(headerRecipients(summary)).toEqual([
			"jane@Example.com",
			"JOE@example.com",
			"x@a.test",
			"y@a.test",
		]);
	});

	it("takes folded Bcc fields out and touches nothing else", () => {
		const kept = "From: a@b.test\nX-Bcc: stays\n\nBcc: body\n";
		const message = Buffer.from(`bCC:\n x@y.test,\n z@y.test\n${kept}`);
		expect(withoutBcc(message, readHeader(message)).toString()).toBe(kept);
	});

	it("never fails, and removes nothing from a message without Bcc", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
				const message = Buffer.from(bytes);
				const fields = readHeader(message);
				headerRecipients(summarise(fields));
				if (!fields.some(({ name }) => name === "bcc")) expect(withoutBcc(message, fields)).toBe(message);
			}),
		);
	});

	it("leaves words it cannot decode", () => {
		expect(decodeWords("=?no-such?q?x?= and =?utf-8?q?a=?=")).toBe("=?no-such?q?x?= and a=");
	});
});

describe("the magic recipients", () => {
	it("are told in the README as on the page", () => {
		const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");
		for (const { localPart, graphText, smtpText } of MAGIC_RECIPIENTS)
			expect(readme).toContain(`| \`${localPart}@\` | ${graphText} | ${smtpText} |`);
	});
});

describe("strict parsers", () => {
	it("reads back all base64 and refuses what has a character too many", () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(200), (bytes, at) => {
				const text = Buffer.from(bytes).toString("base64");
				expect(decodeBase64Strictly(Buffer.from(text))).toEqual(Buffer.from(bytes));
				const spoiled = `${text.slice(0, at)}*${text.slice(at + 1)}`;
				expect(decodeBase64Strictly(Buffer.from(spoiled))).toBeUndefined();
			}),
		);
	});

	it("reads back item ids, case and all", () => {
		const id = { family: "classic", mailboxKey: "abcdefghij-_0123", itemNumber: 50_000, moves: 3 } as const;
		const text = formatItemId(id);
		expect(parseItemId(text)).toEqual(id);
		expect(parseItemId(text.toLowerCase())).toBeUndefined();
		expect(text).toMatch(/[=]$/);
	});

	it("survives any text as token, path, credentials and scope", () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(readAccessToken(`EwB${text}`)).toBeUndefined();
				expect(readRefreshToken(`1.AXEA${text}`)).toBeUndefined();
				parsePath(`FROM:${text}`, "FROM");
				parseXOAuth2(text);
				parseItemId(text);
				echoScopes(parseScopes(text, "127.0.0.1:1"), "other");
			}),
		);
	});

	it("knows the resources by either of their spellings", () => {
		const of = (text: string) => resourcesOf(parseScopes(text, "127.0.0.1:8080"));
		expect(of("Mail.Send User.Read")).toEqual(["graph"]);
		expect(of("http://127.0.0.1:8080/Mail.Send")).toEqual(["graph"]);
		expect(of("https://outlook.office365.com/SMTP.Send https://outlook.office.com/SMTP.Send")).toEqual([
			"outlook",
		]);
		expect(of("openid profile")).toEqual([]);
	});
});
