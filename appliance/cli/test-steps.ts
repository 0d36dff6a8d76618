/**
 * Prints the steps of a test as they come, for `account test` and `device test`: the exit code is 0 when
 * there were some and none failed.
 */
import type { TestStep } from "../services.ts";
import { DONE, FAILED, type Invocation } from "./command.ts";

export async function followTest(
	{ terminal, json }: Invocation,
	steps: AsyncIterable<TestStep>,
	interrupted: AbortSignal,
): Promise<number> {
	let told = 0;
	let faults = 0;
	for await (const step of steps) {
		told += 1;
		if (!step.ok) faults += 1;
		if (json) terminal.jsonLine(step);
		else terminal.print(`${step.ok ? "ok  " : "FAIL"}  ${step.text}`);
	}
	if (interrupted.aborted) terminal.tell("Cancelled.");
	return told > 0 && faults === 0 && !interrupted.aborted ? DONE : FAILED;
}
