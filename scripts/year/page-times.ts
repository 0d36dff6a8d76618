/** How long the console's pages that go through a year of mail take, as the owner's browser asks for them. Throws where a page is none. */
import type { ConsoleVisitor } from "../../appliance/e2e/console-visitor.ts";
import { median } from "../bench/statistics.ts";

export interface PageTime {
	readonly page: string;
	/** The median of a few. */
	readonly ms: number;
}

const TIMES = 9;

/** `firstDay` as `2027-01-04`. The slowest first. */
export async function slowestPages(owner: ConsoleVisitor, firstDay: string): Promise<readonly PageTime[]> {
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
		for (let time = 0; time < TIMES; time += 1) {
			const beganMs = performance.now();
			const answer = await owner.ask(page);
			await answer.text();
			if (answer.status !== 200) throw new Error(`${page} answers ${answer.status}`);
			took.push(performance.now() - beganMs);
		}
		times.push({ page, ms: median(took) });
	}
	return times.sort((one, other) => other.ms - one.ms);
}
