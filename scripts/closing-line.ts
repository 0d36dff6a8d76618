/**
 * Turns vitest's JSON report into the closing line of a continuous-integration run:
 * `N passed, N failed, N skipped`. Fails when there is no report or no test in it.
 */
import { readFileSync } from "node:fs";

interface Report {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: closing-line.ts REPORT.json");
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
if (report.numPassedTests + report.numFailedTests === 0) process.exitCode = 1;
