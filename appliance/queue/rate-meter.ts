/** How often something happens, weighted towards now. Pure; time is monotonic milliseconds. */

const MEMORY_MS = 500;

export class RateMeter {
	#perMs = 0;
	#atMs = 0;

	count(nowMs: number): void {
		this.#decay(nowMs);
		this.#perMs += 1 / MEMORY_MS;
	}

	perSecond(nowMs: number): number {
		this.#decay(nowMs);
		return this.#perMs * 1_000;
	}

	#decay(nowMs: number): void {
		this.#perMs *= Math.exp((this.#atMs - nowMs) / MEMORY_MS);
		this.#atMs = nowMs;
	}
}
