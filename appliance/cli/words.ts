/** Times, sizes and counts as people read them. */
import type { AccountWaits } from "../services.ts";

/** ISO 8601 to the minute in local time, `2026-11-20 12:38`; `-` for none. */
export function localTime(iso: string | null): string {
	if (iso === null) return "-";
	const date = new Date(iso);
	if (Number.isNaN(date.getTime())) return iso;
	const [year, month, day, hour, minute] = [
		date.getFullYear(),
		date.getMonth() + 1,
		date.getDate(),
		date.getHours(),
		date.getMinutes(),
	].map((part) => String(part).padStart(2, "0"));
	return `${year}-${month}-${day} ${hour}:${minute}`;
}

/** `Waits until 2026-11-20 14:05: Microsoft's limit of 10,000 recipients a day`; empty for none. */
export function waitsText(waits: AccountWaits | null): string {
	return waits === null ? "" : `Waits until ${localTime(waits.until)}: ${waits.why}`;
}

const SIZE_UNITS = ["kB", "MB", "GB", "TB"] as const;

/** Decimal units, as on the box of a memory card: `512 B`, `2.0 kB`, `12 GB`. */
export function size(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	let value = bytes;
	let unit: string = "B";
	for (const next of SIZE_UNITS) {
		// 999.95 would be written as 1000.0, so it belongs to the next unit.
		if (value < 999.5) break;
		value /= 1000;
		unit = next;
	}
	return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/** `1 message`, `2 messages`. */
export function count(number: number, singular: string): string {
	return `${number} ${singular}${number === 1 ? "" : "s"}`;
}
