/**
 * The moments at which the power is cut, and what the card has then. Pure.
 *
 * At a flush all is on the card that was written before. Between two flushes the card may have kept any part of what
 * was written since the first of them, in any order: a card has a cache of its own and writes it as it likes.
 */
import type { Random } from "./random.ts";
import type { LoggedWrite } from "./write-log.ts";

export interface Cut {
	/** All writes before this one are on the card. */
	readonly flushed: number;
	/** And these parts of later ones. */
	readonly kept: readonly KeptPart[];
	/** The writes before this one had been asked for: whoever was answered by then must be right. */
	readonly reached: number;
}

export interface KeptPart {
	readonly write: number;
	/** Sectors of the write. */
	readonly from: number;
	readonly to: number;
}

/** Blocks of the file system are written whole (4 KiB). */
const BLOCK_SECTORS = 8;
const WHOLE_SHARE = 0.4;
const TORN_SHARE = 0.2;

/** Every flush, and one moment before each of them that has anything unflushed. In the order of the log. */
export function cutsOf(writes: readonly LoggedWrite[], random: Random): readonly Cut[] {
	const cuts: Cut[] = [];
	let begin = 0;
	for (const [index, { isFlush }] of writes.entries()) {
		if (!isFlush) continue;
		if (index > begin) cuts.push(between(writes, begin, random.between(begin + 1, index), random));
		begin = index + 1;
		cuts.push({ flushed: begin, kept: [], reached: begin });
	}
	return cuts;
}

function between(writes: readonly LoggedWrite[], flushed: number, reached: number, random: Random): Cut {
	const kept: KeptPart[] = [];
	for (let write = flushed; write < reached; write += 1) {
		const sectors = writes[write]?.sectors ?? 0;
		const fate = random.next();
		if (fate < WHOLE_SHARE) kept.push({ write, from: 0, to: sectors });
		else if (fate < WHOLE_SHARE + TORN_SHARE) kept.push(tornOf(write, sectors, random));
	}
	return { flushed, kept, reached };
}

function tornOf(write: number, sectors: number, random: Random): KeptPart {
	const blocks = Math.ceil(sectors / BLOCK_SECTORS);
	const from = random.between(0, Math.max(0, blocks - 1));
	const to = random.between(from, blocks);
	return { write, from: from * BLOCK_SECTORS, to: Math.min(sectors, to * BLOCK_SECTORS) };
}
