/** Starts the storage threads' program in one of its roles. For storage.ts and staged-state.ts. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { threadProgram } from "../embedded.ts";
import { UserError } from "../errors.ts";
import { isBuilt } from "../version.ts";
import { addonFile } from "./addon.ts";
import type { PutInPlace, ThreadData, ThreadStart } from "./storage-thread.ts";

/** The part of the heap a storage thread may use; it holds one group of small messages at most. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

export interface StartedThread {
	readonly thread: Worker;
	/** What the writer put in place before it began. */
	readonly putInPlace: PutInPlace;
}

/** One that waits to be told what it is. It takes as long to start as a start takes to find out. */
export function newThread(role: ThreadData["role"]): Worker {
	const options = { name: `storage-${role}`, resourceLimits: THREAD_LIMITS };
	return isBuilt
		? new Worker(threadProgram("storage-thread.js"), { ...options, eval: true })
		: new Worker(new URL("./storage-thread.ts", import.meta.url), options);
}

/** Throws `UserError` when the thread cannot do its work, and has then ended it. */
export async function startThread(
	role: ThreadData["role"],
	file: string,
	thread = newThread(role),
): Promise<StartedThread> {
	const start = await new Promise<ThreadStart>((resolve, reject) => {
		thread.once("message", resolve);
		thread.once("error", reject);
		thread.postMessage({ role, file, addonFile: addonFile(path.dirname(file)) } satisfies ThreadData);
	});
	thread.removeAllListeners("error");
	if (start.ready) return { thread, putInPlace: { restored: start.restored, salvaged: start.salvaged } };
	await thread.terminate();
	throw new UserError(start.code, start.text, start.hint);
}
