/**
 * The program under test: the executable that ships where `POSTERN_PROGRAM` names it (scripts/test), else the bundle on the
 * Node that runs the tests.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

const CHECKOUT = path.join(import.meta.dirname, "../..");

/** A command, and what goes before Postern's own arguments. */
export interface Program {
	readonly command: string;
	readonly argv: readonly string[];
	/** Postern is not the process that the command starts but its only child, or that one's: signals are meant for it. */
	readonly isWrapped?: true;
}

/** For a test that puts something of its own into the process: the executable lets nobody. */
export const BUNDLE: Program = {
	command: process.execPath,
	argv: [
		...readFileSync(path.join(CHECKOUT, "scripts/node-flags"), "utf8").split("\n").filter(Boolean),
		path.join(CHECKOUT, "dist/postern.cjs"),
	],
};

const executable = process.env["POSTERN_PROGRAM"];

export const PROGRAM: Program =
	executable === undefined || executable === "" ? BUNDLE : { command: path.resolve(executable), argv: [] };

/** Where a command starts a program inside of others: that program (proc_pid_task_children(5)). */
export function innermostChild(pid: number): number {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
	return children === "" ? pid : innermostChild(Number(children));
}
