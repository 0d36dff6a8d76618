/**
 * The box as a process in moved time: the program that ships, on a state folder, with what it says. Started, stopped and killed by
 * life.ts. Throws with its last words when it does not start; what it says of faults is kept for the report.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PROGRAM } from "../../appliance/e2e/program.ts";
import type { TimeMachine } from "./time-machine.ts";

const LAST_WORDS_LENGTH = 4_000;
const FAULT = /fault|unhandled|uncaught|damaged|out of memory|sandbox-bug/i;
const MOST_FAULTS = 20;
const TIME_ZONE = "Europe/Berlin";

export class Box {
	readonly #time: TimeMachine;
	readonly #configFile: string;
	#child: ChildProcess | undefined;
	#log = "";
	#logBytes = 0;
	readonly faults: string[] = [];

	constructor(time: TimeMachine, configFile: string) {
		this.#time = time;
		this.#configFile = configFile;
	}

	get pid(): number {
		const pid = this.#child?.pid;
		if (pid === undefined) throw new Error("the box is off");
		return pid;
	}

	get lastWords(): string {
		return this.#log.slice(-LAST_WORDS_LENGTH);
	}

	/** What it has said in all its lives. */
	get logBytes(): number {
		return this.#logBytes;
	}

	async start(): Promise<void> {
		const child = spawn(PROGRAM.command, [...PROGRAM.argv, "serve", "--config", this.#configFile], {
			env: { ...quiet(process.env), ...this.#time.boxEnvironment, TZ: TIME_ZONE },
			stdio: ["ignore", "ignore", "pipe"],
		});
		this.#child = child;
		this.#log = "";
		const ready = new Promise<void>((resolve, reject) => {
			child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
				this.#hear(chunk);
				if (/^\S* ?ready$/m.test(this.#log)) resolve();
			});
			child.once("exit", (code) => reject(new Error(`the box ended with ${code}: ${this.lastWords}`)));
		});
		await ready;
		this.#time.watch(this.pid);
	}

	async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
		const child = this.#child;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, "exit");
		child.kill(signal);
		const [code] = await ended;
		if (signal === "SIGTERM" && code !== 0) this.faults.push(`it ended with ${code}: ${this.lastWords}`);
		this.#child = undefined;
	}

	/** A command, in the box's time. */
	command(...args: readonly string[]) {
		return spawn(PROGRAM.command, [...PROGRAM.argv, ...args, "--config", this.#configFile], {
			env: { ...quiet(process.env), ...this.#time.boxEnvironment },
			stdio: ["ignore", "pipe", "inherit"],
		});
	}

	#hear(chunk: string): void {
		this.#logBytes += Buffer.byteLength(chunk);
		this.#log = `${this.#log}${chunk}`.slice(-2 * LAST_WORDS_LENGTH);
		if (!FAULT.test(chunk) || this.faults.length >= MOST_FAULTS) return;
		this.faults.push(...chunk.split("\n").filter((line) => FAULT.test(line)));
	}
}

/** The developer's own settings must not reach the program under test. */
function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(environment).filter(
			([name]) => !/^(POSTERN_|NOTIFY_SOCKET|JOURNAL_STREAM|HTTPS?_PROXY)/i.test(name),
		),
	);
}
