/**
 * Did it already go? After an attempt that was left open, looks into the mailbox by Message-ID before
 * anything is sent again (design, promise 2). For both transports.
 *
 * What cannot be looked up is sent again: better twice than never. That is so without a Message-ID,
 * without the permission to read the mailbox, and for a message of which some recipients are settled
 * already, because the copy in Sent Items may be of the earlier attempt.
 */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { parseQueueId, queueTimeMs } from "../mail/queue-id.ts";
import { reply } from "../mail/reply.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";
import type { AccountTrouble, Attempt } from "../queue/transport.ts";
import { classifyGraph, classifyNoAnswer, type Verdict } from "./classify.ts";
import { TEXTS } from "./outcome-table.ts";

export type Finding =
	| { readonly kind: "sent"; readonly verdict: Verdict }
	| { readonly kind: "not-sent" }
	/** It could not be found out now. */
	| { readonly kind: "open"; readonly verdict: Verdict };

export interface VerifierOptions {
	readonly graph: GraphClient;
	readonly clock: Clock;
	/** How long a sent message may take to be seen in the mailbox. */
	readonly sentItemsLagMs: number;
}

/** The account signs in for SMTP alone: no Graph token means that nothing can be looked up. */
export interface LookOptions {
	readonly graphIsOptional: boolean;
}

/** Between looks: doubles from the first to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** A copy in Drafts is on its way, or stuck; after this long it is sent anew. */
const DRAFT_PATIENCE_MS = 10 * 60 * 1000;
/** Messages in doubt that are remembered; older ones count as in doubt since the start. */
const MOST_DOUBTS = 10_000;
/** The box's clock may be this much ahead of Microsoft's. */
const CLOCK_SKEW_MS = 15 * 60 * 1000;

export class Verifier {
	readonly #options: VerifierOptions;
	readonly #startedMs: number;
	/** Queue id to when its fate became doubtful, monotonic. */
	readonly #doubts = new Map<string, number>();

	constructor(options: VerifierOptions) {
		this.#options = options;
		this.#startedMs = options.clock.monotonicMs();
	}

	/** An attempt ended without anybody knowing whether it got through. */
	doubt(queueId: string): void {
		if (this.#doubts.has(queueId)) return;
		const [oldest] = this.#doubts.keys();
		if (oldest !== undefined && this.#doubts.size >= MOST_DOUBTS) this.#doubts.delete(oldest);
		this.#doubts.set(queueId, this.#options.clock.monotonicMs());
	}

	/** It is certain now. */
	settle(queueId: string): void {
		this.#doubts.delete(queueId);
	}

	/** Looks, and looks again while the doubt is so young that the copy may not be there yet. */
	async look(
		attempt: Attempt,
		messageId: string | undefined,
		signal: AbortSignal,
		options: LookOptions,
	): Promise<Finding> {
		if (messageId === undefined || attempt.recipients.length < attempt.allRecipients.length) {
			return { kind: "not-sent" };
		}
		const { clock, sentItemsLagMs } = this.#options;
		// A doubt of an earlier process is older than this one.
		const sinceMs = this.#doubts.get(attempt.queueId) ?? this.#startedMs;
		for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
			const seen = await this.#lookOnce(attempt, messageId, signal, options);
			if (typeof seen !== "string") return seen;
			const ageMs = clock.monotonicMs() - sinceMs;
			if (ageMs >= sentItemsLagMs) {
				if (seen === "absent" || ageMs >= DRAFT_PATIENCE_MS) return { kind: "not-sent" };
				return { kind: "open", verdict: undecided("a copy lies in Drafts") };
			}
			await clock.sleep(Math.min(waitMs, sentItemsLagMs - ageMs), signal);
			if (signal.aborted) return { kind: "open", verdict: undecided("stopped while looking") };
		}
	}

	async #lookOnce(
		attempt: Attempt,
		messageId: string,
		signal: AbortSignal,
		options: LookOptions,
	): Promise<Finding | "absent" | "draft"> {
		const notBeforeMs = acceptedAtMs(attempt) - CLOCK_SKEW_MS;
		for (const folder of ["sentitems", "drafts"] as const) {
			const result = await this.#options.graph.request({
				account: attempt.account,
				method: "GET",
				path: searchPath(folder, messageId),
				signal,
			});
			const found = readFound(result, notBeforeMs);
			if (found === "yes" && folder === "drafts") return "draft";
			if (found === "yes") return { kind: "sent", verdict: foundSent(messageId) };
			if (found === "no") continue;
			return whyNot(result, options);
		}
		return "absent";
	}
}

function searchPath(folder: string, messageId: string): string {
	// OData: a quote within a string is doubled.
	const filter = `internetMessageId eq '${messageId.replaceAll("'", "''")}'`;
	return `/me/mailFolders/${folder}/messages?$filter=${encodeURIComponent(filter)}&$select=id,sentDateTime&$top=10`;
}

const Found = z.object({
	value: z.array(z.object({ sentDateTime: z.string().nullish() })),
});

/**
 * Some devices give every message the same Message-ID; what was sent before this one was accepted is
 * none of its copies.
 */
function readFound(result: GraphResult, notBeforeMs: number): "yes" | "no" | "cannot-tell" {
	if (result.kind !== "answer" || result.status !== 200) return "cannot-tell";
	const found = Found.safeParse(result.body);
	if (!found.success) return "cannot-tell";
	const recent = found.data.value.some(({ sentDateTime }) => {
		const sentMs = Date.parse(sentDateTime ?? "");
		return Number.isNaN(sentMs) || sentMs >= notBeforeMs;
	});
	return recent ? "yes" : "no";
}

function whyNot(result: GraphResult, { graphIsOptional }: LookOptions): Finding {
	switch (result.kind) {
		case "no-answer":
			return { kind: "open", verdict: stillOpen(classifyNoAnswer(result.failure, false)) };
		case "no-token": {
			const waits = result.trouble.kind === "unreachable" || result.trouble.kind === "throttled";
			if (graphIsOptional && !waits) return { kind: "not-sent" };
			return { kind: "open", verdict: undecided(result.trouble.reason, result.trouble) };
		}
		case "answer": {
			const { status } = result;
			// Refused for good, such as 403: nobody may look, so nothing is gained by waiting.
			const never = status >= 400 && status < 500 && ![401, 408, 429].includes(status);
			if (never || (status === 401 && graphIsOptional)) return { kind: "not-sent" };
			return { kind: "open", verdict: stillOpen(classifyGraph(result)) };
		}
	}
}

/** Looking failed; the message is as doubtful as before. */
function stillOpen({ reason, trouble }: Verdict): Verdict {
	return undecided(reason, trouble);
}

function undecided(reason: string, trouble?: AccountTrouble): Verdict {
	return {
		outcome: "unknown",
		reply: reply(451, "4.4.2", "Not known whether it was sent"),
		reason: `looking whether it was sent: ${reason}`,
		ownerText: TEXTS.answerLost,
		...(trouble === undefined ? {} : { trouble }),
	};
}

function foundSent(messageId: string): Verdict {
	return {
		outcome: "delivered",
		reply: reply(250, "2.0.0", "Found in Sent Items"),
		reason: `an earlier attempt had sent ${messageId}`,
		ownerText: "",
	};
}

function acceptedAtMs({ queueId }: Attempt): number {
	const number = parseQueueId(queueId);
	return number === undefined ? 0 : queueTimeMs(number);
}
