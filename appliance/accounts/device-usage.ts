/**
 * How much each device has sent, against its rate (messages) and its quota (bytes). For smtp/. In
 * memory and monotonic: a restart forgets, which lets a device send its allowance once more.
 *
 * An allowance fills up evenly: 120 an hour is one every thirty seconds, with up to 120 at once after a
 * quiet hour. Only what was accepted counts.
 */
import type { Clock } from "../clock.ts";
import { Allowance } from "./allowance.ts";
import type { Device } from "./model.ts";

export type Excess = { readonly kind: "rate" | "quota"; readonly waitMs: number };

interface Usage {
	readonly messages: Allowance;
	readonly bytes: Allowance;
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
		const rateWaitMs = rate === undefined ? 0 : usage.messages.waitMs(1, rate, nowMs);
		if (rateWaitMs > 0) return { kind: "rate", waitMs: rateWaitMs };
		const quotaWaitMs = quota === undefined ? 0 : usage.bytes.waitMs(Math.max(1, sizeBytes), quota, nowMs);
		return quotaWaitMs > 0 ? { kind: "quota", waitMs: quotaWaitMs } : undefined;
	}

	/** A message of the device was accepted. */
	count(device: Device, sizeBytes: number): void {
		const { rate, quota } = device;
		if (rate === undefined && quota === undefined) return;
		const nowMs = this.#clock.monotonicMs();
		let usage = this.#usages.get(device.name);
		if (usage === undefined) {
			usage = { messages: new Allowance(), bytes: new Allowance() };
			this.#usages.set(device.name, usage);
		}
		if (rate !== undefined) usage.messages.take(1, rate, nowMs);
		if (quota !== undefined) usage.bytes.take(sizeBytes, quota, nowMs);
	}
}
