import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SystemClock } from "../clock.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import type { DsnRequest } from "../mail/envelope.ts";
import { reply } from "../mail/reply.ts";
import { MailLog } from "../maillog.ts";
import { Storage } from "../store/storage.ts";
import { Allowances } from "./allowances.ts";
import { AttemptJournal } from "./attempt-journal.ts";
import { Coalescing } from "./coalescing.ts";
import { NO_LIMITS } from "./limits.ts";
import { QueueActions } from "./queue-actions.ts";
import { QueueDesk } from "./queue-desk.ts";
import { recover } from "./recovery.ts";
import { Runner } from "./runner.ts";
import { Scheduler } from "./scheduler.ts";
import { Spool } from "./spool.ts";
import type { Attempt, Transport } from "./transport.ts";

const ACCOUNT = "alerts@example.com";
const PERIOD_MS = 300_000;

/** Goes with real time, and faster when told to. */
class HurriedClock extends SystemClock {
	aheadMs = 0;

	override monotonicMs(): number {
		return super.monotonicMs() + this.aheadMs;
	}

	override now(): number {
		return super.now() + this.aheadMs;
	}
}

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function stateDir(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-coalesce-"));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

interface Mail {
	readonly device?: string;
	readonly to?: string;
	readonly dsn?: DsnRequest;
}

/** A queue on a real card; messages come in as they do from a device. */
async function openQueue(folder: string) {
	const arrived: string[] = [];
	const transport: Transport = {
		concurrency: 4,
		deliver: async (attempt) => {
			const body = await textOf(attempt);
			expect(body).toHaveLength(attempt.sizeBytes);
			arrived.push(/^Subject: (.*?)\r?$/m.exec(body)?.[1] ?? "");
			const outcomes = attempt.recipients.map((recipient) => ({
				recipient,
				outcome: "delivered" as const,
				reply: reply(250, "2.0.0", "ok"),
				reason: "",
				ownerText: "",
			}));
			return { via: "graph", outcomes };
		},
		close: async () => undefined,
	};
	const onFatal = (error: unknown) => {
		throw error;
	};
	const storage = await Storage.open({ stateDir: folder, onFatal });
	const clock = new HurriedClock();
	const spool = await Spool.open({ storage, stateDir: folder, clock });
	const findings = await AttemptJournal.read(folder);
	const scheduler = new Scheduler();
	const [log, mailLog] = [silentLog(), new MailLog(silentLog())];
	const runner = new Runner({
		spool,
		scheduler,
		route: () => ({ ok: true, account: ACCOUNT, transport }),
		allowances: new Allowances({ limitsOf: () => NO_LIMITS, clock }),
		patience: () => ({ scheduleMs: [1_000], expireAfterMs: 1e9 }),
		clock,
		events: new Events(onFatal),
		log,
		mailLog,
	});
	await recover({ spool, scheduler, findings, clock });
	runner.start(await AttemptJournal.begin(folder, log));
	const actions = new QueueActions({ spool, scheduler, runner, clock });
	const desk = new QueueDesk({ ...{ spool, scheduler, runner, clock }, actions });
	const coalescing = new Coalescing({ spool, scheduler, runner, clock, log, mailLog });
	const stop = async () => {
		await runner.stop(5_000);
		await storage.close();
		await spool.close();
	};
	cleanUps.push(stop);

	const begin = async (subject: string, { device = "door", to = "you@example.com", dsn }: Mail = {}) => {
		const incoming = spool.receive();
		await incoming.body.write(Buffer.from(`From: a@b.c\r\nSubject: ${subject}\r\n\r\nHello\r\n`));
		const envelope = {
			reversePath: "door@example.com",
			recipients: [to],
			smtpUtf8: false,
			...(dsn && { dsn }),
		};
		const place = coalescing.place({
			number: incoming.number,
			device: { name: device, coalesceMs: PERIOD_MS },
			account: ACCOUNT,
			envelope,
		});
		return { incoming, envelope: { ...envelope, device, account: ACCOUNT }, place };
	};
	const commit = async ({ incoming, envelope, place }: Awaited<ReturnType<typeof begin>>) => {
		const state = place?.wait === undefined ? "incoming" : "deferred";
		expect(await incoming.accept({ ...envelope, ...place?.wait, state })).toEqual({ accepted: true });
		const { dueAtMs } = place?.wait ?? {};
		if (dueAtMs === undefined) runner.accepted(incoming.number, ACCOUNT, envelope.device, undefined);
		else runner.acceptedLater(incoming.number, ACCOUNT, envelope.device, dueAtMs);
		place?.taken();
		return incoming.queueId;
	};
	const accept = async (subject: string, mail: Mail = {}) => commit(await begin(subject, mail));
	/** The next retries and waits are over by then. */
	const pass = (ms: number) => {
		clock.aheadMs += ms;
		runner.nudge();
	};
	const stateOf = async (id: string) => (await desk.show(id)).state;
	return { arrived, begin, commit, accept, pass, desk, spool, stateOf, stop };
}

async function textOf(attempt: Attempt): Promise<string> {
	let text = "";
	for await (const chunk of attempt.openBody()) text += chunk.toString();
	return text;
}

async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 1_000; tries += 1) {
		if (await check()) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error("it did not come to pass within ten seconds");
}

describe("a device that may send one message in five minutes", () => {
	it("sends the first at once, and of the others the last one, with their number", async () => {
		const { arrived, accept, pass, desk, stateOf } = await openQueue(stateDir());
		await accept("open 1");
		await eventually(() => arrived.length === 1);
		const replaced = [await accept("closed 2"), await accept("open 3")];
		const last = await accept("closed 4");
		for (const id of replaced) await eventually(async () => (await stateOf(id)) === "coalesced");
		expect(await desk.list()).toMatchObject([{ id: last, state: "deferred" }]);
		const history = (await desk.show(replaced[1] ?? "")).history.map(({ detail }) => detail);
		expect(history.at(-1)).toContain(`replaced by ${last}`);
		expect(arrived).toEqual(["open 1"]);
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 2);
		expect(arrived).toEqual(["open 1", "[+2] closed 4"]);
	});

	it("has the next one wait too when that last one has gone, and none when nothing came for as long", async () => {
		const { arrived, accept, pass } = await openQueue(stateDir());
		await accept("1");
		await accept("2");
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 2);
		await accept("3");
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 3);
		expect(arrived).toEqual(["1", "2", "3"]);
		pass(PERIOD_MS);
		await accept("4");
		await eventually(() => arrived.length === 4);
	});

	it("has nothing replaced that goes to somebody else or comes from another device", async () => {
		const { arrived, accept } = await openQueue(stateDir());
		await accept("1");
		await accept("2", { to: "boss@example.com" });
		await accept("3", { device: "gate" });
		await eventually(() => arrived.length === 3);
	});

	it("loses neither message when the newer one is not taken", async () => {
		const { arrived, accept, begin, pass } = await openQueue(stateDir());
		await accept("1");
		await accept("2");
		const { incoming, place } = await begin("3");
		await incoming.abandon();
		place?.refused();
		await accept("4");
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 2);
		expect(arrived).toEqual(["1", "[+1] 4"]);
	});

	it("keeps the last one also when the one before it took longer to come", async () => {
		const { arrived, accept, begin, commit, pass, desk } = await openQueue(stateDir());
		await accept("1");
		const slow = await begin("2");
		await accept("3");
		await commit(slow);
		await eventually(async () => (await desk.list()).length === 1);
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 2);
		expect(arrived).toEqual(["1", "[+1] 3"]);
	});

	it("sends both where the card refuses that one is replaced", async () => {
		const { arrived, accept, pass, spool } = await openQueue(stateDir());
		await accept("1");
		await accept("2");
		const settle = spool.settle.bind(spool);
		vi.spyOn(spool, "settle").mockImplementation((write, ...how) =>
			write.type === "finish" && write.outcome === "coalesced"
				? Promise.reject(new Error("SQLITE_IOERR"))
				: settle(write, ...how),
		);
		await accept("3");
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 3);
		expect(arrived.slice(1).sort()).toEqual(["2", "[+1] 3"]);
	});

	it("replaces nothing that a report was asked for", async () => {
		const { arrived, accept } = await openQueue(stateDir());
		const dsn = {
			ret: null,
			envid: null,
			recipients: { "you@example.com": { notify: ["SUCCESS"], orcpt: "" } },
		};
		await accept("1");
		await accept("2", { dsn });
		await accept("3", { dsn });
		await eventually(() => arrived.length === 3);
	});

	it("sends what its owner lets go before its time, and what comes afterwards in its own", async () => {
		const { arrived, accept, desk, pass } = await openQueue(stateDir());
		await accept("1");
		const hurried = await accept("2");
		await desk.act("retry", [hurried]);
		await eventually(() => arrived.length === 2);
		await accept("3");
		pass(PERIOD_MS);
		await eventually(() => arrived.length === 3);
		expect(arrived).toEqual(["1", "2", "3"]);
	});

	it("keeps the number over a restart", async () => {
		const folder = stateDir();
		const before = await openQueue(folder);
		await before.accept("1");
		await before.accept("2");
		const replaced = await before.accept("3");
		await before.accept("4");
		await eventually(async () => (await before.stateOf(replaced)) === "coalesced");
		await cleanUps.pop()?.();
		const after = await openQueue(folder);
		after.pass(PERIOD_MS);
		await eventually(() => after.arrived.length === 1);
		expect(after.arrived).toEqual(["[+2] 4"]);
	});

	it("loses count of none, in however many sessions at once it sends", async () => {
		const { arrived, accept, pass, desk } = await openQueue(stateDir());
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.uuid(), async (many, device) => {
				arrived.length = 0;
				await accept("first", { device });
				await Promise.all(Array.from({ length: many }, () => accept("again", { device })));
				await eventually(async () => (await desk.list()).length === 1);
				pass(PERIOD_MS);
				await eventually(async () => arrived.length === 2 && (await desk.list()).length === 0);
				expect(arrived).toEqual(["first", many === 1 ? "again" : `[+${many - 1}] again`]);
			}),
			{ numRuns: 12 },
		);
	}, 30_000);
});
