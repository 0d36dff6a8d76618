/**
 * The box after the power came back: the program started on a card with the state that a cut left on it. Throws with its
 * last words when it does not come up, and with what is stuck when its queue does not empty.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Program } from "../../appliance/e2e/program.ts";

const START_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 40_000;
const LOOK_EVERY_MS = 20;
const LAST_WORDS_LENGTH = 2_000;

export class BoxAfterCut implements AsyncDisposable {
	readonly #child: ChildProcess;
	#log = "";

	private constructor(child: ChildProcess) {
		this.#child = child;
		child.stderr?.on("data", (chunk) => {
			this.#log += String(chunk);
		});
	}

	static async start({ command, argv }: Program, configFile: string): Promise<BoxAfterCut> {
		const child = spawn(command, [...argv, "serve", "--config", configFile], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		const box = new BoxAfterCut(child);
		const deadline = performance.now() + START_LIMIT_MS;
		while (!/^\S* ?ready$/m.test(box.#log)) {
			if (child.exitCode !== null || performance.now() > deadline) {
				child.kill("SIGKILL");
				throw new Error(`the program does not start: ${box.lastWords}`);
			}
			await sleep(LOOK_EVERY_MS);
		}
		return box;
	}

	get lastWords(): string {
		return this.#log.slice(-LAST_WORDS_LENGTH);
	}

	/** All that was in the queue has gone. */
	async drained(stateDir: string): Promise<void> {
		using database = closing(new Database(path.join(stateDir, "postern.db"), { readonly: true }));
		const count = database.opened.prepare("SELECT count(*) FROM message").pluck();
		const deadline = performance.now() + DRAIN_LIMIT_MS;
		while (count.get() !== 0) {
			if (performance.now() > deadline) {
				const stuck = database.opened.prepare("SELECT subject, state, last_error FROM message").all();
				throw new Error(`the queue does not empty: ${JSON.stringify(stuck).slice(0, LAST_WORDS_LENGTH)}`);
			}
			await sleep(LOOK_EVERY_MS);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const ended = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await ended;
	}
}

function closing(opened: Database.Database): Disposable & { readonly opened: Database.Database } {
	return { opened, [Symbol.dispose]: () => opened.close() };
}
