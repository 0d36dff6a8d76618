/**
 * A storage thread's program: writer or reader, as `workerData` says. Answers each message from the
 * event loop with exactly one message. For storage.ts.
 *
 * A failed write or query is an answer; a thread that dies takes the process with it (storage.ts),
 * because a spool without its thread must not go on answering 250.
 */
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { asError, UserError } from "../errors.ts";
import { lockFolder, openDatabase } from "./database.ts";
import type { Read, Write } from "./operations.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

export interface ThreadData {
	readonly role: "writer" | "reader";
	readonly file: string;
	/** Path of better_sqlite3.node, or empty where node_modules has it. */
	readonly addonFile: string;
}

export type ThreadStart =
	| { readonly ready: true }
	| { readonly ready: false; readonly code: string; readonly text: string; readonly hint: string };

export interface ReadRequest {
	readonly number: number;
	readonly read: Read;
}

if (parentPort === null) throw new Error("storage-thread runs as a worker thread only");
const port = parentPort;
const { role, file, addonFile } = workerData as ThreadData;

/** Why the spool cannot be opened, for the owner. */
function refusalToStart(error: Error): ThreadStart {
	if (error instanceof UserError) {
		return { ready: false, code: error.code, text: error.message, hint: error.hint };
	}
	const text = `The mail database ${file} cannot be opened: ${error.message}.`;
	const hint =
		"The card may be full or failing: free some space on it, or check it; the mail in it is untouched.";
	return { ready: false, code: "storage-unreadable", text, hint };
}

/** The addon is passed to better-sqlite3 by its exports, so that nothing searches the disk for it. */
function loadAddon(): { addon?: object } {
	if (addonFile === "") return {};
	const module = { exports: {} };
	process.dlopen(module, addonFile);
	return { addon: module.exports };
}

function serve(): void {
	const lock = role === "writer" ? lockFolder(path.dirname(file), loadAddon()) : undefined;
	const database = openDatabase({ file, role, ...loadAddon() });
	const writer = role === "writer" ? new Writer(database) : undefined;
	const reader = role === "reader" ? new Reader(database) : undefined;
	port.on("message", (request: readonly Write[] | ReadRequest | "close") => {
		if (request === "close") {
			database.close();
			lock?.close();
			port.close();
			return;
		}
		if (writer !== undefined) {
			const startedMs = performance.now();
			const fates = writer.commit(request as readonly Write[]);
			port.postMessage({ fates, tookMs: performance.now() - startedMs });
			return;
		}
		const { number, read } = request as ReadRequest;
		try {
			port.postMessage({ number, answer: reader?.answer(read) });
		} catch (error) {
			port.postMessage({ number, error: asError(error).message });
		}
	});
}

try {
	serve();
	port.postMessage({ ready: true } satisfies ThreadStart);
} catch (thrown) {
	port.postMessage(refusalToStart(asError(thrown)));
	port.close();
}
