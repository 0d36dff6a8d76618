/**
 * What the fuzzer says: transcripts for fast-check, of three kinds. Dialogues with their bytes cut,
 * doubled, swapped and flipped; commands made up; and transactions with marked messages between
 * commands made up, cut off anywhere. A marked message carries its length and digest, and nothing
 * around it can change it: whoever takes one that does not fit has taken half a message for a whole.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Dialogue } from "./dialogue.ts";

export interface Transcript {
	readonly role: "relay" | "submission" | "implicit-tls";
	/** Place of the sending device in the house: an index into its addresses. */
	readonly speaker: number;
	/** Bytes, as Latin-1: a counterexample can be read. */
	readonly said: string;
	/** Lines said that begin as a command does. */
	readonly commands: number;
	/** Where the bytes are cut into packets, as shares of the whole. */
	readonly packets: readonly number[];
	readonly ending: "half-close" | "hang up" | "reset";
	/** STARTTLS may have begun a handshake that goes no further: what the peer says then is no reply. */
	readonly mayBeTls: boolean;
}

const MARK = /X-Fuzz: (\d+) ([0-9a-f]{64})\r\n/;

/** Says whether a message that arrived is whole; `undefined`: it is none of the marked ones. */
export function isWhole(message: string): boolean | undefined {
	const mark = MARK.exec(message);
	if (mark === null) return undefined;
	const bodyAt = message.indexOf("\r\n\r\n", mark.index);
	if (bodyAt === -1) return false;
	const body = message.slice(bodyAt + 4);
	return body.length === Number(mark[1]) && digestOf(body) === mark[2];
}

function digestOf(text: string): string {
	return createHash("sha256").update(text, "latin1").digest("hex");
}

/** Complete and clean, so that nothing is added to it and nothing repaired. */
function markedMessage(lines: readonly string[]): string {
	const body = lines.map((line) => `${line}\r\n`).join("");
	return [
		`X-Fuzz: ${body.length} ${digestOf(body)}`,
		"From: Scanner <scan@contoso.example>",
		"To: <you@example.com>",
		"Subject: fuzz",
		"Date: Fri, 20 Nov 2026 08:00:00 +0000",
		`Message-ID: <${digestOf(`${body}${lines.length}`).slice(0, 20)}@device.test>`,
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=us-ascii",
		"",
		body,
	].join("\r\n");
}

const COMMANDS =
	/^(?:helo|ehlo|mail|rcpt|data|bdat|rset|noop|vrfy|help|quit|starttls|expn|auth|xclient|proxy|xyzzy|etrn|turn)\b/gim;
const CRLF = "\r\n";
/** Evenly: most doubles are next to nothing. */
const share = fc.integer({ min: 0, max: 10_000 }).map((part) => part / 10_000);
const text = fc.oneof(
	fc.string({ maxLength: 30 }),
	fc.array(fc.nat(255), { maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes)),
	fc.constantFrom("", "<>", "<a@contoso.example>", "a@b", "<a@b", "@", "\0", "\t", "x".repeat(600), "=", "*"),
);
const verb = fc.constantFrom(
	...[
		"HELO",
		"EHLO",
		"MAIL FROM:",
		"RCPT TO:",
		"RSET",
		"NOOP",
		"VRFY",
		"HELP",
		"QUIT",
		"STARTTLS",
		"EXPN",
		"XCLIENT",
	],
	...[
		"AUTH",
		"AUTH PLAIN",
		"AUTH LOGIN",
		"AUTH CRAM-MD5",
		"PROXY TCP4",
		"mail from:",
		"rcpt to: ",
		"",
		" ",
		"\t",
		"é",
	],
);
const parameter = fc.constantFrom(
	"",
	" SIZE=5",
	" SIZE=x",
	" BODY=8BITMIME",
	" SMTPUTF8",
	" RET=HDRS",
	" NOTIFY=NEVER",
	" ORCPT=rfc822;a",
	" X=Y",
);
const lineEnd = fc.constantFrom(CRLF, CRLF, CRLF, "\n", "\r", "\r\r\n", "");

/** A command line of which some are well-formed. */
const command = fc
	.tuple(verb, text, parameter, lineEnd)
	.map(([word, rest, more, end]) => `${word} ${rest}${more}${end}`);
/** As `command`, but nothing that would begin a message or a chunk. */
const harmless = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.constantFrom(
			"NOOP\r\n",
			"RSET\r\n",
			"VRFY x\r\n",
			"\r\n",
			"EHLO again\r\n",
			"BDAT 0\r\n",
			"BDAT x\r\n",
			"XYZZY\r\n",
			"MAIL FROM:<scan@contoso.example>\r\n",
			"RCPT TO:<two@example.com>\r\n",
			"AUTH LOGIN\r\n",
			"AUTH PLAIN AGEAYg==\r\n",
			"MAIL FROM:<>",
			"AUTH\n",
		),
	},
	{ weight: 1, arbitrary: command.filter((line) => !/starttls|quit/i.test(line)) },
);

const contentLine = fc.oneof(
	fc.constantFrom("", ".", "..", "Hello", ".hidden"),
	fc
		.string({ maxLength: 60, unit: fc.constantFrom(..."0123456789abcdef .") })
		.map((line) => `#${line.trim()}`),
);
const content = fc.array(contentLine, { minLength: 8, maxLength: 60, size: "max" }).map(markedMessage);

const byData = content.map((message) => `DATA\r\n${message.replaceAll(/\r\n\./g, "\r\n..")}.\r\n`);
const byBdat = fc
	.tuple(
		content,
		fc.array(share, { maxLength: 4 }),
		fc.array(fc.constantFrom("", "NOOP\r\n", "", "BDAT 0\r\n", "RSET\r\n"), { minLength: 5, maxLength: 5 }),
	)
	.map(([message, cuts, between]) => {
		const places = cuts.map((cut) => Math.floor(cut * message.length)).sort((a, b) => a - b);
		return [0, ...places]
			.map((from, index) => {
				const piece = message.slice(from, places[index] ?? message.length);
				const isLast = index === places.length;
				return `BDAT ${piece.length}${isLast ? " LAST" : ""}\r\n${piece}${isLast ? "" : between[index]}`;
			})
			.join("");
	});
const transaction = fc
	.tuple(fc.oneof(byData, byBdat), fc.array(harmless, { maxLength: 1 }))
	.map(([message, before]) =>
		["MAIL FROM:<scan@contoso.example>\r\n", ...before, "RCPT TO:<you@example.com>\r\n", message].join(""),
	);

const marked = fc
	.tuple(
		fc.array(fc.oneof({ weight: 2, arbitrary: transaction }, { weight: 1, arbitrary: harmless }), {
			maxLength: 6,
		}),
		fc.option(share),
	)
	.map(([parts, cut]) => {
		const whole = `EHLO fuzz.test\r\n${parts.join("")}`;
		return cut === null ? whole : whole.slice(0, Math.floor(cut * whole.length));
	});

const madeUp = fc
	.array(
		fc.oneof(
			{ weight: 9, arbitrary: command },
			{
				weight: 1,
				arbitrary: fc.constantFrom(
					"DATA\r\n",
					"BDAT 30 LAST\r\n",
					"BDAT 9999999 LAST\r\n",
					".\r\n",
					"\r\n.\r\n",
				),
			},
		),
		{ minLength: 1, maxLength: 30 },
	)
	.map((lines) => `EHLO fuzz.test\r\n${lines.join("")}`);

type Mutation = readonly [kind: "cut" | "double" | "swap" | "flip" | "insert", at: number, and: number];
const mutation = fc.tuple(
	fc.constantFrom("cut" as const, "double" as const, "swap" as const, "flip" as const, "insert" as const),
	share,
	share,
);

function mutate(lines: readonly Buffer[], mutations: readonly Mutation[]): Buffer {
	const changed = [...lines];
	for (const [kind, at, and] of mutations) {
		const place = Math.floor(at * Math.max(0, changed.length - 1));
		const other = Math.floor(and * Math.max(0, changed.length - 1));
		const line = changed[place] ?? Buffer.alloc(0);
		if (kind === "cut") changed.splice(place, 1 + (other % 3));
		if (kind === "double") changed.splice(other, 0, line);
		if (kind === "swap") [changed[place], changed[other]] = [changed[other] ?? line, line];
		if (kind === "insert") changed.splice(place, 0, Buffer.from([other & 0xff, place & 0xff, 0x0d, 0x0a]));
		if (kind === "flip" && line.length > 0) {
			const flipped = Buffer.from(line);
			const byte = Math.floor(and * (line.length - 1));
			flipped[byte] = (flipped[byte] ?? 0) ^ (1 << Math.floor(at * 7.9));
			changed[place] = flipped;
		}
	}
	return Buffer.concat(changed);
}

function mutated(dialogues: readonly Dialogue[]): fc.Arbitrary<string> {
	const spoken = dialogues
		.map(({ steps }) => steps.flatMap((step) => (step.type === "send" ? [step.bytes] : [])))
		.filter((lines) => lines.reduce((sum, { length }) => sum + length, 0) < 20_000);
	return fc
		.tuple(fc.constantFrom(...spoken), fc.array(mutation, { maxLength: 6 }))
		.map(([lines, mutations]) => mutate(lines, mutations).toString("latin1"));
}

export function transcripts(dialogues: readonly Dialogue[]): fc.Arbitrary<Transcript> {
	return fc
		.record({
			role: fc.constantFrom(
				"relay" as const,
				"relay" as const,
				"relay" as const,
				"submission" as const,
				"implicit-tls" as const,
			),
			speaker: fc.nat(),
			said: fc.oneof(
				{ weight: 3, arbitrary: marked },
				{ weight: 1, arbitrary: madeUp },
				{ weight: 2, arbitrary: mutated(dialogues) },
			),
			packets: fc.array(share, { maxLength: 5 }),
			ending: fc.constantFrom(
				"half-close" as const,
				"half-close" as const,
				"hang up" as const,
				"reset" as const,
			),
		})
		.map(({ said, ...rest }) => ({
			...rest,
			said,
			commands: said.match(COMMANDS)?.length ?? 0,
			mayBeTls: /starttls/i.test(said) || said.includes("\u0016"),
		}));
}
