/**
 * Sends what is too large for Graph's sendMail: a draft built from the message, its files attached to it, and
 * the order to send it (learn.microsoft.com/graph/outlook-large-attachments). For route.ts.
 *
 * Nothing is sent before the last step, so everything up to it may be repeated; that step is noted on the
 * card first. After it the draft itself tells what became of it: its immutable id is the same in Drafts and
 * in Sent Items. What a draft cannot carry goes as the original, attached to a short message that says so.
 */
import * as z from "zod";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import { addressKey, headerAddress } from "../mail/address.ts";
import type { DraftPlan, DraftReading } from "../mail/draft-plan.ts";
import { reply } from "../mail/reply.ts";
import type { GraphClient, GraphRequest, GraphResult } from "../microsoft/graph-client.ts";
import type { Attempt, AttemptReport } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { say } from "../words/saying.ts";
import { blamed } from "./blame.ts";
import {
	accountInTrouble,
	classifyGraph,
	classifyNoAnswer,
	refusedHere,
	spoolUnreadable,
	type Verdict,
} from "./classify.ts";
import { DraftAttachments } from "./draft-attachments.ts";
import { draftJson, recipientsJson, straysPath } from "./draft-json.ts";
import { type DraftProgress, NO_PROGRESS, readProgress, withPart } from "./draft-progress.ts";
import { MOST_RECIPIENTS } from "./graph-send.ts";
import { reportAfterLooking, reportAll, reportEach } from "./report.ts";
import { SpoolError, spooledBytes } from "./spooled-message.ts";
import type { Verifier } from "./verify.ts";

export interface GraphDraftOptions {
	readonly graph: GraphClient;
	readonly verifier: Verifier;
	readonly clock: Clock;
	readonly answerTimeoutMs?: number;
	/** How long a sent draft may be neither in Drafts nor in Sent Items. */
	readonly sentItemsLagMs: number;
}

const ANSWER_TIMEOUT_MS = 90_000;
const LOOK_AGAIN_MS = 1_000;

const Draft = z.object({ id: z.string() });
const Strays = z.object({ value: z.array(z.object({ id: z.string() })) });
const Standing = z.object({ isDraft: z.boolean() });

type Step = "done" | "gone" | Verdict;

export class GraphDraftTransport {
	readonly #options: GraphDraftOptions;

	constructor(options: GraphDraftOptions) {
		this.#options = options;
	}

	/** What the message would be as a draft. Throws `SpoolError`. */
	async read(attempt: Attempt): Promise<DraftReading> {
		// Loaded for the first large message: with it come tables of all character sets.
		const { readDraft } = await import("../mail/draft-reading.ts");
		return readDraft(() => spooledBytes(attempt), attempt.recipients);
	}

	/** `forbidden`: the account may not make drafts (Mail.ReadWrite), and nothing has been sent. */
	async deliver(
		attempt: Attempt,
		reading: DraftReading,
		signal: AbortSignal,
	): Promise<AttemptReport | "forbidden"> {
		const via = reading.ok ? "graph-draft" : "graph-eml";
		try {
			const plan = reading.ok ? reading.plan : await wrapped(attempt, reading.refusal.why);
			const progress = readProgress(attempt.progress);
			// What was begun as a draft has gone no other way, and its progress says how far it came.
			if (!attempt.maybeSent || progress !== undefined)
				return await this.#send({ attempt, plan, via, signal, progress });
			// An earlier attempt went another way.
			const finding = await this.#options.verifier.look(attempt, plan.messageId, "graph", signal);
			let isForbidden = false;
			const report = await reportAfterLooking(attempt, via, finding, async (rest) => {
				const sent = await this.#send({ attempt: rest, plan, via, signal, progress });
				isForbidden = sent === "forbidden";
				return sent === "forbidden" ? { via, outcomes: [] } : sent;
			});
			return isForbidden && finding.known.size === 0 ? "forbidden" : report;
		} catch (error) {
			if (!(error instanceof SpoolError)) throw error;
			return reportAll(attempt, via, spoolUnreadable(attempt.maybeSent, asError(error)));
		}
	}

	async #send(order: Omit<SendingParts, "options">): Promise<AttemptReport | "forbidden"> {
		const { attempt, plan, via } = order;
		this.#options.verifier.carries(attempt.queueId, plan.messageId);
		const verdicts = await new Sending({ ...order, options: this.#options }).run();
		if (verdicts === "forbidden") return verdicts;
		const report = reportEach(attempt, via, verdicts, UNNAMEABLE);
		const note = noteOf(via, plan);
		return note === undefined ? report : { ...report, note };
	}
}

async function wrapped(attempt: Attempt, why: string): Promise<DraftPlan> {
	const { wrappedPlan } = await import("../mail/draft-wrapping.ts");
	return wrappedPlan(() => spooledBytes(attempt), attempt.recipients, why);
}

interface SendingParts {
	readonly options: GraphDraftOptions;
	readonly attempt: Attempt;
	readonly plan: DraftPlan;
	readonly via: string;
	readonly signal: AbortSignal;
	/** Undefined: no draft has been begun. */
	readonly progress: DraftProgress | undefined;
}

/** One attempt. */
class Sending {
	readonly #parts: SendingParts;
	#progress: DraftProgress;
	/** The card knows that this message goes by draft. */
	#isBegun: boolean;

	constructor(parts: SendingParts) {
		this.#parts = parts;
		this.#progress = parts.progress ?? NO_PROGRESS;
		this.#isBegun = parts.progress !== undefined;
	}

	async run(): Promise<ReadonlyMap<string, Verdict> | "forbidden"> {
		const { attempt } = this.#parts;
		const verdicts = new Map<string, Verdict>();
		const wentBefore = new Set(this.#progress.sentTo);
		let left: readonly string[] = attempt.recipients.filter(
			(recipient) => headerAddress(recipient) !== undefined,
		);
		for (const recipient of left)
			if (wentBefore.has(addressKey(recipient))) verdicts.set(recipient, SENT_BEFORE);
		left = left.filter((recipient) => !verdicts.has(recipient));
		while (left.length > 0) {
			const batch = this.#batchOf(left);
			const judged = await this.#sendTo(batch, verdicts);
			if (judged === "forbidden") return judged;
			const { verdict, of = batch } = judged;
			for (const recipient of of) if (!verdicts.has(recipient)) verdicts.set(recipient, verdict);
			left = left.filter((recipient) => !verdicts.has(recipient));
			if (verdict.outcome === "delivered" || isOfRecipients(verdict)) continue;
			// The rest would only meet the same; and one draft at a time is what the card remembers.
			const meets = verdict.outcome === "unknown" ? { ...verdict, outcome: "deferred" as const } : verdict;
			for (const recipient of left) verdicts.set(recipient, meets);
			break;
		}
		return verdicts;
	}

	/** Whom the draft that there is was made for, else as many as fit. */
	#batchOf(left: readonly string[]): readonly string[] {
		const begun = new Set(this.#progress.recipients);
		const same = left.filter((recipient) => begun.has(addressKey(recipient)));
		return this.#progress.draftId !== "" && same.length > 0 ? same : left.slice(0, MOST_RECIPIENTS);
	}

	async #sendTo(batch: readonly string[], verdicts: Map<string, Verdict>): Promise<Judged | "forbidden"> {
		if (this.#progress.sending) {
			const standing = await this.#standing();
			if (standing === "sent") {
				const of = this.#named(batch);
				return { verdict: await this.#went(of, FOUND_SENT), of };
			}
			if (typeof standing === "object") return { verdict: standing };
			if (standing === "gone") await this.#note(this.#without());
		}
		// A draft that has vanished is made anew, once.
		for (let tries = 0; tries < 2; tries += 1) {
			const made = await this.#make(batch);
			if (made === "forbidden") return made;
			if (typeof made === "object") return { verdict: made };
			const attached = await this.#attach();
			if (attached === "gone") {
				await this.#discard();
				continue;
			}
			if (typeof attached === "object") return { verdict: await this.#failedBefore(attached) };
			return await this.#order(batch, verdicts);
		}
		return { verdict: DRAFT_GONE };
	}

	/** There is a draft for these recipients when it is done. */
	async #make(batch: readonly string[]): Promise<Step | "forbidden"> {
		if (this.#progress.draftId !== "") return "done";
		const { attempt, plan } = this.#parts;
		if (!this.#isBegun) await this.#note(this.#progress);
		if (attempt.number > 1 || attempt.maybeSent) await this.#removeStrays();
		const result = await this.#ask("POST", "/messages", draftJson(limitedTo(plan, batch), attempt.queueId));
		if (result.kind === "answer" && result.status === 403) {
			await this.#forget();
			return "forbidden";
		}
		const draft =
			result.kind === "answer" && result.status === 201 ? Draft.safeParse(result.body) : undefined;
		if (draft?.success !== true) return beforeSending(result);
		const recipients = batch.map(addressKey);
		await this.#note({ ...NO_PROGRESS, draftId: draft.data.id, recipients, sentTo: this.#progress.sentTo });
		return "done";
	}

	#attach(): Promise<"all" | "gone" | Verdict> {
		const { options, attempt, plan, signal } = this.#parts;
		const attachments = new DraftAttachments({
			...{ graph: options.graph, attempt, signal },
			idleTimeoutMs: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
			progress: () => this.#progress,
			note: (part) => this.#note(withPart(this.#progress, part)),
			judge: beforeSending,
		});
		return attachments.attachAll(plan.parts);
	}

	/** The order to send it: the only step that cannot be taken back. */
	async #order(batch: readonly string[], verdicts: Map<string, Verdict>): Promise<Judged> {
		let recipients = batch;
		for (;;) {
			const obstacle = await this.#address(recipients);
			if (obstacle !== undefined) return { verdict: obstacle };
			await this.#note({ ...this.#progress, sending: true });
			const result = await this.#ask("POST", `${this.#path()}/send`);
			const verdict = sendVerdict(result);
			if (verdict.outcome === "delivered")
				return { verdict: await this.#went(recipients, verdict), of: recipients };
			if (verdict.outcome === "unknown") return { verdict, of: recipients };
			await this.#note({ ...this.#progress, sending: false });
			if (!isOfRecipients(verdict)) return { verdict: await this.#failedBefore(verdict) };
			// The draft stays for the others, if there are any.
			if (recipients.length === 1)
				return { verdict: await this.#refusedAlone(batch, verdict), of: recipients };
			const culprits = result.kind === "answer" ? blamed(result.message, recipients) : [];
			for (const culprit of culprits) verdicts.set(culprit, verdict);
			if (culprits.length === recipients.length) return { verdict: await this.#failedBefore(verdict) };
			// Nobody is named: half of them, and so on, until the culprit is alone.
			recipients =
				culprits.length > 0
					? recipients.filter((recipient) => !culprits.includes(recipient))
					: recipients.slice(0, Math.ceil(recipients.length / 2));
		}
	}

	/** The draft names these and nobody else; an earlier attempt may have found that some cannot be sent to. */
	async #address(recipients: readonly string[]): Promise<Verdict | undefined> {
		const keys = recipients.map(addressKey);
		const named = new Set(this.#progress.recipients);
		if (named.size === keys.length && keys.every((key) => named.has(key))) return undefined;
		const json = recipientsJson(limitedTo(this.#parts.plan, recipients));
		const changed = await this.#ask("PATCH", this.#path(), json);
		if (changed.kind !== "answer" || changed.status !== 200) return beforeSending(changed);
		await this.#note({ ...this.#progress, recipients: keys });
		return undefined;
	}

	/** What became of a draft that was ordered to be sent. */
	async #standing(): Promise<"sent" | "not sent" | "gone" | Verdict> {
		const { clock, sentItemsLagMs } = this.#parts.options;
		const { signal } = this.#parts;
		const startMs = clock.monotonicMs();
		for (;;) {
			const result = await this.#ask("GET", `${this.#path()}?$select=isDraft`);
			const found =
				result.kind === "answer" && result.status === 200 ? Standing.safeParse(result.body) : undefined;
			if (found?.success === true) return found.data.isDraft ? "not sent" : "sent";
			if (result.kind !== "answer" || result.status !== 404) return stillUnknown(result);
			// It moves from Drafts to Sent Items, and may be in neither for a moment; then it went without a copy.
			if (clock.monotonicMs() - startMs >= sentItemsLagMs) return "sent";
			await clock.sleep(LOOK_AGAIN_MS, signal);
			if (signal.aborted) return stillUnknown(result);
		}
	}

	/** These are settled; the next draft begins with nothing. */
	async #went(recipients: readonly string[], verdict: Verdict): Promise<Verdict> {
		const isLast = recipients.length + this.#progress.sentTo.length >= this.#parts.attempt.recipients.length;
		// Settling forgets the progress; until then the draft is what tells that it went.
		if (!isLast) {
			await this.#note({ ...NO_PROGRESS, sentTo: [...this.#progress.sentTo, ...recipients.map(addressKey)] });
		}
		return verdict;
	}

	/** Whom the draft was last addressed to: fewer than the batch, when culprits were looked for. */
	#named(batch: readonly string[]): readonly string[] {
		const named = new Set(this.#progress.recipients);
		return batch.filter((recipient) => named.has(addressKey(recipient)));
	}

	/** The last one that the draft could go to does not exist: it is of no more use. */
	async #refusedAlone(batch: readonly string[], verdict: Verdict): Promise<Verdict> {
		return batch.length === 1 ? await this.#failedBefore(verdict) : verdict;
	}

	/** A draft that will never be sent is not left lying in the mailbox. */
	async #failedBefore(verdict: Verdict): Promise<Verdict> {
		if (verdict.outcome === "failed") await this.#discard();
		return verdict;
	}

	async #discard(): Promise<void> {
		if (this.#progress.draftId !== "") await this.#ask("DELETE", this.#path());
		await this.#note(this.#without());
	}

	/** Made by an attempt that never learned of it. */
	async #removeStrays(): Promise<void> {
		const result = await this.#ask("GET", straysPath(this.#parts.attempt.queueId));
		const strays =
			result.kind === "answer" && result.status === 200 ? Strays.safeParse(result.body) : undefined;
		for (const { id } of strays?.data?.value ?? [])
			await this.#ask("DELETE", `/messages/${encodeURIComponent(id)}`);
	}

	#without(): DraftProgress {
		return { ...NO_PROGRESS, sentTo: this.#progress.sentTo };
	}

	#path(): string {
		return `/messages/${encodeURIComponent(this.#progress.draftId)}`;
	}

	/** It may go another way now. */
	async #forget(): Promise<void> {
		if (this.#progress.sentTo.length > 0) return;
		this.#isBegun = false;
		await this.#parts.attempt.noteProgress(null);
	}

	async #note(progress: DraftProgress): Promise<void> {
		this.#progress = progress;
		this.#isBegun = true;
		await this.#parts.attempt.noteProgress(JSON.stringify(progress));
	}

	#ask(method: GraphRequest["method"], path: string, json?: object): Promise<GraphResult> {
		const { options, attempt, signal } = this.#parts;
		const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
		return options.graph.request({
			...{ account: attempt.account, method, path, signal },
			headers: {
				prefer: 'IdType="ImmutableId"',
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			...(body === undefined ? {} : { body: () => body, bodyLength: body.length }),
			idleTimeoutMs: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
		});
	}
}

interface Judged {
	readonly verdict: Verdict;
	/** Whom it is about; all that were to be sent to when absent. */
	readonly of?: readonly string[];
}

/** Some recipient cannot be sent to; others may. */
function isOfRecipients({ outcome, reply: { enhanced } }: Verdict): boolean {
	return outcome === "failed" && enhanced === "5.1.3";
}

function limitedTo(plan: DraftPlan, recipients: readonly string[]): DraftPlan {
	const wanted = new Set(recipients.map((recipient) => addressKey(headerAddress(recipient) ?? recipient)));
	const among = (list: DraftPlan["to"]) => list.filter(({ address }) => wanted.has(addressKey(address)));
	return { ...plan, to: among(plan.to), cc: among(plan.cc), bcc: among(plan.bcc) };
}

/** Whatever went wrong, nothing has been sent: an answer that leaves that open elsewhere leaves nothing open here. */
function beforeSending(result: GraphResult): Verdict {
	const verdict = verdictOf(result);
	if (verdict.outcome === "unknown" || verdict.outcome === "delivered")
		return { ...verdict, outcome: "deferred", ownerText: DELIVERY.uploadBroke };
	return verdict;
}

function sendVerdict(result: GraphResult): Verdict {
	return verdictOf(result);
}

function verdictOf(result: GraphResult): Verdict {
	switch (result.kind) {
		case "no-token":
			return accountInTrouble(result.trouble);
		case "no-answer":
			return classifyNoAnswer(result.failure, true);
		case "answer":
			return classifyGraph(result);
	}
}

/** It could not be found out now: as doubtful as before. */
function stillUnknown(result: GraphResult): Verdict {
	const { reason, trouble } = verdictOf(result);
	return {
		outcome: "unknown",
		reply: reply(451, "4.4.2", "Not known whether it was sent"),
		reason: `looking whether its draft was sent: ${reason}`,
		ownerText: DELIVERY.answerLost,
		...(trouble === undefined ? {} : { trouble }),
	};
}

/** For the history: what the recipient does not see of what the device sent. */
function noteOf(via: string, { lost }: DraftPlan): string | undefined {
	if (via === "graph-eml") return DELIVERY.noteAttached;
	return lost.length === 0 ? undefined : say(DELIVERY.noteFieldsLost, { fields: lost.join(", ") });
}

const FOUND_SENT: Verdict = {
	outcome: "delivered",
	reply: reply(250, "2.0.0", "Its draft was sent"),
	reason: "an earlier attempt had sent its draft",
	ownerText: "",
};
const SENT_BEFORE: Verdict = { ...FOUND_SENT, reply: reply(250, "2.0.0", "Sent before") };
const DRAFT_GONE: Verdict = {
	outcome: "deferred",
	reply: reply(451, "4.3.0", "Its draft vanished"),
	reason: "the draft was deleted while files were attached",
	ownerText: DELIVERY.draftGone,
};
const UNNAMEABLE = refusedHere(
	reply(501, "5.1.3", "Not an address that a mail header can name"),
	DELIVERY.recipientUnknown,
	"recipient cannot be written in a header",
);
