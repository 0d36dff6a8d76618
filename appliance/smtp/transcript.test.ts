import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "../clock.ts";
import { reply } from "../mail/reply.ts";
import type { SessionRecord } from "./session-record.ts";
import { MOST_HEAD_BYTES, MOST_TAIL_BYTES } from "./session-transcript.ts";
import { type TranscriptLimits, Transcripts } from "./transcript.ts";

/** A second between any two questions. */
function countingClock(): Clock {
	let ms = Date.parse("2026-11-20T08:00:00Z");
	const next = () => {
		ms += 1_000;
		return ms;
	};
	return { now: next, monotonicMs: next, sleep: () => Promise.resolve() };
}

function transcripts(limits?: TranscriptLimits): Transcripts {
	return new Transcripts(countingClock(), () => undefined, limits);
}

const REFUSAL = { reply: reply(550, "5.7.1", "no"), reason: "no", ownerText: "It may not. Let it." };

function open(kept: Transcripts, address = "192.168.1.50"): SessionRecord {
	return kept.open({ address, role: "relay", port: 25 });
}

/** `>` the client's, `<` ours. */
function say(record: SessionRecord, ...lines: string[]): void {
	for (const line of lines) {
		const text = line.slice(2);
		if (line.startsWith(">")) record.client(Buffer.from(text));
		else record.server(text);
	}
}

function texts(kept: Transcripts): string[] {
	return kept.read(() => true).flatMap(({ lines }) => lines.map(({ text }) => text));
}

const acceptMessage = (record: SessionRecord, id = "Q1") => {
	say(record, "> MAIL FROM:<a@b.example>", "< 250 ok", "> DATA", "< 354 go");
	record.accepted(id);
	record.ended();
};

describe("a refusal", () => {
	it("is told at once, with who was refused as far as that is known", () => {
		const told: string[] = [];
		const kept = new Transcripts(countingClock(), ({ address, device }) => told.push(`${address} ${device}`));
		const record = open(kept, "::ffff:192.168.1.50");
		record.refused(REFUSAL);
		record.isDevice("Copier");
		record.refused(REFUSAL);
		expect(told).toEqual(["192.168.1.50 ", "192.168.1.50 Copier"]);
	});
});

describe("what a session said", () => {
	it("is kept as the wire saw it, control characters made visible", () => {
		const kept = transcripts();
		const record = open(kept, "::ffff:192.168.1.50");
		record.server("220 postern");
		record.client(Buffer.from("EHLO b\u00fcro \u0007\t", "latin1"));
		record.server("250-postern\r\n250 SIZE 1000");
		record.note("TLS 1.2");
		record.ended();
		const [log] = kept.read(({ address }) => address === "192.168.1.50");
		expect(log?.lines.map(({ from, text }) => [from, text])).toEqual([
			["server", "220 postern"],
			["client", "EHLO büro \\x07\\x09"],
			["server", "250-postern"],
			["server", "250 SIZE 1000"],
			["note", "TLS 1.2"],
		]);
		expect(log?.lines.every(({ afterMs }) => afterMs >= 0)).toBe(true);
	});

	it("keeps its head and its tail, and says what is left out", () => {
		const kept = transcripts();
		const record = open(kept);
		for (let index = 0; index < 5_000; index += 1) say(record, `> NOOP ${index}`);
		const [log] = kept.read(() => true);
		const lines = log?.lines.map(({ text }) => text) ?? [];
		expect(lines[0]).toBe("NOOP 0");
		expect(lines.at(-1)).toBe("NOOP 4999");
		expect(lines.some((line) => /^\d+ lines are left out here$/.test(line))).toBe(true);
		expect(kept.totalBytes).toBeLessThanOrEqual(MOST_HEAD_BYTES + MOST_TAIL_BYTES + 2_000);
	});

	it("cuts a line that is far too long", () => {
		const kept = transcripts();
		say(open(kept), `> ${"x".repeat(16_000)}`);
		expect(texts(kept)[0]).toMatch(/^x{1000}… \(16000 bytes\)$/);
	});
});

describe("credentials", () => {
	const hidden: [string, string[], string[]][] = [
		["an initial response", ["> AUTH PLAIN AGEAc2VjcmV0", "< 235 ok"], ["AUTH PLAIN ***", "235 ok"]],
		["lower case and many blanks", ["> auth   plain   AGEAc2VjcmV0  "], ["AUTH PLAIN ***"]],
		[
			"the lines of AUTH LOGIN",
			["> AUTH LOGIN", "< 334 VXNlcm5hbWU6", "> Y29w", "< 334 UGFzc3dvcmQ6", "> c2VjcmV0", "< 535 no"],
			["AUTH LOGIN", "334 VXNlcm5hbWU6", "***", "334 UGFzc3dvcmQ6", "***", "535 no"],
		],
		["a cancelled exchange", ["> AUTH PLAIN", "< 334 ", "> *"], ["AUTH PLAIN", "334 ", "*"]],
		["name and password on one line", ["> AUTH LOGIN copier secret"], ["AUTH LOGIN ***"]],
		["a password where the mechanism stands", ["> AUTH secret"], ["AUTH ***"]],
		["the form of broken parsers", ["> AUTH=LOGIN secret"], ["AUTH LOGIN ***"]],
		["a misspelt one", ["> XAUTH secret"], ["AUTH ***"]],
		["another protocol's", ["> Authorization: Basic c2VjcmV0"], ["AUTH ***"]],
		["a second command behind a bare CR", ["> EHLO a\rAUTH PLAIN secret"], ["AUTH PLAIN ***"]],
		["POP3's", ["> PASS secret"], ["*** (no command; hidden, for it may be a password)"]],
		[
			"a password said though AUTH was refused",
			["> AUTH LOGIN", "< 530 no", "> secret", "< 500 what", "> MAIL FROM:<a@b>", "> DATA"],
			[
				"AUTH LOGIN",
				"530 no",
				"*** (no command; hidden, for it may be a password)",
				"500 what",
				"MAIL FROM:<a@b>",
				"DATA",
			],
		],
	];
	it.each(hidden)("%s", (_name, said, shown) => {
		const kept = transcripts();
		say(open(kept), ...said);
		expect(texts(kept)).toEqual(shown);
	});

	it("what looks like them and is none is shown", () => {
		const kept = transcripts();
		const lines = [
			"EHLO auth.contoso.example",
			"MAIL FROM:<author@contoso.example> AUTH=<>",
			"GET / HTTP/1.1",
		];
		say(open(kept), ...lines.map((line) => `> ${line}`));
		expect(texts(kept)).toEqual(lines);
	});

	it("neither the password nor its base64 is kept, whatever the session", () => {
		const base64 = (text: string) => Buffer.from(text).toString("base64");
		const cased = (word: string) =>
			fc.constantFrom(word, word.toLowerCase(), `${word[0]}${word.slice(1).toLowerCase()}`);
		const blank = fc.constantFrom(" ", "  ", "\t", "   ");
		const ordinary = fc.constantFrom(
			"> EHLO copier",
			"> NOOP",
			"> MAIL FROM:<a@b.example>",
			"> RCPT TO:<c@d.example>",
			"> RSET",
			"> what",
			"> ",
			"< 250 ok",
			"< 334 ",
			"< 334 UGFzc3dvcmQ6",
			"< 500 what",
			"< 535 no",
			"< 235 yes",
		);
		const session = fc
			.tuple(fc.stringMatching(/^[!-~]{8,40}$/), fc.stringMatching(/^[a-z]{1,12}$/))
			.chain(([password, user]) => {
				const secrets = [
					password,
					base64(password),
					base64(`\0${user}\0${password}`),
					base64(`${user}\0${user}\0${password}`),
					`${user} ${password}`,
					`${user} ${base64(password)}`,
				];
				const secret = fc.constantFrom(...secrets);
				const mechanism = fc.constantFrom("PLAIN", "LOGIN", "CRAM-MD5", "plain", "Login", "X-ODD", "");
				const inLine = fc
					.tuple(cased("AUTH"), blank, mechanism, blank, secret, blank)
					.map(([auth, a, mech, b, said, c]) => [`> ${auth}${a}${mech}${b}${said}${c}`]);
				// An answer to 334, or what a device says unasked after AUTH, refused or not.
				const after = fc
					.tuple(
						cased("AUTH"),
						mechanism,
						fc.array(
							fc.oneof(
								ordinary,
								secret.map((said) => `> ${said}`),
							),
							{ maxLength: 8 },
						),
					)
					.map(([auth, mech, rest]) => [`> ${auth} ${mech}`, ...rest]);
				const before = fc.array(ordinary, { maxLength: 4 });
				const exchanges = fc.array(
					fc.oneof(
						inLine,
						after,
						ordinary.map((line) => [line]),
					),
					{ maxLength: 6 },
				);
				return fc.tuple(before, exchanges).map(([first, rest]) => ({
					secrets: [password, base64(password), ...secrets.slice(2, 4)],
					lines: [...first, ...rest.flat()],
				}));
			});
		fc.assert(
			fc.property(session, ({ secrets, lines }) => {
				const kept = transcripts();
				say(open(kept), ...lines);
				const all = texts(kept).join("\n");
				for (const secret of secrets) expect(all).not.toContain(secret);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe("what became of a session", () => {
	const outcomeOf = (kept: Transcripts) => kept.read(() => true)[0]?.outcome;

	it("accepted, with its queue ids and its device", () => {
		const kept = transcripts();
		const record = open(kept);
		record.isDevice("Copier");
		acceptMessage(record);
		expect(kept.read(({ device }) => device === "Copier")[0]).toMatchObject({
			outcome: "accepted",
			queueIds: ["Q1"],
			ownerTexts: [],
			device: "Copier",
		});
	});

	it("refused, each text for the owner once", () => {
		const kept = transcripts();
		const record = open(kept);
		record.refused(REFUSAL);
		record.refused(REFUSAL);
		record.ended();
		expect(kept.read(() => true)[0]).toMatchObject({ outcome: "refused", ownerTexts: [REFUSAL.ownerText] });
	});

	it("broken in the middle of a message, and the owner is told what that means", () => {
		const kept = transcripts();
		const record = open(kept);
		say(record, "> EHLO a", "> MAIL FROM:<a@b.example>", "> RCPT TO:<c@d.example>", "> DATA");
		record.ended();
		expect(outcomeOf(kept)).toBe("broken");
		expect(kept.read(() => true)[0]?.ownerTexts[0]).toMatch(/middle of a message/);
	});

	it.each([[["> EHLO a", "> NOOP", "> QUIT"]], [[]], [["> EHLO a", "> MAIL FROM:<a@b.example>", "> QUIT"]]])(
		"a probe: %j",
		(lines) => {
			const kept = transcripts();
			const record = open(kept);
			say(record, ...lines);
			record.ended();
			expect(outcomeOf(kept)).toBe("probe");
		},
	);
});

describe("memory", () => {
	it("probes that say the same are counted, and push nothing out", () => {
		const kept = transcripts();
		const refused = open(kept);
		refused.refused(REFUSAL);
		refused.ended();
		for (let index = 0; index < 37; index += 1) {
			const probe = open(kept);
			say(probe, "< 220 hello", "> NOOP", "< 250 ok");
			probe.ended();
		}
		const logs = kept.read(() => true);
		expect(logs.map(({ outcome, times }) => [outcome, times])).toEqual([
			["probe", 37],
			["refused", 1],
		]);
	});

	it("the last failed and the last successful session outlive any number of others", () => {
		const kept = transcripts();
		acceptMessage(open(kept), "OLD");
		acceptMessage(open(kept), "LAST");
		const refused = open(kept);
		refused.refused(REFUSAL);
		refused.ended();
		for (let index = 0; index < 100; index += 1) {
			const probe = open(kept);
			say(probe, `> NOOP ${index}`);
			probe.ended();
		}
		const logs = kept.read(() => true);
		expect(logs).toHaveLength(10);
		expect(logs.filter(({ outcome }) => outcome !== "probe").map(({ queueIds }) => queueIds)).toEqual([
			[],
			["LAST"],
		]);
	});

	it("strangers and their probes from many addresses push no device out", () => {
		const kept = transcripts();
		const device = open(kept, "192.168.1.50");
		device.isDevice("Copier");
		device.refused(REFUSAL);
		device.ended();
		for (let index = 0; index < 1_000; index += 1) {
			const stranger = open(kept, `10.0.${index >> 8}.${index & 255}`);
			if (index % 2 === 0) stranger.refused(REFUSAL);
			stranger.ended();
		}
		const logs = kept.read(() => true);
		expect(new Set(logs.map(({ address }) => address)).size).toBe(200);
		expect(logs.some(({ address }) => address === "192.168.1.50")).toBe(true);
	});

	it("stays within its bytes, whatever is said and however many stay open", () => {
		const event = fc.record({
			address: fc.integer({ min: 1, max: 12 }),
			lines: fc.integer({ min: 0, max: 120 }),
			end: fc.boolean(),
			refused: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(event, { maxLength: 40 }), (events) => {
				const limits = { sessionsPerAddress: 4, addresses: 5, totalBytes: 60_000 };
				const kept = transcripts(limits);
				let open_ = 0;
				for (const { address, lines, end, refused } of events) {
					const record = open(kept, `10.0.0.${address}`);
					for (let index = 0; index < lines; index += 1) say(record, `> NOOP ${"x".repeat(index)}`);
					if (refused) record.refused(REFUSAL);
					if (end) record.ended();
					else open_ += 1;
				}
				// What an open session cannot give up: itself and a few lines.
				expect(kept.totalBytes).toBeLessThan(limits.totalBytes + (open_ + 1) * 3_000);
				const ended = kept.read(() => true).filter(({ endedAt }) => endedAt !== null);
				expect(new Set(ended.map(({ address }) => address)).size).toBeLessThanOrEqual(limits.addresses);
			}),
			{ numRuns: 100 },
		);
	});
});
