/**
 * A storage thread's program: writer, reader or builder of a state to be put in place, as its first message
 * says: it can be started before it is known of which file.
 * Answers each message from the event loop with exactly one message, but `give-back`, which makes it smaller, and `doubt`, after which
 * the writer looks at its card. Unasked, the writer says when the card falls sick and when it is well again. For storage.ts and staged-state.ts.
 *
 * A failed write or query is an answer; a thread that dies takes the process with it (storage.ts),
 * because a spool without its thread must not go on answering 250. A database that turns out damaged is such a death: the next
 * start finds the mark and sets it aside (salvage.ts).
 */
import path from "node:path";
import { parentPort } from "node:worker_threads";
import { asError, UserError } from "../errors.ts";
import { giveBack } from "../memory.ts";
import { makeRoomToStart } from "./ballast.ts";
import { answerOf, type CardTrouble, CarefulWriter } from "./careful-writer.ts";
import { lockFolder, openDatabase, type SqliteDatabase } from "./database.ts";
import { openState } from "./opening.ts";
import type { Read, ReadAnswers, Write } from "./operations.ts";
import { Reader } from "./reader.ts";
import { finishRestore, type RestoreReport } from "./restore.ts";
import type { SalvageReport } from "./salvage-report.ts";
import { type BuildStep, StagedStateBuilder } from "./staged-state-builder.ts";

export interface ThreadData {
	readonly role: "writer" | "reader" | "builder";
	readonly file: string;
	/** Path of better_sqlite3.node, or empty where node_modules has it. */
	readonly addonFile: string;
}

export interface PutInPlace {
	/** From a backup. */
	readonly restored: RestoreReport | null;
	/** Of a database that was damaged. */
	readonly salvaged: SalvageReport | null;
}

const NOTHING: PutInPlace = { restored: null, salvaged: null };

export type ThreadStart =
	| ({ readonly ready: true } & PutInPlace)
	| { readonly ready: false; readonly code: string; readonly text: string; readonly hint: string };

export interface ReadRequest {
	readonly number: number;
	readonly read: Read;
}

export interface ReadAnswer {
	readonly number: number;
	readonly answer?: ReadAnswers[Read["type"]];
	/** Why there is no answer; `code` is SQLite's or the system's, and absent from a fault of ours. */
	readonly error?: { readonly text: string; readonly code?: string | undefined };
}

/** Something in the state folder could not be written or flushed. */
export interface Doubt {
	readonly doubt: CardTrouble;
}

/** From the writer, unasked: why nothing is saved just now, and null when it is again. */
export interface CardNews {
	readonly card: CardTrouble | null;
}

if (parentPort === null) throw new Error("storage-thread runs as a worker thread only");
const port = parentPort;

/** Why the spool cannot be opened, for the owner. */
function refusalToStart(error: Error, file: string): ThreadStart {
	if (error instanceof UserError) {
		return { ready: false, code: error.code, text: error.message, hint: error.hint };
	}
	const text = `The mail database ${file} cannot be opened: ${error.message}.`;
	const hint =
		"The card may be full or failing: free some space on it, or check it; the mail in it is untouched.";
	return { ready: false, code: "storage-unreadable", text, hint };
}

/** The addon is passed to better-sqlite3 by its exports, so that nothing searches the disk for it. */
function loadAddon(addonFile: string): { addon?: object } {
	if (addonFile === "") return {};
	const module = { exports: {} };
	process.dlopen(module, addonFile);
	return { addon: module.exports };
}

/** Gives what was put in place before the first write. */
function write({ file, addonFile }: ThreadData): PutInPlace {
	const addon = loadAddon(addonFile);
	makeRoomToStart(path.dirname(file));
	const lock = lockFolder(path.dirname(file), addon);
	const { database, salvaged } = openState(file, addon);
	const restored = finishRestore({ stateDir: path.dirname(file), database, ...addon });
	const writer = new CarefulWriter(database, {
		stateDir: path.dirname(file),
		open: () => openDatabase({ file, role: "writer", ...addon }),
		onChange: (trouble) => port.postMessage({ card: trouble ?? null } satisfies CardNews),
	});
	onRequest<readonly Write[] | ReadRequest | Doubt>({
		cache: () => writer.database,
		answer(request) {
			if ("read" in request) {
				port.postMessage(writer.answer(request));
				return;
			}
			if ("doubt" in request) {
				writer.doubt(request.doubt);
				return;
			}
			const startedMs = performance.now();
			const fates = writer.commit(request);
			port.postMessage({ fates, tookMs: performance.now() - startedMs });
		},
		close() {
			writer.close();
			lock.close();
		},
	});
	return { restored, salvaged };
}

function read({ file, addonFile }: ThreadData): PutInPlace {
	const database = openDatabase({ file, role: "reader", ...loadAddon(addonFile) });
	const reader = new Reader(database);
	onRequest<ReadRequest>({
		cache: () => database,
		answer: (request) => port.postMessage(answerOf(reader, request, path.dirname(file))),
		close: () => database.close(),
	});
	return NOTHING;
}

function build({ file, addonFile }: ThreadData): PutInPlace {
	const builder = new StagedStateBuilder({ file, ...loadAddon(addonFile) });
	onRequest<BuildStep>({
		answer: (step) => port.postMessage(builder.take(step)),
		close: () => builder.close(),
	});
	return NOTHING;
}

interface Work<Request> {
	/** Whose cache can be given back. */
	readonly cache?: () => SqliteDatabase;
	answer(request: Request): void;
	close(): void;
}

function onRequest<Request extends object>({ cache, answer, close }: Work<Request>): void {
	port.on("message", (request: Request | "close" | "give-back") => {
		if (typeof request === "object") {
			answer(request);
			return;
		}
		if (request === "give-back") {
			cache?.().pragma("shrink_memory");
			giveBack();
			return;
		}
		close();
		port.close();
	});
}

const ROLES = { writer: write, reader: read, builder: build } as const;

port.once("message", (data: ThreadData) => {
	try {
		port.postMessage({ ready: true, ...ROLES[data.role](data) } satisfies ThreadStart);
	} catch (thrown) {
		port.postMessage(refusalToStart(asError(thrown), data.file));
		port.close();
	}
});
