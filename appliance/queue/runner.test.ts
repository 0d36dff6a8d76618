import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { reply } from "../mail/reply.ts";
import { MailLog } from "../maillog.ts";
import { Storage } from "../store/storage.ts";
import { Allowances } from "./allowances.ts";
import { AttemptJournal } from "./attempt-journal.ts";
import { NO_LIMITS } from "./limits.ts";
import { QueueActions } from "./queue-actions.ts";
import { QueueDesk } from "./queue-desk.ts";
import { recover } from "./recovery.ts";
import { Runner } from "./runner.ts";
import { Scheduler } from "./scheduler.ts";
import { Spool } from "./spool.ts";
import type { Attempt, AttemptReport, Outcome, Transport } from "./transport.ts";

const ACCOUNT = "alerts@example.com";
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function stateDir(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-queue-"));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

type Script = (attempt: Attempt) => AttemptReport | Promise<AttemptReport>;

function outcomes(attempt: Attempt, outcome: Outcome): AttemptReport {
	return {
		via: "graph",
		outcomes: attempt.recipients.map((recipient) => ({
			recipient,
			outcome,
			reply: outcome === "delivered" ? reply(250, "2.0.0", "ok") : reply(450, "4.2.1", "not now"),
			reason: outcome,
			ownerText: outcome === "delivered" ? "" : `It was ${outcome}.`,
		})),
	};
}

function unreachable(attempt: Attempt): AttemptReport {
	const trouble = { kind: "unreachable", reason: "ECONNREFUSED", ownerText: "No internet." } as const;
	return { ...outcomes(attempt, "deferred"), trouble };
}

/** The look for a message in doubt could not be made either. */
function doubtful(attempt: Attempt): Pick<AttemptReport, "outcomes"> {
	return attempt.maybeSent ? outcomes(attempt, "unknown") : outcomes(attempt, "deferred");
}

/** A queue on a real card folder whose cloud does what `script` says. */
async function queue(folder: string, script: Script, retryMs: readonly number[] = [20], expireAfterMs = 1e9) {
	const seen: Attempt[] = [];
	const transport: Transport = {
		concurrency: 4,
		deliver: async (attempt) => {
			seen.push(attempt);
			return script(attempt);
		},
		close: async () => undefined,
	};
	const storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	const clock = new SystemClock();
	const spool = await Spool.open({ storage, stateDir: folder, clock });
	const findings = await AttemptJournal.read(folder);
	const scheduler = new Scheduler();
	const runner = new Runner({
		spool,
		scheduler,
		route: () => ({ ok: true, account: ACCOUNT, transport }),
		allowances: new Allowances({ limitsOf: () => NO_LIMITS, clock }),
		patience: () => ({ scheduleMs: retryMs, expireAfterMs }),
		clock,
		events: new Events((error) => {
			throw error;
		}),
		log: silentLog(),
		mailLog: new MailLog(silentLog()),
	});
	await recover({ spool, scheduler, findings, clock });
	const journal = await AttemptJournal.begin(folder, silentLog());
	runner.start(journal);
	const actions = new QueueActions({ spool, scheduler, runner, clock });
	const desk = new QueueDesk({ ...{ spool, scheduler, runner, clock }, actions });
	const accept = async (
		text: string,
		device = "copier",
		recipients: readonly string[] = ["to@example.com"],
	) => {
		const incoming = spool.receive();
		await incoming.body.write(Buffer.from(text));
		const fate = await incoming.accept({
			device,
			account: ACCOUNT,
			reversePath: "scan@example.com",
			recipients,
			smtpUtf8: false,
			state: "incoming",
		});
		expect(fate).toEqual({ accepted: true });
		runner.accepted(incoming.number, ACCOUNT, device, undefined);
		return incoming.queueId;
	};
	/** What a `kill -9` leaves: nothing is finished, nothing flushed on purpose. */
	const kill = async () => {
		await storage.close();
		await spool.close();
	};
	const stop = async () => {
		await runner.stop(5_000);
		await kill();
	};
	return { seen, desk, accept, runner, stop, kill, storage };
}

async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 1_000; tries += 1) {
		if (await check()) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error("it did not come to pass within ten seconds");
}

describe("the queue", () => {
	it("delivers a message with its bytes and forgets it but for a line of history", async () => {
		const bodies: string[] = [];
		const { accept, desk, stop } = await queue(stateDir(), async (attempt) => {
			const chunks: Buffer[] = [];
			for await (const chunk of attempt.openBody()) chunks.push(chunk);
			bodies.push(Buffer.concat(chunks).toString());
			return outcomes(attempt, "delivered");
		});
		const id = await accept("Subject: hello\r\n\r\nworld\r\n");
		await eventually(async () => (await desk.show(id)).state === "delivered");
		expect(bodies).toEqual(["Subject: hello\r\n\r\nworld\r\n"]);
		expect(await desk.list()).toEqual([]);
		expect((await desk.show(id)).recipientStates).toEqual([
			{ address: "to@example.com", state: "delivered", reply: "250 2.0.0 ok", ownerText: "" },
		]);
		await stop();
	});

	it("keeps a device's messages in order and lets devices overtake each other", async () => {
		const arrived: string[] = [];
		const { accept, stop } = await queue(stateDir(), async (attempt) => {
			for await (const chunk of attempt.openBody()) arrived.push(`${attempt.device} ${chunk}`);
			return outcomes(attempt, "delivered");
		});
		const all: Promise<string>[] = [];
		for (let number = 0; number < 60; number += 1) all.push(accept(`${number}`, `device-${number % 3}`));
		await Promise.all(all);
		await eventually(() => arrived.length === 60);
		for (const device of ["device-0", "device-1", "device-2"]) {
			const numbers = arrived
				.filter((line) => line.startsWith(device))
				.map((line) => Number(line.split(" ")[1]));
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
		}
		await stop();
	});

	it("delivers to two of three recipients and keeps the third as failed, with its reason", async () => {
		const { accept, desk, stop } = await queue(stateDir(), (attempt) => {
			const report = outcomes(attempt, "delivered");
			return {
				...report,
				outcomes: report.outcomes.map((outcome) =>
					outcome.recipient === "no@example.com"
						? {
								...outcome,
								outcome: "failed",
								reply: reply(550, "5.1.1", "unknown"),
								ownerText: "No such mailbox.",
							}
						: outcome,
				),
			};
		});
		const id = await accept("x", "copier", ["one@example.com", "no@example.com", "two@example.com"]);
		await eventually(async () => (await desk.show(id)).state === "failed");
		const { recipientStates, lastError } = await desk.show(id);
		expect(recipientStates.map(({ state }) => state)).toEqual(["delivered", "failed", "delivered"]);
		expect(recipientStates[1]).toMatchObject({ reply: "550 5.1.1 unknown", ownerText: "No such mailbox." });
		expect(lastError).toBe("No such mailbox.");
		await stop();
	});

	it("tries only the recipients that are still pending", async () => {
		const { accept, desk, seen, stop } = await queue(stateDir(), (attempt) => {
			if (attempt.number > 1) return outcomes(attempt, "delivered");
			const report = outcomes(attempt, "delivered");
			const [first, ...rest] = report.outcomes;
			return { ...report, outcomes: first === undefined ? [] : [{ ...first, outcome: "deferred" }, ...rest] };
		});
		const id = await accept("x", "copier", ["slow@example.com", "fast@example.com"]);
		await eventually(async () => (await desk.show(id)).state === "delivered");
		expect(seen.map(({ recipients }) => recipients)).toEqual([
			["slow@example.com", "fast@example.com"],
			["slow@example.com"],
		]);
		await stop();
	});

	it("sends one probe while the link is dead, touches no message, and drains when it returns", async () => {
		let dead = true;
		const { accept, desk, seen, stop } = await queue(stateDir(), (attempt) =>
			dead ? unreachable(attempt) : outcomes(attempt, "delivered"),
		);
		for (let number = 0; number < 20; number += 1) await accept(`${number}`);
		await eventually(() => seen.length >= 2);
		expect(new Set(seen.map(({ queueId }) => queueId)).size).toBe(1);
		const rows = await desk.list();
		expect(rows).toHaveLength(20);
		expect(rows.every(({ lastError, attempts }) => lastError === "No internet." && attempts === 0)).toBe(
			true,
		);
		dead = false;
		await eventually(async () => (await desk.list()).length === 0);
		await stop();
	});

	it("fails a message that could not be delivered in the time its owner set", async () => {
		const { accept, desk, stop } = await queue(
			stateDir(),
			(attempt) => outcomes(attempt, "deferred"),
			[1, 60_000],
			60_000,
		);
		const id = await accept("x");
		await eventually(async () => (await desk.show(id)).state === "failed");
		expect((await desk.show(id)).recipientStates[0]?.ownerText).toMatch(/^Given up/);
		await stop();
	});

	it("takes the owner's hold, release and delete", async () => {
		const { accept, desk, seen, stop } = await queue(
			stateDir(),
			(attempt) => outcomes(attempt, "deferred"),
			[3_600_000],
		);
		const id = await accept("x");
		await eventually(async () => (await desk.show(id)).state === "deferred");
		expect(await desk.act("hold", [id])).toEqual({ changed: 1 });
		expect((await desk.list()).map(({ state }) => state)).toEqual(["held"]);
		const before = seen.length;
		expect(await desk.act("release", "all")).toEqual({ changed: 1 });
		await eventually(() => seen.length > before);
		await eventually(async () => (await desk.show(id)).state === "deferred");
		await expect(desk.act("release", [id])).rejects.toThrow(/it is deferred/);
		expect(await desk.act("delete", [id])).toEqual({ changed: 1 });
		expect((await desk.show(id)).state).toBe("deleted");
		await expect(desk.act("delete", ["NOSUCHID"])).rejects.toThrow(/no message NOSUCHID/);
		await stop();
	});
});

describe("after the process was killed", () => {
	it("a message that was not yet under way is sent without doubt, one that was is looked up first", async () => {
		const folder = stateDir();
		let entered = 0;
		const first = await queue(folder, (attempt) => {
			entered += 1;
			return entered === 1 ? new Promise<AttemptReport>(() => undefined) : outcomes(attempt, "delivered");
		});
		const cutOff = await first.accept("under way");
		const waiting = await first.accept("behind it");
		await eventually(() => entered === 1);
		await first.kill();
		const second = await queue(folder, (attempt) => outcomes(attempt, "delivered"));
		await eventually(() => second.seen.length === 2);
		expect(second.seen.map(({ queueId, maybeSent }) => [queueId, maybeSent])).toEqual([
			[cutOff, true],
			[waiting, false],
		]);
		await second.stop();
	});

	it("a doubt outlives further restarts before the message could be looked up", async () => {
		const folder = stateDir();
		const first = await queue(folder, () => new Promise<AttemptReport>(() => undefined));
		await first.accept("under way");
		await eventually(() => first.seen.length === 1);
		await first.kill();
		// The link is dead at the next start, and the box is stopped again, in good order.
		const second = await queue(folder, (attempt) => ({ ...unreachable(attempt), ...doubtful(attempt) }));
		await eventually(() => second.seen.length >= 2);
		expect((await second.desk.list()).map(({ attempts, state }) => [attempts, state])).toEqual([
			[0, "incoming"],
		]);
		await second.stop();
		const third = await queue(folder, (attempt) => outcomes(attempt, "delivered"));
		await eventually(() => third.seen.length === 1);
		expect(third.seen[0]?.maybeSent).toBe(true);
		await third.stop();
	});

	it("a message that was delivered but not settled on the card is not sent again", async () => {
		const folder = stateDir();
		const first = await queue(folder, (attempt) => outcomes(attempt, "delivered"));
		const id = await first.accept("x");
		await eventually(() => first.seen.length === 1);
		// The outcome is in the journal at once; the card has it up to 200 ms later.
		await first.kill();
		const second = await queue(folder, (attempt) => outcomes(attempt, "delivered"));
		expect((await second.desk.show(id)).state).toBe("delivered");
		expect(second.seen).toEqual([]);
		await second.stop();
	});

	it("a large body's file is there, and a file that no message names is removed", async () => {
		const folder = stateDir();
		const text = "0123456789abcdef".repeat(10_000);
		const first = await queue(folder, unreachable);
		const id = await first.accept(text);
		await first.kill();
		const second = await queue(folder, async (attempt) => {
			let sizeBytes = 0;
			for await (const chunk of attempt.openBody()) sizeBytes += chunk.length;
			expect(sizeBytes).toBe(text.length);
			return outcomes(attempt, "delivered");
		});
		await eventually(async () => (await second.desk.show(id)).state === "delivered");
		await second.stop();
	});
});
