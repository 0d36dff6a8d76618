/**
 * The program: command line -> command -> exit code. The only place that ends the process.
 *
 * A fault nobody expected is logged at the highest priority and ends it with 1; systemd starts it
 * again, and the queue's leases see to it that nothing is lost. Commands load lazily, so that
 * `postern version` does not wait for the appliance's code.
 */
import { asError, errorCode } from "./errors.ts";
import { openLog } from "./log.ts";

const FAULT = 1;

function die(event: string, thrown: unknown): never {
	const error = asError(thrown);
	openLog("crit").crit(event, { error: error.stack ?? error.message });
	process.exit(FAULT);
}

process.on("uncaughtException", (error) => die("uncaught-exception", error));
process.on("unhandledRejection", (reason) => die("unhandled-rejection", reason));

/** `postern queue list | head`: the reader has enough, which is no fault. */
function endQuietlyWithoutReader(thrown: Error): void {
	if (errorCode(thrown) === "EPIPE") process.exit(process.exitCode ?? 0);
	die("output-fault", thrown);
}
process.stdout.on("error", endQuietlyWithoutReader);
process.stderr.on("error", endQuietlyWithoutReader);

let interruption: AbortController | undefined;

/** From the first call on, Ctrl-C aborts this signal; a second one ends the process at once. */
function interrupted(): AbortSignal {
	if (interruption === undefined) {
		const controller = new AbortController();
		interruption = controller;
		process.once("SIGINT", () => {
			process.once("SIGINT", () => process.exit(FAULT));
			controller.abort();
		});
	}
	return interruption.signal;
}

async function main(): Promise<void> {
	const [{ run }, { Terminal }] = await Promise.all([import("./cli/run.ts"), import("./cli/terminal.ts")]);
	const exitCode = await run(process.argv.slice(2), {
		terminal: new Terminal(process.stdout, process.stderr),
		environment: process.env,
		appliance: () => import("./running.ts"),
		machineDoor: async (root) => {
			// Whoever asked may go; what is under way is carried to its end.
			process.stdout.off("error", endQuietlyWithoutReader).on("error", () => undefined);
			const { answerOneRequest } = await import("./system/machine/door.ts");
			return answerOneRequest({ input: process.stdin, output: process.stdout, root });
		},
		input: () => process.stdin,
		interrupted,
	});
	process.exitCode = exitCode;
	// What is still in a pipe must be read before the end, and nothing left open may delay it.
	process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
}

main().catch((thrown: unknown) => die("command-fault", thrown));
