/**
 * What a command of the command line is: its words, its help and what it runs. One table of these
 * (verbs.ts) is the parser's grammar and the help text alike.
 *
 * `run` gives the exit code: 0 done, 1 failed. It throws `UserError` for what the owner can mend
 * (exit 1) and `UsageError` for what was typed wrongly (exit 2).
 */

import type { MovingDraft } from "../console-services/moving.ts";
import type { BackupService, MovingService, MovingSource } from "../console-services.ts";
import type { Secret } from "../secret.ts";
import type { Services, TestStep } from "../services.ts";
import type { Options } from "./options.ts";
import type { RemotePair } from "./remote-pairing.ts";
import type { Terminal } from "./terminal.ts";

export const DONE = 0;
export const FAILED = 1;
export const USAGE = 2;

export interface OptionSpec {
	readonly type: "string" | "boolean";
	/** May be given several times. */
	readonly multiple?: true;
	/** How the value is called in the help, `CIDR`. */
	readonly value?: string;
	readonly help: string;
	readonly choices?: readonly string[];
	readonly short?: string;
}

export interface Command {
	/** One or two words, `queue list`. */
	readonly name: string;
	/** One line, without a full stop. */
	readonly summary: string;
	readonly operands?: { readonly text: string; readonly least: number; readonly most: number };
	readonly options?: Readonly<Record<string, OptionSpec>>;
	/** More lines for `--help`. */
	readonly details?: string;
	run(invocation: Invocation): Promise<number>;
}

/** What serve and sandbox start; both resolve with the exit code after everything has shut down. */
export interface ApplianceProgram {
	runServe(options: { configFile?: string; environment: NodeJS.ProcessEnv }): Promise<number>;
	runSandbox(options: {
		configFile?: string;
		environment: NodeJS.ProcessEnv;
		json: boolean;
	}): Promise<number>;
	/** Of the mail database: the newest this program knows, and what a program must know to open what this one writes. */
	readonly stateFormat: { readonly newest: number; readonly oldestReader: number };
	/** On the state folder of an appliance that does not run. Throws `already-running` when it does. */
	openBackups(options: { configFile?: string; environment: NodeJS.ProcessEnv }): Promise<OpenedBackups>;
	/** The same for moving in. */
	openMoving(options: { configFile?: string; environment: NodeJS.ProcessEnv }): Promise<OpenedMoving>;
	/** Of an appliance that does not run, what would keep it from running. */
	checkOffline(
		options: { configFile?: string; environment: NodeJS.ProcessEnv },
		signal: AbortSignal,
	): AsyncIterable<TestStep>;
	/** Takes what lies on the boot partition (seeding.ts). */
	seed(places: { readonly boot: string; readonly root: string }): Promise<void>;
	/** What another program left behind, read from its files. Throws `UserError` where they are not what they should be. */
	readSource(
		source: MovingSource,
		files: { readonly file: string; readonly environmentFile?: string },
	): Promise<MovingDraft>;
}

export interface Opened<Service> {
	readonly service: Service;
	/** An appliance is asked; else what is done is done on its state folder. */
	readonly isRunning: boolean;
	/** Must be called; where no appliance runs, a backup that was applied is put in place then. */
	close(): Promise<void>;
}

/** What is wrong and what is right, as it is found. */
export interface CheckupService {
	steps(signal: AbortSignal): AsyncIterable<TestStep>;
}

export type OpenedBackups = Opened<BackupService>;
export type OpenedMoving = Opened<MovingService>;

/** One call of a command. */
export interface Invocation {
	readonly operands: readonly string[];
	readonly options: Options;
	readonly json: boolean;
	/** As given with `--config`. */
	readonly configFile: string | undefined;
	readonly environment: NodeJS.ProcessEnv;
	readonly terminal: Terminal;
	/** The code of the appliance itself, loaded at the first call. */
	appliance(): Promise<ApplianceProgram>;
	/** Answers one request of the machine door, from standard input to standard output. */
	machineDoor(root: string): Promise<void>;
	/** The running appliance, over its control socket. Throws `not-running` at the first question. */
	services(): Promise<Services>;
	/** Of the running appliance, or, where none runs, of its state folder. */
	backups(): Promise<OpenedBackups>;
	/** The same for moving in. */
	moving(): Promise<OpenedMoving>;
	/** Of the running appliance. Throws `not-running` at the first question. */
	pair(): Promise<RemotePair>;
	/** Of the running appliance, or of one that does not run. */
	checkup(): Promise<Opened<CheckupService>>;
	/** Somebody sits at standard input and can be asked. */
	canAsk(): boolean;
	/** Typed without being shown; or, where nobody can be asked, the first line of standard input. */
	askSecret(question: string): Promise<Secret>;
	/** All of standard input. */
	inputBytes(): AsyncIterable<Uint8Array>;
	/** The lines of standard input as they come; when `signal` aborts, or the input ends, there are no more. */
	inputLines(signal: AbortSignal): AsyncIterable<string>;
	/** The first line of standard input, without its end: for what must not stand in a command line. */
	inputLine(): Promise<string>;
	/** Aborts at Ctrl-C; from the first call on, Ctrl-C no longer ends the process by itself. */
	interrupted(): AbortSignal;
}

/** The command line was typed wrongly; `hint` says what would be right, or is empty. */
export class UsageError extends Error {
	override readonly name = "UsageError";
	readonly hint: string;

	constructor(message: string, hint = "") {
		super(message);
		this.hint = hint;
	}
}

/** Options of every command. */
export const COMMON_OPTIONS = {
	config: {
		type: "string",
		value: "FILE",
		help: "the configuration file, instead of /etc/postern/postern.toml",
	},
	json: { type: "boolean", help: "the result as JSON" },
	help: { type: "boolean", short: "h", help: "this help" },
} as const satisfies Record<string, OptionSpec>;
