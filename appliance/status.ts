/**
 * How the appliance is, in one answer: for `postern status`, the status page, `/healthz` and
 * systemd's status line. What is wrong comes first and in the owner's words.
 */

import type { Accounts } from "./accounts/accounts.ts";
import type { Account } from "./accounts/model.ts";
import type { Clock } from "./clock.ts";
import { clockState } from "./clock-state.ts";
import type { Config } from "./config/schema.ts";
import type { PairState } from "./console-services/pairing.ts";
import type { Listeners } from "./listeners.ts";
import { formatDate } from "./mail/date.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import type { Room } from "./queue/room.ts";
import type { Runner } from "./queue/runner.ts";
import type { Scheduler } from "./queue/scheduler.ts";
import type { AccountWaits, Matter, MatterKind, Status } from "./services.ts";
import type { SalvageReport } from "./store/salvage-report.ts";
import type { Storage } from "./store/storage.ts";
import type { TrustedTime } from "./trusted-time.ts";
import type { UpdateDesk } from "./update-desk.ts";
import { productVersion } from "./version.ts";
import { wholeDays } from "./words/amounts.ts";
import { DELIVERY } from "./words/delivery.ts";
import { say } from "./words/saying.ts";
import { STATUS } from "./words/status.ts";

export interface StatusSources {
	readonly startedAt: Date;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly config: Config;
	readonly listeners: Listeners;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly room: Room;
	readonly accounts: Accounts;
	readonly signIns: SignIns;
	/** Of programs that fetch; owner texts. */
	readonly fetchProblems: () => readonly string[];
	readonly storage: Pick<Storage, "trouble">;
	/** The database was built anew, lately. */
	readonly rebuilt: () => SalvageReport | undefined;
	readonly updates: Pick<UpdateDesk, "matters" | "state">;
	readonly pair: () => PairState;
}

export async function describeStatus(sources: StatusSources): Promise<Status> {
	const { startedAt, clock, config, listeners, scheduler, runner, room } = sources;
	const accounts = await describeAccounts(sources);
	const sick = sources.storage.trouble;
	const accepting = sick === undefined && (await room.has(0));
	const queue = scheduler.counts();
	const matters: Matter[] = [];
	const tell = (kind: MatterKind, text: string, rest: Partial<Matter> = {}) =>
		matters.push({ kind, about: "", count: 0, detail: "", ...rest, text });
	matters.push(...cardMatters(sources, accepting));
	if (config.queue.paused) {
		tell("paused", STATUS.paused);
	}
	matters.push(...(await sources.updates.matters()));
	if (accounts.length === 0) {
		tell("no-account", DELIVERY.noAccount);
	}
	matters.push(...outOfStep(sources));
	for (const text of clockProblem(sources)) tell("clock", text, { detail: text });
	for (const text of listeners.problems()) tell("certificate", text, { detail: text });
	for (const text of listeners.portProblems()) tell("port", text, { detail: text });
	for (const { address, state, trouble } of accounts) {
		if (trouble === "") continue;
		const about = { about: address, detail: trouble };
		if (state === "needs-sign-in") tell(state, say(STATUS.needsSignIn, { address, trouble }), about);
		else tell("account", say(STATUS.accountTrouble, { address, trouble }), about);
	}
	matters.push(...(await lapseWarnings(sources)));
	for (const text of sources.fetchProblems()) tell("fetching", text, { detail: text });
	const unrouted = runner.circuit("").trouble;
	if (unrouted !== undefined && accounts.length > 0) {
		tell("no-route", unrouted.ownerText, { detail: unrouted.ownerText });
	}
	if (queue.failed > 0) {
		const text = queue.failed === 1 ? STATUS.failedOne : say(STATUS.failedMany, { count: queue.failed });
		tell("failed", text, { count: queue.failed });
	}
	return {
		name: config.name,
		version: productVersion(),
		startedAt: startedAt.toISOString(),
		now: new Date(clock.now()).toISOString(),
		listeners: listeners.list(),
		queue,
		accounts,
		storage: {
			...{ freeBytes: room.freeBytes, reserveBytes: room.reserveBytes, accepting },
			sick: sick !== undefined,
		},
		memoryBytes: process.memoryUsage.rss(),
		clock: await clockState(sources.time),
		pair: sources.pair(),
		crashes: (await sources.updates.state()).crashes,
		problems: matters.map(({ text }) => text),
		matters,
	};
}

function cardMatters(
	{ storage, rebuilt }: Pick<StatusSources, "storage" | "rebuilt">,
	accepting: boolean,
): Matter[] {
	const nothing = { about: "", count: 0, detail: "" };
	const matters: Matter[] = [];
	const { trouble } = storage;
	if (trouble !== undefined) {
		const text = say(STATUS.cardSick, { why: trouble.text });
		matters.push({ ...nothing, kind: "card-sick", text, detail: trouble.text });
	} else if (!accepting) {
		matters.push({ ...nothing, kind: "card-full", text: STATUS.cardFull });
	}
	const anew = rebuilt();
	if (anew !== undefined) {
		const { keptAs: folder, saved, damaged } = anew;
		const text = say(STATUS.rebuilt, { date: formatDate(new Date(anew.atMs)), saved, damaged, folder });
		matters.push({ ...nothing, kind: "rebuilt", text, count: damaged });
	}
	return matters;
}

const DAY_MS = 24 * 60 * 60_000;
const MAIL_FLOWS = { state: "closed", trouble: undefined, isTold: false } as const;
/** A sign-in is renewed by being used; this long before its end its owner is told that it has not been. */
const LAPSE_TOLD_MS = 14 * DAY_MS;

/** A box that is offline for weeks loses its sign-in: its owner is told while there is time to act. */
export function lapseWarning(address: string, lapsesAtMs: number, nowMs: number): string | undefined {
	const leftMs = lapsesAtMs - nowMs;
	// More than a sign-in lives, or gone by: the clock is wrong, and nothing is said by it.
	if (leftMs > LAPSE_TOLD_MS || leftMs <= 0) return undefined;
	return say(STATUS.lapses, { address, time: wholeDays(leftMs) });
}

/** A certificate is renewed by hand, and its upload needs an administrator. */
const CERTIFICATE_TOLD_MS = 30 * DAY_MS;

export function certificateWarning(
	{ address, certificateFile }: Pick<Account, "address" | "certificateFile">,
	expiresAtMs: number,
	nowMs: number,
): string | undefined {
	const leftMs = expiresAtMs - nowMs;
	if (leftMs > CERTIFICATE_TOLD_MS) return undefined;
	const how =
		certificateFile === ""
			? say(STATUS.renewOwn, { address })
			: say(STATUS.renewFile, { file: certificateFile });
	if (leftMs <= 0) return `${say(STATUS.certificateExpired, { address })} ${how}`;
	return `${say(STATUS.certificateExpires, { address, time: wholeDays(leftMs) })} ${how}. ${STATUS.oldOneServes}`;
}

async function lapseWarnings({ accounts, signIns, clock, time }: StatusSources): Promise<Matter[]> {
	const nowMs = time.nowMs() ?? clock.now();
	const warnings = await Promise.all(
		accounts.list().map(async (account) => {
			const { address } = account;
			const { state, lapsesAt } = await signIns.status(address);
			if (lapsesAt === null) return undefined;
			const matter = { about: address, count: 0, detail: "" };
			if (account.method === "certificate") {
				const text = certificateWarning(account, Date.parse(lapsesAt), nowMs);
				return text === undefined ? undefined : { ...matter, kind: "app-certificate" as const, text };
			}
			const text = state === "signed-in" ? lapseWarning(address, Date.parse(lapsesAt), nowMs) : undefined;
			return text === undefined ? undefined : { ...matter, kind: "sign-in-lapses" as const, text };
		}),
	);
	return warnings.filter((warning) => warning !== undefined);
}

/** The timer's turns are five minutes apart (systemd/postern-follow.timer). */
const OUT_OF_STEP_TOLD_MS = 60 * 60_000;

/** Only a box that goes by another can be out of step. */
function outOfStep({
	pair,
	startedAt,
	clock,
}: Pick<StatusSources, "pair" | "startedAt" | "clock">): Matter[] {
	const { follows, inStepAt } = pair();
	if (follows === null) return [];
	const sinceMs = inStepAt === null ? startedAt.getTime() : Date.parse(inStepAt);
	if (Math.abs(clock.now() - sinceMs) < OUT_OF_STEP_TOLD_MS) return [];
	const text = say(STATUS.outOfStep, { box: follows });
	return [{ kind: "out-of-step", about: "", count: 0, detail: follows, text }];
}

/** Less is nobody's trouble. */
const WALL_ERROR_TOLD_MS = 5 * 60_000;

function clockProblem({ clock, time }: StatusSources): string[] {
	if (Math.abs(time.wallErrorMs()) < WALL_ERROR_TOLD_MS) return [];
	const dateOf = (ms: number) => formatDate(new Date(ms));
	return [say(STATUS.clockWrong, { said: dateOf(clock.now()), real: dateOf(time.nowMs() ?? 0) })];
}

/** Waits of more than a minute; until when is told by the wall clock, as it stands now. */
export function describeWaits(
	{ runner, clock }: Pick<StatusSources, "runner" | "clock">,
	address: string,
): AccountWaits | null {
	const wait = runner.waits(address);
	if (wait === undefined) return null;
	const until = new Date(clock.now() + wait.untilMs - clock.monotonicMs());
	return { until: until.toISOString(), why: wait.why };
}

async function describeAccounts(sources: StatusSources): Promise<Status["accounts"]> {
	const { accounts, signIns, runner } = sources;
	return Promise.all(
		accounts.list().map(async ({ address }) => {
			const { state, trouble: signInTrouble } = await signIns.status(address);
			const found = runner.circuit(address);
			const isNobodys = found.trouble?.kind === "unreachable" && runner.isIdle(address);
			const { state: circuit, trouble, isTold } = isNobodys ? MAIL_FLOWS : found;
			// Nothing has been tried yet; but nothing will go either.
			const shown = state === "needs-sign-in" && circuit === "closed" ? "open" : circuit;
			return {
				address,
				state,
				circuit: shown,
				trouble: signInTrouble || (isTold ? (trouble?.ownerText ?? "") : ""),
				waits: describeWaits(sources, address),
			};
		}),
	);
}
