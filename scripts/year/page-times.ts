/**
 * How long the console's pages that go through a year of mail take, as the owner's browser asks for them, and how much of that the
 * box's processor worked: on a machine that others keep busy the rest is theirs. Throws where a page is none.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { ConsoleVisitor } from "../../appliance/e2e/console-visitor.ts";
import { median } from "../bench/statistics.ts";

export interface PageTime {
	readonly page: string;
	/** The medians of a few. */
	readonly ms: number;
	readonly processorMs: number;
}

const TIMES = 9;

/** `firstDay` as `2027-01-04`. The slowest first. */
export async function slowestPages(
	owner: ConsoleVisitor,
	pid: number,
	firstDay: string,
): Promise<readonly PageTime[]> {
	const pages = [
		"/?span=month",
		"/mail",
		"/mail?state=failed",
		"/mail?device=Plotter",
		"/mail?q=person.17%40example.com",
		"/mail?q=nothing-of-that-name",
		`/mail?from=${firstDay}&until=${firstDay}`,
		"/devices",
	];
	const times: PageTime[] = [];
	for (const page of pages) {
		const took: number[] = [];
		const worked: number[] = [];
		for (let time = 0; time < TIMES; time += 1) {
			const [beganMs, before] = [performance.now(), processorMs(pid)];
			const answer = await owner.ask(page);
			await answer.text();
			if (answer.status !== 200) throw new Error(`${page} answers ${answer.status}`);
			took.push(performance.now() - beganMs);
			worked.push(processorMs(pid) - before);
		}
		times.push({ page, ms: median(took), processorMs: median(worked) });
	}
	return times.sort((one, other) => other.ms - one.ms);
}

/** Of all threads there are just now (Documentation/scheduler/sched-stats, /proc/PID/schedstat). */
export function processorMs(pid: number): number {
	const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
		try {
			return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
		} catch {
			// It has ended in between.
			return 0;
		}
	});
	return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}
