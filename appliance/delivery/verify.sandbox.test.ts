/** Looking before sending, against the simulated Microsoft 365: neither lost nor doubled, and for whom. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TransportKind } from "../accounts/model.ts";
import { receivedField } from "../mail/received.ts";
import { LeapingClock } from "../microsoft/leaping-clock.ts";
import type { Attempt } from "../queue/transport.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { attemptOf, message, openSandboxRig, type Rig, type RigOptions } from "./delivery-rig.ts";

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

/** As a process that knows nothing of what the last one did. */
async function restart(options: RigOptions = {}): Promise<void> {
	await rig.close();
	rig = newRig(options);
}

const CONSTANT_ID = "<always-the-same@device>";

/** A message as the spool holds it, with our trace field; all of them share one Message-ID. */
function spooled(number: number, overrides: Partial<Attempt> = {}): Attempt {
	const queueId = `ALARM${number}`;
	const trace = receivedField({
		helo: "camera",
		clientAddress: "192.0.2.7",
		hostName: "postern",
		protocol: "ESMTP",
		queueId,
		recipients: [],
		date: new Date(),
		dateIsGuess: false,
	});
	const mail = message({ id: CONSTANT_ID, body: `Alarm number ${number}\r\n` });
	return attemptOf(`${trace}${mail}`, { queueId, ...overrides });
}

function arrived(): string[] {
	return sandbox.control
		.arrived()
		.flatMap(({ recipients }) => [...recipients])
		.sort();
}

/** The numbers of the `spooled` messages that arrived. */
function alarms(): number[] {
	return sandbox.control
		.arrived()
		.map(({ message: { bytes } }) => Number(/Alarm number (\d+)/.exec(bytes?.toString() ?? "")?.[1]))
		.sort();
}

function breakNext(kind: TransportKind, action: "drop" | "accept-then-drop"): void {
	sandbox.control.fail(
		kind === "graph" ? { where: "graph", path: "sendMail", action } : { where: "smtp", action },
	);
}

const BOTH: readonly TransportKind[] = ["graph", "smtp"];
const FOUND = { outcome: "delivered", reply: { text: "Found in Sent Items" } };

describe.each(BOTH)("messages of one Message-ID over %s", (kind) => {
	it("all arrive, though the second is lost where the first had arrived", async () => {
		await rig.deliver(kind, spooled(1));
		breakNext(kind, "drop");
		expect((await rig.deliver(kind, spooled(2))).outcomes).toMatchObject([{ outcome: "unknown" }]);
		await rig.deliver(kind, spooled(3));
		await rig.deliver(kind, spooled(2, { maybeSent: true }));
		expect(alarms()).toEqual([1, 2, 3]);
	});

	it("all arrive, also when the crash that lost the second made us forget the first", async () => {
		await rig.deliver(kind, spooled(1));
		await restart();
		await rig.deliver(kind, spooled(2, { maybeSent: true }));
		expect(alarms()).toEqual([1, 2]);
	});

	it.each([false, true])(
		"are not sent twice when the copy is the message's own (restart: %s)",
		async (crash) => {
			await rig.deliver(kind, spooled(1));
			breakNext(kind, "accept-then-drop");
			await rig.deliver(kind, spooled(2));
			if (crash) await restart();
			expect((await rig.deliver(kind, spooled(2, { maybeSent: true }))).outcomes).toMatchObject([FOUND]);
			expect(alarms()).toEqual([1, 2]);
		},
	);

	it("all arrive when the copies do not show whose they are", async () => {
		const mail = message({ id: CONSTANT_ID });
		await rig.deliver(kind, attemptOf(mail));
		breakNext(kind, "drop");
		const second = attemptOf(mail);
		await rig.deliver(kind, second);
		await rig.deliver(kind, { ...second, maybeSent: true });
		expect(arrived()).toHaveLength(2);
	});

	it("all arrive after a crash when an older copy shows that the Message-ID is not unique", async () => {
		const mail = message({ id: CONSTANT_ID });
		sandbox.control.change({ clockOffsetMs: -3_600_000 });
		await rig.deliver(kind, attemptOf(mail));
		sandbox.control.change({ clockOffsetMs: 0 });
		await rig.deliver(kind, attemptOf(mail));
		await restart();
		await rig.deliver(kind, attemptOf(mail, { maybeSent: true }));
		expect(arrived()).toHaveLength(3);
	});
});

describe.each(BOTH)("recipients over %s", (kind) => {
	const recipients = ["lost@fabrikam.com", "hidden@fabrikam.com", "invalid@fabrikam.com"];
	const served = ["hidden@fabrikam.com", "lost@fabrikam.com"];
	/** Taken for the first two, and the answer is lost. */
	const mail = () => message({ to: "invalid@fabrikam.com, lost@fabrikam.com" });

	it("refused one is not taken for delivered after a crash between its sending and its settling", async () => {
		const attempt = attemptOf(mail(), { recipients });
		await rig.deliver(kind, attempt);
		await restart();
		const report = await rig.deliver(kind, { ...attempt, maybeSent: true });
		expect(report.outcomes).toMatchObject([FOUND, FOUND, { outcome: "failed", reply: { code: 550 } }]);
		expect(arrived()).toEqual(served);
	});

	it("of whom one was refused and the other's answer was lost are not sent to twice", async () => {
		const attempt = attemptOf(mail(), { recipients });
		await rig.deliver(kind, attempt);
		const rest = { ...attempt, recipients: recipients.slice(0, 2), maybeSent: true };
		expect((await rig.deliver(kind, rest)).outcomes).toMatchObject([FOUND, FOUND]);
		expect(arrived()).toEqual(served);
	});

	it("still to be served are not taken for served by the copy of the others", async () => {
		const to = ["a@fabrikam.com", "b@fabrikam.com"];
		const all = attemptOf(message({ to: to.join(", ") }), { recipients: to });
		await rig.deliver(kind, { ...all, recipients: to.slice(0, 1) });
		breakNext(kind, "drop");
		const second = { ...all, recipients: to.slice(1) };
		expect((await rig.deliver(kind, second)).outcomes).toMatchObject([{ outcome: "unknown" }]);
		expect((await rig.deliver(kind, { ...second, maybeSent: true })).outcomes).toMatchObject([
			{ outcome: "delivered", reply: { text: expect.not.stringContaining("Found") } },
		]);
		expect(arrived()).toEqual(to);
	});
});

describe.each(BOTH)("a wrong clock and a lost answer over %s", (kind) => {
	const YEAR_MS = 365 * 24 * 3_600_000;

	it("a clock that was ahead when the message came does not make two of it", async () => {
		const attempt = spooled(1, { receivedAtMs: Date.now() + YEAR_MS });
		breakNext(kind, "accept-then-drop");
		await rig.deliver(kind, attempt);
		expect((await rig.deliver(kind, { ...attempt, maybeSent: true })).outcomes).toMatchObject([FOUND]);
		expect(arrived()).toHaveLength(1);
	});

	it("a clock that stood in 1970 takes no older copy of the same Message-ID for this one's", async () => {
		await rig.deliver(kind, spooled(1));
		await restart();
		const attempt = spooled(2, { receivedAtMs: 60_000, maybeSent: true });
		const { outcomes } = await rig.deliver(kind, attempt);
		expect(outcomes).toMatchObject([{ outcome: "delivered" }]);
		expect(arrived()).toHaveLength(2);
	});

	it.each([-YEAR_MS, YEAR_MS])(
		"a clock that is wrong by %d ms finds its copy, and no older one",
		async (offMs) => {
			const clock = new LeapingClock();
			clock.setWall(Date.now() + offMs);
			await restart({ clock });
			const receivedAtMs = clock.now();
			const mail = message();
			sandbox.control.change({ clockOffsetMs: -3_600_000 });
			await rig.deliver(kind, attemptOf(mail, { receivedAtMs }));
			sandbox.control.change({ clockOffsetMs: 0 });
			await restart({ clock });
			const attempt = attemptOf(mail, { receivedAtMs });
			expect((await rig.deliver(kind, { ...attempt, maybeSent: true })).outcomes).toMatchObject([
				{ outcome: "delivered", reply: { text: expect.not.stringContaining("Found") } },
			]);
			const other = attemptOf(message(), { receivedAtMs });
			breakNext(kind, "accept-then-drop");
			await rig.deliver(kind, other);
			expect((await rig.deliver(kind, { ...other, maybeSent: true })).outcomes).toMatchObject([FOUND]);
		},
	);
});

describe.each(BOTH)("a body that the card holds only in part, over %s", (kind) => {
	it.each([2_000, 600_000, 2_700_000])("of %d bytes is not sent as a whole one", async (sizeBytes) => {
		const mail = Buffer.from(message({ body: `${"x".repeat(98)}\r\n`.repeat(sizeBytes / 100) }));
		const attempt = attemptOf(mail, {
			async *openBody() {
				yield mail.subarray(0, 1_500);
				yield mail.subarray(1_500, mail.length - 100);
			},
		});
		const report = await rig.deliver(kind, attempt);
		expect(report.outcomes).toMatchObject([
			{
				outcome: "deferred",
				reply: { text: "Spool not readable" },
				ownerText: expect.stringMatching(/card/),
			},
		]);
		expect(report.trouble).toBeUndefined();
		expect(arrived()).toEqual([]);
	});
});
