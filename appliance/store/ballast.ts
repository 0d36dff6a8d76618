/**
 * A file that holds a little room on the card for the start that finds none: the database cannot even be opened for reading without a few
 * pages beside it. Given up then, so that devices get their answer and the owner can delete; made again by a start that finds room. For storage-thread.ts.
 */
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { errorCode } from "../errors.ts";

const BALLAST_FILE = "ballast";
/** SQLite's index of its log, and a log of what leaves a full queue. */
const BALLAST_BYTES = 1_048_576;
/** With less than this free it is left to others. */
const PLENTY_BYTES = 16 * BALLAST_BYTES;

export function makeRoomToStart(stateDir: string): void {
	const file = path.join(stateDir, BALLAST_FILE);
	const { bavail, bsize } = statfsSync(stateDir);
	const freeBytes = bavail * bsize;
	try {
		if (freeBytes < BALLAST_BYTES) rmSync(file, { force: true });
		else if (freeBytes > PLENTY_BYTES && !existsSync(file)) {
			writeFileSync(file, Buffer.alloc(BALLAST_BYTES), { mode: 0o600 });
		}
	} catch (thrown) {
		// What is wrong with the card, opening the database says.
		if (errorCode(thrown) === undefined) throw thrown;
	}
}
