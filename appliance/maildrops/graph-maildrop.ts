/**
 * A folder of a mailbox as a POP3 maildrop, over Graph. For maildrops.ts. The list is taken once, when the program signs
 * in; a message is fetched as it lies there, streamed; what is deleted goes at QUIT.
 */
import type { Mailbox } from "../accounts/model.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { GraphResult } from "../microsoft/graph-client.ts";
import {
	brokenWhenItBreaks,
	type Maildrop,
	MaildropBroken,
	type MaildropFailure,
	type MaildropMessage,
	type Result,
} from "../pop3/maildrop.ts";
import { transmit } from "../pop3/message-lines.ts";
import { ofResult } from "./graph-failures.ts";
import type { ListedMessage } from "./graph-listing.ts";
import type { KeptMaildrop } from "./kept-maildrop.ts";
import type { KnownSizes } from "./known-sizes.ts";
import { isGone, type MailboxClient } from "./mailbox-client.ts";

export interface GraphMaildropParts {
	readonly client: MailboxClient;
	readonly log: Log;
	readonly mailbox: Mailbox;
	readonly listed: readonly ListedMessage[];
	readonly sizes: KnownSizes;
	/** Where messages are kept for times without internet; undefined: nowhere. */
	readonly kept: KeptMaildrop | undefined;
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
/** Kept after one session; the next goes on. */
const MOST_KEPT_AFTERWARDS = 200;

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
		const { listed, client } = this.#parts;
		const result = await client.fetch(listed[index]?.id ?? "", signal);
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
		const { mailbox, client, listed } = this.#parts;
		if (mailbox.onDelete === "keep") return { ok: true, value: { left: 0 } };
		let failure: MaildropFailure | undefined;
		let left = 0;
		await eachOf(indexes, async (index) => {
			const result = await client.remove(listed[index]?.id ?? "", signal);
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

	/** Marks what was read, keeps messages and learns some sizes for the next time; nobody waits for it. */
	async close(): Promise<void> {
		const { inBackground, log, mailbox } = this.#parts;
		inBackground(
			this.#afterwards().catch((error: unknown) => {
				log.error("maildrop-fault", { user: mailbox.username, error: asError(error).stack ?? "" });
			}),
		);
	}

	async #afterwards(): Promise<void> {
		const { mailbox, sizes, listed, stopping, client } = this.#parts;
		if (mailbox.markRead) {
			const read = [...this.#read].filter((index) => !this.#removed.has(index));
			await eachOf(read, async (index) => {
				await client.markRead(listed[index]?.id ?? "", stopping);
			});
		}
		await this.#keepSome(stopping);
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

	/** The newest first, while there is room. */
	async #keepSome(signal: AbortSignal): Promise<void> {
		const { listed, kept } = this.#parts;
		if (kept === undefined) return;
		const missing = [...listed.keys()].filter(
			(index) => !this.#removed.has(index) && !kept.has(listed[index]?.uid ?? ""),
		);
		for (const index of missing.reverse().slice(0, MOST_KEPT_AFTERWARDS)) {
			if (!(await this.#keepOne(index, kept, signal))) return;
		}
	}

	/** False: the rest may wait for the next time. */
	async #keepOne(index: number, kept: KeptMaildrop, signal: AbortSignal): Promise<boolean> {
		const { listed, sizes } = this.#parts;
		const message = listed[index];
		const opened = await this.read(index, signal);
		if (message === undefined || !opened.ok) return false;
		const { uid } = message;
		try {
			if (!(await kept.keep(uid, sizes.of(uid) ?? message.storeOctets, opened.value))) return false;
		} catch (error) {
			if (error instanceof MaildropBroken) return false;
			throw error;
		}
		const transmission = transmit(kept.read(uid));
		for await (const _ of transmission.chunks);
		sizes.learn(uid, transmission.octets());
		return true;
	}
}

function ofMessage(result: GraphResult): MaildropFailure {
	if (result.kind !== "answer" || result.status !== 404) return ofResult(result);
	return { ...ofResult(result), text: "the message was removed meanwhile, by another program" };
}

/** A few at a time. */
async function eachOf(indexes: readonly number[], work: (index: number) => Promise<void>): Promise<void> {
	const waiting = [...indexes];
	const run = async () => {
		for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await work(index);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, run));
}
