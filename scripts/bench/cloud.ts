/**
 * The clouds behind the contenders, from the bench's side: `GraphSink` (cloud-sink.ts) for those that
 * deliver through Graph, `SmtpSink` (Postfix's smtp-sink) for those that speak SMTP.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Cloud } from "./contender.ts";
import { freePort, Program } from "./program.ts";

/** What the sink's process is told, one at a time … */
export type CloudCommand = "come-back" | "go-away" | "tell" | "draw-limits" | "lift-limits";
/** … and what it answers each time. */
export interface CloudAnswer {
	readonly port: number;
	readonly accepted: number;
	/** Graph's alone, since the limits were drawn; and how many of them were refused as too many at once. */
	readonly requests: number;
	readonly refused: number;
}

export class GraphSink implements Cloud, AsyncDisposable {
	readonly #child: ChildProcess;
	#port = 0;

	private constructor(child: ChildProcess) {
		this.#child = child;
	}

	static async start(): Promise<GraphSink> {
		const child = fork(path.join(import.meta.dirname, "cloud-sink.ts"), {
			detached: true,
			stdio: ["ignore", "ignore", "inherit", "ipc"],
		});
		const sink = new GraphSink(child);
		await sink.comeBack();
		return sink;
	}

	/** `http://127.0.0.1:port`, the same before and after it was gone. */
	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	async accepted(): Promise<number> {
		return (await this.#ask("tell")).accepted;
	}

	/** From now on it answers as slowly, and takes as few requests at once, as cloud-sink.ts says. */
	async drawLimits(): Promise<void> {
		await this.#ask("draw-limits");
	}

	async liftLimits(): Promise<void> {
		await this.#ask("lift-limits");
	}

	async counts(): Promise<Pick<CloudAnswer, "accepted" | "requests" | "refused">> {
		return await this.#ask("tell");
	}

	async goAway(): Promise<void> {
		await this.#ask("go-away");
	}

	async comeBack(): Promise<void> {
		this.#port = (await this.#ask("come-back")).port;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const ended = once(this.#child, "exit");
		this.#child.disconnect();
		await ended;
	}

	async #ask(command: CloudCommand): Promise<CloudAnswer> {
		const answered = once(this.#child, "message");
		this.#child.send(command);
		const [answer] = (await answered) as [CloudAnswer];
		return answer;
	}
}

export class SmtpSink implements Cloud, AsyncDisposable {
	readonly port: number;
	readonly #workFolder: string;
	#program: Program | undefined;
	#logFile = "";
	#incarnations = 0;
	#acceptedBefore = 0;

	private constructor(port: number, workFolder: string) {
		this.port = port;
		this.#workFolder = workFolder;
	}

	static async start(workFolder: string): Promise<SmtpSink> {
		const sink = new SmtpSink(await freePort(), workFolder);
		await sink.comeBack();
		return sink;
	}

	async accepted(): Promise<number> {
		return this.#acceptedBefore + (await this.#acceptedByProgram());
	}

	async goAway(): Promise<void> {
		await this.#program?.stop();
		this.#acceptedBefore = await this.accepted();
		this.#program = undefined;
	}

	async comeBack(): Promise<void> {
		this.#incarnations += 1;
		this.#logFile = path.join(this.#workFolder, `smtp-sink-${this.port}-${this.#incarnations}.log`);
		this.#program = new Program({
			command: "smtp-sink",
			// It refuses to stay root, and nobody else may become another.
			argv: [
				"-c",
				...(process.getuid?.() === 0 ? ["-u", "nobody"] : []),
				`inet:127.0.0.1:${this.port}`,
				"128",
			],
			logFile: this.#logFile,
		});
		await this.#program.greeted(this.port);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#program?.stop();
	}

	/** Its counters, one after the other on one line: `sess=2 quit=2 mesg=10` and a carriage return. */
	async #acceptedByProgram(): Promise<number> {
		if (this.#program === undefined) return 0;
		const counters = (await readFile(this.#logFile, "latin1")).matchAll(/mesg=(\d+)\s*\r/g);
		return Number([...counters].at(-1)?.[1] ?? 0);
	}
}
