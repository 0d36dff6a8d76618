/**
 * One program under test, in a session of its own, so that it and all its children can be told to
 * end and be counted, and Ctrl-C at the bench reaches them through the bench alone.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SmtpClient } from "./smtp-client.ts";

export interface ProgramOptions {
	readonly command: string;
	readonly argv: readonly string[];
	readonly environment?: Readonly<Record<string, string>>;
	/** Gets standard output and error. */
	readonly logFile: string;
}

const GREETING_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const CONNECT_EVERY_MS = 5;
const LAST_WORDS_LENGTH = 2_000;

const running = new Set<Program>();

/** For the end of the bench, also an early one: nothing it started stays. */
export async function endAllPrograms(): Promise<void> {
	await Promise.all([...running].map((program) => program.stop()));
}

export class Program {
	readonly pid: number;
	readonly #child: ChildProcess;
	readonly #options: ProgramOptions;
	readonly #startedMs = performance.now();

	constructor(options: ProgramOptions) {
		this.#options = options;
		// The file itself, not a pipe through the bench, which would cost the bench's processor.
		const log = openSync(options.logFile, "a");
		this.#child = spawn(options.command, options.argv, {
			detached: true,
			stdio: ["ignore", log, log],
			env: { ...process.env, ...options.environment },
		});
		closeSync(log);
		if (this.#child.pid !== undefined) running.add(this);
		this.#child.once("exit", () => running.delete(this));
		this.#child.once("error", () => running.delete(this));
		if (this.#child.pid === undefined) throw new Error(`${options.command} could not be started`);
		this.pid = this.#child.pid;
	}

	get ended(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	/** Waits for the SMTP greeting; gives the milliseconds since the start of the process. */
	async greeted(port: number): Promise<number> {
		while (performance.now() - this.#startedMs < GREETING_LIMIT_MS) {
			if (this.ended) break;
			const client = await SmtpClient.tryConnect({ port });
			if (client !== undefined) {
				const startupMs = performance.now() - this.#startedMs;
				await client.quit();
				return startupMs;
			}
			await sleep(CONNECT_EVERY_MS);
		}
		const lastWords = (await readFile(this.#options.logFile, "utf8")).slice(-LAST_WORDS_LENGTH);
		const seconds = Math.round((performance.now() - this.#startedMs) / 1000);
		const state = this.ended
			? `it ended with ${this.#child.signalCode ?? this.#child.exitCode}`
			: "it is running";
		const said = `${this.#options.command} does not greet on port ${port} after ${seconds} s (${state})`;
		throw new Error(`${said}:\n${lastWords}`);
	}

	/** SIGTERM, and SIGKILL to the whole session when that does not end it in time. */
	async stop(): Promise<void> {
		if (this.ended) return;
		const closed = once(this.#child, "exit");
		this.#child.kill("SIGTERM");
		const killer = setTimeout(() => process.kill(-this.pid, "SIGKILL"), STOP_LIMIT_MS);
		await closed;
		clearTimeout(killer);
	}
}

/** A port nobody listens on just now, on loopback. */
export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}
