/**
 * Hands queued messages to their transports: lease, attempt, settle. The part that makes promise 2
 * ("delivered once") true together with the attempt journal and the transports' looking.
 *
 * Each account has slots, a circuit and Microsoft's limits (admission.ts). A slot works on one lane,
 * one message after the other, so a device's messages keep their order. Trouble of the account or the
 * link puts the message back untouched and opens the circuit; the card is not written for it, so a box
 * that is offline for weeks wears nothing. What waits for a limit is put back in the same way, and no trouble.
 */
import { asError } from "../errors.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { MailLog } from "../maillog.ts";
import type { ShownMessage } from "../store/operations.ts";
import { DELIVERY } from "../words/delivery.ts";
import { Admission, type Route, type Slot } from "./admission.ts";
import type { Allowances } from "./allowances.ts";
import { attemptOf, faultReport, isNotItsFault, tellOutcomes } from "./attempt.ts";
import type { AttemptJournal } from "./attempt-journal.ts";
import type { CircuitState, Ticket } from "./circuit.ts";
import { Gate } from "./gate.ts";
import type { Item, Scheduler } from "./scheduler.ts";
import { type Patience, settle } from "./settlement.ts";
import { CARD_AGAIN_MS, Settler, type SettlerOptions } from "./settler.ts";
import type { AccountTrouble, AttemptReport, Transport } from "./transport.ts";
import { lookAt, notMade } from "./wholeness.ts";

/** A lane that no other waits for leases this many messages with one flush. */
const LEASE_AHEAD = 16;
/** More than this is no site's day, and three times what can leave. */
const FLOOD_PER_SECOND = 50;
/** Four slots then send what Microsoft takes: some 17 messages a second (10,000 requests in 10 minutes). */
const FLOOD_PAUSE_MS = 240;

export interface RunnerOptions extends SettlerOptions {
	readonly scheduler: Scheduler;
	/** Looked up for each attempt, so that a reload takes effect at once. */
	readonly route: (account: string, device: string, reversePath: string) => Route;
	/** What Microsoft allows the accounts, and what they have used of it. */
	readonly allowances: Allowances;
	readonly patience: () => Patience;
	/** `queue.paused`: attempts under way end, none begins. Whoever takes it off nudges. */
	readonly isPaused?: () => boolean;
	readonly mailLog: MailLog;
}

/** A slot promised to a message that is being committed. */
export type Claim = Slot;

/** Why nothing leaves an account just now, for longer than a moment, and until when (monotonic). */
export interface AccountWait {
	readonly untilMs: number;
	/** For the owner: whose limit, or what Microsoft said. */
	readonly why: string;
}

/** Shorter waits are not worth telling. */
const TOLD_WAIT_MS = 60_000;

/** A slot's leave to attempt the next message. */
interface Pass {
	readonly slot: Slot;
	ticket: Ticket;
	/** The ticket has not been used. */
	fresh: boolean;
}

export class Runner {
	readonly #options: RunnerOptions;
	readonly #admission: Admission;
	readonly #gates = new Map<string, Gate>();
	readonly #settler: Settler;
	readonly #abort = new AbortController();
	/** Accepted while the queue of the last run was still being loaded. */
	readonly #early: { readonly number: number; readonly account: string; readonly device: string }[] = [];
	#journal: AttemptJournal | undefined;
	#stopping = false;
	#idle: (() => void) | undefined;
	#atWork = 0;

	constructor(options: RunnerOptions) {
		this.#options = options;
		this.#admission = new Admission(options);
		this.#settler = new Settler(options);
	}

	/** Delivers from now on. What was accepted before is taken up behind what the last run left. */
	start(journal: AttemptJournal): void {
		this.#journal = journal;
		for (const { number, account, device } of this.#early.splice(0)) {
			this.#options.scheduler.add(this.#options.scheduler.lane(account, device), number, "incoming", 0);
		}
		for (const account of this.#options.scheduler.accounts()) this.#pump(this.#gate(account));
	}

	/** A slot for a message about to be committed, when it could leave at once. */
	claim(account: string, device: string): Claim | undefined {
		const gate = this.#gate(account);
		const lane = this.#options.scheduler.lane(account, device);
		if (!this.#mayBegin || lane.busy || lane.waiting > 0) return undefined;
		if (gate.circuit.state !== "closed") return undefined;
		const slot = this.#admission.enter(lane, gate);
		if ("askAgainAtMs" in slot) return undefined;
		this.#options.scheduler.begin(lane);
		return slot;
	}

	/** The message of the claim was not committed. */
	releaseClaim(claim: Claim): void {
		this.#leave(claim);
	}

	/** A message is on the card: deliver it, now if it has a claim, else in its turn. */
	accepted(number: number, account: string, device: string, claim: Claim | undefined): void {
		const { scheduler } = this.#options;
		if (this.#journal === undefined) {
			this.#early.push({ number, account, device });
			return;
		}
		const lane = scheduler.lane(account, device);
		if (claim === undefined) {
			scheduler.add(lane, number, "incoming", 0);
			this.#pump(this.#gate(account));
			return;
		}
		scheduler.addLeased(lane, number);
		this.#begin(this.#work(claim));
	}

	/** A message is on the card and is to go at `dueAtMs` (monotonic). */
	acceptedLater(number: number, account: string, device: string, dueAtMs: number): void {
		const { scheduler } = this.#options;
		scheduler.add(scheduler.lane(account, device), number, "deferred", dueAtMs);
		this.#pump(this.#gate(account));
	}

	/** Try the account (or all) again at once: someone signed in, or asked for it. */
	nudge(account?: string): void {
		for (const gate of this.#gates.values()) {
			if (account !== undefined && gate.account !== account && gate.account !== "") continue;
			gate.circuit.nudge(this.#options.clock.monotonicMs());
			// The limit may be another one now.
			gate.limited = undefined;
			this.#pump(gate);
		}
	}

	/** `isTold`: the trouble is more than a moment's throttling. */
	circuit(account: string): {
		readonly state: CircuitState;
		readonly trouble: AccountTrouble | undefined;
		readonly isTold: boolean;
	} {
		const { state, trouble, isTold } = this.#gate(account).circuit;
		return { state, trouble, isTold: trouble !== undefined && isTold };
	}

	/** Nothing of the account's waits or is under way: a dead link is then nobody's, and nothing would find it mended. */
	isIdle(account: string): boolean {
		return this.#options.scheduler.load(account) === 0;
	}

	/** What an account waits for that passes by itself and is no moment: a limit, or Microsoft's wish. */
	waits(account: string): AccountWait | undefined {
		const { circuit, limited } = this.#gate(account);
		const told = this.#options.clock.monotonicMs() + TOLD_WAIT_MS;
		if (circuit.state === "open" && circuit.openUntilMs > told && circuit.trouble !== undefined) {
			return { untilMs: circuit.openUntilMs, why: circuit.trouble.ownerText };
		}
		if (limited === undefined || limited.untilMs <= told) return undefined;
		return { untilMs: limited.untilMs, why: limited.limit.ownerText };
	}

	/** True while a message's outcome is known and not yet on the card. */
	isSettling(number: number): boolean {
		return this.#settler.isSettling(number);
	}

	/** Resolves when a message's last attempt is settled on the card. */
	async settled(number: number): Promise<void> {
		await this.#settler.settled(number);
	}

	/** Takes nothing new; lets attempts in progress end for `graceMs`, then cuts them off; settles. */
	async stop(graceMs: number): Promise<void> {
		this.#stopping = true;
		for (const gate of this.#gates.values()) gate.cancel();
		if (this.#atWork > 0) {
			const cutOff = setTimeout(() => this.#abort.abort(), graceMs);
			await new Promise<void>((resolve) => {
				this.#idle = resolve;
			});
			clearTimeout(cutOff);
		}
		await this.#settler.end();
		await this.#journal?.close();
		const unattempted = this.#options.scheduler.leasedButWaiting();
		if (unattempted.length > 0) await this.#options.spool.unlease(unattempted);
	}

	#gate(account: string): Gate {
		let gate = this.#gates.get(account);
		if (gate === undefined) {
			gate = new Gate(account, this.#options.clock);
			this.#gates.set(account, gate);
		}
		return gate;
	}

	get #mayBegin(): boolean {
		return this.#journal !== undefined && !this.#stopping && this.#options.isPaused?.() !== true;
	}

	/** Starts work on lanes until the account's slots are taken or nothing is due. */
	#pump(gate: Gate): void {
		const { scheduler, clock } = this.#options;
		for (;;) {
			const nowMs = clock.monotonicMs();
			if (!this.#mayBegin) return;
			if (!gate.circuit.admits(nowMs)) {
				if (gate.circuit.state === "open") this.#wake(gate, gate.circuit.openUntilMs);
				return;
			}
			const lane = scheduler.nextLane(gate.account, nowMs);
			if (lane === undefined) {
				const dueAtMs = scheduler.nextDueAtMs(gate.account);
				// What is overdue belongs to a lane at work, whose end pumps.
				this.#wake(gate, dueAtMs !== undefined && dueAtMs > nowMs ? dueAtMs : undefined);
				return;
			}
			const slot = this.#admission.enter(lane, gate);
			if ("askAgainAtMs" in slot) {
				this.#wake(gate, slot.askAgainAtMs);
				return;
			}
			scheduler.begin(lane);
			this.#begin(this.#work(slot));
			if (gate.circuit.state === "probing") return;
		}
	}

	/** Pumps at that time (monotonic); without one, something in progress will. */
	#wake(gate: Gate, atMs: number | undefined): void {
		if (atMs !== undefined) gate.wake(atMs, () => this.#pump(gate));
	}

	/** A slot is free: for other accounts of the same app registration that wait for one, and for its own. */
	#leave(slot: Slot): void {
		slot.lane.busy = false;
		const waiting = this.#admission.leave(slot);
		for (const gate of waiting) this.#pump(gate);
		this.#pump(slot.gate);
	}

	/** Runs work in the background, and knows when the last of it ended. */
	#begin(work: Promise<void>): void {
		this.#atWork += 1;
		void work.finally(() => {
			this.#atWork -= 1;
			if (this.#atWork === 0) this.#idle?.();
		});
	}

	/** One slot's work: messages of one lane, until it is empty, others wait, or trouble comes. */
	async #work(slot: Slot): Promise<void> {
		const { scheduler, clock } = this.#options;
		const { lane, gate } = slot;
		// Taken before anything is awaited, so that one probe is one.
		const pass: Pass = { slot, ticket: gate.circuit.begin(), fresh: true };
		try {
			for (;;) {
				const oneByOne = gate.circuit.state !== "closed" || this.#admission.isPaced(slot);
				const items = scheduler.take(lane, clock.monotonicMs(), oneByOne ? 1 : LEASE_AHEAD);
				if (items.length === 0) return;
				const goOn = await this.#attemptAll(items, pass);
				if (!goOn || !this.#mayBegin || this.#othersWait(slot)) return;
			}
		} catch (thrown) {
			// The card could not be read or written. Nothing was decided; going on at once would only spin.
			const error = asError(thrown);
			this.#options.log.error("runner-fault", { error: error.stack ?? error.message });
			const [retryAfterMs, ownerText] = [CARD_AGAIN_MS, DELIVERY.cardTrouble];
			this.#trouble(pass, { kind: "blocked", retryAfterMs, reason: error.message, ownerText });
		} finally {
			gate.circuit.abandon(pass.ticket);
			this.#leave(slot);
		}
	}

	/** What arrives now cannot wait; what has arrived can. A flood of mail slows sending, not taking. */
	async #letIntakeGoFirst(): Promise<void> {
		const { spool, clock } = this.#options;
		if (spool.intakePerSecond > FLOOD_PER_SECOND) await clock.sleep(FLOOD_PAUSE_MS, this.#abort.signal);
	}

	/** A lane gives its slot up when another is due and none is free. */
	#othersWait(slot: Slot): boolean {
		if (!this.#admission.isFull(slot)) return false;
		const { scheduler, clock } = this.#options;
		if (this.#admission.isWantedElsewhere(slot)) return true;
		return scheduler.isAnyDue(slot.gate.account, clock.monotonicMs());
	}

	/** True when the lane may go on. What was not attempted goes back to the head, in order. */
	async #attemptAll(items: readonly Item[], pass: Pass): Promise<boolean> {
		const unleased = items.filter(({ leased }) => !leased);
		let next = 0;
		try {
			// An earlier outcome must not come over the lease on the card.
			await Promise.all(items.map(({ id }) => this.#settler.settled(id)));
			if (unleased.length > 0) await this.#options.spool.lease(unleased.map(({ id }) => id));
			for (const item of unleased) item.leased = true;
			for (; next < items.length; next += 1) {
				const item = items[next];
				if (item === undefined || this.#stopping) break;
				if (next > 0 && this.#othersWait(pass.slot)) break;
				await this.#letIntakeGoFirst();
				if (!this.#isAdmitted(pass)) break;
				const untouched = await this.#attempt(item, pass);
				if (untouched) break;
			}
		} finally {
			for (const item of items.slice(next).reverse()) {
				if (item.state === "active") this.#options.scheduler.putBack(item);
			}
		}
		return next === items.length;
	}

	/** The first attempt has its ticket; each later one asks anew, because the circuit may have opened. */
	#isAdmitted(pass: Pass): boolean {
		if (pass.fresh) {
			pass.fresh = false;
			return true;
		}
		const { circuit } = pass.slot.gate;
		if (!circuit.admits(this.#options.clock.monotonicMs())) return false;
		pass.ticket = circuit.begin();
		return true;
	}

	/** One attempt of one message. True when it met trouble that is not its own, or a limit, and stays as it was. */
	async #attempt(item: Item, pass: Pass): Promise<boolean> {
		const { spool, clock, scheduler } = this.#options;
		const shown = await spool.show(item.id);
		if (shown === null || !("message" in shown)) {
			scheduler.remove(item);
			return false;
		}
		const route = this.#options.route(item.lane.account, item.lane.device, shown.message.reversePath);
		if (!route.ok) {
			this.#trouble(pass, route.trouble);
			return true;
		}
		const promised = this.#admission.begin(pass.slot.gate, route, shown);
		if (promised === undefined) return true;
		scheduler.charge(item.lane, shown.message.sizeBytes);
		let report: AttemptReport | undefined;
		try {
			await this.#journal?.begin(item.id);
			report = await this.#deliver(shown, route.account, route.transport);
		} finally {
			this.#admission.end(promised, report);
		}
		if (this.#admission.learn(pass.slot, report.trouble)) this.#pump(pass.slot.gate);
		const nowMs = clock.monotonicMs();
		if (report.trouble === undefined) this.#recovered(pass);
		else this.#trouble(pass, report.trouble);
		if (report.trouble !== undefined && isNotItsFault(item.troubles, shown, report, report.trouble)) {
			item.troubles += 1;
			return true;
		}
		item.troubles = 0;
		const settlement = settle(shown, report, this.#options.patience(), {
			wallMs: clock.now(),
			random: Math.random(),
		});
		tellOutcomes(this.#options.mailLog, shown, report, settlement.waitMs);
		// Before the scheduler shows the new state: whoever sees it can wait until the card has it too.
		this.#settler.begin(shown, settlement, this.#journal);
		item.leased = false;
		if (settlement.state === "delivered") scheduler.remove(item);
		else scheduler.move(item, settlement.state, nowMs + settlement.waitMs);
		return false;
	}

	async #deliver(shown: ShownMessage, account: string, transport: Transport): Promise<AttemptReport> {
		const { spool, log } = this.#options;
		const look = await lookAt(shown, spool);
		if (look.state !== "whole") {
			const pending = shown.recipients.filter(({ state }) => state === "pending");
			log.error("message-not-whole", { qid: formatQueueId(shown.message.id), state: look.state });
			return notMade(
				pending.map(({ address }) => address),
				look,
			);
		}
		const attempt = await attemptOf(shown, account, spool, look.content);
		try {
			return await transport.deliver(attempt, this.#abort.signal);
		} catch (thrown) {
			const error = asError(thrown);
			log.error("transport-fault", {
				qid: attempt.queueId,
				error: error.stack ?? error.message,
			});
			return faultReport(attempt, error);
		}
	}

	#trouble({ slot: { gate }, ticket }: Pass, trouble: AccountTrouble): void {
		const isNews = gate.circuit.failed(ticket, trouble, this.#options.clock.monotonicMs());
		if (!isNews) return;
		const { account } = gate;
		this.#options.mailLog.accountTrouble({ account, kind: trouble.kind, reason: trouble.reason });
		this.#options.events.emit("account-trouble", {
			account,
			kind: trouble.kind,
			ownerText: trouble.ownerText,
		});
	}

	#recovered({ slot: { gate }, ticket }: Pass): void {
		if (!gate.circuit.succeeded(ticket)) return;
		gate.concurrency.restart(this.#options.clock.monotonicMs());
		if (!gate.circuit.isTold) return;
		this.#options.mailLog.accountRecovered({ account: gate.account });
		this.#options.events.emit("account-recovered", { account: gate.account });
	}
}
