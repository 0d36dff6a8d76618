/**
 * How much each device has sent, against its rate (messages) and its quota (bytes). For smtp/. In
 * memory and monotonic: a restart forgets, which lets a device send its allowance once more.
 *
 * An allowance fills up evenly: 120 an hour is one every thirty seconds, with up to 120 at once after a
 * quiet hour. What was accepted counts, and what is being received; what was refused costs nothing. Of a
 * message that is being received the size is not known, so a device that sends over several connections
 * may go over its quota by what they carry, and waits for the debt; never over its rate.
 */
import type { Clock } from "../clock.ts";
import { Allowance } from "./allowance.ts";
import type { Device } from "./model.ts";

export type Excess = { readonly kind: "rate" | "quota"; readonly waitMs: number };

interface Usage {
	readonly messages: Allowance;
	readonly bytes: Allowance;
	/** Messages that are being received. */
	underway: number;
}

/** A message that is being received. */
export interface Expense {
	/** To be called once: with its size when it was accepted, else with undefined. */
	end(sizeBytes: number | undefined): void;
}

export class DeviceUsage {
	readonly #clock: Clock;
	/** By name; only devices that have a limit and have sent. */
	readonly #usages = new Map<string, Usage>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Why a message of this size (0: unknown) has to wait now, or undefined. */
	excess(device: Device, sizeBytes: number): Excess | undefined {
		const usage = this.#usages.get(device.name);
		if (usage === undefined) return undefined;
		const nowMs = this.#clock.monotonicMs();
		const { rate, quota } = device;
		const rateWaitMs = rate === undefined ? 0 : usage.messages.waitMs(1 + usage.underway, rate, nowMs);
		// An allowance never asks for more than there is of it; what is under way may be all.
		if (rate !== undefined && usage.underway >= rate.count) return { kind: "rate", waitMs: rate.perMs };
		if (rateWaitMs > 0) return { kind: "rate", waitMs: rateWaitMs };
		const quotaWaitMs = quota === undefined ? 0 : usage.bytes.waitMs(Math.max(1, sizeBytes), quota, nowMs);
		return quotaWaitMs > 0 ? { kind: "quota", waitMs: quotaWaitMs } : undefined;
	}

	/** A message of the device begins. */
	begin(device: Device): Expense {
		const { rate, quota } = device;
		if (rate === undefined && quota === undefined) return { end: () => undefined };
		let usage = this.#usages.get(device.name);
		if (usage === undefined) {
			usage = { messages: new Allowance(), bytes: new Allowance(), underway: 0 };
			this.#usages.set(device.name, usage);
		}
		const { messages, bytes } = usage;
		const begun = usage;
		begun.underway += 1;
		return {
			end: (sizeBytes) => {
				begun.underway -= 1;
				if (sizeBytes === undefined) return;
				const nowMs = this.#clock.monotonicMs();
				if (rate !== undefined) messages.take(1, rate, nowMs);
				if (quota !== undefined) bytes.take(sizeBytes, quota, nowMs);
			},
		};
	}
}
