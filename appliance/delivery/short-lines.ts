/**
 * A transport that never meets a line over 998 octets: what it is given has been brought under the
 * limit (mail/long-lines.ts). For route.ts, around both ways out, so that each sees the size that it
 * sends.
 *
 * A message without long lines passes as it is, for one look at its bytes: a small one is read once
 * and kept for the attempt, a large one is read up to its first long line, or through. One with long
 * lines is read three times, to plan, to measure and to send. What a spool that cannot be read means
 * for the message is the transport's to say: it gets the attempt as it was, and meets the same error.
 */
import { LongLineSearch } from "../mail/line-length.ts";
import { LinePlanner, LineRewriter } from "../mail/long-lines.ts";
import type { Cost } from "../queue/limits.ts";
import type { Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import { KEPT_WHOLE_BYTES, SpoolError, spooledBytes } from "./spooled-message.ts";

export class ShortLinesTransport implements Transport {
	readonly #transport: Transport;

	constructor(transport: Transport) {
		this.#transport = transport;
	}

	get concurrency(): number {
		return this.#transport.concurrency;
	}

	costOf(message: { readonly sizeBytes: number }): Cost {
		return this.#transport.costOf?.(message) ?? {};
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		return this.#transport.deliver(await withShortLines(attempt), signal);
	}

	close(): Promise<void> {
		return this.#transport.close();
	}
}

/** The same attempt, with shorter lines where it has to be. */
async function withShortLines(attempt: Attempt): Promise<Attempt> {
	try {
		const kept = await keptInMemory(attempt);
		return (await hasLongLine(kept)) ? await rewritten(kept) : kept;
	} catch (error) {
		if (error instanceof SpoolError) return attempt;
		throw error;
	}
}

async function keptInMemory(attempt: Attempt): Promise<Attempt> {
	if (attempt.sizeBytes > KEPT_WHOLE_BYTES) return attempt;
	const chunks = await Array.fromAsync(spooledBytes(attempt));
	return {
		...attempt,
		async *openBody() {
			yield* chunks;
		},
	};
}

async function hasLongLine(attempt: Attempt): Promise<boolean> {
	const search = new LongLineSearch();
	for await (const chunk of spooledBytes(attempt)) if (search.add(chunk)) return true;
	return search.end();
}

async function rewritten(attempt: Attempt): Promise<Attempt> {
	const planner = new LinePlanner();
	for await (const chunk of spooledBytes(attempt)) planner.write(chunk);
	const plan = planner.end();
	async function* openBody(): AsyncGenerator<Buffer> {
		const rewriter = new LineRewriter(plan);
		for await (const chunk of spooledBytes(attempt)) yield rewriter.write(chunk);
		yield rewriter.end();
	}
	let sizeBytes = 0;
	for await (const chunk of openBody()) sizeBytes += chunk.length;
	return { ...attempt, sizeBytes, openBody };
}
