/**
 * Gives a large message's passing buffers back while it passes. For whoever streams bodies.
 *
 * Each packet read from a socket is an allocation of up to 64 kB outside the heap, and it is freed
 * only when the garbage collector comes by. The collector goes by the size of the heap, where such a
 * buffer is a few dozen bytes, so a 150 MB message can hold 60 MB of buffers that nobody needs: too
 * much on a board with 512 MB. A minor collection takes about a millisecond.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "minor" | "major" }) => void;

/** Buffers let through between two collections. */
const PASSING_BYTES = 4 * 1024 * 1024;

let collect: Collect | undefined;
let passedBytes = 0;

/** Counts a buffer that was passed on and is not kept. */
export function passed(sizeBytes: number): void {
	passedBytes += sizeBytes;
	if (passedBytes < PASSING_BYTES) return;
	passedBytes = 0;
	collect ??= exposeCollector();
	collect({ type: "minor" });
}

/** After something large and brief, such as a start with a long queue: what it left is given back. */
export function giveBack(): void {
	collect ??= exposeCollector();
	collect({ type: "major" });
}

function exposeCollector(): Collect {
	setFlagsFromString("--expose-gc");
	const exposed = runInNewContext("gc") as Collect;
	// The flag is for the context just made; later ones need not have it.
	setFlagsFromString("--no-expose-gc");
	return exposed;
}
