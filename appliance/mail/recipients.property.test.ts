/** The set delivered equals the set of RCPTs, whatever the header says: Python's address parser is the judge. */
import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanHeader } from "./header.ts";
import { nameRecipients } from "./recipients.ts";

const PEOPLE = Array.from({ length: 12 }, (_, number) => `person${number}@fabrikam.com`);

const address = fc.constantFrom(...PEOPLE);
const inAnyCase = fc.tuple(address, fc.boolean()).map(([text, upper]) => (upper ? text.toUpperCase() : text));
const phrase = fc.constantFrom(
	...[
		"",
		"Anna",
		'"Miller, Anna"',
		'"a\\"b"',
		"=?utf-8?Q?J=C3=BCrgen?=",
		"=?iso-8859-1?B?SvxyZ2Vu?=",
		'"x@y.com"',
		"J. R.",
	],
);
const comment = fc.constantFrom("", "(office)", "(a (nested) one)", "(with, comma)", "(evil@elsewhere.com)");
const mailbox = fc
	.tuple(phrase, inAnyCase, comment, fc.boolean())
	.map(([name, text, note, bare]) =>
		(bare && name === "" ? `${text} ${note}` : `${name} <${text}> ${note}`).trim(),
	);
const group = fc
	.tuple(fc.constantFrom("Team", '"The, team"'), fc.array(mailbox, { maxLength: 3 }))
	.map(([name, members]) => `${name}: ${members.join(", ")};`);
const item = fc.oneof({ weight: 5, arbitrary: mailbox }, { weight: 1, arbitrary: group });
const list = fc
	.tuple(fc.array(item, { maxLength: 6 }), fc.constantFrom(", ", ",\r\n ", " ,\t"))
	.map(([items, separator]) => items.join(separator));
const field = fc
	.tuple(fc.constantFrom("To", "Cc", "Bcc", "TO", "cc", "Resent-Bcc"), list)
	.map(([name, value]) => `${name}: ${value}\r\n`);
const mail = fc.record({
	fields: fc.array(field, { maxLength: 5 }),
	recipients: fc.uniqueArray(inAnyCase, {
		minLength: 1,
		maxLength: 8,
		selector: (text) => text.toLowerCase(),
	}),
});

const JUDGE = `
import email, email.utils, json, sys
for line in sys.stdin:
    message = email.message_from_string(json.loads(line))
    found = {name: [a.lower() for _, a in email.utils.getaddresses(message.get_all(name, []), strict=False) if "@" in a] for name in ("to", "cc", "bcc")} if "strict" in email.utils.getaddresses.__code__.co_varnames else {name: [a.lower() for _, a in email.utils.getaddresses(message.get_all(name, [])) if "@" in a] for name in ("to", "cc", "bcc")}
    print(json.dumps({**found, "resent": message.get_all("resent-bcc", [])}))
`;

interface Judged {
	readonly to: readonly string[];
	readonly cc: readonly string[];
	readonly bcc: readonly string[];
	readonly resent: readonly string[];
}

describe("recipients over a way without an envelope", () => {
	it("are exactly the envelope's, each once, for 1,000 headers", () => {
		const samples = fc.sample(mail, 1_000);
		const headers = samples.map(({ fields, recipients }) => {
			const message = Buffer.from(`From: scan@contoso.com\r\n${fields.join("")}Subject: x\r\n\r\nBody\r\n`);
			const { header, unnameable } = nameRecipients(message, scanHeader(message), recipients);
			expect(unnameable).toEqual([]);
			return header.toString("latin1");
		});
		const input = headers.map((header) => JSON.stringify(header)).join("\n");
		const { stdout, stderr } = spawnSync("python3", ["-c", JUDGE], { input, maxBuffer: 64 * 1024 * 1024 });
		const judged = stdout
			.toString()
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Judged);
		expect(judged, stderr.toString()).toHaveLength(samples.length);
		for (const [index, { to, cc, bcc, resent }] of judged.entries()) {
			const wanted = (samples[index]?.recipients ?? []).map((text) => text.toLowerCase()).sort();
			const delivered = [...new Set([...to, ...cc, ...bcc])].sort();
			expect(delivered, headers[index]).toEqual(wanted);
			// Whom nobody may see stands in Bcc alone, which Exchange takes off, and not in what stays.
			expect(bcc.filter((hidden) => to.includes(hidden) || cc.includes(hidden))).toEqual([]);
			expect(resent).toEqual([]);
		}
	});
});
