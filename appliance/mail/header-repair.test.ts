/** Damaged headers as devices send them (testing/damaged), and what holds for any header at all. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWords } from "../sandbox/encoded-words.ts";
import { scanAddressList } from "./address-list.ts";
import { fieldValue, isNamed, scanHeader } from "./header.ts";
import { type RepairFacts, repairHeader } from "./header-repair.ts";
import { hasLongLine } from "./line-length.ts";

const FACTS: RepairFacts = {
	reversePath: "scan@contoso.example",
	fallbackSender: "alerts@contoso.example",
	smtpUtf8: false,
	receivedAt: new Date("2026-11-20T09:00:00Z"),
	queueId: "0000000001",
	hostName: "postern",
	legacyCharset: "windows-1252",
};
const NOW = "Date: Fri, 20 Nov 2026 09:00:00 +0000";
const NOBODY = "To: undisclosed-recipients:;";

interface Expected {
	readonly repairs: readonly string[];
	/** Lines that the mended header has. */
	readonly lines?: readonly string[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
	"blank-before-colon": {
		repairs: ["closed up the colon of From", "closed up the colon of Subject"],
		lines: ["From: Scanner <scan@contoso.example>", "Subject: Scan"],
	},
	"blank-first-line": { repairs: ["removed the empty line before the header"] },
	"camera-clock-2038": {
		repairs: ["replaced Date"],
		lines: [NOW, "X-Original-Date: Tue, 19 Jan 2038 03:14:07 +0000"],
	},
	"dvr-iso-date": { repairs: ["replaced Date"], lines: [NOW, "X-Original-Date: 2026-11-20 08:00:00"] },
	"empty-subject-then-subject": { repairs: ["removed an empty Subject"], lines: ["Subject: Scan"] },
	"empty-to": { repairs: ["added To"], lines: [NOBODY] },
	"encoded-word-before-bracket": {
		repairs: ["separated encoded words of From"],
		lines: ["From: =?ISO-8859-1?Q?B=FCro?= <scan@contoso.example>"],
	},
	"encoded-words-glued": {
		repairs: ["separated encoded words of Subject"],
		lines: ["Subject: =?utf-8?B?w5w=?= =?utf-8?B?YmVy?="],
	},
	"fritzbox-no-from-to": {
		repairs: ["added Date", "added Message-ID", "added From", "added To"],
		lines: [NOW, "From: scan@contoso.example", NOBODY],
	},
	"from-without-address": {
		repairs: ["replaced From"],
		lines: ["From: scan@contoso.example", "X-Original-From: Brother MFC-9340"],
	},
	"hp-mfp-no-date": { repairs: ["added Date"], lines: [NOW] },
	"mbox-line": {
		repairs: ["kept the mbox line as X-Unparsed"],
		lines: ["X-Unparsed: From scan@contoso.example Fri Nov 20 08:00:00 2026"],
	},
	"no-empty-line": { repairs: ["added the empty line behind the header"] },
	"no-mime-version": { repairs: ["added MIME-Version"], lines: ["MIME-Version: 1.0"] },
	"plc-no-header": { repairs: ["added Date", "added Message-ID", "added From", "added To"], lines: [NOW] },
	"plc-no-header-latin1": {
		repairs: [
			...["added Date", "added Message-ID", "added From", "added To"],
			...["added MIME-Version", "added Content-Type"],
		],
		lines: ["Content-Type: text/plain; charset=windows-1252", "Content-Transfer-Encoding: 8bit"],
	},
	"plc-subject-only-open": {
		repairs: ["added Date", "added Message-ID", "added From", "added To"],
		lines: ["Subject: ALARM 17"],
	},
	"raw-latin1-names": {
		repairs: ["encoded From", "encoded To"],
		lines: [
			"From: Kopierer =?utf-8?B?QsO8cm8=?= <scan@contoso.example>",
			"To: =?utf-8?B?TcO8bGxlciwgSsO2cmc=?= <you@example.com>, boss@example.com (=?utf-8?B?QsO8cm8=?=)",
		],
	},
	"raw-latin1-subject": {
		repairs: ["encoded Subject"],
		lines: ["Subject: =?utf-8?Q?Ger=C3=A4t_meldet_St=C3=B6rung?="],
	},
	"raw-utf8-body": {
		repairs: ["added MIME-Version", "added Content-Type"],
		lines: ["Content-Type: text/plain; charset=utf-8"],
	},
	"raw-utf8-filename": {
		repairs: ["encoded Content-Type"],
		lines: ["Content-Type: application/pdf; name*=utf-8''Pr%C3%BCfung.pdf"],
	},
	"raw-utf8-subject": {
		repairs: ["encoded Subject"],
		lines: ["Subject: =?utf-8?B?UHLDvGZiZXJpY2h0IGbDvHIgSGFsbGUgMyAoZ2XDpG5kZXJ0KQ==?="],
	},
	"stray-line-between-fields": {
		repairs: ["kept a stray line as X-Unparsed"],
		lines: ["X-Unparsed: OK 200 sent", "Subject: Scan"],
	},
	"subject-line-of-2000": { repairs: ["folded Subject"] },
	"to-line-of-3000": { repairs: ["folded To"] },
	"toshiba-quoted-encoded-word": {
		repairs: ["separated encoded words of From"],
		lines: ["From: =?UTF-8?B?S29waWVyZXIgQsO8cm8=?= <scan@contoso.example>"],
	},
	"two-from": {
		repairs: ["kept the first From"],
		lines: ["From: Scanner <scan@contoso.example>", "X-Duplicate-From: root@localhost.localdomain"],
	},
	"two-subjects": {
		repairs: ["kept the first Subject"],
		lines: ["Subject: Scan", "X-Duplicate-Subject: Scan of 3 pages"],
	},
	"two-to": { repairs: ["joined To"], lines: ["To: you@example.com,", " boss@example.com"] },
	"ups-clock-1970": {
		repairs: ["replaced Date"],
		lines: [NOW, "X-Original-Date: Thu, 01 Jan 1970 00:04:12 +0000"],
	},
	"well-formed": { repairs: [] },
};

const FOLDER = path.join(import.meta.dirname, "testing/damaged");
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith(".eml") ? [file.slice(0, -4)] : []));

describe("a message as a device sends it", () => {
	it("has its expectation, each of them", () => {
		expect(NAMES.sort()).toEqual(Object.keys(EXPECTED).sort());
	});

	for (const name of NAMES) {
		it(`${name} is mended, and then has nothing wrong`, () => {
			const sent = readFileSync(path.join(FOLDER, `${name}.eml`));
			const { message, repairs } = repairHeader(sent, FACTS);
			expect(repairs).toEqual(EXPECTED[name]?.repairs);
			const header = message.toString("latin1", 0, scanHeader(message).fieldsEnd);
			const lines = header.split("\r\n");
			for (const line of EXPECTED[name]?.lines ?? []) expect(lines).toContain(line);
			expect(hasLongLine(Buffer.from(header, "latin1"))).toBe(false);
			for (const needed of ["Date", "Message-ID", "From"]) {
				expect(scanHeader(message).fields.filter((field) => isNamed(field, needed))).toHaveLength(1);
			}
			const again = repairHeader(message, FACTS);
			expect(again.repairs).toEqual([]);
			expect(again.message).toBe(message);
		});
	}
});

/** The value of a field, decoded as a reader would show it. */
function shown(message: Buffer, name: string): string {
	const field = scanHeader(message).fields.find((candidate) => isNamed(candidate, name));
	return field === undefined ? "" : decodeWords(fieldValue(message, field));
}

const GOOD =
	"From: a@b.example\r\nTo: c@d.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@b>\r\n";

describe("the date", () => {
	function repairsOf(date: string, receivedAt: string | undefined): readonly string[] {
		const message = Buffer.from(GOOD.replace(/Date: .*?\r\n/, `Date: ${date}\r\n`));
		return repairHeader(Buffer.concat([message, Buffer.from("\r\n")]), {
			...FACTS,
			receivedAt: receivedAt === undefined ? undefined : new Date(receivedAt),
		}).repairs;
	}

	it("of a device is believed, however far ahead, while the box does not know the time itself", () => {
		expect(repairsOf("Wed, 20 Nov 2030 08:00:00 +0000", undefined)).toEqual([]);
	});

	it("that cannot be is set aside, and the real one waits until the box knows it", () => {
		const message = Buffer.from(`${GOOD.replace("2026", "1970")}\r\n`);
		const mended = repairHeader(message, { ...FACTS, receivedAt: undefined }).message;
		expect(shown(mended, "X-Original-Date")).toContain("1970");
		expect(shown(mended, "Date")).toBe("");
	});

	it("is kept in every form that readers know", () => {
		const forms = [
			...["20 Nov 2026 08:00 +0100", "Fri, 20 Nov 26 08:00:00 EST", "Friday, 20-Nov-2026 08:00:00 GMT"],
			...["Fri, 20 Nov 2026 8:00:00 +0000 (UTC)", "Mo, 2 Feb 2015 10:00:00 +0200"],
		];
		for (const form of forms) expect(repairsOf(form, "2026-11-20T09:00:00Z")).toEqual([]);
	});

	it("may be a day ahead, and not two", () => {
		expect(repairsOf("Sat, 21 Nov 2026 08:59:00 +0000", "2026-11-20T09:00:00Z")).toEqual([]);
		expect(repairsOf("Sun, 22 Nov 2026 09:01:00 +0000", "2026-11-20T09:00:00Z")).toEqual(["replaced Date"]);
	});
});

describe("raw text beyond ASCII", () => {
	it("stays when SMTPUTF8 was agreed on, unless it is no UTF-8", () => {
		const utf8 = Buffer.from(`${GOOD}Subject: Prüfung\r\n\r\n`);
		expect(repairHeader(utf8, { ...FACTS, smtpUtf8: true }).message).toBe(utf8);
		const latin1 = Buffer.from(`${GOOD}Subject: Prüfung\r\n\r\n`, "latin1");
		expect(shown(repairHeader(latin1, { ...FACTS, smtpUtf8: true }).message, "Subject")).toBe("Prüfung");
	});

	it("is never encoded within an address", () => {
		const message = Buffer.from(GOOD.replace("a@b.example", "Müller <jörg@b.example>").concat("\r\n"));
		expect(shown(repairHeader(message, FACTS).message, "From")).toBe("Müller <jörg@b.example>");
	});

	const word = fc.oneof(
		fc.stringMatching(/^[a-z,.]{1,8}$/),
		fc.string({
			unit: fc.constantFrom("ü", "à", "€", "日", "x", "😀", "?", "="),
			minLength: 1,
			maxLength: 60,
		}),
		fc.constantFrom("=?utf-8?Q?=C3=9Cber?=", "=?iso-8859-1?B?/A==?="),
	);

	it("reads the same when it is encoded, and is ASCII", () => {
		fc.assert(
			fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
				const text = words.join(" ");
				// What looks like the start of an encoded word and is none is another matter.
				fc.pre(!/=\?(?!utf-8|iso)|\?=(?!\s|$)|[^\s]=\?/.test(text));
				const sent = Buffer.from(`${GOOD}Subject: ${text}\r\n\r\n`);
				const { message } = repairHeader(sent, FACTS);
				expect(shown(message, "Subject")).toBe(decodeWords(text));
				expect(message.every((byte) => byte < 0x80)).toBe(true);
				const lines = message.toString().split("\r\n");
				expect(lines.every((line) => line.length <= 78 + text.length)).toBe(true);
			}),
		);
	});
});

describe("for any header", () => {
	const name = fc.stringMatching(/^X-[A-Za-z]{1,20}$/);
	const value = fc.stringMatching(/^[!-<>-~]([ -<>-~]{0,40}[!-~])?$/);
	const fold = fc.constantFrom("", "\r\n ", "\r\n\t");
	const field = fc.tuple(name, value, fold, value).map((parts) => {
		const [key, before, between, behind] = parts;
		return `${key}: ${before}${between}${behind}\r\n`;
	});

	it("that is well formed: not a byte changes", () => {
		fc.assert(
			fc.property(fc.array(field), fc.array(field), fc.string(), (before, behind, body) => {
				fc.pre(/^[\0-\x7f]*$/.test(body));
				const message = Buffer.from(`${before.join("")}${GOOD}${behind.join("")}\r\n${body}`);
				expect(repairHeader(message, FACTS)).toEqual({ message, repairs: [] });
			}),
		);
	});

	const junk = fc.constantFrom(
		...[
			"From: a@b\r\n",
			"To: x@y.example, ",
			"Subject",
			":",
			" ",
			"\r\n",
			"\n",
			"\r",
			"=?",
			"=?utf-8?Q?a?=",
			'"',
		],
		...["\xfc", "é", "<", ">", "(", ",", ";", "From ", "Date: ", "--b", "x".repeat(700), "a, ".repeat(400)],
	);
	it("whatever it is: the body follows whole, no line is too long, mending again changes nothing", () => {
		fc.assert(
			fc.property(fc.array(junk, { maxLength: 40 }), fc.boolean(), (pieces, smtpUtf8) => {
				const header = pieces.join("").replaceAll(/(?:\r?\n)+\r?\n/g, "\r\n");
				const body = "\r\nThe body of it.\r\n";
				const facts = { ...FACTS, smtpUtf8 };
				const { message, repairs } = repairHeader(Buffer.from(`${header}\r\n${body}`, "latin1"), facts);
				const text = message.toString("latin1");
				expect(text.endsWith(body)).toBe(true);
				const { fieldsEnd } = scanHeader(message);
				expect(hasLongLine(message.subarray(0, fieldsEnd))).toBe(false);
				if (repairs.length > 0) expect(repairHeader(message, facts).repairs).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	const address = fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.example$/);
	const entry = fc.tuple(fc.constantFrom("", '"A, B" ', "Ann ", "(c) ", "Jürgen "), address);
	const list = fc.array(
		entry.map(([before, text]) => `${before}<${text}>`),
		{ maxLength: 60 },
	);
	it("with several To fields: nobody is lost", () => {
		fc.assert(
			fc.property(fc.array(list, { minLength: 1, maxLength: 4 }), (lists) => {
				const fields = lists.map((entries) => `To: ${entries.join(", ")}\r\n`).join("");
				const sent = Buffer.from(`${GOOD.replace("To: c@d.example\r\n", fields)}\r\n`);
				const { message } = repairHeader(sent, FACTS);
				const to = scanHeader(message).fields.filter((found) => isNamed(found, "To"));
				expect(to).toHaveLength(1);
				const named = to.flatMap(({ valueStart, end }) =>
					scanAddressList(message.subarray(valueStart, end)).mailboxes.map((mailbox) => mailbox.address),
				);
				const wanted = lists.flat().map((text) => /<(.*)>/.exec(text)?.[1]);
				expect(named).toEqual(wanted);
			}),
		);
	});
});
