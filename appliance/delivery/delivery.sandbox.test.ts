/** Both transports against the simulated Microsoft 365, which was written without knowledge of this code. */
import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TransportKind } from "../accounts/model.ts";
import { LeapingClock } from "../microsoft/leaping-clock.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import {
	ACCOUNT,
	attemptOf,
	message,
	openSandboxRig,
	type Rig,
	type RigOptions,
	ScriptedTokens,
} from "./delivery-rig.ts";

let sandbox: Sandbox;
let rig: Rig;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => {
	await sandbox.close();
});
beforeEach(() => {
	rig = newRig();
});
afterEach(async () => {
	await rig.close();
	await sandbox.control.reset();
});

function newRig(options: RigOptions = {}): Rig {
	return openSandboxRig(sandbox, options);
}

async function reopen(options: RigOptions): Promise<void> {
	await rig.close();
	rig = newRig(options);
}

/** Who got what, as the outside world saw it. */
function arrived(): string[] {
	return sandbox.control
		.arrived()
		.flatMap(({ recipients }) => [...recipients])
		.sort();
}

function lastArrived() {
	const last = sandbox.control.arrived().at(-1);
	if (last === undefined) throw new Error("nothing arrived");
	return last;
}

/** Lines of 100 bytes, of which no two are alike. */
function noise(lines: number): Buffer {
	return Buffer.from(
		randomBytes(lines * 49)
			.toString("hex")
			.replaceAll(/.{98}/g, "$&\r\n"),
	);
}

const BOTH: readonly TransportKind[] = ["graph", "smtp"];
const GRAPH_TOKEN_OF = { graph: "graph", smtp: "outlook" } as const;

describe.each(BOTH)("over %s", (kind) => {
	it("a message arrives, once, for its recipients, and nobody sees who is hidden", async () => {
		const recipients = ["boss@fabrikam.com", "hidden@fabrikam.com"];
		const report = await rig.deliver(kind, attemptOf(message(), { recipients }));
		expect(report).toMatchObject({
			via: kind,
			outcomes: [
				{ recipient: "boss@fabrikam.com", outcome: "delivered", ownerText: "" },
				{ recipient: "hidden@fabrikam.com", outcome: "delivered", ownerText: "" },
			],
		});
		expect(report.trouble).toBeUndefined();
		expect(arrived()).toEqual(recipients);
		expect(lastArrived().message.bytes?.toString()).not.toContain("hidden");
	});

	it("of three recipients one is refused: two are delivered, one failed, the reason kept", async () => {
		const recipients = ["a@fabrikam.com", "invalid@fabrikam.com", "c@fabrikam.com"];
		const report = await rig.deliver(kind, attemptOf(message({ to: recipients.join(", ") }), { recipients }));
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual(["delivered", "failed", "delivered"]);
		expect(report.outcomes[1]?.reply).toMatchObject({
			code: 550,
			enhanced: expect.stringMatching(/^5\.1\.\d$/),
		});
		expect(report.outcomes[1]?.ownerText).toMatch(/recipient's address/);
		expect(report.trouble).toBeUndefined();
		expect(arrived()).toEqual(["a@fabrikam.com", "c@fabrikam.com"]);
	});

	it.each([
		["senddenied", "failed", undefined, /From address/],
		["toolarge", "failed", undefined, /larger than Microsoft accepts/],
		["full", "deferred", "blocked", /mailbox is full/],
		["throttle", "deferred", "throttled", /slow down/],
	])("%s@ is %s", async (localPart, outcome, trouble, text) => {
		const recipients = [`${localPart}@fabrikam.com`];
		const report = await rig.deliver(kind, attemptOf(message({ to: recipients[0] ?? "" }), { recipients }));
		expect(report.outcomes).toMatchObject([{ outcome, ownerText: expect.stringMatching(text) }]);
		expect(report.trouble?.kind).toBe(trouble);
		expect(arrived()).toEqual([]);
	});

	it("an answer that is lost leaves it open; looking finds it, and nothing is sent twice", async () => {
		const mail = message({ to: "lost@fabrikam.com" });
		const recipients = ["lost@fabrikam.com"];
		const attempt = attemptOf(mail, { recipients });
		const first = await rig.deliver(kind, attempt);
		expect(first.outcomes).toMatchObject([
			{ outcome: "unknown", ownerText: expect.stringMatching(/looks whether/) },
		]);
		const second = await rig.deliver(kind, { ...attempt, maybeSent: true });
		expect(second.outcomes).toMatchObject([{ outcome: "delivered", reply: { text: "Found in Sent Items" } }]);
		expect(arrived()).toEqual(recipients);
		expect(sandbox.control.duplicates()).toEqual([]);
	});

	it("the copy in Sent Items may take a while to be seen", async () => {
		await reopen({ sentItemsLagMs: 3_000 });
		sandbox.control.change({ sentItemsDelayMs: 300 });
		const mail = message({ to: "lost@fabrikam.com" });
		const attempt = attemptOf(mail, { recipients: ["lost@fabrikam.com"] });
		await rig.deliver(kind, attempt);
		const second = await rig.deliver(kind, { ...attempt, maybeSent: true });
		expect(second.outcomes).toMatchObject([{ outcome: "delivered" }]);
		expect(arrived()).toEqual(["lost@fabrikam.com"]);
	});

	it("a message that did not get through is sent again after looking", async () => {
		sandbox.control.fail(
			kind === "graph"
				? { where: "graph", path: "sendMail", action: "drop" }
				: { where: "smtp", action: "drop" },
		);
		const attempt = attemptOf(message());
		expect((await rig.deliver(kind, attempt)).outcomes).toMatchObject([{ outcome: "unknown" }]);
		const again = await rig.deliver(kind, { ...attempt, maybeSent: true });
		expect(again.outcomes).toMatchObject([{ outcome: "delivered" }]);
		expect(arrived()).toEqual(["boss@fabrikam.com"]);
	});

	it("no answer at all is waited for so long, and left open", async () => {
		await reopen({ answerTimeoutMs: 150 });
		const recipients = ["timeout@fabrikam.com"];
		const report = await rig.deliver(
			kind,
			attemptOf(message({ to: "timeout@fabrikam.com" }), { recipients }),
		);
		expect(report.outcomes).toMatchObject([{ outcome: "unknown" }]);
	});

	it("while the cloud is away nothing is decided, and the account is in trouble", async () => {
		await sandbox.control.offline();
		const report = await rig.deliver(kind, attemptOf(message()));
		expect(report).toMatchObject({
			outcomes: [{ outcome: "deferred" }],
			trouble: { kind: "unreachable", ownerText: expect.stringMatching(/internet connection/) },
		});
		await sandbox.control.online();
		expect((await rig.deliver(kind, attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "delivered" },
		]);
	});

	it("in doubt and without the cloud the doubt stays", async () => {
		await sandbox.control.offline();
		const report = await rig.deliver(kind, attemptOf(message(), { maybeSent: true }));
		expect(report).toMatchObject({ outcomes: [{ outcome: "unknown" }], trouble: { kind: "unreachable" } });
	});

	it("an expired token is renewed, once", async () => {
		const tokens = new ScriptedTokens((resource, forced) =>
			sandbox.control.mintToken(ACCOUNT, { resource, lifetimeSeconds: forced ? 3600 : -1 }),
		);
		await reopen({ tokens });
		expect((await rig.deliver(kind, attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "delivered" },
		]);
		const resource = GRAPH_TOKEN_OF[kind];
		expect(tokens.asked).toEqual([
			{ resource, forced: false },
			{ resource, forced: true },
		]);
	});

	it("a token that stays refused is the account's trouble", async () => {
		const tokens = new ScriptedTokens(() => "worthless");
		await reopen({ tokens });
		const report = await rig.deliver(kind, attemptOf(message()));
		expect(report.outcomes).toMatchObject([
			{ outcome: "deferred", ownerText: expect.stringMatching(/[Ss]ign in/) },
		]);
		expect(report.trouble?.kind).toBe(kind === "graph" ? "needs-sign-in" : "blocked");
		expect(tokens.asked).toHaveLength(2);
	});

	it("without a token nothing is asked of the cloud", async () => {
		const trouble = { kind: "needs-sign-in", reason: "dead", ownerText: "Sign in again." } as const;
		rig.tokens.troubles[GRAPH_TOKEN_OF[kind]] = trouble;
		const report = await rig.deliver(kind, attemptOf(message()));
		expect(report).toMatchObject({ outcomes: [{ outcome: "deferred" }], trouble });
		expect(sandbox.control.counts().requests).toBe(0);
	});

	it("stopping cuts an attempt off without losing count of what is certain", async () => {
		const recipients = ["timeout@fabrikam.com"];
		const attempt = attemptOf(message({ to: "timeout@fabrikam.com" }), { recipients });
		const stopping = AbortSignal.timeout(1000);
		expect((await rig.deliver(kind, attempt, stopping)).outcomes).toMatchObject([{ outcome: "unknown" }]);
		expect((await rig.deliver(kind, attemptOf(message()), stopping)).outcomes).toMatchObject([
			{ outcome: "deferred" },
		]);
	});

	it("a card that cannot be read is told apart from a refusal", async () => {
		const attempt = attemptOf(message(), {
			async *openBody() {
				yield Buffer.from("From: a@x.example\r\n");
				throw new Error("disk I/O error");
			},
		});
		const report = await rig.deliver(kind, attempt);
		expect(report.outcomes).toMatchObject([
			{ outcome: "deferred", reason: expect.stringContaining("disk I/O error") },
		]);
		expect(arrived()).toEqual([]);
	});

	it("any bytes that lines can hold arrive as they were", async () => {
		const line = fc.oneof(
			fc.constantFrom("", ".", "..", ".x", "From x", "ü", "\t"),
			fc.uint8Array({ maxLength: 200 }).map((bytes) =>
				Buffer.from(bytes)
					.toString("latin1")
					.replaceAll(/[\r\n]/g, "."),
			),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
				const body = Buffer.from([...lines, ""].join("\r\n"), "latin1");
				const mail = Buffer.concat([Buffer.from(message({ body: "" })), body]);
				expect((await rig.deliver(kind, attemptOf(mail))).outcomes).toMatchObject([{ outcome: "delivered" }]);
				expect(lastArrived().message.bytes?.equals(mail)).toBe(true);
			}),
			{ numRuns: 40 },
		);
	});
});

describe("Graph", () => {
	it.each([
		[502, "unknown", "throttled"],
		[503, "unknown", "throttled"],
		[504, "unknown", "throttled"],
		[500, "unknown", undefined],
		[200, "unknown", undefined],
		[429, "deferred", "throttled"],
		[403, "deferred", "blocked"],
		[418, "deferred", undefined],
	])("answering %d leaves the message %s", async (status, outcome, trouble) => {
		sandbox.control.fail({
			where: "graph",
			path: "sendMail",
			action: "answer",
			status,
			retryAfterSeconds: 7,
			times: 2,
		});
		const report = await rig.deliver("graph", attemptOf(message()));
		expect(report.outcomes).toMatchObject([{ outcome }]);
		expect(report.trouble?.kind).toBe(trouble);
		if (trouble === "throttled") expect(report.trouble?.retryAfterMs).toBe(7000);
		expect(report.outcomes[0]?.reason).toContain(`status=${status}`);
	});

	it("answering 504 after it took the message does not make two of it", async () => {
		sandbox.control.fail({ where: "graph", path: "sendMail", action: "accept-then-answer", status: 504 });
		const attempt = attemptOf(message());
		await rig.deliver("graph", attempt);
		await rig.deliver("graph", { ...attempt, maybeSent: true });
		expect(sandbox.control.duplicates()).toEqual([]);
		expect(arrived()).toEqual(["boss@fabrikam.com"]);
	});

	it("without the permission to look, a doubtful message is sent again", async () => {
		const tokens = new ScriptedTokens((resource) =>
			sandbox.control.mintToken(ACCOUNT, { resource, scopes: ["Mail.Send"] }),
		);
		await reopen({ tokens, sentItemsLagMs: 60_000 });
		const report = await rig.deliver("graph", attemptOf(message(), { maybeSent: true }));
		expect(report.outcomes).toMatchObject([
			{ outcome: "delivered", reply: { text: expect.stringContaining("Accepted") } },
		]);
	});

	it("a doubt that is young is waited out, not longer", async () => {
		const clock = new LeapingClock();
		await reopen({ clock, sentItemsLagMs: 30_000 });
		const report = await rig.deliver("graph", attemptOf(message(), { maybeSent: true }));
		expect(report.outcomes).toMatchObject([{ outcome: "delivered" }]);
		expect(clock.slept.reduce((sum, sleptMs) => sum + sleptMs, 0)).toBe(30_000);
	});

	it("bodies of any bytes and line ends arrive untouched", async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
				const mail = Buffer.concat([Buffer.from(message({ body: "" })), bytes]);
				await rig.deliver("graph", attemptOf(mail));
				expect(lastArrived().message.bytes?.equals(mail)).toBe(true);
			}),
			{ numRuns: 40 },
		);
	});

	it("a message near the limit is streamed and arrives whole", async () => {
		const mail = Buffer.concat([Buffer.from(message({ body: "" })), noise(29_800)]);
		const recipients = ["boss@fabrikam.com", "hidden@fabrikam.com"];
		expect((await rig.deliver("graph", attemptOf(mail, { recipients }))).outcomes).toMatchObject([
			{ outcome: "delivered" },
			{ outcome: "delivered" },
		]);
		expect(lastArrived().message.sha256).toBe(createHash("sha256").update(mail).digest("hex"));
	});
});

describe("a message to more recipients than Microsoft takes at once", () => {
	it("goes in several, and each recipient gets it once", async () => {
		const recipients = Array.from({ length: 1_200 }, (_, number) => `person${number}@fabrikam.com`);
		const report = await rig.deliver(
			"graph",
			attemptOf(message({ to: recipients.slice(0, 700).join(",\r\n ") }), { recipients }),
		);
		expect(report.outcomes.every(({ outcome }) => outcome === "delivered")).toBe(true);
		expect(arrived().sort()).toEqual([...recipients].sort());
		expect(sandbox.control.arrived().every(({ recipients: to }) => to.length <= 500)).toBe(true);
	});
});

describe("a message too large for Graph", () => {
	const large = Buffer.concat([Buffer.from(message({ body: "" })), noise(32_000)]);

	it("waits while the sign-in itself is what is missing", async () => {
		const trouble = { kind: "needs-sign-in", reason: "dead", ownerText: "Sign in again." } as const;
		Object.assign(rig.tokens.troubles, { outlook: trouble, graph: trouble });
		expect(await rig.deliver("graph", attemptOf(large))).toMatchObject({
			outcomes: [{ outcome: "deferred" }],
			trouble,
		});
	});
});

describe("SMTP", () => {
	const sessions = () =>
		sandbox.control.requests({ kind: "smtp" }).filter(({ method }) => method === "AUTH").length;

	it("has two connections for an account at most, however much is asked at once", async () => {
		const reports = await Promise.all(
			Array.from({ length: 15 }, () => rig.deliver("smtp", attemptOf(message()))),
		);
		expect(reports.every(({ outcomes }) => outcomes[0]?.outcome === "delivered")).toBe(true);
		expect(sandbox.control.concurrency().smtp[ACCOUNT]).toBe(2);
		expect(arrived()).toHaveLength(15);
	});

	it("keeps its connection for the next message", async () => {
		for (let count = 0; count < 5; count++) await rig.deliver("smtp", attemptOf(message()));
		expect(arrived()).toHaveLength(5);
		expect(sessions()).toBe(1);
	});

	it("a kept connection that died meanwhile is replaced, and nothing is lost or doubled", async () => {
		await rig.deliver("smtp", attemptOf(message()));
		await sandbox.control.offline();
		await sandbox.control.online();
		expect((await rig.deliver("smtp", attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "delivered" },
		]);
		expect(arrived()).toHaveLength(2);
		expect(sandbox.control.duplicates()).toEqual([]);
	});

	it("switched off for the mailbox: says where to switch it on", async () => {
		sandbox.control.setSmtpAuth(ACCOUNT, false);
		const report = await rig.deliver("smtp", attemptOf(message()));
		expect(report).toMatchObject({
			outcomes: [{ outcome: "deferred", reply: { code: 535, enhanced: "5.7.139" } }],
			trouble: { kind: "blocked", ownerText: expect.stringMatching(/Authenticated SMTP/) },
		});
	});

	it("a server that is not trusted is not spoken to", async () => {
		await reopen({ caPem: "" });
		const report = await rig.deliver("smtp", attemptOf(message()));
		expect(report).toMatchObject({
			outcomes: [{ outcome: "deferred" }],
			trouble: { kind: "unreachable", ownerText: expect.stringMatching(/not trusted/) },
		});
		expect(sessions()).toBe(0);
	});

	it.each([
		["connect", "432 4.3.2 Concurrent connections limit exceeded", "deferred", "throttled"],
		["connect", "554 5.7.1 Go away", "deferred", "blocked"],
		["auth", "454 4.7.0 Temporary authentication failure", "deferred", "throttled"],
		["mail", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "failed", undefined],
		["mail", "421 4.4.2 Connection dropped", "deferred", "throttled"],
		["rcpt", "451 4.7.500 Try later", "deferred", undefined],
		["rcpt", "550 5.1.10 Recipient not found", "failed", undefined],
		["end", "550 5.1.8 Access denied, bad outbound sender", "deferred", "blocked"],
		[
			"end",
			"550 5.1.90 Your message can't be sent because you've reached your daily limit",
			"deferred",
			"blocked",
		],
		["end", "554 5.2.0 Something else entirely", "failed", undefined],
		["end", "451 4.7.0 Temporary server error", "deferred", undefined],
	] as const)("%s answered %s", async (stage, answer, outcome, trouble) => {
		sandbox.control.fail({ where: "smtp", stage, action: "answer", reply: answer, times: 3 });
		const report = await rig.deliver("smtp", attemptOf(message()));
		expect(report.outcomes).toMatchObject([{ outcome, reply: { code: Number(answer.slice(0, 3)) } }]);
		expect(report.trouble?.kind).toBe(trouble);
	});

	it.each(["connect", "starttls", "auth", "mail", "rcpt"] as const)(
		"a link that breaks at %s has sent nothing",
		async (stage) => {
			sandbox.control.fail({ where: "smtp", stage, action: "drop" });
			const report = await rig.deliver("smtp", attemptOf(message()));
			expect(report.outcomes).toMatchObject([{ outcome: "deferred" }]);
			expect(arrived()).toEqual([]);
		},
	);

	it("line ends that DATA cannot carry become CRLF", async () => {
		const mail = message({ body: "a\nb\rc\r\n\n.\nlast" });
		await rig.deliver("smtp", attemptOf(mail));
		const body = lastArrived()
			.message.bytes?.toString()
			.replace(/^[\s\S]*?\r\n\r\n/, "");
		expect(body).toBe("a\r\nb\r\nc\r\n\r\n.\r\nlast\r\n");
	});
});
