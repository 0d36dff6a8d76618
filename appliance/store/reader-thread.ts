/**
 * The reader: a storage thread that is there while something is read, because it holds 9 MB and on most days nothing
 * is read for hours. For storage.ts. Started for the first question, ended when none that needs it has come for a while.
 *
 * Each question is answered or refused, once, through the callbacks. A reader that dies calls `onFatal`.
 */
import type { Worker } from "node:worker_threads";
import { asError, errorCode } from "../errors.ts";
import type { ReadAnswer, ReadRequest } from "./storage-thread.ts";
import { startThread } from "./threads.ts";

export interface ReaderThreadOptions {
	readonly file: string;
	/** It ends after this long without a question that needs it. */
	readonly idleMs: number;
	readonly onAnswer: (answer: ReadAnswer) => void;
	readonly onFatal: (error: Error) => void;
}

export class ReaderThread {
	readonly #options: ReaderThreadOptions;
	#thread: Promise<Worker> | undefined;
	/** Questions that need it and are not answered. */
	readonly #owed = new Set<number>();
	#isClosed = false;
	#idle: NodeJS.Timeout | undefined;
	/** Of the ones before; a start need not wait for it, the end of all does. */
	#ended: Promise<unknown> = Promise.resolve();

	constructor(options: ReaderThreadOptions) {
		this.#options = options;
	}

	get isThere(): boolean {
		return this.#thread !== undefined;
	}

	/** One that another could answer as well does not keep it. */
	ask(request: ReadRequest, needsIt: boolean): void {
		if (needsIt) {
			clearTimeout(this.#idle);
			this.#owed.add(request.number);
		}
		this.#thread ??= this.#start();
		const asked = this.#thread;
		asked
			.then((thread) => thread.postMessage(request))
			.catch((thrown: unknown) => {
				if (this.#thread === asked) this.#thread = undefined;
				this.#answered({
					number: request.number,
					error: { text: asError(thrown).message, code: errorCode(thrown) },
				});
			});
	}

	/** Nothing, where it is not there. */
	giveBack(): void {
		const nothing = () => undefined;
		// One that cannot start has told those who asked.
		void this.#thread?.then((thread) => thread.postMessage("give-back"), nothing);
	}

	/** After all that was asked is answered. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#end();
		await this.#ended;
	}

	async #start(): Promise<Worker> {
		if (this.#isClosed) throw new Error("the storage is closed");
		const { onFatal } = this.#options;
		const { thread } = await startThread("reader", this.#options.file);
		thread.on("message", (answer: ReadAnswer) => this.#answered(answer));
		thread.on("error", onFatal);
		thread.on("exit", diedOf(onFatal));
		return thread;
	}

	#answered(answer: ReadAnswer): void {
		const wasNeeded = this.#owed.delete(answer.number);
		if (wasNeeded && this.#owed.size === 0)
			this.#idle = setTimeout(() => this.#end(), this.#options.idleMs).unref();
		this.#options.onAnswer(answer);
	}

	#end(): void {
		clearTimeout(this.#idle);
		const before = this.#ended;
		const ending = this.#thread?.then(endThread, () => undefined);
		this.#thread = undefined;
		this.#ended = Promise.all([before, ending]);
	}
}

/** Called for an end that nobody asked for. */
export function diedOf(onFatal: (error: Error) => void): (code: number) => void {
	return (code) => onFatal(new Error(`a storage thread ended with code ${code}`));
}

/** Closes its file and ends, after what it was told before. */
export async function endThread(thread: Worker): Promise<void> {
	thread.removeAllListeners("exit");
	const ended = new Promise((resolve) => thread.once("exit", resolve));
	thread.postMessage("close");
	await ended;
}
