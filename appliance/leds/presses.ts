/**
 * What a press of the button means, by how long it lasts: a short one "I have seen it", ten seconds "give me a new way into
 * the console". What lies between means nothing, so that nobody does either by half. For button.ts. Pure: time is told.
 */
export type Press = "short" | "long";

/** Longer is somebody who thinks about it. */
const SHORT_MOST_MS = 2_000;
export const LONG_LEAST_MS = 10_000;

export class Presses {
	#downAtMs: number | undefined;

	/** The kernel repeats no press; a second one without a release is the first one still. */
	down(atMs: number): void {
		this.#downAtMs ??= atMs;
	}

	/** A release without a press, as of a button that was held while the box started, is nothing. */
	up(atMs: number): Press | undefined {
		const heldMs = this.#heldMs(atMs);
		this.#downAtMs = undefined;
		if (heldMs === undefined) return undefined;
		if (heldMs >= LONG_LEAST_MS) return "long";
		return heldMs <= SHORT_MOST_MS ? "short" : undefined;
	}

	/** Ten seconds are told while it is still held; its release then is nothing. */
	held(atMs: number): Press | undefined {
		const heldMs = this.#heldMs(atMs);
		if (heldMs === undefined || heldMs < LONG_LEAST_MS) return undefined;
		this.#downAtMs = undefined;
		return "long";
	}

	#heldMs(atMs: number): number | undefined {
		return this.#downAtMs === undefined ? undefined : atMs - this.#downAtMs;
	}
}
