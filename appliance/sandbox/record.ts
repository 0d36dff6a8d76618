/**
 * What arrived: every message the simulation took for the outside world, once for each time it took
 * it. Bounded: the newest bodies are kept, older ones leave their hash and header, the oldest records
 * go. Counts of (message, recipient) are kept for all, so that a duplicate is never missed.
 */
import { createHash } from "node:crypto";
import { type MessageSummary, readHeader, summarise } from "./message.ts";

/** A message at rest, shared between the record and the mailboxes. */
export interface StoredMessage {
	readonly summary: MessageSummary;
	readonly sizeBytes: number;
	/** Hex. */
	readonly sha256: string;
	/** Absent when given up for room. */
	bytes: Buffer | undefined;
}

export interface ArrivedMessage {
	/** 1, 2, 3, … in the order of arrival. */
	readonly number: number;
	readonly atMs: number;
	readonly via: "graph" | "smtp";
	/** The account whose token was used. */
	readonly account: string;
	/** MAIL FROM; over Graph the address in From. */
	readonly reversePath: string;
	readonly recipients: readonly string[];
	/** As delivered: over Graph without Bcc, over SMTP as submitted. */
	readonly message: StoredMessage;
}

export interface ArrivedFilter {
	readonly messageId?: string | undefined;
	readonly recipient?: string | undefined;
	/** Only those with a higher number. */
	readonly after?: number | undefined;
	/** The newest so many. */
	readonly limit?: number | undefined;
}

export interface Duplicate {
	readonly messageId: string;
	readonly recipient: string;
	readonly times: number;
}

interface RecordLimits {
	readonly keptBytes: number;
	readonly keptMessages: number;
	readonly keptMessageBytes: number;
}

export class ArrivalRecord {
	readonly #limits: () => RecordLimits;
	#arrived: ArrivedMessage[] = [];
	#total = 0;
	#deliveries = 0;
	/** `message-id \n recipient` to times. */
	readonly #times = new Map<string, number>();
	readonly #withBytes = new Set<StoredMessage>();
	#bytesKept = 0;
	/** Called in the moment in which a message is taken. */
	onArrival: ((arrived: ArrivedMessage) => void) | undefined;

	constructor(limits: () => RecordLimits) {
		this.#limits = limits;
	}

	/** Puts bytes on the shelf, pushing the oldest off it when there is no room. */
	keep(bytes: Buffer): StoredMessage {
		const summary = summarise(readHeader(bytes));
		return this.keepSummarised(
			bytes,
			summary,
			createHash("sha256").update(bytes).digest("hex"),
			bytes.length,
		);
	}

	keepSummarised(
		bytes: Buffer | undefined,
		summary: MessageSummary,
		sha256: string,
		sizeBytes: number,
	): StoredMessage {
		const { keptBytes, keptMessageBytes } = this.#limits();
		const kept = sizeBytes <= Math.min(keptBytes, keptMessageBytes) ? bytes : undefined;
		const stored: StoredMessage = { summary, sizeBytes, sha256, bytes: kept && unpooled(kept) };
		if (kept === undefined) return stored;
		this.#withBytes.add(stored);
		this.#bytesKept += sizeBytes;
		for (const oldest of this.#withBytes) {
			if (this.#bytesKept <= keptBytes) break;
			this.#withBytes.delete(oldest);
			this.#bytesKept -= oldest.sizeBytes;
			oldest.bytes = undefined;
		}
		return stored;
	}

	arrive(arrival: Omit<ArrivedMessage, "number">): ArrivedMessage {
		this.#total += 1;
		this.#deliveries += arrival.recipients.length;
		const entry: ArrivedMessage = { number: this.#total, ...arrival };
		for (const recipient of arrival.recipients) {
			const key = `${arrival.message.summary.messageId}\n${recipient.toLowerCase()}`;
			this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
		}
		this.#arrived.push(entry);
		this.onArrival?.(entry);
		const { keptMessages } = this.#limits();
		if (this.#arrived.length > 2 * keptMessages) this.#arrived = this.#arrived.slice(-keptMessages);
		return entry;
	}

	/** Oldest first. */
	list({ messageId, recipient, after = 0, limit }: ArrivedFilter = {}): ArrivedMessage[] {
		const wanted = recipient?.toLowerCase();
		const found = this.#arrived.filter(
			(entry) =>
				entry.number > after &&
				(messageId === undefined || entry.message.summary.messageId === messageId) &&
				(wanted === undefined || entry.recipients.some((address) => address.toLowerCase() === wanted)),
		);
		return limit === undefined ? found : found.slice(-limit);
	}

	find(number: number): ArrivedMessage | undefined {
		return this.#arrived.find((entry) => entry.number === number);
	}

	/** Messages with a Message-ID that reached a recipient more than once. */
	duplicates(): Duplicate[] {
		const found: Duplicate[] = [];
		for (const [key, times] of this.#times) {
			const [messageId = "", recipient = ""] = key.split("\n");
			if (times > 1 && messageId !== "") found.push({ messageId, recipient, times });
		}
		return found;
	}

	/** Messages taken, and recipients reached by them, since the start or the last reset. */
	get counts(): { readonly messages: number; readonly deliveries: number; readonly bytesKept: number } {
		return { messages: this.#total, deliveries: this.#deliveries, bytesKept: this.#bytesKept };
	}

	clear(): void {
		this.#arrived = [];
		this.#total = 0;
		this.#deliveries = 0;
		this.#times.clear();
		this.#withBytes.clear();
		this.#bytesKept = 0;
	}
}

/** A view of a larger buffer would keep all of that alive. */
function unpooled(bytes: Buffer): Buffer {
	if (bytes.buffer.byteLength === bytes.length) return bytes;
	const own = Buffer.alloc(bytes.length);
	bytes.copy(own);
	return own;
}
