/**
 * Did it already go? After an attempt that was left open, looks into the mailbox by Message-ID before
 * anything is sent again (design, promise 2), and says for each recipient. For both transports.
 *
 * A copy in Sent Items counts only when it cannot be of another message, because taking another's for
 * this one's would lose mail (promise 1 goes before promise 2):
 * - It was not sent before this message was accepted.
 * - Our own `Received` field, which every spooled message carries, shows this queue id in it. That is
 *   read where there is a choice: another message of this process, or an older copy, has the same
 *   Message-ID, or an earlier process left the doubt. A copy that does not show the field counts only
 *   in the last case.
 * - Over Graph it covers the recipients that it names, because Graph delivers to these. Over SMTP it
 *   names whom the device wrote, so it covers whom the attempt in doubt was for. When that is not known,
 *   after a restart, refusals have to be asked for anew (`refusalsUnknown`); and when some recipients
 *   had been settled before that attempt, the copy may be of an earlier one and proves nothing.
 *
 * What nobody may look up (no Message-ID, no permission to read the mailbox) is sent again, better twice than
 * never, or left to the owner, as the owner has set. Whatever is only so for now leaves the doubt.
 */
import type { Clock } from "../clock.ts";
import { addressKey, headerAddress } from "../mail/address.ts";
import { reply } from "../mail/reply.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";
import type { AccountTrouble, Attempt, AttemptReport } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { classifyGraph, classifyNoAnswer, type Verdict } from "./classify.ts";
import { type Doubt, Doubts, isPartlySettled } from "./doubts.ts";
import { type Looked, SentCopies, type SentCopy } from "./sent-copies.ts";

export interface Finding {
	/** What is certain, by recipient. The others are to be sent to. */
	readonly known: ReadonlyMap<string, Verdict>;
	/** Why the others have to wait: it could not be found out now. */
	readonly open?: Verdict;
	/** Nobody may look, now or later: what the owner wants then. */
	readonly unseen?: WhenUnsure;
	/** SMTP: any of `known` may have been refused as a recipient. */
	readonly refusalsUnknown?: boolean;
}

/** A message that may have been sent, and nobody may look: send it again, or ask the owner. */
export type WhenUnsure = "send-again" | "ask";

export interface VerifierOptions {
	readonly graph: GraphClient;
	readonly clock: Clock;
	/** How long a sent message may take to be seen in the mailbox. */
	readonly sentItemsLagMs: number;
	/** In force now. */
	readonly whenUnsure: () => WhenUnsure;
}

/** How the message is sent. An account that sends over SMTP may have no permission for Graph at all. */
export type Way = "graph" | "smtp";

/** Between looks: doubles from the first to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** A copy in Drafts is on its way, or stuck; after this long it is sent anew. */
const DRAFT_PATIENCE_MS = 10 * 60 * 1000;
/** Before this the box did not know what time it was. */
const CLOCK_SET_SINCE_MS = Date.UTC(2024, 0);
/** The box's clock, corrected by Graph's, may have been stepped this much since the message came. */
const CLOCK_SKEW_MS = 2 * 60 * 1000;

const NOTHING_KNOWN: Finding = { known: new Map() };

interface Search {
	readonly attempt: Attempt;
	readonly messageId: string;
	readonly way: Way;
	/** Undefined when an earlier process left it. */
	readonly doubt: Doubt | undefined;
	readonly copies: SentCopies;
}

interface Sight {
	readonly sent: readonly SentCopy[];
	readonly inDrafts: boolean;
}

export class Verifier {
	readonly #options: VerifierOptions;
	readonly #startedMs: number;
	readonly #doubts = new Doubts();

	constructor(options: VerifierOptions) {
		this.#options = options;
		this.#startedMs = options.clock.monotonicMs();
	}

	/** An attempt begins to send: until `ends`, nobody knows whether it got through. */
	begins(attempt: Attempt): void {
		this.#doubts.begin(attempt, this.#options.clock.monotonicMs());
	}

	/** Before the last of the message leaves: other messages may carry the same Message-ID. */
	carries(queueId: string, messageId: string | undefined): void {
		if (messageId !== undefined) this.#doubts.noteMessageId(messageId, queueId);
	}

	ends(queueId: string, report: AttemptReport): void {
		this.#doubts.end(queueId, report, this.#options.clock.monotonicMs());
	}

	/** Looks, and looks again while the doubt is so young that the copy may not be there yet. */
	async look(
		attempt: Attempt,
		messageId: string | undefined,
		way: Way,
		signal: AbortSignal,
	): Promise<Finding> {
		const { clock, graph, sentItemsLagMs } = this.#options;
		const doubt = this.#doubts.of(attempt.queueId);
		const isMixed = doubt?.isMixed ?? isPartlySettled(attempt);
		if (messageId === undefined || (way === "smtp" && isMixed)) return this.#unseen();
		this.#doubts.noteMessageId(messageId, attempt.queueId);
		const copies = new SentCopies(graph, attempt.account, signal);
		const search: Search = { attempt, messageId, way, doubt, copies };
		// A doubt of an earlier process is older than this one.
		const sinceMs = doubt?.sinceMs ?? this.#startedMs;
		for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
			const sight = await this.#lookOnce(search);
			if ("known" in sight) return sight;
			const finding = findingOf(search, sight.sent);
			if (isWhole(search, finding)) {
				this.#doubts.settle(attempt.queueId);
				return finding;
			}
			const ageMs = clock.monotonicMs() - sinceMs;
			if (ageMs >= sentItemsLagMs) {
				if (!sight.inDrafts || ageMs >= DRAFT_PATIENCE_MS) return finding;
				return { ...finding, open: undecided("a copy lies in Drafts") };
			}
			await clock.sleep(Math.min(waitMs, sentItemsLagMs - ageMs), signal);
			if (signal.aborted) return { ...finding, open: undecided("stopped while looking") };
		}
	}

	#unseen(): Finding {
		return { known: new Map(), unseen: this.#options.whenUnsure() };
	}

	#whyNot(result: GraphResult, way: Way): Finding {
		return whyNot(result, way) ?? this.#unseen();
	}

	async #lookOnce(search: Search): Promise<Sight | Finding> {
		const { copies, messageId, way, attempt } = search;
		const listed = await copies.find("sentitems", messageId);
		if (!listed.ok) return this.#whyNot(listed.result, way);
		const sent = await this.#itsOwn(search, listed.value, listed.serverNowMs);
		if (!sent.ok) return this.#whyNot(sent.result, way);
		if (isWhole(search, findingOf(search, sent.value))) return { sent: sent.value, inDrafts: false };
		const drafts = await copies.find("drafts", messageId);
		if (!drafts.ok) return this.#whyNot(drafts.result, way);
		const acceptedMs = this.#acceptedMs(attempt, drafts.serverNowMs);
		return { sent: sent.value, inDrafts: drafts.value.some((copy) => isSince(copy, acceptedMs)) };
	}

	/** Of the copies, those that are of this message. */
	async #itsOwn(
		{ attempt, messageId, doubt, copies }: Search,
		all: readonly SentCopy[],
		serverNowMs: number | undefined,
	): Promise<Looked<readonly SentCopy[]>> {
		const acceptedMs = this.#acceptedMs(attempt, serverNowMs);
		const recent = all.filter((copy) => isSince(copy, acceptedMs));
		// Without a time of acceptance any older copy of the same Message-ID would do: then its trace must tell.
		const isTimeless = acceptedMs === Number.NEGATIVE_INFINITY;
		const isShared = isTimeless || this.#doubts.isShared(messageId) || recent.length < all.length;
		const own: SentCopy[] = [];
		for (const copy of recent) {
			if (!isShared && doubt !== undefined) {
				own.push(copy);
				continue;
			}
			const owner = await copies.ownerOf(copy, attempt.queueId);
			if (!owner.ok) return owner;
			if (owner.value === "this" || (owner.value === "unmarked" && !isShared)) own.push(copy);
		}
		return { ok: true, value: own, serverNowMs };
	}

	/** By Graph's clock; a time in the future, or of 1970, says nothing: the box's clock was wrong then. */
	#acceptedMs({ receivedAtMs }: Attempt, serverNowMs: number | undefined): number {
		const nowMs = this.#options.clock.now();
		if (receivedAtMs > nowMs || receivedAtMs < CLOCK_SET_SINCE_MS) return Number.NEGATIVE_INFINITY;
		return receivedAtMs + ((serverNowMs ?? nowMs) - nowMs) - CLOCK_SKEW_MS;
	}
}

/** A copy that does not say when it was sent counts as new. */
function isSince({ sentMs }: SentCopy, sinceMs: number): boolean {
	return sentMs === undefined || sentMs >= sinceMs;
}

/** Whom the attempt in doubt may have reached. */
function inDoubt({ attempt, doubt }: Search): readonly string[] {
	if (doubt === undefined) return attempt.recipients;
	return attempt.recipients.filter((recipient) => doubt.recipientKeys.has(addressKey(recipient)));
}

function findingOf(search: Search, copies: readonly SentCopy[]): Finding {
	if (copies.length === 0) return NOTHING_KNOWN;
	const { attempt, messageId, way, doubt } = search;
	// A sole recipient is meant, under whichever of their addresses Exchange shows.
	const all = way === "smtp" || attempt.allRecipients.length === 1;
	const named = new Set(copies.flatMap(({ recipientKeys }) => recipientKeys));
	const covered = inDoubt(search).filter(
		(recipient) => all || named.has(addressKey(headerAddress(recipient) ?? recipient)),
	);
	return {
		known: new Map(covered.map((recipient) => [recipient, foundSent(messageId)])),
		refusalsUnknown: way === "smtp" && doubt === undefined && covered.length > 1,
	};
}

function isWhole(search: Search, { known }: Finding): boolean {
	return inDoubt(search).every((recipient) => known.has(recipient));
}

/** Undefined: nobody may look, now or later. */
function whyNot(result: GraphResult, way: Way): Finding | undefined {
	switch (result.kind) {
		case "no-answer":
			return leftOpen(classifyNoAnswer(result.failure, false));
		case "no-token":
			// Blocked: nobody agreed that this app reads mail. A sign-in that is dead may come back.
			if (way === "smtp" && result.trouble.kind === "blocked") return undefined;
			return leftOpen(result.trouble);
		case "answer": {
			const { status } = result;
			// Refused for good, such as 403: nobody may look, so nothing is gained by waiting.
			if (status >= 400 && status < 500 && ![401, 408, 429].includes(status)) return undefined;
			const verdict = classifyGraph(result);
			// The account sends by another token, which may be as good as ever.
			if (way === "smtp" && status === 401) return { known: new Map(), open: undecided(verdict.reason) };
			return leftOpen(verdict);
		}
	}
}

/** Looking failed; the message is as doubtful as before. */
function leftOpen(cause: Verdict | AccountTrouble): Finding {
	const trouble = "kind" in cause ? cause : cause.trouble;
	return { known: new Map(), open: undecided(cause.reason, trouble) };
}

function undecided(reason: string, trouble?: AccountTrouble): Verdict {
	return {
		outcome: "unknown",
		reply: reply(451, "4.4.2", "Not known whether it was sent"),
		reason: `looking whether it was sent: ${reason}`,
		ownerText: DELIVERY.answerLost,
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
