/**
 * Runs one command line and gives its exit code. For main.ts and the tests.
 *
 * `UsageError` and `UserError` are told on standard error, in the owner's words; everything else is
 * a fault of ours and goes up to the caller.
 */
import type { Readable } from "node:stream";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { Services } from "../services.ts";
import {
	type ApplianceProgram,
	DONE,
	FAILED,
	type Invocation,
	type Opened,
	USAGE,
	UsageError,
} from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { firstWord, parseCommandLine } from "./parse.ts";
import type { Terminal } from "./terminal.ts";
import { commandsOf } from "./verbs.ts";

export interface Surroundings {
	readonly terminal: Terminal;
	readonly environment: NodeJS.ProcessEnv;
	/** The code of the appliance, for the commands that are it. */
	appliance(): Promise<ApplianceProgram>;
	/** Answers one request of the machine door, from standard input (system/machine/door.ts). */
	machineDoor(root: string): Promise<void>;
	/** Standard input. Asked for only by commands that read it, so that others leave it alone. */
	input(): Readable;
	/** Aborts at Ctrl-C. Asked for only by commands that can be cancelled. */
	interrupted(): AbortSignal;
}

/** @param argv without the interpreter and the script. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
	const { terminal } = surroundings;
	const json = argv.includes("--json");
	try {
		const commands = await commandsOf(firstWord(argv));
		const parsed = parseCommandLine(argv, commands);
		if (parsed.kind === "help") {
			const { helpText } = await import("./help.ts");
			terminal.print(helpText(parsed.topic, commands));
			return DONE;
		}
		const { command, options, operands } = parsed;
		return await command.run(invocationOf({ options, operands }, surroundings));
	} catch (thrown) {
		if (thrown instanceof UsageError) {
			tell(terminal, json, { code: "usage", message: thrown.message, hint: thrown.hint });
			return USAGE;
		}
		if (thrown instanceof UserError) {
			tell(terminal, json, { code: thrown.code, message: thrown.message, hint: thrown.hint });
			return FAILED;
		}
		throw thrown;
	}
}

function invocationOf(
	{ options, operands }: Pick<Invocation, "options" | "operands">,
	{ terminal, environment, appliance, machineDoor, input, interrupted }: Surroundings,
): Invocation {
	const configFile = options.text("config");
	return {
		options,
		operands,
		json: options.flag("json"),
		configFile,
		environment,
		terminal,
		appliance,
		machineDoor,
		inputBytes: () => input(),
		inputLine: () => firstLine(input()),
		inputLines: (signal) => linesOf(input(), signal),
		interrupted,
		services: () => connect(configFile, environment),
		backups: async () => {
			const { remoteBackups } = await import("./remote-backups.ts");
			return openHereOrThere(configFile, environment, remoteBackups, async (where) =>
				(await appliance()).openBackups(where),
			);
		},
		moving: async () => {
			const { remoteMoving } = await import("./remote-moving.ts");
			return openHereOrThere(configFile, environment, remoteMoving, async (where) =>
				(await appliance()).openMoving(where),
			);
		},
		pair: async () => {
			const { remotePairing } = await import("./remote-pairing.ts");
			return remotePairing(await controlClient(configFile, environment));
		},
		checkup: async () => {
			const { remoteCheckup } = await import("./remote-checkup.ts");
			const place = { environment, ...(configFile === undefined ? {} : { configFile }) };
			const offline = async () => {
				const { checkOffline } = await appliance();
				return {
					service: { steps: (signal: AbortSignal) => checkOffline(place, signal) },
					isRunning: false,
					close: () => Promise.resolve(),
				};
			};
			try {
				const remote = (client: ControlClient) => remoteCheckup(client, place);
				return await openHereOrThere(configFile, environment, remote, offline);
			} catch (thrown) {
				// Through such a file nobody is found; what is wrong with it is what is to be said.
				const isFile = thrown instanceof UserError && /^config-(?:syntax|unreadable)$/.test(thrown.code);
				if (isFile) return offline();
				throw thrown;
			}
		},
		canAsk: () => isTerminal(input()),
		askSecret: async (question) => {
			const from = input();
			if (!isTerminal(from)) return new Secret(await firstLine(from));
			const { hiddenLine } = await import("./hidden-line.ts");
			return hiddenLine(from, question);
		},
	};
}

function isTerminal(input: Readable): boolean {
	return "isTTY" in input && input.isTTY === true;
}

const LONGEST_INPUT_LINE = 1_000;

/** Ends with its first line, or with the input if there is none; reads no more than it needs. */
async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
	let text = "";
	for await (const chunk of input) {
		text += chunk.toString();
		if (text.includes("\n") || text.length > LONGEST_INPUT_LINE) break;
	}
	return (text.split("\n")[0] ?? "").replace(/\r$/, "");
}

/**
 * A terminal is put into raw mode meanwhile: in its own line mode it takes no more than 4,096 characters a line
 * (termios(3)), and Microsoft's addresses may be longer.
 */
async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
	const { createInterface } = await import("node:readline");
	const isTyped = isTerminal(input);
	const lines = createInterface({
		input,
		terminal: isTyped,
		...(isTyped ? { output: process.stderr } : {}),
	});
	// In raw mode Ctrl-C is a character, and no signal.
	lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
	const close = () => lines.close();
	signal.addEventListener("abort", close, { once: true });
	try {
		if (!signal.aborted) yield* lines;
	} finally {
		signal.removeEventListener("abort", close);
		lines.close();
	}
}

/** Loaded only by commands that need it, so that `version` and `help` stay quick. */
async function connect(configFile: string | undefined, environment: NodeJS.ProcessEnv): Promise<Services> {
	const [client, { remoteServices }] = await Promise.all([
		controlClient(configFile, environment),
		import("./remote-services.ts"),
	]);
	return remoteServices(client);
}

async function controlClient(
	configFile: string | undefined,
	environment: NodeJS.ProcessEnv,
): Promise<ControlClient> {
	const [{ ControlClient }, { controlSocketCandidates }] = await Promise.all([
		import("./control-client.ts"),
		import("./control-path.ts"),
	]);
	return new ControlClient(await controlSocketCandidates(configFile, environment));
}

/** Of the running appliance; where none runs, of its state folder. */
async function openHereOrThere<Service>(
	configFile: string | undefined,
	environment: NodeJS.ProcessEnv,
	remote: (client: ControlClient) => Service,
	offline: (where: { configFile?: string; environment: NodeJS.ProcessEnv }) => Promise<Opened<Service>>,
): Promise<Opened<Service>> {
	const client = await controlClient(configFile, environment);
	try {
		await client.ask("GET", "/queue/counts");
		return { service: remote(client), isRunning: true, close: () => Promise.resolve() };
	} catch (thrown) {
		if (!(thrown instanceof UserError) || thrown.code !== "not-running") throw thrown;
		return offline({ environment, ...(configFile === undefined ? {} : { configFile }) });
	}
}

function tell(
	terminal: Terminal,
	json: boolean,
	error: { readonly code: string; readonly message: string; readonly hint: string },
): void {
	if (json) {
		terminal.tellJson({ error });
		return;
	}
	// Several lines are mistakes with their places, `file:line:column: …`, which editors read.
	terminal.tell(error.message.includes("\n") ? error.message : `postern: ${error.message}`);
	if (error.hint !== "") terminal.tell(error.hint);
}
