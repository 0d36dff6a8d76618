/**
 * The card, seen from the event loop: starts the storage threads, a writer and while it is needed a reader, and hands
 * them writes and reads. For queue/spool.ts, accounts/ and the settings.
 *
 * A write's promise resolves when it is on the card, and its refusal (card full, I/O error) is data.
 * A storage thread that dies is not survivable: `onFatal` is called and the process must end, because
 * nothing may be answered 250 without it.
 */
import path from "node:path";
import type { Worker } from "node:worker_threads";
import { UserError } from "../errors.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { isFull } from "./card-fault.ts";
import type { CardTrouble } from "./careful-writer.ts";
import type { DocumentKind, DocumentStore, StoredDocument } from "./documents.ts";
import { type CommitAnswer, GroupCommit, type Urgency } from "./group-commit.ts";
import type { Read, ReadAnswers, Write } from "./operations.ts";
import { diedOf, endThread, ReaderThread, type ReaderThreadOptions } from "./reader-thread.ts";
import type { RestoreReport } from "./restore.ts";
import type { SalvageReport } from "./salvage-report.ts";
import { makeUsable } from "./state-folder.ts";
import type { CardNews, Doubt, PutInPlace, ReadAnswer, ReadRequest } from "./storage-thread.ts";
import { startThread } from "./threads.ts";
import type { WriteFate } from "./writer.ts";

/** What the writer answers in no time, unless it flushes. */
const SHORT_QUESTIONS: readonly Read["type"][] = ["last-id", "spare-bytes", "documents", "schema"];

/** Of a queue's index the first page is all there is, on most days. */
function isShort(read: Read): boolean {
	return read.type === "index" ? read.afterId === 0 : SHORT_QUESTIONS.includes(read.type);
}
/** Longer than a page that stays open leaves between two looks. */
const READER_IDLE_MS = 30_000;

export interface StorageOptions {
	readonly stateDir: string;
	/** For tests. */
	readonly readerIdleMs?: number;
	/** Started already, where there was time. */
	readonly thread?: Worker;
	/** Called once when a storage thread has died. */
	readonly onFatal: (error: Error) => void;
}

interface PendingRead {
	readonly resolve: (answer: never) => void;
	readonly reject: (error: Error) => void;
	readonly sinceMs: number;
}

export class Storage implements DocumentStore {
	readonly #writer: Worker;
	readonly #reader: ReaderThread;
	/** What was put in place of the state from before when it was opened; null: nothing waited for that. */
	readonly restored: RestoreReport | null;
	/** It was damaged, and has been mended just now. */
	readonly salvaged: SalvageReport | null;
	readonly #groups: GroupCommit;
	#trouble: CardTrouble | undefined;
	#toldOfTrouble: (trouble: CardTrouble | undefined) => void = () => undefined;
	readonly #reads = new Map<number, PendingRead>();
	#readNumber = 0;
	#mayMailCome = false;
	#settleGroup: ((answer: CommitAnswer) => void) | undefined;
	/** Since when the writer owes an answer. */
	#writingSinceMs: number | undefined;

	private constructor(
		writer: Worker,
		{ restored, salvaged }: PutInPlace,
		reader: Pick<ReaderThreadOptions, "file" | "idleMs" | "onFatal">,
	) {
		this.restored = restored;
		this.salvaged = salvaged;
		this.#writer = writer;
		this.#reader = new ReaderThread({ ...reader, onAnswer: (answer) => this.#answered(answer) });
		this.#groups = new GroupCommit((writes) => this.#post(writes));
		writer.on("message", (answer: CommitAnswer | ReadAnswer | CardNews) => {
			if ("number" in answer) {
				this.#answered(answer);
				return;
			}
			if ("card" in answer) {
				this.#noteTrouble(answer.card ?? undefined);
				return;
			}
			this.#writingSinceMs = undefined;
			this.#settleGroup?.(answer);
		});
		writer.on("error", reader.onFatal);
		writer.on("exit", diedOf(reader.onFatal));
	}

	/** Opens (or makes) the spool database. Throws `UserError` when it cannot be used. */
	static async open({
		stateDir,
		readerIdleMs: idleMs = READER_IDLE_MS,
		thread: started,
		onFatal,
	}: StorageOptions): Promise<Storage> {
		makeUsable(stateDir);
		const file = path.join(stateDir, "postern.db");
		const { thread, putInPlace } = await startThread("writer", file, started);
		return new Storage(thread, putInPlace, { file, idleMs, onFatal });
	}

	/** How long the threads have owed the answer that is oldest; 0 when they owe none. */
	get waitedMs(): number {
		// A map keeps the order of entry, so its first is the oldest.
		const [oldestRead] = this.#reads.values();
		const since = [this.#writingSinceMs, oldestRead?.sinceMs].filter((one) => one !== undefined);
		return since.length === 0 ? 0 : performance.now() - Math.min(...since);
	}

	/** Why nothing is saved just now: the card failed. What it was is tried again until it is well. */
	get trouble(): CardTrouble | undefined {
		return this.#trouble;
	}

	/** Called when the card falls sick, and with undefined when it is well again. */
	onTrouble(told: (trouble: CardTrouble | undefined) => void): void {
		this.#toldOfTrouble = told;
	}

	/** A file beside the database could not be written or flushed: nothing is taken until the card has proven itself. */
	doubt(trouble: CardTrouble): void {
		this.#noteTrouble(trouble);
		this.#writer.postMessage({ doubt: trouble } satisfies Doubt);
	}

	/** See `GroupCommit`: what is about to be submitted, so that it can share a flush. */
	get groups(): Pick<GroupCommit, "messageBegins" | "messageEnds"> {
		return this.#groups;
	}

	/** Resolves when the write is on the card, or refused. */
	write(write: Write, urgency: Urgency): Promise<WriteFate> {
		return this.#groups.submit(write, urgency);
	}

	read<Question extends Read>(read: Question): Promise<ReadAnswers[Question["type"]]> {
		return new Promise((resolve, reject) => {
			this.#readNumber += 1;
			this.#reads.set(this.#readNumber, {
				resolve: resolve as (answer: never) => void,
				reject,
				sinceMs: performance.now(),
			});
			const request: ReadRequest = { number: this.#readNumber, read };
			const isForWriter = !this.#mayMailCome || isShort(read);
			// A reader that is there answers at once, also while a flush runs.
			if (isForWriter && !this.#reader.isThere) this.#writer.postMessage(request);
			else this.#reader.ask(request, !isForWriter);
		});
	}

	/** To be called before the first mail may come: until then nobody writes, and a start need not wait for a reader. */
	mailMayCome(): void {
		this.#mayMailCome = true;
	}

	/** The threads give back what they have and do not need. */
	giveBack(): void {
		this.#writer.postMessage("give-back");
		this.#reader.giveBack();
	}

	async list(kind: DocumentKind): Promise<readonly StoredDocument[]> {
		const rows = await this.read({ type: "documents", kind });
		return rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown }));
	}

	async put(kind: DocumentKind, key: string, value: unknown): Promise<void> {
		const fate = await this.write(
			{ type: "put-document", kind, key, value: JSON.stringify(value) },
			"urgent",
		);
		if ("code" in fate) throw storageError(fate);
	}

	async change(
		kind: DocumentKind,
		changes: readonly (readonly [key: string, value: unknown])[],
	): Promise<void> {
		const entries = changes.map(
			([key, value]) => [key, value === null ? null : JSON.stringify(value)] as const,
		);
		const fate = await this.write({ type: "change-documents", kind, entries }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	async remove(kind: DocumentKind, key: string): Promise<boolean> {
		const fate = await this.write({ type: "remove-document", kind, key }, "urgent");
		if ("code" in fate) throw storageError(fate);
		return fate.changes > 0;
	}

	/** Commits what waits, then closes the file. */
	async close(): Promise<void> {
		await this.#groups.drain();
		await this.#reader.close();
		await endThread(this.#writer);
	}

	#noteTrouble(trouble: CardTrouble | undefined): void {
		const wasSick = this.#trouble !== undefined;
		this.#trouble = trouble;
		if (wasSick !== (trouble !== undefined)) this.#toldOfTrouble(trouble);
	}

	#answered({ number, answer, error }: ReadAnswer): void {
		const pending = this.#reads.get(number);
		this.#reads.delete(number);
		if (error === undefined) pending?.resolve(answer as never);
		else
			pending?.reject(
				Object.assign(new Error(error.text), error.code === undefined ? {} : { code: error.code }),
			);
	}

	#post(writes: readonly Write[]): Promise<CommitAnswer> {
		const bodies = writes.flatMap((write) =>
			write.type === "enqueue" && write.body !== null ? [write.body.buffer] : [],
		);
		return new Promise((resolve) => {
			this.#settleGroup = resolve;
			this.#writingSinceMs = performance.now();
			this.#writer.postMessage(writes, bodies);
		});
	}
}

/** A refused write as an error, for callers who have no peer to answer with a reply code. */
export function storageError({ code, text }: { code: string; text: string }): UserError {
	return new UserError(
		"storage-refused",
		isFull(code) ? REFUSING.cardFull : say(REFUSING.cardRefused, { why: `${code}: ${text}` }),
		isFull(code) ? REFUSING.cardFullDo : REFUSING.checkCard,
	);
}
