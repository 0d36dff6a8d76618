import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applySenderRule, type SenderRule } from "./sender-header.ts";

const ACCOUNT = "alerts@contoso.com";
const FORCE: SenderRule = { kind: "force", address: ACCOUNT };
const allow = (...allowed: string[]): SenderRule => ({
	kind: "allow",
	allows: (address) => allowed.includes(address.toLowerCase()),
});

function apply(header: string, rule: SenderRule): string {
	const look = applySenderRule(Buffer.from(`${header}\r\n\r\nbody\r\n`, "latin1"), rule);
	if (!look.allowed) return `not ${look.claimed}`;
	const text = look.message.toString("latin1");
	expect(text.endsWith("\r\n\r\nbody\r\n")).toBe(true);
	return text.slice(0, -"\r\n\r\nbody\r\n".length);
}

describe("a sender that is put in place of the device's", () => {
	it.each([
		["From: scan@x.example", `From: ${ACCOUNT}\r\nReply-To: scan@x.example`],
		["From: Copier <scan@x.example>", `From: Copier <${ACCOUNT}>\r\nReply-To: Copier <scan@x.example>`],
		[
			'From: "Copier, 2nd" <scan@x.example>\r\nSubject: x',
			`From: "Copier, 2nd" <${ACCOUNT}>\r\nReply-To: "Copier, 2nd" <scan@x.example>\r\nSubject: x`,
		],
		[
			"From: =?utf-8?Q?K=C3=BCche?=\r\n <scan@x.example>",
			`From: =?utf-8?Q?K=C3=BCche?=\r\n <${ACCOUNT}>\r\nReply-To: =?utf-8?Q?K=C3=BCche?=\r\n <scan@x.example>`,
		],
		[
			"From: scan@x.example\r\nReply-To: boss@x.example",
			`From: ${ACCOUNT}\r\nX-Original-From: scan@x.example\r\nReply-To: boss@x.example`,
		],
		[
			"Sender: other@x.example\r\nFrom: scan@x.example",
			`X-Original-Sender: other@x.example\r\nFrom: ${ACCOUNT}\r\nReply-To: scan@x.example`,
		],
		["From: a@x.example, b@x.example", `From: ${ACCOUNT}\r\nReply-To: a@x.example, b@x.example`],
		["From: ALERTS@contoso.com", "From: ALERTS@contoso.com"],
		["From: nonsense", `From: ${ACCOUNT}\r\nX-Original-From: nonsense`],
		["Subject: x", `From: ${ACCOUNT}\r\nSubject: x`],
	])("makes of %j", (header, expected) => {
		expect(apply(header, FORCE)).toBe(expected);
	});

	it("leaves one mailbox that anybody can find in From, whatever stood there", () => {
		const piece = fc.constantFrom(
			"<",
			">",
			'"',
			"@",
			"a@b.example",
			",",
			";",
			":",
			"(",
			")",
			" ",
			"\r\n ",
			"=?utf-8?Q?x?=",
			"Name",
			"\\",
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
				const result = apply(`From: ${pieces.join("")}`, FORCE);
				const values = [...result.matchAll(/^From:((?:.|\r\n[ \t])*)$/gm)].map(([, value = ""]) => value);
				expect(values).toHaveLength(1);
				// Beside the account's, no address but inside the quotes or the encoded word of its name.
				const bare = (values[0] ?? "").replaceAll(/"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)/g, "");
				expect(bare.match(/@/g)).toHaveLength(1);
				expect(bare).toContain(ACCOUNT);
			}),
			{ numRuns: 3_000 },
		);
	});
});

describe("a list of senders", () => {
	it.each([
		["From: scan@x.example", "From: scan@x.example"],
		["From: Copier <SCAN@x.example>", "From: Copier <SCAN@x.example>"],
		["From: boss@x.example", "not boss@x.example"],
		["From: scan@x.example, boss@x.example", "not boss@x.example"],
		["From: scan@x.example\r\nSender: boss@x.example", "not boss@x.example"],
		["From: scan@x.example <boss@x.example>", "not boss@x.example"],
		["From: <boss@x.example> scan@x.example", "not boss@x.example"],
		["From: scan@x.example <scan@x.example>", "not scan@x.example <scan@x.example>"],
		["From: nonsense", "not nonsense"],
		["Subject: x", "not nobody"],
	])("answers %j with %j", (header, expected) => {
		expect(apply(header, allow("scan@x.example"))).toBe(expected);
	});
});

it("never leaves a From standing that another parser may read as somebody else", () => {
	for (const from of [
		"boss @ contoso.com, alerts@contoso.com",
		'"boss" @contoso.com, alerts@contoso.com',
		"Boss <boss@contoso.com (x) >, alerts@contoso.com",
		"boss@contoso.com. <alerts@contoso.com>",
	]) {
		const message = Buffer.from(`From: ${from}\r\nTo: you@example.com\r\n\r\nbody`);
		const look = applySenderRule(message, { kind: "force", address: "alerts@contoso.com" });
		if (!look.allowed) throw new Error("forced senders are not refused");
		const [line = ""] = look.message.toString().split("\r\n");
		expect(line).toMatch(/^From: .*alerts@contoso\.com>?$/);
		expect(line).not.toMatch(/^From: .*boss.*@.*,/);
		expect(look.message.toString()).toContain(`X-Original-From: ${from}`);
	}
});
