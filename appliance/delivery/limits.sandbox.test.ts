/**
 * The queue and both ways out against a cloud that enforces its limits, with windows of seconds instead of
 * minutes: what a flood provokes, and how fast it drains.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TransportKind } from "../accounts/model.ts";
import { SystemClock } from "../clock.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { MailLog } from "../maillog.ts";
import { endpointsOf } from "../microsoft/clouds.ts";
import { openHttp } from "../microsoft/http.ts";
import { Allowances } from "../queue/allowances.ts";
import { AttemptJournal } from "../queue/attempt-journal.ts";
import type { Limits, Unit } from "../queue/limits.ts";
import { Runner } from "../queue/runner.ts";
import { Scheduler } from "../queue/scheduler.ts";
import { Spool } from "../queue/spool.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { Storage } from "../store/storage.ts";
import { TrustedTime } from "../trusted-time.ts";
import { ACCOUNT, accountOf, message, ScriptedTokens } from "./delivery-rig.ts";
import { createTransports } from "./route.ts";

let sandbox: Sandbox;
const cleanUps: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
	sandbox = await startSandbox();
	sandbox.control.allowSendAs(ACCOUNT, "*");
	return () => sandbox.close();
});
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	await sandbox.control.reset();
	sandbox.control.allowSendAs(ACCOUNT, "*");
});

function limits(unit: Unit, most: number, perMs: number): Limits {
	return {
		windows: [{ unit, most, perMs, spreadFrom: 1 / 3, isKept: false, ownerText: "" }],
		app: { key: "app", concurrency: 4 },
	};
}

async function openQueue(kind: TransportKind, limitsInForce: Limits) {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-limits-"));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	const clock = new SystemClock();
	const events = new Events((error) => {
		throw error;
	});
	const troubles: string[] = [];
	events.on("account-trouble", ({ kind: trouble }) => troubles.push(trouble));
	const storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	cleanUps.push(() => storage.close());
	const spool = await Spool.open({ storage, stateDir: folder, clock });
	cleanUps.push(() => spool.close());
	const http = openHttp({ log: silentLog(), environment: {} });
	cleanUps.push(() => http.close());
	const endpoints = endpointsOf({ cloud: "custom", graph: sandbox.graphUrl, smtp: sandbox.smtpAddress });
	const allowances = new Allowances({ limitsOf: () => limitsInForce, clock });
	const transports = createTransports({
		tokens: new ScriptedTokens((resource) => sandbox.control.mintToken(ACCOUNT, { resource })),
		http,
		endpoints: () => endpoints,
		caPem: sandbox.caPem,
		clock,
		time: new TrustedTime(clock),
		log: silentLog(),
		meter: allowances,
	});
	cleanUps.push(() => transports.close());
	const transport = transports.of(accountOf(kind));
	const runner = new Runner({
		spool,
		scheduler: new Scheduler(),
		route: () => ({ ok: true, account: ACCOUNT, transport }),
		allowances,
		patience: () => ({ scheduleMs: [1_000], expireAfterMs: 1e9 }),
		clock,
		events,
		log: silentLog(),
		mailLog: new MailLog(silentLog()),
	});
	cleanUps.push(() => runner.stop(5_000));
	runner.start(await AttemptJournal.begin(folder, silentLog()));
	const accept = async (device: string) => {
		const incoming = spool.receive();
		await incoming.body.write(Buffer.from(message()));
		await incoming.accept({
			device,
			account: ACCOUNT,
			reversePath: ACCOUNT,
			recipients: ["boss@fabrikam.com"],
			smtpUtf8: false,
			state: "incoming",
		});
		runner.accepted(incoming.number, ACCOUNT, device, undefined);
	};
	return { accept, troubles };
}

async function flood(accept: (device: string) => Promise<void>, messages: number) {
	for (let number = 0; number < messages; number += 1) await accept(`device ${number % 7}`);
	const deadlineMs = performance.now() + 60_000;
	while (sandbox.control.counts().messages < messages && performance.now() < deadlineMs) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	expect(sandbox.control.counts().messages).toBe(messages);
	expect(sandbox.control.duplicates()).toEqual([]);
	const arrived = sandbox.control.arrived().map(({ atMs }) => atMs);
	return Math.max(...arrived) - Math.min(...arrived);
}

describe("a flood of mail", { timeout: 90_000 }, () => {
	it("over Graph provokes no throttling and drains at nine tenths of the limit", async () => {
		// 40 in two seconds.
		sandbox.control.change({
			graphRequestsPerTenMinutes: 40,
			windowScale: 2 / 600,
			graphConcurrencyLimit: 4,
			latencyMs: 20,
		});
		const { accept, troubles } = await openQueue("graph", limits("requests", 40, 2_000));
		const tookMs = await flood(accept, 300);
		expect(sandbox.control.requests().filter(({ status }) => status !== 202)).toEqual([]);
		expect(sandbox.control.concurrency().graph[ACCOUNT]).toBeLessThanOrEqual(4);
		expect(troubles).toEqual([]);
		expect((300 / tookMs) * 2_000).toBeGreaterThan(36);
	});

	it("over SMTP provokes no throttling and drains at nine tenths of the limit", async () => {
		// 30 in two seconds.
		sandbox.control.change({ smtpMessagesPerMinute: 30, windowScale: 1 / 30, latencyMs: 20 });
		const { accept, troubles } = await openQueue("smtp", limits("messages", 30, 2_000));
		const tookMs = await flood(accept, 150);
		const sent = sandbox.control.requests({ kind: "smtp" }).filter(({ method }) => method === "DATA");
		expect(sent.filter(({ status }) => status !== 250)).toEqual([]);
		expect(sandbox.control.concurrency().smtp[ACCOUNT]).toBeLessThanOrEqual(2);
		expect(troubles).toEqual([]);
		expect((150 / tookMs) * 2_000).toBeGreaterThan(27);
	});

	it("finds out that less may run at once than Microsoft has published, and loses nothing", async () => {
		sandbox.control.change({ graphConcurrencyLimit: 2, latencyMs: 30 });
		const { accept, troubles } = await openQueue("graph", limits("requests", 10_000, 600_000));
		await flood(accept, 100);
		const refused = sandbox.control.requests().filter(({ status }) => status === 429);
		expect(refused.length).toBeGreaterThan(0);
		expect(refused.length).toBeLessThanOrEqual(8);
		expect(troubles).toEqual([]);
	});
});
