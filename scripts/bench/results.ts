/**
 * `RESULTS.md` and its chart: every figure with its reference, its spread, what it was measured on and the command that
 * measures it again. Written whole by `npm run bench -- --write`, never by hand.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { chartOf } from "./chart.ts";
import { cells, HEADER, type Line } from "./table.ts";

export const RESULTS_FILE = "scripts/bench/RESULTS.md";
const CHART_NAME = "results.svg";

export interface Results {
	readonly date: Date;
	/** As machine.ts describes it. */
	readonly machine: string;
	readonly runs: number;
	readonly isQuick: boolean;
	/** That it took. */
	readonly minutes: number;
	readonly lines: readonly Line[];
	readonly notes: readonly string[];
	/** What could not be measured, and why. */
	readonly gaps: readonly string[];
}

/** Both files, beside this one. */
export async function publish(results: Results): Promise<void> {
	await writeFile(path.join(import.meta.dirname, CHART_NAME), chartOf(results.lines));
	await writeFile(path.join(import.meta.dirname, path.basename(RESULTS_FILE)), resultsPage(results));
}

export function resultsPage({ date, machine, runs, isQuick, minutes, lines, notes, gaps }: Results): string {
	const command = `npm run bench -- --write${isQuick ? " --quick" : ""}`;
	const parts = [
		"# What Postern does, measured",
		`Written by \`${command}\` on ${date.toISOString().slice(0, 10)}; it took ${minutes} minutes.`,
		...(isQuick ? ["**Short runs: good for seeing whether a change helped, not for quoting.**"] : []),
		machine
			.split(" · ")
			.map((fact) => `- ${fact}`)
			.join("\n"),
		`Messages are of 2 kB unless said otherwise. A cell is the median of ${runs} run(s), with the least and the most; the contenders took turns. *naive* is the same stack as one puts it together on a first afternoon: smtp-server, SQLite on the main thread, a transaction for each message (\`naive.ts\`). *postfix* is Debian's and *haraka* that of the npm registry, both as queueing relays to one smarthost (\`postfix-under-test.ts\` and \`haraka-under-test.ts\` say how they are set up).`,
		`![Postern beside its references](${CHART_NAME})`,
		table(lines),
		...notes.map((note) => `Note: ${note}`),
		...(gaps.length === 0 ? [] : ["## Not measured", gaps.map((gap) => `- ${gap}`).join("\n")]),
		ON_A_PI,
	];
	return `${parts.join("\n\n")}\n`;
}

/** Of several references, each keeps to a line of its own, below the other: the page is not wide. */
function broken(cell: string, column: number): string {
	if (HEADER[column] !== "ratio" || !cell.includes(", ")) return cell;
	return cell
		.split(", ")
		.map((ratio) => ratio.replaceAll(" ", "&nbsp;"))
		.join("<br>");
}

/** Each figure with the command that measures it alone. */
function table(lines: readonly Line[]): string {
	const header = [...HEADER, "again"];
	const rows = lines.map((line) => [
		...cells(line).map(broken),
		`\`npm run bench -- --only ${line.measurement}\``,
	]);
	return [header, header.map(() => "---"), ...rows]
		.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
		.join("\n");
}

const ON_A_PI = `## How to read this on a Pi with a real card

- **Look at the flush first.** The list above says how long one takes on the disk that was measured. On an SD card it is milliseconds to
  tens of milliseconds, and one connection gets no more than one message into each: the lines "flushes 10 ms slower" are the
  ones to go by, not those of a fast disk.
- **Ten connections share a flush**, so the rate with several devices falls much less than the flush gets slower. That is the ratio to
  expect to hold; rates per second are the machine's.
- **Rates that no flush is in** (TLS handshakes, pages of the console, connections) go by the processor. A core of a Pi is several times
  slower than that of a PC: expect that share of them.
- **Bytes written and memory hardly depend on the machine.** Bytes per message times your mail a day is what the card is worn by.
- Measure yours: \`npm run bench\` on the Pi, as root, with TMPDIR on the card.`;
