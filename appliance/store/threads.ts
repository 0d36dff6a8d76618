/** Starts the storage threads' program in one of its roles. For storage.ts and staged-state.ts. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { threadProgram } from "../embedded.ts";
import { UserError } from "../errors.ts";
import { isBuilt } from "../version.ts";
import { addonFile } from "./addon.ts";
import type { RestoreReport } from "./restore.ts";
import type { ThreadData, ThreadStart } from "./storage-thread.ts";

/** The part of the heap a storage thread may use; it holds one group of small messages at most. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

export interface StartedThread {
	readonly thread: Worker;
	/** What the writer put in place before it began; null when nothing waited for that. */
	readonly restored: RestoreReport | null;
}

/** Throws `UserError` when the thread cannot do its work. */
export async function startThread(role: ThreadData["role"], file: string): Promise<StartedThread> {
	const options = {
		name: `storage-${role}`,
		workerData: { role, file, addonFile: addonFile(path.dirname(file)) } satisfies ThreadData,
		resourceLimits: THREAD_LIMITS,
	};
	const thread = isBuilt
		? new Worker(threadProgram("storage-thread.js"), { ...options, eval: true })
		: new Worker(new URL("./storage-thread.ts", import.meta.url), options);
	const start = await new Promise<ThreadStart>((resolve, reject) => {
		thread.once("message", resolve);
		thread.once("error", reject);
	});
	thread.removeAllListeners("error");
	if (start.ready) return { thread, restored: start.restored };
	await thread.terminate();
	throw new UserError(start.code, start.text, start.hint);
}
