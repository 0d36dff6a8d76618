/**
 * The database of a state that is to be put in place at the next start, seen from the event loop: a thread
 * builds it. For backup/staging.ts.
 *
 * Rejects with `StagedStateError` when what is put does not fit or the card is full; then call `abandon` and
 * remove the folder. Steps are taken one after the other; wait for each.
 */
import type { Worker } from "node:worker_threads";
import type { MessageRows } from "./message-rows.ts";
import type { DocumentRow } from "./operations.ts";
import type { BuildAnswer, BuildStep } from "./staged-state-builder.ts";
import { startThread } from "./threads.ts";

export class StagedStateError extends Error {
	/** `unfit`: the rows are not what they should be. `full`: the card. `failed`: it did something else. */
	readonly why: "unfit" | "full" | "failed";

	constructor(why: "unfit" | "full" | "failed", text: string) {
		super(text);
		this.why = why;
	}
}

export class StagedState {
	readonly #thread: Worker;

	private constructor(thread: Worker) {
		this.#thread = thread;
	}

	/** @param schema of the rows that will be put, not above the program's own. */
	static async begin(file: string, schema: number): Promise<StagedState> {
		const { thread } = await startThread("builder", file);
		const staged = new StagedState(thread);
		await staged.#ask({ type: "begin", schema });
		return staged;
	}

	putDocuments(rows: readonly DocumentRow[]): Promise<void> {
		return this.#ask({ type: "documents", rows });
	}

	/** `body` is null when it is in a file. */
	putMessage(rows: MessageRows, body: Uint8Array | null): Promise<void> {
		return this.#ask({ type: "message", rows, body });
	}

	/** The file is checked and on the card when it resolves. */
	async finish(): Promise<void> {
		await this.#ask({ type: "finish" });
		await this.abandon();
	}

	/** Ends the thread. Safe at any time. */
	async abandon(): Promise<void> {
		await this.#thread.terminate();
	}

	async #ask(step: BuildStep): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<BuildAnswer>();
		const onExit = () => reject(new StagedStateError("failed", "its thread has ended"));
		this.#thread.once("message", resolve).once("error", reject).once("exit", onExit);
		try {
			this.#thread.postMessage(step);
			const answer = await promise;
			if (!answer.ok) throw new StagedStateError(answer.why, answer.text);
		} finally {
			this.#thread.off("message", resolve).off("error", reject).off("exit", onExit);
		}
	}
}
