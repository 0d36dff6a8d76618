/**
 * In which order the writes of a group are applied, so that they change few pages: what leaves the queue goes first, so
 * that the pages it frees are used again at once, what comes into it last, and both in the order of their ids,
 * which fills pages one after the other. For writer.ts. Pure.
 *
 * The writes of a group were all asked for before any was on the card. What more than one of them is about
 * keeps its place all the same: cause stays before effect.
 */
import type { Write } from "./operations.ts";

/** The writes with their places in the group. */
export function inWritingOrder(
	writes: readonly Write[],
): readonly (readonly [place: number, write: Write])[] {
	const times = new Map<number, number>();
	for (const id of writes.flatMap(idsOf)) times.set(id, (times.get(id) ?? 0) + 1);
	const keyOf = (write: Write): readonly [turn: number, id: number] => {
		const [id = 0] = idsOf(write);
		if (times.get(id) !== 1) return IN_PLACE;
		if (write.type === "finish") return [0, id];
		return write.type === "enqueue" ? [2, id] : IN_PLACE;
	};
	return writes
		.map((write, place) => ({ entry: [place, write] as const, key: keyOf(write) }))
		.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1])
		.map(({ entry }) => entry);
}

const IN_PLACE = [1, 0] as const;

/** The messages that a write is about. */
function idsOf(write: Write): readonly number[] {
	if (write.type === "enqueue") return [write.message.id];
	if (write.type === "announce")
		return write.bounce === null ? [write.id] : [write.id, write.bounce.message.id];
	if ("ids" in write) return write.ids;
	return "id" in write ? [write.id] : [];
}
