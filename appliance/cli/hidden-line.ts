/** A line typed at a terminal without being shown: a passphrase. For run.ts. */
import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";

/** Rejects when the input ends before the line does (Ctrl-D). */
export async function hiddenLine(input: Readable, question: string): Promise<Secret> {
	const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
	// In raw mode Ctrl-C is a character, and no signal.
	lines.on("SIGINT", () => {
		lines.close();
		process.stderr.write("\n");
		process.kill(process.pid, "SIGINT");
	});
	process.stderr.write(question);
	try {
		for await (const line of lines) return new Secret(line);
	} finally {
		lines.close();
		process.stderr.write("\n");
	}
	throw new UserError("no-passphrase", "No passphrase was given; nothing was done.");
}
