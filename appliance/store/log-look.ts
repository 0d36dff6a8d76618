/**
 * Looks at the write-ahead log before SQLite does (sqlite.org/walformat.html). Where a sum is wrong SQLite takes the log to end, and says
 * nothing: right for the end of a log that was being written when the power went, and the loss of all that follows where a byte
 * has changed on the card. For opening.ts. Pure.
 *
 * One changed byte is put right where the sums tell which it was (log-checksum.ts). More is found out where a whole later commit follows,
 * which was flushed after it; the last commit alone may never have been flushed, and counts for nothing then.
 */
import { isAlmostSame, isSame, mendByte, type Sum, sumOf } from "./log-checksum.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const VERSION = 3_007_000;

/** A page as the log has it; of one that could not be put right, with what is wrong in it. */
export interface LoggedPage {
	readonly pageNumber: number;
	readonly content: Buffer;
}

export interface LogLook {
	/** `lost`: commits that were flushed cannot be told any more by SQLite. */
	readonly state: "empty" | "whole" | "mended" | "lost";
	/** Of `mended`: the log as it was. */
	readonly mended?: Buffer;
	/** What of it is committed, in order, as far as it can be read. */
	readonly pages: readonly LoggedPage[];
	/** Pages of the file after the last of these commits; 0 when there is none. */
	readonly filePages: number;
}

const EMPTY: LogLook = { state: "empty", pages: [], filePages: 0 };

interface Frame extends LoggedPage {
	/** 0, or of a commit the pages of the file after it. */
	readonly filePages: number;
	readonly isRight: boolean;
	/** One byte of it has changed, whichever: it was whole on the card. */
	readonly wasWhole: boolean;
}

/** `log` is changed where it is mended. */
export function lookAtLog(log: Buffer, pageBytes: number): LogLook {
	if (log.length < HEADER_BYTES || log.subarray(0, HEADER_BYTES).every((byte) => byte === 0)) return EMPTY;
	const header = lookAtHeader(log, pageBytes);
	if (header === undefined) return { ...EMPTY, state: hasFrames(log, pageBytes) ? "lost" : "empty" };
	const found = lookAtFrames(log, pageBytes, header);
	const { frames } = found;
	const broken = frames.findIndex(({ isRight }) => !isRight);
	const commits = frames.flatMap(({ filePages }, index) => (filePages > 0 ? [index] : []));
	const follows = commits.filter((index) => index >= broken).length;
	const isLost = broken >= 0 && (follows > 1 || (follows === 1 && frames[broken]?.wasWhole === true));
	const last = commits.findLast((index) => isLost || broken < 0 || index < broken) ?? -1;
	const wasMended = header.wasMended || found.wasMended;
	return {
		state: isLost ? "lost" : wasMended ? "mended" : last < 0 ? "empty" : "whole",
		...(wasMended && !isLost ? { mended: log } : {}),
		pages: frames.slice(0, last + 1),
		filePages: frames[last]?.filePages ?? 0,
	};
}

interface Header {
	readonly isBig: boolean;
	readonly salts: Buffer;
	readonly sum: Sum;
	readonly wasMended: boolean;
}

function lookAtHeader(log: Buffer, pageBytes: number): Header | undefined {
	const head = log.subarray(0, 24);
	const isBig = (log.readUInt32BE(0) & 1) === 1 && log.readUInt32BE(0) !== MAGIC_LITTLE;
	const stored: Sum = [log.readInt32BE(24), log.readInt32BE(28)];
	const result = (wasMended: boolean): Header => {
		const sum: Sum = [log.readInt32BE(24), log.readInt32BE(28)];
		return { isBig: (log.readUInt32BE(0) & 1) === 1, salts: log.subarray(16, 24), sum, wasMended };
	};
	const found = sumOf(head, [0, 0], isBig);
	if (isSame(found, stored)) return isHeader(head, pageBytes) ? result(false) : undefined;
	if (isAlmostSame(found, stored) && isHeader(head, pageBytes)) {
		putSum(log, 24, found);
		return result(true);
	}
	// The magic number itself may be what has changed, and with it the order of the bytes.
	for (const order of [false, true]) {
		const copy = Buffer.from(head);
		if (mendByte(copy, [0, 0], stored, order) !== "mended" || !isHeader(copy, pageBytes)) continue;
		copy.copy(log);
		return result(true);
	}
	return undefined;
}

function isHeader(head: Buffer, pageBytes: number): boolean {
	const magic = head.readUInt32BE(0);
	return (
		(magic === MAGIC_LITTLE || magic === MAGIC_LITTLE + 1) &&
		head.readUInt32BE(4) === VERSION &&
		head.readUInt32BE(8) === pageBytes
	);
}

function lookAtFrames(
	log: Buffer,
	pageBytes: number,
	{ isBig, salts, sum: start }: Header,
): { readonly frames: readonly Frame[]; readonly wasMended: boolean } {
	const frames: Frame[] = [];
	const size = FRAME_HEADER_BYTES + pageBytes;
	let sum = start;
	let wasMended = false;
	for (let at = HEADER_BYTES; at + size <= log.length; at += size) {
		const frame = log.subarray(at, at + size);
		const summed = Buffer.concat([frame.subarray(0, 8), frame.subarray(FRAME_HEADER_BYTES)]);
		const stored: Sum = [frame.readInt32BE(16), frame.readInt32BE(20)];
		const found = sumOf(summed, sum, isBig);
		const hasSalts = frame.subarray(8, 16).equals(salts);
		let verdict: "right" | "mended" | "unsure" | "no" = isSame(found, stored) && hasSalts ? "right" : "no";
		if (verdict === "no" && hasSalts && isAlmostSame(found, stored)) {
			putSum(frame, 16, found);
			verdict = "mended";
		} else if (verdict === "no" && isSame(found, stored) && saltsAreNear(frame, salts)) {
			salts.copy(frame, 8);
			verdict = "mended";
		} else if (verdict === "no" && hasSalts) {
			verdict = mendByte(summed, sum, stored, isBig);
			summed.copy(frame, 0, 0, 8);
			summed.copy(frame, FRAME_HEADER_BYTES, 8);
		} else if (verdict === "no") {
			// Of an earlier round of the log, or never written: here it ends.
			break;
		}
		wasMended ||= verdict === "mended";
		frames.push({
			pageNumber: frame.readUInt32BE(0),
			filePages: frame.readUInt32BE(4),
			content: Buffer.from(frame.subarray(FRAME_HEADER_BYTES)),
			isRight: verdict === "right" || verdict === "mended",
			wasWhole: verdict !== "no",
		});
		// What follows one that is wrong is judged by what it should have come to.
		sum = [frame.readInt32BE(16), frame.readInt32BE(20)];
	}
	return { frames, wasMended };
}

function saltsAreNear(frame: Buffer, salts: Buffer): boolean {
	return frame.subarray(8, 16).filter((byte, index) => byte !== salts[index]).length === 1;
}

/** Two frames in a row whose sums agree, under a header that cannot be read. */
function hasFrames(log: Buffer, pageBytes: number): boolean {
	const size = FRAME_HEADER_BYTES + pageBytes;
	if (log.length < HEADER_BYTES + 2 * size) return false;
	const [first, second] = [0, 1].map((index) =>
		log.subarray(HEADER_BYTES + index * size, HEADER_BYTES + (index + 1) * size),
	);
	if (first === undefined || second === undefined) return false;
	const summed = Buffer.concat([second.subarray(0, 8), second.subarray(FRAME_HEADER_BYTES)]);
	const start: Sum = [first.readInt32BE(16), first.readInt32BE(20)];
	const stored: Sum = [second.readInt32BE(16), second.readInt32BE(20)];
	return [false, true].some((isBig) => isSame(sumOf(summed, start, isBig), stored));
}

function putSum(bytes: Buffer, at: number, [first, second]: Sum): void {
	bytes.writeInt32BE(first, at);
	bytes.writeInt32BE(second, at + 4);
}
