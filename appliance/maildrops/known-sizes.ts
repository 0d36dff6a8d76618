/**
 * How many octets RETR sends of each message, by its UIDL, remembered beside the queue: Graph tells the size of its own
 * form of a message only. For graph-maildrop.ts. What cannot be saved is learned again.
 */
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { DocumentStore } from "../store/documents.ts";

export class KnownSizes {
	readonly #key: string;
	readonly #documents: DocumentStore;
	readonly #log: Log;
	readonly #sizes: Map<string, number>;
	#isChanged = false;

	private constructor(key: string, documents: DocumentStore, log: Log, sizes: Map<string, number>) {
		this.#key = key;
		this.#documents = documents;
		this.#log = log;
		this.#sizes = sizes;
	}

	/** `key`: of the mailbox's folder. Rejects when the store does. */
	static async open(key: string, documents: DocumentStore, log: Log): Promise<KnownSizes> {
		const stored = (await documents.list("sizes")).find((document) => document.key === key);
		return new KnownSizes(key, documents, log, new Map(readSizes(stored?.value)));
	}

	of(uid: string): number | undefined {
		return this.#sizes.get(uid);
	}

	learn(uid: string, octets: number): void {
		if (this.#sizes.get(uid) === octets) return;
		this.#sizes.set(uid, octets);
		this.#isChanged = true;
	}

	/** Keeps those of messages that there are, on the card when it resolves. */
	async save(uids: Iterable<string>): Promise<void> {
		if (!this.#isChanged) return;
		const kept = [...uids].flatMap((uid) => {
			const octets = this.#sizes.get(uid);
			return octets === undefined ? [] : [[uid, octets] as const];
		});
		try {
			await this.#documents.put("sizes", this.#key, Object.fromEntries(kept));
			this.#isChanged = false;
		} catch (error) {
			this.#log.warning("sizes-not-saved", { maildrop: this.#key, reason: asError(error).message });
		}
	}
}

function* readSizes(value: unknown): Iterable<[string, number]> {
	if (typeof value !== "object" || value === null) return;
	for (const [uid, octets] of Object.entries(value)) if (typeof octets === "number") yield [uid, octets];
}
