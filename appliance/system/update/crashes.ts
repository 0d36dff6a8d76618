/**
 * How often Postern has ended unexpectedly, and how often the box was started again for it, as the image's own guard notes it
 * (image/overlay/usr/lib/postern/crashed). For update-desk.ts. Where there is no such file, none.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";

/** A line each: `2026-11-26T10:00:00Z watchdog`; the guard's own are `reboot`. Bounded by who writes it. */
const FILE = "/data/system/crashes";
const MOST_LINES = 200;
const DAY_MS = 24 * 60 * 60_000;

export interface Crashes {
	/** As many as are on record. */
	readonly total: number;
	readonly lastDay: number;
	/** Times that the box was started again because Postern did not stay up. */
	readonly reboots: number;
	readonly lastAt: string | null;
	/** systemd's word for how the last one ended: `exit-code`, `signal`, `watchdog`, `oom-kill`; or empty. */
	readonly lastResult: string;
}

export async function crashesOf(root: string, nowMs: number): Promise<Crashes> {
	const text = await readFile(path.join(root, FILE), "utf8").catch(() => "");
	const lines = text.split("\n").slice(-MOST_LINES);
	const events = lines.flatMap((line) => {
		const [, at = "", what = ""] = /^(\S{20,30}) ([a-z-]{1,30})$/.exec(line) ?? [];
		return Number.isNaN(Date.parse(at)) ? [] : [{ at: new Date(at).toISOString(), what }];
	});
	const crashes = events.filter(({ what }) => what !== "reboot");
	const last = crashes.at(-1);
	return {
		total: crashes.length,
		lastDay: crashes.filter(({ at }) => Math.abs(nowMs - Date.parse(at)) < DAY_MS).length,
		reboots: events.length - crashes.length,
		lastAt: last?.at ?? null,
		lastResult: last?.what ?? "",
	};
}
