import fc from "fast-check";
import addressparser from "nodemailer/lib/addressparser";
import { describe, expect, it } from "vitest";
import { addressKey } from "./address.ts";
import { fieldValue, isNamed, scanHeader } from "./header.ts";
import { nameRecipients } from "./recipients.ts";

function rewrite(header: string, recipients: readonly string[]): string {
	const message = Buffer.from(header);
	return nameRecipients(message, scanHeader(message), recipients).header.toString();
}

/** Whom another parser would send to, by the header alone. */
function judged(header: Buffer): string[] {
	const { fields } = scanHeader(header);
	const values = ["To", "Cc", "Bcc"].flatMap((name) =>
		fields.filter((field) => isNamed(field, name)).map((field) => fieldValue(header, field)),
	);
	const mailboxes = values.flatMap((value) => addressparser(value, { flatten: true }));
	return [...new Set(mailboxes.map(({ address, name }) => addressKey(address || name)))].sort();
}

describe("a header for Graph", () => {
	it("keeps its bytes when it names exactly the recipients", () => {
		const header = "From: scan@x.example\r\nTO:  Boss\t<boss@x.example>,\r\n\tsec@X.example (Sec)\r\n\r\n";
		expect(rewrite(header, ["BOSS@x.example", "sec@x.example"])).toBe(header);
	});

	it("gives recipients that only the envelope names a Bcc of their own, and drops the device's", () => {
		const header = "To: boss@x.example\r\nBcc: old@x.example,\r\n older@x.example\r\nSubject: s\r\n\r\n";
		expect(rewrite(header, ["boss@x.example", "log@y.example", "audit@y.example"])).toBe(
			"Bcc: log@y.example,\r\n audit@y.example\r\nTo: boss@x.example\r\nSubject: s\r\n\r\n",
		);
	});

	it("sends nothing to those the header names and the envelope does not, and keeps them readable", () => {
		const header = 'To: "Boss, The" <boss@x.example>, Other <other@x.example>\r\nCc: third@x.example\r\n\r\n';
		expect(rewrite(header, ["boss@x.example"])).toBe(
			'To: "Boss, The" <boss@x.example>\r\n' +
				'X-Postern-Original-To: "Boss, The" <boss@x.example>, Other <other@x.example>\r\n' +
				"X-Postern-Original-Cc: third@x.example\r\n\r\n",
		);
	});

	it("says undisclosed when nobody of the To field is a recipient", () => {
		expect(rewrite("To: all@x.example\r\n\r\n", ["one@x.example"])).toBe(
			"Bcc: one@x.example\r\nTo: undisclosed-recipients:;\r\nX-Postern-Original-To: all@x.example\r\n\r\n",
		);
	});

	it("leaves an empty group alone, and opens one with members", () => {
		expect(rewrite("To: undisclosed-recipients:;\r\n\r\n", ["a@x.example"])).toBe(
			"Bcc: a@x.example\r\nTo: undisclosed-recipients:;\r\n\r\n",
		);
		expect(rewrite("To: Team: a@x.example, B <b@x.example>;\r\n\r\n", ["a@x.example", "b@x.example"])).toBe(
			"To: a@x.example,\r\n B <b@x.example>\r\nX-Postern-Original-To: Team: a@x.example, B <b@x.example>;\r\n\r\n",
		);
	});

	it("makes one field of several, because only one is allowed", () => {
		expect(
			rewrite("To: a@x.example\r\nSubject: s\r\nTo: b@x.example\r\n\r\n", ["a@x.example", "b@x.example"]),
		).toBe("To: a@x.example,\r\n b@x.example\r\nSubject: s\r\n\r\n");
	});

	it("lets no field hide behind a bare CR, a strange line or a missing empty line", () => {
		const header = rewrite(
			"Subject: x\rBcc: evil@x.example\r\nTo: a@x.example\r\nno field\r\nBcc: worse@x.example\r\n\r\n",
			["a@x.example"],
		);
		expect(header).toBe("Subject: x Bcc: evil@x.example\r\nTo: a@x.example\r\n\r\n");
	});

	it("of a message without any is made, LF line ends stay LF", () => {
		expect(rewrite("Hello", ["a@x.example"])).toBe("Bcc: a@x.example\r\n\r\n");
		expect(rewrite("To: a@x.example\n\nbody", ["b@x.example"])).toBe(
			"Bcc: b@x.example\nTo: undisclosed-recipients:;\nX-Postern-Original-To: a@x.example\n\n",
		);
	});

	it("names addresses beyond ASCII and odd local parts, and says which it cannot name", () => {
		const message = Buffer.from("Subject: s\r\n\r\n");
		const result = nameRecipients(message, scanHeader(message), [
			"jörg@bücher.example",
			"a..b@docomo.example",
			"postmaster",
			"x@y\r\nTo: evil@z.example",
		]);
		expect(result.unnameable).toEqual(["postmaster", "x@y\r\nTo: evil@z.example"]);
		expect(result.header.toString()).toBe(
			'Bcc: jörg@bücher.example,\r\n "a..b"@docomo.example\r\nSubject: s\r\n\r\n',
		);
	});
});

const address = fc
	.tuple(
		fc.constantFrom("a", "B", "boss", "x.y", '"q, r"', "jörg"),
		fc.constantFrom("x.example", "Y.example", "b\u00fc.example"),
	)
	.map(([local, domain]) => `${local}@${domain}`);
const name = fc.constantFrom(
	"Boss",
	'"Boss, The"',
	'"evil@z.example"',
	"=?utf-8?q?Bo=C3=9F?=",
	"=?utf-8?q?=3Cevil=40z.example=3E?=",
	"evil@z.example",
	"Jörg M.",
	"(see below)",
	'"a \\" b"',
);
const mailbox = fc.oneof(
	address,
	address.map((text) => `<${text}>`),
	fc.tuple(name, address).map(([display, text]) => `${display} <${text}>`),
	fc
		.tuple(address, fc.constantFrom("(Boss)", "(evil@z.example)", "(a (b) c)"))
		.map((parts) => parts.join(" ")),
	address.map((text) => text.toUpperCase()),
);
const group = fc
	.tuple(fc.constantFrom("Team", '"The, Team"', "x@z.example"), fc.array(mailbox, { maxLength: 3 }))
	.map(([title, members]) => `${title}: ${members.join(", ")};`);
const junk = fc.constantFrom(
	"",
	"Boss",
	"<",
	">",
	"<a@x.example",
	'"open',
	"(open",
	"a@",
	"@x.example",
	"a@x.example>",
	";",
	":",
	"<@r.example:a@x.example>",
	"\\",
	"a@x.example b@x.example",
	"mailto:a@x.example",
);
const separator = fc.constantFrom(", ", ",", ",\r\n ", "; ", " ", "\r\n\t", ",,");
const value = fc
	.array(
		fc.tuple(
			fc.oneof(
				{ weight: 6, arbitrary: mailbox },
				{ weight: 1, arbitrary: group },
				{ weight: 1, arbitrary: junk },
			),
			separator,
		),
		{ maxLength: 6 },
	)
	.map((parts) => parts.flat().join(""));
const soup = fc.string({ unit: fc.constantFrom(...'<>@,;:()"\\[]. ax\t=?\u0000é'), maxLength: 40 });
const field = fc
	.tuple(fc.constantFrom("To", "Cc", "Bcc", "to", "CC ", "Subject", "Resent-Bcc"), fc.oneof(value, soup))
	.map(([key, text]) => `${key}: ${text}\r\n`);

describe("whatever the header says", () => {
	it("another parser finds the recipients of the envelope and nobody else", () => {
		const input = fc.tuple(
			fc.array(field, { maxLength: 5 }),
			fc.array(address, { minLength: 1, maxLength: 6 }),
		);
		fc.assert(
			fc.property(input, ([fields, recipients]) => {
				const message = Buffer.from(`${fields.join("")}\r\nTo: evil@z.example\r\n`);
				const { header, unnameable } = nameRecipients(message, scanHeader(message), recipients);
				expect(unnameable).toEqual([]);
				expect(judged(header)).toEqual([...new Set(recipients.map(addressKey))].sort());
				expect(scanHeader(header)).toMatchObject({ ending: "separated", bodyStart: header.length });
			}),
			{ numRuns: 3000 },
		);
	});

	it("what is not about recipients keeps its bytes and its order", () => {
		const other = fc
			.string({ unit: fc.constantFrom(..."abc é:;<@>\t"), maxLength: 30 })
			.map((text) => `X-Other: ${text}\r\n`);
		fc.assert(
			fc.property(fc.array(fc.oneof(field, other), { maxLength: 8 }), (fields) => {
				const message = Buffer.from(`${fields.join("")}\r\n`);
				const others = (bytes: Buffer) =>
					scanHeader(bytes)
						.fields.filter((each) => /^(x-other|subject)$/i.test(each.name))
						.map(({ start, end }) => bytes.toString("latin1", start, end));
				const { header } = nameRecipients(message, scanHeader(message), ["a@x.example"]);
				expect(others(header)).toEqual(others(message));
			}),
		);
	});
});
