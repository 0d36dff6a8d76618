/**
 * Sends through Graph's MIME sendMail (learn.microsoft.com/graph/api/user-sendmail): the bytes as they
 * are, but for the recipients' header fields (mail/recipients.ts). For route.ts.
 *
 * Only 202 is success. When Graph refuses all for one bad recipient, the others are sent to without
 * it. An attempt that ends openly is reported `unknown`, and looked up before it is sent again.
 */
import { asError } from "../errors.ts";
import { findMessageId } from "../mail/message-id.ts";
import { nameRecipients } from "../mail/recipients.ts";
import { reply } from "../mail/reply.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";
import type { Cost } from "../queue/limits.ts";
import type { Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { type Upload, uploadOfBytes, uploadOfStream } from "./base64-upload.ts";
import { blamed } from "./blame.ts";
import {
	accountInTrouble,
	classifyGraph,
	classifyNoAnswer,
	refusedHere,
	spoolUnreadable,
	type Verdict,
} from "./classify.ts";
import { reportAfterLooking, reportAll, reportEach } from "./report.ts";
import { readFrom, readSpooled, type SpooledMessage } from "./spooled-message.ts";
import type { Verifier } from "./verify.ts";

/**
 * Largest message for one sendMail. Graph takes requests of 4 MB (4,194,304 bytes,
 * learn.microsoft.com/graph/api/user-post-messages), base64 makes 4 bytes of 3, and the header may grow.
 */
export const GRAPH_MIME_LIMIT_BYTES = 3_000_000;
/** Microsoft takes this many recipients in a message (Exchange Online limits; an administrator may set fewer). */
export const MOST_RECIPIENTS = 500;
const GRAPH_REQUEST_LIMIT_BYTES = 4 * 1024 * 1024;
/** Graph's own front end gives up earlier; a slow uplink counts as silence only when nothing moves. */
const ANSWER_TIMEOUT_MS = 90_000;

export interface GraphTransportOptions {
	readonly graph: GraphClient;
	readonly verifier: Verifier;
	readonly answerTimeoutMs?: number;
}

export class GraphTransport implements Transport {
	/** Requests at once for an app and mailbox (learn.microsoft.com/graph/throttling-limits, Outlook). */
	readonly concurrency = 4;
	readonly #options: GraphTransportOptions;

	constructor(options: GraphTransportOptions) {
		this.#options = options;
	}

	costOf({ sizeBytes }: { readonly sizeBytes: number }): Cost {
		return { requests: 1, uploadBytes: Math.ceil((sizeBytes * 4) / 3) };
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		let message: SpooledMessage;
		try {
			message = await readSpooled(attempt);
		} catch (error) {
			return reportAll(attempt, "graph", spoolUnreadable(attempt.maybeSent, asError(error)));
		}
		if (message.scan.ending === "oversized") return reportAll(attempt, "graph", HEADER_TOO_LARGE);
		const { verifier } = this.#options;
		const messageId = findMessageId(message.start, message.scan.fields);
		const send = async (to: Attempt): Promise<AttemptReport> => {
			verifier.carries(to.queueId, messageId);
			verifier.begins(to);
			const report = reportEach(to, "graph", await this.#send(to, message, signal), UNNAMEABLE);
			verifier.ends(to.queueId, report);
			return report;
		};
		if (!attempt.maybeSent) return send(attempt);
		const finding = await verifier.look(attempt, messageId, "graph", signal);
		return reportAfterLooking(attempt, "graph", finding, send);
	}

	async close(): Promise<void> {
		// Connections belong to the HTTP client.
	}

	/** A verdict for each recipient that a header can name. */
	async #send(
		attempt: Attempt,
		message: SpooledMessage,
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, Verdict>> {
		const verdicts = new Map<string, Verdict>();
		const batches: (readonly string[])[] = inBatches(attempt.recipients);
		for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
			const { header, unnameable } = nameRecipients(message.start, message.scan, batch);
			const named = batch.filter((recipient) => !unnameable.includes(recipient));
			if (named.length === 0) continue;
			const { verdict, culprits } = await this.#sendOnce(attempt, message, header, named, signal);
			if (culprits !== undefined && named.length > 1) {
				batches.push(...split(named, culprits));
				continue;
			}
			for (const recipient of named) verdicts.set(recipient, verdict);
			if (verdict.trouble === undefined) continue;
			// The account is in trouble: the rest would only meet it again.
			for (const recipient of batches.splice(0).flat()) {
				verdicts.set(recipient, accountInTrouble(verdict.trouble));
			}
		}
		return verdicts;
	}

	async #sendOnce(
		attempt: Attempt,
		message: SpooledMessage,
		header: Buffer,
		recipients: readonly string[],
		signal: AbortSignal,
	): Promise<{ readonly verdict: Verdict; readonly culprits?: readonly string[] }> {
		const upload = uploadOf(attempt, message, header);
		if (upload.lengthBytes > GRAPH_REQUEST_LIMIT_BYTES) return { verdict: REQUEST_TOO_LARGE };
		const result = await this.#options.graph.request({
			account: attempt.account,
			method: "POST",
			path: "/sendMail",
			headers: { "content-type": "text/plain" },
			body: () => upload.open(),
			bodyLength: upload.lengthBytes,
			idleTimeoutMs: this.#options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
			signal,
		});
		const verdict = verdictOf(result, upload);
		const refused = result.kind === "answer" && result.codes.includes("errorinvalidrecipients");
		return refused && verdict.reply.enhanced === "5.1.3"
			? { verdict, culprits: blamed(result.message, recipients) }
			: { verdict };
	}
}

function uploadOf(attempt: Attempt, message: SpooledMessage, header: Buffer): Upload {
	const { bodyStart } = message.scan;
	if (message.whole) return uploadOfBytes(Buffer.concat([header, message.start.subarray(bodyStart)]));
	const sizeBytes = header.length + attempt.sizeBytes - bodyStart;
	return uploadOfStream(sizeBytes, async function* () {
		yield header;
		yield* readFrom(attempt, message, bodyStart);
	});
}

function verdictOf(result: GraphResult, upload: Upload): Verdict {
	switch (result.kind) {
		case "no-token":
			return accountInTrouble(result.trouble);
		case "no-answer": {
			const unread = upload.failure();
			if (unread !== undefined) return spoolUnreadable(false, unread);
			return classifyNoAnswer(result.failure, upload.isComplete());
		}
		case "answer":
			return classifyGraph(result);
	}
}

/** No more in one message than Microsoft takes. */
function inBatches(recipients: readonly string[]): (readonly string[])[] {
	const batches: (readonly string[])[] = [];
	for (let at = 0; at < recipients.length; at += MOST_RECIPIENTS) {
		batches.push(recipients.slice(at, at + MOST_RECIPIENTS));
	}
	return batches;
}

/** The blamed apart from the rest; two halves when nobody in particular is blamed. */
function split(recipients: readonly string[], culprits: readonly string[]): (readonly string[])[] {
	const rest = recipients.filter((recipient) => !culprits.includes(recipient));
	if (culprits.length > 0 && rest.length > 0) return [rest, ...culprits.map((culprit) => [culprit])];
	const middle = Math.ceil(recipients.length / 2);
	return [recipients.slice(0, middle), recipients.slice(middle)];
}

const UNNAMEABLE = refusedHere(
	reply(501, "5.1.3", "Not an address that a mail header can name"),
	DELIVERY.recipientUnknown,
	"recipient cannot be written in a header",
);
const HEADER_TOO_LARGE = refusedHere(
	reply(552, "5.3.4", "Header too large"),
	DELIVERY.unreadable,
	"header over the limit",
);
const REQUEST_TOO_LARGE = refusedHere(
	reply(552, "5.3.4", "Too large for Graph"),
	DELIVERY.tooLarge,
	"request over 4 MB",
);
