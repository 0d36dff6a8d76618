/**
 * As systemd does with socket units, for tests: listens on ports of its own, hands the sockets to the program, and keeps them
 * while the program restarts. In Python, because Node cannot hold a listening socket without taking connections.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

const MANAGER = `
import fcntl, os, signal, socket, sys
sockets = []
for place in sys.argv[1].split(","):
    family = socket.AF_INET6 if place.startswith("[") else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    one.bind((place.strip("[]"), 0))
    one.listen(4096)
    sockets.append(one)
print("ports", *[one.getsockname()[1] for one in sockets], flush=True)
child = 0
def start(*_):
    global child
    if child:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
    child = os.fork()
    if child == 0:
        kept = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 100) for one in sockets]
        for at, one in enumerate(kept):
            os.dup2(one, 3 + at)
            os.close(one)
        os.environ["LISTEN_FDS"] = str(len(kept))
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.execvp(sys.argv[2], sys.argv[2:])
def stop(*_):
    if child:
        os.kill(child, signal.SIGTERM)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGHUP, start)
while True:
    signal.pause()
`;

export class ServiceManager {
	readonly #child: ChildProcessByStdio<null, Readable, Readable>;
	#text = "";

	private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
		this.#child = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				this.#text += String(chunk);
			});
		}
	}

	/** One socket for each address; nothing is started yet. */
	static async listen(addresses: readonly string[], command: readonly string[]): Promise<ServiceManager> {
		const child = spawn("python3", ["-c", MANAGER, addresses.join(","), ...command], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const manager = new ServiceManager(child);
		await manager.says(/ports .*\n/);
		return manager;
	}

	get ports(): readonly number[] {
		return (/ports (.*)/.exec(this.#text)?.[1] ?? "").split(" ").map(Number);
	}

	/** What the program has written, too. */
	get text(): string {
		return this.#text;
	}

	async says(what: RegExp): Promise<void> {
		while (!what.test(this.#text)) await once(this.#child.stdout, "data").catch(() => undefined);
	}

	/** Starts the program, or ends it in good order and starts it anew. */
	restart(): void {
		this.#child.kill("SIGHUP");
	}

	async stop(): Promise<void> {
		const closed = once(this.#child, "exit");
		this.#child.kill("SIGTERM");
		await closed;
	}
}
