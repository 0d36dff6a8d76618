/**
 * Refusals in the log, so many an address and minute and the rest as a number: a stranger who knocks
 * all day must not wear the card out with lines. For smtp/, pop3/ and the console.
 */
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

const WINDOW_MS = 60_000;
const LINES_PER_WINDOW = 10;
const MOST_ADDRESSES = 1_000;

interface Window {
	readonly endsAtMs: number;
	lines: number;
}

export class RefusalLog {
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #moreEvent: string;
	readonly #windows = new Map<string, Window>();

	/** `moreEvent`: of the line that tells how many were not written. */
	constructor(clock: Clock, log: Log, moreEvent = "mail-refused-more") {
		this.#clock = clock;
		this.#log = log;
		this.#moreEvent = moreEvent;
	}

	/** Writes the line, unless this address has had its share; then it is counted. */
	tell(address: string, write: () => void): void {
		const nowMs = this.#clock.monotonicMs();
		let window = this.#windows.get(address);
		if (window === undefined || nowMs >= window.endsAtMs) {
			this.#close(address, window);
			this.#makeRoom();
			window = { endsAtMs: nowMs + WINDOW_MS, lines: 0 };
			this.#windows.set(address, window);
		}
		window.lines += 1;
		if (window.lines <= LINES_PER_WINDOW) write();
	}

	#close(address: string, window: Window | undefined): void {
		if (window === undefined) return;
		this.#windows.delete(address);
		const untold = window.lines - LINES_PER_WINDOW;
		if (untold > 0) this.#log.notice(this.#moreEvent, { client: address, times: untold });
	}

	#makeRoom(): void {
		if (this.#windows.size < MOST_ADDRESSES) return;
		for (const [address, window] of this.#windows) {
			this.#close(address, window);
			return;
		}
	}
}
