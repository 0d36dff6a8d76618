/**
 * Where the addons can be loaded from: SQLite's, for threads.ts, which hands the path to each storage thread; and the
 * one that gives memory back, for the composition root.
 *
 * The executable carries it inside. The loader of the operating system wants a file, so it gets one that has no
 * name: nothing is left behind when the process dies in whatever way, and nobody can exchange it in between.
 * Throws `UserError` when no folder takes a file that may be loaded.
 */
import { randomUUID } from "node:crypto";
import { closeSync, constants, openSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EMBEDDED, embeddedBeside, embeddedContent, isExecutable } from "../embedded.ts";
import { asError, UserError } from "../errors.ts";
import type { SystemMemory } from "../memory.ts";
import { isBuilt } from "../version.ts";

let unnamed: string | undefined;

/** A path for `process.dlopen`, good as long as the process lives; empty where node_modules has the addon. */
export function addonFile(stateDir: string): string {
	if (isExecutable) {
		unnamed ??= unnamedFile(embeddedContent(EMBEDDED.addon), stateDir);
		return unnamed;
	}
	return isBuilt ? embeddedBeside(EMBEDDED.addon) : "";
}

/**
 * Means to give memory back to the system, for the whole process. Undefined where the program is no executable. Throws
 * as `addonFile`.
 */
export function loadSystemMemory(stateDir: string): SystemMemory | undefined {
	if (!isExecutable) return undefined;
	const module = { exports: {} };
	process.dlopen(module, unnamedFile(embeddedContent(EMBEDDED.trimAddon), stateDir));
	return module.exports as SystemMemory;
}

/** In memory where that is possible; the state folder is the one place that a read-only system has for certain. */
function unnamedFile(content: Uint8Array, stateDir: string): string {
	const folders = [process.env["RUNTIME_DIRECTORY"], "/dev/shm", tmpdir(), stateDir];
	const refusals: string[] = [];
	for (const folder of folders) {
		if (folder === undefined || folder === "") continue;
		try {
			return loadable(content, folder);
		} catch (thrown) {
			refusals.push(`${folder}: ${asError(thrown).message}`);
		}
	}
	throw new UserError(
		"addon-unloadable",
		`The database engine cannot be loaded: no folder takes a program file (${refusals.join("; ")}).`,
		"Mount one of these folders without noexec, with 3 MB free.",
	);
}

function loadable(content: Uint8Array, folder: string): string {
	const name = path.join(folder, `.postern-${randomUUID()}`);
	const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY } = constants;
	const writing = openSync(name, O_CREAT | O_EXCL | O_WRONLY, 0o500);
	let descriptor: number;
	try {
		writeFileSync(writing, content);
		descriptor = openSync(name, O_RDONLY);
	} finally {
		closeSync(writing);
		unlinkSync(name);
	}
	const file = `/proc/self/fd/${descriptor}`;
	try {
		// A folder mounted with noexec shows itself here.
		process.dlopen({ exports: {} }, file);
		return file;
	} catch (thrown) {
		closeSync(descriptor);
		throw thrown;
	}
}
