/**
 * A clock for tests that live through weeks: time stands still while there is work, and then jumps to the
 * next thing that somebody sleeps for. The wall clock may be set, and steps without moving the other.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../clock.ts";

interface Sleeper {
	readonly atMs: number;
	readonly order: number;
	readonly wake: () => void;
}

/** Turns of the event loop without news after which nothing more is under way. */
const QUIET_TURNS = 3;

export class SimulatedClock implements Clock {
	#monotonicMs = 10_000;
	#wallOffsetMs: number;
	#orders = 0;
	/** A heap by time, then by order. */
	readonly #sleepers: Sleeper[] = [];
	/** Work that is not asleep: queries, writes. */
	#underWay = 0;
	#news = 0;

	constructor(wallMs: number) {
		this.#wallOffsetMs = wallMs - this.#monotonicMs;
	}

	now(): number {
		return this.#monotonicMs + this.#wallOffsetMs;
	}

	monotonicMs(): number {
		return this.#monotonicMs;
	}

	setWall(wallMs: number): void {
		this.#wallOffsetMs = wallMs - this.#monotonicMs;
	}

	sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted === true) return Promise.resolve();
		return new Promise((resolve) => {
			const wake = () => {
				signal?.removeEventListener("abort", wake);
				this.#news += 1;
				resolve();
			};
			this.#push({ atMs: this.#monotonicMs + Math.max(0, durationMs), order: this.#orders++, wake });
			// Woken twice is woken once; the empty place in the heap passes by itself.
			signal?.addEventListener("abort", wake, { once: true });
		});
	}

	/** Time does not pass before this has ended. */
	async during<T>(work: Promise<T>): Promise<T> {
		this.#underWay += 1;
		try {
			return await work;
		} finally {
			this.#underWay -= 1;
			this.#news += 1;
		}
	}

	/** Lets time pass until `isOver`, at most until `untilMs` (monotonic); says whether it came to that. */
	async run(isOver: () => boolean, untilMs = Number.POSITIVE_INFINITY): Promise<boolean> {
		for (;;) {
			await this.#quiet();
			if (isOver()) return true;
			const next = this.#sleepers[0];
			if (next === undefined || next.atMs > untilMs) {
				if (untilMs !== Number.POSITIVE_INFINITY) this.#monotonicMs = Math.max(this.#monotonicMs, untilMs);
				return false;
			}
			this.#pop();
			this.#monotonicMs = Math.max(this.#monotonicMs, next.atMs);
			next.wake();
		}
	}

	async #quiet(): Promise<void> {
		for (let quietTurns = 0; quietTurns < QUIET_TURNS; ) {
			const before = this.#news;
			await nextTurn();
			quietTurns = this.#underWay === 0 && this.#news === before ? quietTurns + 1 : 0;
		}
	}

	#push(sleeper: Sleeper): void {
		const heap = this.#sleepers;
		let at = heap.push(sleeper) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!isBefore(heap, at, parent)) return;
			swap(heap, at, parent);
			at = parent;
		}
	}

	#pop(): void {
		const heap = this.#sleepers;
		const last = heap.pop();
		if (last === undefined || heap.length === 0) return;
		heap[0] = last;
		for (let at = 0; ; ) {
			const [left, right] = [2 * at + 1, 2 * at + 2];
			let least = at;
			if (left < heap.length && isBefore(heap, left, least)) least = left;
			if (right < heap.length && isBefore(heap, right, least)) least = right;
			if (least === at) return;
			swap(heap, at, least);
			at = least;
		}
	}
}

function isBefore(heap: readonly Sleeper[], a: number, b: number): boolean {
	const [first, second] = [heap[a], heap[b]];
	if (first === undefined || second === undefined) return false;
	return first.atMs < second.atMs || (first.atMs === second.atMs && first.order < second.order);
}

function swap(heap: Sleeper[], a: number, b: number): void {
	const [first, second] = [heap[a], heap[b]];
	if (first === undefined || second === undefined) return;
	heap[a] = second;
	heap[b] = first;
}
