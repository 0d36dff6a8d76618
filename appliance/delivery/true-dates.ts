/**
 * A transport that sends no message with a date of a clock that was not set: mail taken while the box did
 * not know what time it was gets its date now, as good as it can be told (trusted-time.ts). For route.ts,
 * around both ways out. All other mail passes as it is. What a spool that cannot be read means is the
 * inner transport's to say.
 */
import { isDateGuessed, TRACE_FIELD_BYTES, withRealDate } from "../mail/late-date.ts";
import type { Cost } from "../queue/limits.ts";
import type { Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { readFrom, readSpooled, SpoolError, spooledBytes } from "./spooled-message.ts";

export class TrueDatesTransport implements Transport {
	readonly #transport: Transport;
	readonly #time: TrustedTime;

	constructor(transport: Transport, time: TrustedTime) {
		this.#transport = transport;
		this.#time = time;
	}

	get concurrency(): number {
		return this.#transport.concurrency;
	}

	costOf(message: { readonly sizeBytes: number }): Cost {
		return this.#transport.costOf?.(message) ?? {};
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		return this.#transport.deliver(await this.#dated(attempt), signal);
	}

	close(): Promise<void> {
		return this.#transport.close();
	}

	async #dated(attempt: Attempt): Promise<Attempt> {
		try {
			return isDateGuessed(await startOf(attempt)) ? await this.#withRealDate(attempt) : attempt;
		} catch (error) {
			if (error instanceof SpoolError) return attempt;
			throw error;
		}
	}

	async #withRealDate(attempt: Attempt): Promise<Attempt> {
		const message = await readSpooled(attempt);
		const { replacedBytes, written } = withRealDate(
			message.start,
			new Date(this.#time.ofReading(attempt.receivedAtMs)),
		);
		return {
			...attempt,
			sizeBytes: attempt.sizeBytes - replacedBytes + written.length,
			async *openBody() {
				yield written;
				yield* readFrom(attempt, message, replacedBytes);
			},
		};
	}
}

async function startOf(attempt: Attempt): Promise<Buffer> {
	let start: Buffer = Buffer.alloc(0);
	for await (const chunk of spooledBytes(attempt)) {
		start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
		if (start.length >= TRACE_FIELD_BYTES) break;
	}
	return start;
}
