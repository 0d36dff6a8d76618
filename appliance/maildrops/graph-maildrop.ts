/**
 * A folder of a mailbox as a POP3 maildrop, over Graph. For maildrops.ts. The list is taken once, when the program signs
 * in; a message is fetched as it lies there, streamed; what is deleted goes at QUIT.
 */
import type { Mailbox } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { GraphClient, GraphRequest, GraphResult } from "../microsoft/graph-client.ts";
import {
	type Maildrop,
	MaildropBroken,
	type MaildropFailure,
	type MaildropMessage,
	type Result,
} from "../pop3/maildrop.ts";
import { transmit } from "../pop3/message-lines.ts";
import { ofResult } from "./graph-failures.ts";
import { IMMUTABLE_IDS, type ListedMessage } from "./graph-listing.ts";
import type { KnownSizes } from "./known-sizes.ts";

export interface GraphMaildropParts {
	readonly graph: GraphClient;
	readonly clock: Clock;
	readonly log: Log;
	readonly account: string;
	readonly mailbox: Mailbox;
	readonly listed: readonly ListedMessage[];
	readonly sizes: KnownSizes;
	/** Work that goes on when the session is over. */
	readonly inBackground: (work: Promise<void>) => void;
	/** Aborts when the box stops. */
	readonly stopping: AbortSignal;
}

/** Microsoft allows four requests at once for an app and mailbox; sending needs some. */
const AT_ONCE = 2;
/** Whole messages fetched only to count them. */
const MOST_LEARNED_AT_LIST = 200;
const MOST_LEARNED_AFTERWARDS = 50;
/** Throttled requests are asked again after what Microsoft says, or this. */
const RETRY_MS = 1_000;
const MOST_TRIES = 5;

export class GraphMaildrop implements Maildrop {
	readonly #parts: GraphMaildropParts;
	readonly #read = new Set<number>();
	readonly #removed = new Set<number>();

	constructor(parts: GraphMaildropParts) {
		this.#parts = parts;
	}

	get messages(): readonly MaildropMessage[] {
		const { listed, sizes } = this.#parts;
		return listed.map(({ uid, storeOctets }) => ({ uid, sizeOctets: sizes.of(uid) ?? storeOctets }));
	}

	/** Where the owner wants sizes to the octet: fetches what is not known yet, a bounded number of messages. */
	async learnSizes(signal: AbortSignal): Promise<void> {
		await this.#learn(this.#unknown().slice(-MOST_LEARNED_AT_LIST), signal);
	}

	async read(index: number, signal: AbortSignal): Promise<Result<AsyncIterable<Buffer>>> {
		const id = this.#parts.listed[index]?.id ?? "";
		const result = await this.#ask({ method: "GET", path: `${pathOf(id)}/$value`, signal, streams: true });
		const stream = result.kind === "answer" ? result.stream : undefined;
		if (stream === undefined) return { ok: false, failure: ofMessage(result) };
		return { ok: true, value: brokenWhenItBreaks(stream) };
	}

	wasRead(index: number, sizeOctets: number): void {
		const { listed, sizes } = this.#parts;
		const message = listed[index];
		if (message === undefined) return;
		sizes.learn(message.uid, sizeOctets);
		this.#read.add(index);
	}

	async remove(indexes: readonly number[], signal: AbortSignal): Promise<Result<{ readonly left: number }>> {
		if (this.#parts.mailbox.onDelete === "keep") return { ok: true, value: { left: 0 } };
		let failure: MaildropFailure | undefined;
		let left = 0;
		await eachOf(indexes, async (index) => {
			const result = await this.#removeOne(this.#parts.listed[index]?.id ?? "", signal);
			if (isGone(result)) {
				this.#removed.add(index);
				return;
			}
			left += 1;
			failure = ofResult(result);
		});
		return failure !== undefined && left === indexes.length
			? { ok: false, failure }
			: { ok: true, value: { left } };
	}

	/** Marks what was read, and learns some sizes for the next time; nobody waits for it. */
	async close(): Promise<void> {
		const { inBackground, log, mailbox } = this.#parts;
		inBackground(
			this.#afterwards().catch((error: unknown) => {
				log.error("maildrop-fault", { user: mailbox.username, error: asError(error).stack ?? "" });
			}),
		);
	}

	async #afterwards(): Promise<void> {
		const { mailbox, sizes, listed, stopping } = this.#parts;
		if (mailbox.markRead) {
			const read = [...this.#read].filter((index) => !this.#removed.has(index));
			await eachOf(read, async (index) => {
				const body = Buffer.from('{"isRead":true}');
				const path = pathOf(listed[index]?.id ?? "");
				await this.#insist({ method: "PATCH", path, signal: stopping, ...json(body) });
			});
		}
		await this.#learn(this.#unknown().slice(-MOST_LEARNED_AFTERWARDS), stopping);
		const still = listed.filter((_, index) => !this.#removed.has(index));
		await sizes.save(still.map(({ uid }) => uid));
	}

	#unknown(): number[] {
		const { listed, sizes } = this.#parts;
		return [...listed.keys()].filter(
			(index) => !this.#removed.has(index) && sizes.of(listed[index]?.uid ?? "") === undefined,
		);
	}

	/** What cannot be had now stays an estimate. */
	async #learn(indexes: readonly number[], signal: AbortSignal): Promise<void> {
		const { listed, sizes } = this.#parts;
		await eachOf(indexes, async (index) => {
			if (signal.aborted) return;
			const opened = await this.read(index, signal);
			if (!opened.ok) return;
			const transmission = transmit(opened.value);
			try {
				for await (const _ of transmission.chunks);
			} catch (error) {
				if (error instanceof MaildropBroken) return;
				throw error;
			}
			sizes.learn(listed[index]?.uid ?? "", transmission.octets());
		});
	}

	async #removeOne(id: string, signal: AbortSignal): Promise<GraphResult> {
		if (this.#parts.mailbox.onDelete === "trash") {
			const body = Buffer.from('{"destinationId":"deleteditems"}');
			return this.#insist({ method: "POST", path: `${pathOf(id)}/move`, signal, ...json(body) });
		}
		const result = await this.#insist({ method: "POST", path: `${pathOf(id)}/permanentDelete`, signal });
		// National clouds have no permanentDelete (learn.microsoft.com/graph/api/message-permanentdelete).
		const isOffered = result.kind !== "answer" || (result.status !== 400 && result.status !== 405);
		return isOffered ? result : this.#insist({ method: "DELETE", path: pathOf(id), signal });
	}

	/** Asks again while Microsoft only wants to be asked later. */
	async #insist(request: Omit<GraphRequest, "account" | "mailbox">): Promise<GraphResult> {
		const { clock } = this.#parts;
		for (let tries = 1; ; tries += 1) {
			const result = await this.#ask(request);
			const isBusy = result.kind === "answer" && (result.status === 429 || result.status === 503);
			if (!isBusy || tries >= MOST_TRIES) return result;
			await clock.sleep(result.retryAfterMs ?? RETRY_MS, request.signal);
			if (request.signal?.aborted === true) return result;
		}
	}

	#ask(request: Omit<GraphRequest, "account" | "mailbox">): Promise<GraphResult> {
		const { graph, account, mailbox } = this.#parts;
		return graph.request({
			...request,
			...{ account, mailbox: mailbox.mailbox },
			headers: { ...IMMUTABLE_IDS, ...request.headers },
		});
	}
}

function pathOf(id: string): string {
	return `/messages/${encodeURIComponent(id)}`;
}

function json(body: Buffer): Pick<GraphRequest, "body" | "bodyLength" | "headers"> {
	return { body: () => body, bodyLength: body.length, headers: { "content-type": "application/json" } };
}

/** Gone is what was wanted, whoever did it. */
function isGone(result: GraphResult): boolean {
	return result.kind === "answer" && ((result.status >= 200 && result.status < 300) || result.status === 404);
}

function ofMessage(result: GraphResult): MaildropFailure {
	if (result.kind !== "answer" || result.status !== 404) return ofResult(result);
	return { ...ofResult(result), text: "the message was removed meanwhile, by another program" };
}

async function* brokenWhenItBreaks(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	try {
		yield* stream;
	} catch (error) {
		throw new MaildropBroken(asError(error).message, { cause: error });
	}
}

/** A few at a time. */
async function eachOf(indexes: readonly number[], work: (index: number) => Promise<void>): Promise<void> {
	const waiting = [...indexes];
	const run = async () => {
		for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await work(index);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, run));
}
