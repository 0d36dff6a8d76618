/**
 * The copies of sent messages in the account's mailbox, found by Message-ID: whom each names, when it
 * was sent, and by its trace field for which message of the queue it was. For verify.ts. Reads only.
 */
import * as z from "zod";
import { addressKey } from "../mail/address.ts";
import { tracedQueueIds } from "../mail/received.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";

export interface SentCopy {
	readonly id: string;
	/** Undefined while it does not say. */
	readonly sentMs: number | undefined;
	/** Keys (`addressKey`) of the recipients in To, Cc and Bcc. */
	readonly recipientKeys: readonly string[];
}

/** `unmarked`: the copy does not show our trace field, so nothing can be said. */
export type CopyOwner = "this" | "another" | "unmarked";

export type Looked<T> =
	| { readonly ok: true; readonly value: T; readonly serverNowMs: number | undefined }
	/** An answer that says nothing, or none. */
	| { readonly ok: false; readonly result: GraphResult };

/** Copies looked at; one Message-ID has more only where it proves nothing anyway. */
const MOST_COPIES = 10;

const Recipients = z
	.array(z.object({ emailAddress: z.object({ address: z.string().nullish() }) }))
	.nullish()
	.transform((recipients) => (recipients ?? []).map(({ emailAddress }) => emailAddress.address ?? ""));

const Found = z.object({
	value: z.array(
		z.object({
			id: z.string(),
			sentDateTime: z.string().nullish(),
			toRecipients: Recipients,
			ccRecipients: Recipients,
			bccRecipients: Recipients,
		}),
	),
});

export class SentCopies {
	readonly #graph: GraphClient;
	readonly #account: string;
	readonly #signal: AbortSignal;
	/** By copy; what a copy says does not change. */
	readonly #owners = new Map<string, CopyOwner>();

	constructor(graph: GraphClient, account: string, signal: AbortSignal) {
		this.#graph = graph;
		this.#account = account;
		this.#signal = signal;
	}

	async find(folder: "sentitems" | "drafts", messageId: string): Promise<Looked<readonly SentCopy[]>> {
		const result = await this.#get(searchPath(folder, messageId));
		if (result.kind !== "answer" || result.status !== 200) return { ok: false, result };
		const found = Found.safeParse(result.body);
		if (!found.success) return { ok: false, result };
		const value = found.data.value.map(({ id, sentDateTime, toRecipients, ccRecipients, bccRecipients }) => {
			const sentMs = Date.parse(sentDateTime ?? "");
			return {
				id,
				sentMs: Number.isNaN(sentMs) ? undefined : sentMs,
				recipientKeys: [...toRecipients, ...ccRecipients, ...bccRecipients].map(addressKey),
			};
		});
		return { ok: true, value, serverNowMs: result.serverNowMs };
	}

	/**
	 * Reads the copy's bytes: its trace fields name the queue id. Exchange lists no header fields for
	 * items in Sent Items (microsoft-graph-docs #2716), but has them in the MIME content.
	 */
	async ownerOf(copy: SentCopy, queueId: string): Promise<Looked<CopyOwner>> {
		const known = this.#owners.get(copy.id);
		if (known !== undefined) return { ok: true, value: known, serverNowMs: undefined };
		const result = await this.#get(`/messages/${encodeURIComponent(copy.id)}/$value`);
		if (mayAnswerLater(result)) return { ok: false, result };
		const value = ownerIn(result, queueId);
		this.#owners.set(copy.id, value);
		return { ok: true, value, serverNowMs: undefined };
	}

	#get(path: string): Promise<GraphResult> {
		return this.#graph.request({ account: this.#account, method: "GET", path, signal: this.#signal });
	}
}

function searchPath(folder: string, messageId: string): string {
	// OData: a quote within a string is doubled.
	const filter = `internetMessageId eq '${messageId.replaceAll("'", "''")}'`;
	const wanted = "id,sentDateTime,toRecipients,ccRecipients,bccRecipients";
	return `/mailFolders/${folder}/messages?$filter=${encodeURIComponent(filter)}&$select=${wanted}&$top=${MOST_COPIES}`;
}

/** A copy over the client's size limit, or one that is gone meanwhile, will not answer later either. */
function mayAnswerLater(result: GraphResult): boolean {
	switch (result.kind) {
		case "no-token":
			return true;
		case "no-answer":
			return result.failure.reason !== "oversized";
		case "answer":
			return result.status >= 500 || [401, 408, 429].includes(result.status);
	}
}

function ownerIn(result: GraphResult, queueId: string): CopyOwner {
	if (result.kind !== "answer" || result.status !== 200) return "unmarked";
	const traced = tracedQueueIds(result.bytes);
	if (traced.length === 0) return "unmarked";
	return traced.includes(queueId) ? "this" : "another";
}
