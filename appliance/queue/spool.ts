/**
 * The spool: where a message is from our 250 until Microsoft has it. The only place that says what
 * is durable. For the listeners (`receive`), the runner (`lease`, `settle`) and the queue commands.
 *
 * Promise kept here: `accepted` is answered only after the flush that a power cut respects, and a
 * message's bytes are removed only after the row that named them is gone from the card.
 */
import { mkdirSync } from "node:fs";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../clock.ts";
import { asError, errorCode } from "../errors.ts";
import type { DsnRequest } from "../mail/envelope.ts";
import { formatQueueId, nextQueueNumber, parseQueueId } from "../mail/queue-id.ts";
import { passed } from "../memory.ts";
import { isFull, isSick } from "../store/card-fault.ts";
import type {
	Enqueue,
	EventRecord,
	Finish,
	FoundPage,
	MessageState,
	QueueIndex,
	ReadAnswers,
	Search,
	Update,
} from "../store/operations.ts";
import { type Storage, storageError } from "../store/storage.ts";
import { BodyWriter, type StoredBody } from "./body-writer.ts";
import { RateMeter } from "./rate-meter.ts";

export interface AcceptedEnvelope {
	readonly device: string;
	readonly account: string;
	readonly reversePath: string;
	readonly recipients: readonly string[];
	readonly smtpUtf8: boolean;
	readonly dsn?: DsnRequest;
	/** Of what the device sent, where repeats are looked for. */
	readonly digest?: Uint8Array<ArrayBuffer>;
	/** `active` when the runner will attempt it at once: saves marking it afterwards. */
	readonly state: MessageState;
	/** Of a deferred one: until it is due. */
	readonly delayMs?: number;
	/** The first line of its history. */
	readonly event?: EventRecord;
	/** Decoded, where subjects are kept. */
	readonly subject?: string;
}

export type AcceptFate =
	/** `queueId`: it repeats that message, and was not kept. `heard`: to be called when its device has read our answer. */
	| { readonly accepted: true; readonly queueId?: string; readonly heard?: () => void }
	/** `full`: try again later. `sick`: the card failed; also try again later, and look at it. */
	| { readonly accepted: false; readonly why: "full" | "sick"; readonly reason: string };

/** A message that is being received: its id is known, nothing is promised. */
export interface Incoming {
	readonly number: number;
	readonly queueId: string;
	readonly body: BodyWriter;
	accept(envelope: AcceptedEnvelope): Promise<AcceptFate>;
	/** The message will not be accepted: forget it. Must be called once unless `accept` was. */
	abandon(): Promise<void>;
}

/** Whose the box's own messages are (self-test.ts); no device can be called so. */
export const SELF_TEST_LANE = "\nself-test";

/** Where the bodies that are files lie. */
export function spoolFolder(stateDir: string): string {
	return path.join(stateDir, "spool");
}

/** In that folder. */
export function bodyFileName(number: number): string {
	return formatQueueId(number);
}

/** Bodies in files are read in chunks of this size. */
const READ_CHUNK_BYTES = 64 * 1024;
/** Small pages, so that a long queue leaves no garbage in the reader's heap. */
const INDEX_PAGE_ROWS = 2_000;

export class Spool {
	readonly #storage: Storage;
	readonly #folder: string;
	readonly #folderHandle: FileHandle;
	readonly #clock: Clock;
	#lastNumber = 0;
	/** The last number of the run before: what is above it is of this run. */
	#openedAfter = 0;
	/** Bodies in files when the spool was opened. */
	readonly #found: number[] = [];
	readonly #intake = new RateMeter();

	private constructor(storage: Storage, folder: string, folderHandle: FileHandle, clock: Clock) {
		this.#storage = storage;
		this.#folder = folder;
		this.#folderHandle = folderHandle;
		this.#clock = clock;
	}

	static async open(options: { storage: Storage; stateDir: string; clock: Clock }): Promise<Spool> {
		const folder = spoolFolder(options.stateDir);
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const spool = new Spool(options.storage, folder, await open(folder, "r"), options.clock);
		spool.#openedAfter = await options.storage.read({ type: "last-id" });
		for (const name of await readdir(folder)) {
			const number = parseQueueId(name);
			if (number !== undefined) spool.#found.push(number);
		}
		// An orphan's number is not given again, also where the clock says it is 1970.
		spool.#lastNumber = spool.#found.reduce((a, b) => Math.max(a, b), spool.#openedAfter);
		return spool;
	}

	/** Digests of what was accepted since `sinceMs` of the wall clock, oldest first. */
	digests(sinceMs: number): Promise<ReadAnswers["digests"]> {
		return this.#storage.read({ type: "digests", sinceMs });
	}

	/** What was queued when the spool was opened, oldest first, page by page. */
	async *load(): AsyncIterable<QueueIndex> {
		let afterId = 0;
		for (;;) {
			const page = await this.#storage.read({
				type: "index",
				afterId,
				uptoId: this.#openedAfter,
				limit: INDEX_PAGE_ROWS,
			});
			yield page;
			if (page.ids.length < INDEX_PAGE_ROWS) return;
			afterId = page.ids.at(-1) ?? afterId;
		}
	}

	/** Removes the bodies that no row names: what the run before left of messages never accepted. */
	async removeOrphans(isQueued: (number: number) => boolean): Promise<void> {
		for (const number of this.#found.splice(0)) if (!isQueued(number)) await this.#removeFile(number);
	}

	/** Messages accepted per second, over about the last half second. */
	get intakePerSecond(): number {
		return this.#intake.perSecond(this.#clock.monotonicMs());
	}

	/** True while nothing can be saved because the card failed. */
	get isCardSick(): boolean {
		return this.#storage.trouble !== undefined;
	}

	receive(): Incoming {
		this.#storage.groups.messageBegins();
		this.#lastNumber = nextQueueNumber(this.#lastNumber, this.#clock.now());
		const number = this.#lastNumber;
		const body = new BodyWriter(this.#fileName(number), () => this.#folderHandle.sync());
		return {
			number,
			queueId: formatQueueId(number),
			body,
			accept: (envelope) => this.#accept(number, body, envelope),
			abandon: async () => {
				this.#storage.groups.messageEnds();
				await body.discard();
			},
		};
	}

	/** Marks messages as being attempted; on the card when it resolves. */
	async lease(ids: readonly number[]): Promise<void> {
		const fate = await this.#storage.write({ type: "lease", ids }, "soon");
		if ("code" in fate) throw storageError(fate);
	}

	/** Takes marks back from messages that were not attempted after all. */
	async unlease(ids: readonly number[]): Promise<void> {
		const fate = await this.#storage.write({ type: "unlease", ids }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	/** Held messages become the device's, and wait for their turn. */
	async adopt(ids: readonly number[], device: string, account: string): Promise<void> {
		const fate = await this.#storage.write({ type: "adopt", ids, device, account }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	/** Marks attempts of the last run that were cut off. */
	async doubt(ids: readonly number[]): Promise<void> {
		const fate = await this.#storage.write({ type: "doubt", ids }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	/** Messages that wait go through `account` from now on; on the card when it resolves. */
	async reroute(ids: readonly number[], account: string): Promise<void> {
		const fate = await this.#storage.write({ type: "reroute", ids, account }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	/**
	 * Notes what a message's sender has been told and, if there is a report, queues it: both or neither. The
	 * report's number, which `document` is given as well; undefined when there is none, or the message has left
	 * meanwhile.
	 */
	async announce(
		id: number,
		document: (report: number | undefined) => string,
		report: { readonly envelope: AcceptedEnvelope; readonly content: Buffer } | undefined,
	): Promise<number | undefined> {
		let number: number | undefined;
		let bounce: Enqueue | null = null;
		if (report !== undefined) {
			this.#lastNumber = nextQueueNumber(this.#lastNumber, this.#clock.now());
			number = this.#lastNumber;
			const content = new Uint8Array(report.content);
			bounce = this.#enqueued(number, report.envelope, content.length, content);
		}
		const fate = await this.#storage.write(
			{ type: "announce", id, document: document(number), bounce },
			"urgent",
		);
		if ("code" in fate) throw storageError(fate);
		return fate.changes === 0 ? undefined : number;
	}

	/** How far a transport has come with a message; on the card when it resolves. */
	async noteProgress(id: number, document: string | null): Promise<void> {
		const fate = await this.#storage.write({ type: "note-progress", id, document }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	/** Records what became of a message; rides along with the next message's flush unless urgent. */
	async settle(write: Update | Finish, inFile: boolean, urgency: "urgent" | "rider"): Promise<void> {
		const fate = await this.#storage.write(write, urgency);
		if ("code" in fate) throw storageError(fate);
		if (write.type === "finish" && inFile) await this.#removeFile(write.id);
	}

	/** The box's own leave no history. */
	async withdraw(ids: readonly number[]): Promise<void> {
		const fate = await this.#storage.write({ type: "withdraw", ids }, "urgent");
		if ("code" in fate) throw storageError(fate);
	}

	show(number: number): Promise<ReadAnswers["show"]> {
		return this.#storage.read({ type: "show", id: number });
	}

	search(search: Search): Promise<FoundPage> {
		return this.#storage.read({ type: "search", ...search });
	}

	list(afterNumber: number, limit: number): Promise<ReadAnswers["list"]> {
		return this.#storage.read({ type: "list", afterId: afterNumber, limit });
	}

	/** The message's bytes from the start. Throws when they are not there: a bug or a sick card. */
	async *readBody(number: number, inFile: boolean): AsyncIterable<Buffer> {
		if (!inFile) {
			const content = await this.#storage.read({ type: "body", id: number });
			if (content === null)
				throw Object.assign(new Error(`message ${formatQueueId(number)} has no body`), { code: "NO_BODY" });
			yield Buffer.from(content.buffer, content.byteOffset, content.byteLength);
			return;
		}
		const file = await open(this.#fileName(number), "r");
		try {
			for (;;) {
				const chunk = Buffer.allocUnsafe(READ_CHUNK_BYTES);
				const { bytesRead } = await file.read(chunk, 0, READ_CHUNK_BYTES, null);
				if (bytesRead === 0) return;
				yield chunk.subarray(0, bytesRead);
				passed(READ_CHUNK_BYTES);
			}
		} finally {
			await file.close();
		}
	}

	async close(): Promise<void> {
		await this.#folderHandle.close();
	}

	async #accept(number: number, body: BodyWriter, envelope: AcceptedEnvelope): Promise<AcceptFate> {
		let stored: StoredBody;
		try {
			stored = await body.finish();
		} catch (thrown) {
			this.#storage.groups.messageEnds();
			const { code, text } = { code: errorCode(thrown) ?? "ERR", text: asError(thrown).message };
			if (isSick(code)) this.#storage.doubt({ code, text });
			await this.#discard(body);
			return refusal(code, text);
		}
		const committed = this.#storage.write(
			{
				...this.#enqueued(number, envelope, stored.sizeBytes, stored.inFile ? null : stored.content),
				...(stored.inFile ? { bodySum: stored.sum } : {}),
			},
			"urgent",
		);
		this.#storage.groups.messageEnds();
		const fate = await committed;
		if (!("code" in fate)) {
			this.#intake.count(this.#clock.monotonicMs());
			return { accepted: true };
		}
		await this.#discard(body);
		return refusal(fate.code, fate.text);
	}

	/** What a sick card does not even let go of is an orphan, which the next start removes. */
	async #discard(body: BodyWriter): Promise<void> {
		await body.discard().catch((thrown: unknown) => {
			if (errorCode(thrown) === undefined) throw thrown;
		});
	}

	/** `content` is null when the body is in a file. */
	#enqueued(
		number: number,
		envelope: AcceptedEnvelope,
		sizeBytes: number,
		content: Uint8Array<ArrayBuffer> | null,
	): Enqueue {
		const nowMs = this.#clock.now();
		return {
			type: "enqueue",
			message: {
				id: number,
				device: envelope.device,
				account: envelope.account,
				reversePath: envelope.reversePath,
				smtpUtf8: envelope.smtpUtf8,
				sizeBytes,
				inFile: content === null,
				receivedAtMs: nowMs,
				state: envelope.state,
				dueAtMs: nowMs + (envelope.delayMs ?? 0),
				attempts: 0,
				maybeSent: false,
				lastError: "",
				subject: envelope.subject ?? "",
			},
			recipients: envelope.recipients,
			body: content,
			dsn: envelope.dsn ?? null,
			digest: envelope.digest ?? null,
			...(envelope.event === undefined ? {} : { event: envelope.event }),
		};
	}

	async #removeFile(number: number): Promise<void> {
		try {
			await unlink(this.#fileName(number));
		} catch (error) {
			if (errorCode(error) !== "ENOENT") throw error;
		}
	}

	#fileName(number: number): string {
		return path.join(this.#folder, bodyFileName(number));
	}
}

function refusal(code: string, text: string): AcceptFate {
	return { accepted: false, why: isFull(code) ? "full" : "sick", reason: `${code}: ${text}` };
}
