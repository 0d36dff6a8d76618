/**
 * Asks Graph about one mailbox, in the name of the account that reads it, with ids that do not change. For the maildrops.
 * Never rejects for what the network or Graph can cause.
 */
import type { Mailbox } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { GraphClient, GraphRequest, GraphResult } from "../microsoft/graph-client.ts";
import { IMMUTABLE_IDS } from "./graph-listing.ts";

type MailboxRequest = Omit<GraphRequest, "account" | "mailbox">;

export interface MailboxClientParts {
	readonly graph: GraphClient;
	readonly clock: Clock;
	readonly account: string;
	readonly mailbox: Mailbox;
}

/** Throttled requests are asked again after what Microsoft says, or this. */
const RETRY_MS = 1_000;
const MOST_TRIES = 5;

export class MailboxClient {
	readonly #parts: MailboxClientParts;

	constructor(parts: MailboxClientParts) {
		this.#parts = parts;
	}

	/** The message as it lies there. */
	fetch(id: string, signal: AbortSignal): Promise<GraphResult> {
		return this.#ask({ method: "GET", path: `${pathOf(id)}/$value`, signal, streams: true });
	}

	markRead(id: string, signal: AbortSignal): Promise<GraphResult> {
		return this.#insist({ method: "PATCH", path: pathOf(id), signal, ...json({ isRead: true }) });
	}

	/** As the owner has set: to Deleted Items, or for good. Not to be called where nothing is to be removed. */
	async remove(id: string, signal: AbortSignal): Promise<GraphResult> {
		if (this.#parts.mailbox.onDelete === "trash") {
			const destination = json({ destinationId: "deleteditems" });
			return this.#insist({ method: "POST", path: `${pathOf(id)}/move`, signal, ...destination });
		}
		const result = await this.#insist({ method: "POST", path: `${pathOf(id)}/permanentDelete`, signal });
		// National clouds have no permanentDelete (learn.microsoft.com/graph/api/message-permanentdelete).
		const isOffered = result.kind !== "answer" || (result.status !== 400 && result.status !== 405);
		return isOffered ? result : this.#insist({ method: "DELETE", path: pathOf(id), signal });
	}

	/** Asks again while Microsoft only wants to be asked later. */
	async #insist(request: MailboxRequest): Promise<GraphResult> {
		for (let tries = 1; ; tries += 1) {
			const result = await this.#ask(request);
			const isBusy = result.kind === "answer" && (result.status === 429 || result.status === 503);
			if (!isBusy || tries >= MOST_TRIES) return result;
			await this.#parts.clock.sleep(result.retryAfterMs ?? RETRY_MS, request.signal);
			if (request.signal?.aborted === true) return result;
		}
	}

	#ask(request: MailboxRequest): Promise<GraphResult> {
		const { graph, account, mailbox } = this.#parts;
		return graph.request({
			...request,
			...{ account, mailbox: mailbox.mailbox },
			headers: { ...IMMUTABLE_IDS, ...request.headers },
		});
	}
}

/** Gone is what was wanted, whoever did it. */
export function isGone(result: GraphResult): boolean {
	return result.kind === "answer" && ((result.status >= 200 && result.status < 300) || result.status === 404);
}

function pathOf(id: string): string {
	return `/messages/${encodeURIComponent(id)}`;
}

function json(value: object): Pick<GraphRequest, "body" | "bodyLength" | "headers"> {
	const body = Buffer.from(JSON.stringify(value));
	return { body: () => body, bodyLength: body.length, headers: { "content-type": "application/json" } };
}
