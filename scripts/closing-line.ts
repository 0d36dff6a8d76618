/**
 * Adds vitest's JSON reports up to the closing line of a continuous-integration run:
 * `N passed, N failed, N skipped`. One that is not there, or has no test in it, counts as a failure, and fails.
 */
import { existsSync, readFileSync } from "node:fs";

interface Report {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
}

const NOTHING_RAN: Report = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };

function reportOf(file: string): Report {
	if (!existsSync(file)) return NOTHING_RAN;
	const report = JSON.parse(readFileSync(file, "utf8")) as Report;
	return report.numPassedTests + report.numFailedTests === 0 ? NOTHING_RAN : report;
}

const files = process.argv.slice(2);
if (files.length === 0) throw new Error("usage: closing-line.ts REPORT.json…");
const reports = files.map(reportOf);
const sum = (counted: (report: Report) => number) =>
	reports.reduce((total, report) => total + counted(report), 0);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
console.log(
	`${sum((report) => report.numPassedTests)} passed, ${sum((report) => report.numFailedTests)} failed, ${skipped} skipped`,
);
if (reports.includes(NOTHING_RAN)) process.exitCode = 1;
