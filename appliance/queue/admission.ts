/**
 * May another attempt start now? For the runner: what an account's circuit, its slots, the slots of its
 * app registration and the windows of Microsoft's limits have to say, in one place.
 *
 * An attempt is let in twice: for a slot, before its message is read, when there is room for the least
 * that an attempt costs; and for its own cost, once that is known. Who is not let in hears when to
 * ask again; there is always such a time, or an attempt in progress whose end is it.
 */
import type { Clock } from "../clock.ts";
import type { ShownMessage } from "../store/operations.ts";
import type { Allowances } from "./allowances.ts";
import { AppSlots } from "./app-slots.ts";
import type { Gate } from "./gate.ts";
import type { Cost } from "./limits.ts";
import type { Lane } from "./scheduler.ts";
import type { AccountTrouble, AttemptReport, Transport } from "./transport.ts";

/** Where a lane's mail goes, or why it can go nowhere. */
export type Route =
	| { readonly ok: true; readonly account: string; readonly transport: Transport }
	| { readonly ok: false; readonly trouble: AccountTrouble };

type OpenRoute = Extract<Route, { ok: true }>;

export interface AdmissionOptions {
	/** Looked up for each attempt, so that a reload takes effect at once. */
	readonly route: (account: string, device: string, reversePath: string) => Route;
	readonly allowances: Allowances;
	readonly clock: Clock;
}

/** A wait for hours may turn out shorter: the clock is put right, the owner sets another limit. */
const LONGEST_UNASKED_MS = 60_000;

/** Leave to work on a lane; given back with `leave`. */
export interface Slot {
	readonly lane: Lane;
	readonly gate: Gate;
	/** Absent when its app registration has no limit of its own. */
	readonly app: AppSlots | undefined;
}

/** Not now. Without a time: when an attempt in progress ends. */
export interface Refused {
	readonly askAgainAtMs: number | undefined;
}

/** What an attempt was promised; given back with `end`. */
export interface Promised {
	readonly account: string;
	readonly held: Cost;
}

export class Admission {
	readonly #options: AdmissionOptions;
	readonly #apps = new Map<string, AppSlots>();

	constructor(options: AdmissionOptions) {
		this.#options = options;
	}

	/** Takes a slot for a lane whose account's circuit admits it. */
	enter(lane: Lane, gate: Gate): Slot | Refused {
		const nowMs = this.#options.clock.monotonicMs();
		const route = this.#route(lane);
		if (gate.limited !== undefined && gate.limited.askAgainAtMs > nowMs) return gate.limited;
		const most = concurrencyOf(route);
		if (gate.inFlight >= gate.concurrency.limit(most, nowMs)) {
			return { askAgainAtMs: gate.concurrency.lookAgainAtMs(most, nowMs) };
		}
		if (route.ok && this.#isLimited(gate, route, leastCost(route))) {
			return { askAgainAtMs: gate.limited?.askAgainAtMs };
		}
		const app = route.ok ? this.#appOf(route) : undefined;
		if (app !== undefined && !app.slots.enter(gate, app.concurrency)) return { askAgainAtMs: undefined };
		gate.inFlight += 1;
		return { lane, gate, app: app?.slots };
	}

	/** The slot is free. Gives the other accounts that wait for one of the same app registration. */
	leave({ gate, app }: Slot): readonly Gate[] {
		gate.inFlight -= 1;
		return app?.leave() ?? [];
	}

	/** Nobody else of this account, or of its app registration, could begin beside the slot. */
	isFull({ lane, gate, app }: Slot): boolean {
		const nowMs = this.#options.clock.monotonicMs();
		const route = this.#route(lane);
		if (gate.inFlight >= gate.concurrency.limit(concurrencyOf(route), nowMs)) return true;
		return app !== undefined && route.ok && app.isFull(this.#appOf(route)?.concurrency ?? 1);
	}

	/** Another account waits for a slot of the same app registration. */
	isWantedElsewhere({ gate, app }: Slot): boolean {
		return app?.isWantedByOthers(gate) === true;
	}

	/** Attempts leave one by one as windows let them: marking many ahead would mark them for long. */
	isPaced({ lane }: Slot): boolean {
		const route = this.#route(lane);
		return route.ok && this.#options.allowances.isTight(route.account, leastCost(route));
	}

	/** Promises an attempt what it should cost, or notes at the gate until when there is no room. */
	begin(gate: Gate, route: OpenRoute, { message, recipients }: ShownMessage): Promised | undefined {
		const pending = recipients.filter(({ state }) => state === "pending").length;
		const cost = { ...route.transport.costOf?.(message), recipients: pending };
		if (this.#isLimited(gate, route, cost)) return undefined;
		return { account: route.account, held: this.#options.allowances.hold(route.account, cost) };
	}

	/** The attempt has ended: what it was given and did not use is free again. */
	end({ account, held }: Promised, report: AttemptReport | undefined): void {
		const { allowances } = this.#options;
		const sentTo = (report?.outcomes ?? []).filter(
			({ outcome }) => outcome === "delivered" || outcome === "unknown",
		);
		allowances.count(account, { recipients: sentTo.length });
		allowances.release(account, held);
	}

	/** Takes note of what an answer says about how much may run at once. True when it may be more. */
	learn({ lane, gate }: Slot, trouble: AccountTrouble | undefined): boolean {
		if (trouble === undefined) return gate.concurrency.succeeded();
		if (trouble.tooManyAtOnce === true) {
			gate.concurrency.crowded(concurrencyOf(this.#route(lane)), this.#options.clock.monotonicMs());
		}
		return false;
	}

	#route({ account, device }: Lane): Route {
		return this.#options.route(account, device, "");
	}

	#isLimited(gate: Gate, { account }: OpenRoute, cost: Cost): boolean {
		const { allowances, clock } = this.#options;
		const wait = allowances.wait(account, cost);
		const nowMs = clock.monotonicMs();
		gate.limited = wait && {
			limit: wait.limit,
			untilMs: nowMs + wait.waitMs,
			askAgainAtMs: nowMs + Math.min(wait.waitMs, LONGEST_UNASKED_MS),
		};
		return wait !== undefined;
	}

	#appOf({ account }: OpenRoute): { readonly slots: AppSlots; readonly concurrency: number } | undefined {
		const { app } = this.#options.allowances.limits(account);
		if (app === undefined) return undefined;
		let slots = this.#apps.get(app.key);
		if (slots === undefined) {
			slots = new AppSlots();
			this.#apps.set(app.key, slots);
		}
		return { slots, concurrency: app.concurrency };
	}
}

function concurrencyOf(route: Route): number {
	return route.ok ? route.transport.concurrency : 1;
}

/** What the smallest message costs. */
function leastCost({ transport }: OpenRoute): Cost {
	return { ...transport.costOf?.({ sizeBytes: 0 }), recipients: 1 };
}
