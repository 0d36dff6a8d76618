/** Where `backup` and `restore` get the passphrase: from a file, from the person at the terminal, or from a pipe. */
import { readFile } from "node:fs/promises";
import { errorCode, UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { Invocation, OptionSpec } from "./command.ts";

export const PASSPHRASE_OPTION: OptionSpec = {
	type: "string",
	value: "FILE",
	help: "the passphrase is the first line of this file; else it is asked for, or read from standard input",
};

/** To open something with. */
export async function passphrase(invocation: Invocation): Promise<Secret> {
	const file = invocation.options.text("passphrase-file");
	return file === undefined ? invocation.askSecret("Passphrase of the backup: ") : firstLineOf(file);
}

/** Typed twice where it is typed: nobody can open the backup with another than the one that was meant. */
export async function newPassphrase(invocation: Invocation): Promise<Secret> {
	const file = invocation.options.text("passphrase-file");
	if (file !== undefined) return firstLineOf(file);
	const first = await invocation.askSecret("A passphrase for the backup: ");
	if (!invocation.canAsk()) return first;
	const second = await invocation.askSecret("The same again: ");
	if (first.reveal() === second.reveal()) return first;
	throw new UserError("passphrase-differs", "The two passphrases are not the same; nothing was done.");
}

async function firstLineOf(file: string): Promise<Secret> {
	try {
		const [line = ""] = (await readFile(file, "utf8")).split("\n");
		return new Secret(line.replace(/\r$/, ""));
	} catch (error) {
		throw new UserError(
			"passphrase-file-unreadable",
			`The passphrase file ${file} cannot be read (${errorCode(error) ?? "unknown error"}).`,
			"Check the path after --passphrase-file.",
			{ cause: error },
		);
	}
}
