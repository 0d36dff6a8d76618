/**
 * How a program of either architecture runs on this machine: the foreign one under QEMU, with a C library of its own from
 * Debian beside it. For blob.ts and the tests. Throws what apt says when the library cannot be had.
 */
import type { Architecture } from "./architecture.ts";
import { libraryRoot } from "./libraries.ts";

/** What goes before a program's own path and arguments. */
export function commandFor(architecture: Architecture): readonly string[] {
	if (architecture.name === process.arch) return [];
	return [architecture.emulator, "-L", libraryRoot(architecture)];
}
