/**
 * A storage thread's program: writer or reader, as `workerData` says. Answers each message from the
 * event loop with exactly one message. For storage.ts.
 *
 * A failed write or query is an answer; a thread that dies takes the process with it (storage.ts),
 * because a spool without its thread must not go on answering 250.
 */
import { parentPort, workerData } from "node:worker_threads";
import { asError, UserError } from "../errors.ts";
import { openDatabase } from "./database.ts";
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

/** The addon is passed to better-sqlite3 by its exports, so that nothing searches the disk for it. */
function loadAddon(): { addon?: object } {
	if (addonFile === "") return {};
	const module = { exports: {} };
	process.dlopen(module, addonFile);
	return { addon: module.exports };
}

function serve(): void {
	const database = openDatabase({ file, role, ...loadAddon() });
	const writer = role === "writer" ? new Writer(database) : undefined;
	const reader = role === "reader" ? new Reader(database) : undefined;
	port.on("message", (request: readonly Write[] | ReadRequest | "close") => {
		if (request === "close") {
			database.close();
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
	const error = asError(thrown);
	const code = error instanceof UserError ? error.code : "storage-unreadable";
	const hint = error instanceof UserError ? error.hint : "";
	port.postMessage({ ready: false, code, text: error.message, hint } satisfies ThreadStart);
	port.close();
}
