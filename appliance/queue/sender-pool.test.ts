import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { reply } from "../mail/reply.ts";
import { MailLog } from "../maillog.ts";
import { Storage } from "../store/storage.ts";
import { Allowances } from "./allowances.ts";
import { AttemptJournal } from "./attempt-journal.ts";
import { NO_LIMITS } from "./limits.ts";
import { Runner } from "./runner.ts";
import { Scheduler } from "./scheduler.ts";
import { SenderPool } from "./sender-pool.ts";
import { Spool } from "./spool.ts";
import type { AccountTrouble, Attempt, AttemptReport, Transport } from "./transport.ts";

const MAIN = "alerts@contoso.com";
const SECOND = "alerts-2@contoso.com";
const LIMIT: AccountTrouble = {
	kind: "blocked",
	retryAfterMs: 1e9,
	reason: "daily limit",
	ownerText: "Tomorrow.",
};

let folder: string;
let storage: Storage;
let spool: Spool;
let runner: Runner;
let scheduler: Scheduler;
let pool: SenderPool;
/** What Microsoft says of an account; nothing: it takes everything, when `open` lets it. */
let troubles: Map<string, AccountTrouble>;
let through: string[];
let open: PromiseWithResolvers<void>;

beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-pool-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	const clock = new SystemClock();
	spool = await Spool.open({ storage, stateDir: folder, clock });
	scheduler = new Scheduler();
	troubles = new Map();
	through = [];
	open = Promise.withResolvers();
	const transport: Transport = { concurrency: 1, deliver, close: () => Promise.resolve() };
	const events = new Events((error) => {
		throw error;
	});
	runner = new Runner({
		spool,
		scheduler,
		route: (account) => ({ ok: true, account, transport }),
		allowances: new Allowances({ limitsOf: () => NO_LIMITS, clock }),
		patience: () => ({ scheduleMs: [60_000], expireAfterMs: 1e9 }),
		clock,
		events,
		log: silentLog(),
		mailLog: new MailLog(silentLog()),
	});
	pool = new SenderPool({
		scheduler,
		runner: () => runner,
		spool,
		log: silentLog(),
		spreadOver: (account) => (account === MAIN ? [SECOND] : []),
		accountOf: (device) => (device === "Second's own" ? SECOND : MAIN),
	});
	events.on("account-trouble", ({ account }) => void pool.relieve(account));
	runner.start(await AttemptJournal.begin(folder, silentLog()));
});
afterEach(async () => {
	open.resolve();
	await runner.stop(1_000);
	await storage.close();
	await spool.close();
	rmSync(folder, { recursive: true });
});

async function deliver(attempt: Attempt): Promise<AttemptReport> {
	await open.promise;
	const trouble = troubles.get(attempt.account);
	const said = trouble === undefined ? reply(250, "2.0.0", "ok") : reply(451, "4.7.1", "later");
	const outcome = trouble === undefined ? "delivered" : "deferred";
	if (trouble === undefined) through.push(attempt.account);
	const outcomes = attempt.recipients.map(
		(recipient) => ({ recipient, outcome, reply: said, reason: "", ownerText: "" }) as const,
	);
	return { via: "graph", outcomes, ...(trouble === undefined ? {} : { trouble }) };
}

async function take(device: string, account: string): Promise<void> {
	const incoming = spool.receive();
	await incoming.body.write(Buffer.from("Subject: x\r\n\r\n"));
	const envelope = {
		reversePath: MAIN,
		recipients: ["b@fabrikam.com"],
		smtpUtf8: false,
		state: "incoming",
	} as const;
	await incoming.accept({ device, account, ...envelope });
	runner.accepted(incoming.number, account, device, undefined);
}

describe("a sender spread over two mailboxes", () => {
	it("goes through its own while that has nothing to do, and shares what piles up", async () => {
		const chosen: string[] = [];
		for (let message = 0; message < 6; message += 1) {
			chosen.push(pool.choose(MAIN));
			await take("Copier", chosen.at(-1) ?? "");
		}
		expect(chosen).toEqual([MAIN, SECOND, MAIN, SECOND, MAIN, SECOND]);
		expect(pool.choose(SECOND)).toBe(SECOND);
	});

	it("leaves a mailbox that is at its limit, with what waits there", async () => {
		troubles.set(MAIN, LIMIT);
		for (let message = 0; message < 5; message += 1) await take("Copier", MAIN);
		await take("Second's own", SECOND);
		open.resolve();
		await expect.poll(() => through.length, { timeout: 10_000 }).toBe(5);
		expect(through.every((account) => account === SECOND)).toBe(true);
		// The one that met the limit stays with the mailbox in which it may be looked for.
		const accounts = async () => (await spool.list(0, 10)).map(({ account }) => account);
		await expect.poll(accounts, { timeout: 10_000 }).toEqual([MAIN]);
		expect(pool.choose(MAIN)).toBe(SECOND);
	});

	it("does not take the mail of a device that names the other mailbox itself", async () => {
		troubles.set(SECOND, LIMIT);
		for (let message = 0; message < 3; message += 1) await take("Second's own", SECOND);
		open.resolve();
		await expect.poll(() => runner.circuit(SECOND).state, { timeout: 10_000 }).toBe("open");
		expect((await spool.list(0, 10)).map(({ account }) => account)).toEqual([SECOND, SECOND, SECOND]);
		expect(through).toEqual([]);
	});
});
