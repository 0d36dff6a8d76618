/**
 * Reads sizes such as `150MB`, for the configuration. Pure; a bad text gives a `Refusal`.
 *
 * Decimal units are decimal, as on the label of a memory card and in Microsoft's limits: 1 MB is
 * 1,000,000 bytes. Who means 1,048,576 writes `MiB`.
 */

import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { Refusal } from "./refusal.ts";

const UNIT_BYTES: Readonly<Record<string, number>> = {
	"": 1,
	b: 1,
	k: 1e3,
	kb: 1e3,
	kib: 2 ** 10,
	m: 1e6,
	mb: 1e6,
	mib: 2 ** 20,
	g: 1e9,
	gb: 1e9,
	gib: 2 ** 30,
};
const SIZE = /^(\d{1,12}(?:\.\d{1,3})?) ?([kmg]?i?b?)$/i;

export interface SizeBounds {
	readonly leastBytes: number;
	readonly mostBytes: number;
}

/** A size in bytes, from `150MB`, `64 KiB`, `1.5G` or a bare number of bytes. */
export function readSize(value: string | number, bounds: SizeBounds): number | Refusal {
	const [, amount, unit] = SIZE.exec(String(value).trim()) ?? [];
	const unitBytes = UNIT_BYTES[(unit ?? "").toLowerCase()];
	if (amount === undefined || unitBytes === undefined) {
		return new Refusal(CONFIGURING.noSize);
	}
	const bytes = Math.round(Number(amount) * unitBytes);
	if (bytes < bounds.leastBytes)
		return new Refusal(say(CONFIGURING.tooSmall, { least: formatSize(bounds.leastBytes) }));
	if (bytes > bounds.mostBytes)
		return new Refusal(say(CONFIGURING.tooLarge, { most: formatSize(bounds.mostBytes) }));
	return bytes;
}

/** The shortest text that `readSize` reads as exactly this many bytes: `150MB`, `64KiB`, `1001B`. */
export function formatSize(bytes: number): string {
	for (const [unit, unitBytes] of [
		["GB", 1e9],
		["MB", 1e6],
		["GiB", 2 ** 30],
		["MiB", 2 ** 20],
		["kB", 1e3],
		["KiB", 2 ** 10],
	] as const) {
		if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes}${unit}`;
	}
	return `${bytes}B`;
}
