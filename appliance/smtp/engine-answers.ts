/**
 * What the engine's callbacks are given: our refusals as its errors, and for a fault of ours a reply that
 * says to try again and nothing more. For listener.ts.
 */
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Reply } from "../mail/reply.ts";
import { REPLIES, ReplyError } from "./replies.ts";

type Callback = (error?: Error | null) => void;

/** An async check as the engine's callback wants it. */
export function answered(check: Promise<void>, callback: Callback, log: Log): void {
	check.then(
		() => callback(),
		(thrown: unknown) => callback(asReply(thrown, REPLIES.cardSick, log)),
	);
}

/** What a peer is told: our refusal, or, for a fault of ours, to try again later and nothing more. */
export function asReply(thrown: unknown, otherwise: Reply, log: Log): ReplyError {
	if (thrown instanceof ReplyError) return thrown;
	const error = asError(thrown);
	log.error("session-fault", { error: error.stack ?? error.message });
	return new ReplyError(otherwise);
}
