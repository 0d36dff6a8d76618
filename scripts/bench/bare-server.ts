/** The bench's side of bare-pages.ts: the reference that the console's requests per second stand beside. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export class BareServer implements AsyncDisposable {
	readonly port: number;
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess, port: number) {
		this.#child = child;
		this.port = port;
	}

	/** Sends this page, and nothing else, at `/`. */
	static async start(html: string): Promise<BareServer> {
		const child = fork(path.join(import.meta.dirname, "bare-pages.ts"), {
			detached: true,
			stdio: ["ignore", "ignore", "inherit", "ipc"],
		});
		const answered = once(child, "message");
		child.send(html);
		const [port] = (await answered) as [number];
		return new BareServer(child, port);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const ended = once(this.#child, "exit");
		this.#child.disconnect();
		await ended;
	}
}
