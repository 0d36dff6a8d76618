/**
 * The files that travel with the program: inside the executable, or beside the bundle in a checkout. For whoever needs
 * one. Throws the system's error when it is not there.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { getRawAsset, isSea } from "node:sea";

export const EMBEDDED = { addon: "better_sqlite3.node", licenses: "LICENSES.txt" } as const;

type EmbeddedName = (typeof EMBEDDED)[keyof typeof EMBEDDED];

/** The program is one executable. */
export const isExecutable = isSea();

export function embeddedContent(name: EmbeddedName): Uint8Array {
	return isExecutable ? new Uint8Array(getRawAsset(name)) : readFileSync(embeddedBeside(name));
}

/** The file beside the bundle; there is none beside the executable. */
export function embeddedBeside(name: EmbeddedName): string {
	return path.join(path.dirname(process.argv[1] ?? ""), name);
}
