/**
 * Systemd's end of `NOTIFY_SOCKET` for tests: a datagram socket, as systemd has it. Python has those,
 * Node does not.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

const RECEIVER = `
import os, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("bound", flush=True)
while True:
    data, ancillary, flags, _ = receiver.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            for i in range(0, len(content), 4):
                os.close(int.from_bytes(content[i:i+4], sys.byteorder))
    print(data.decode().replace("\\n", " "), flush=True)
`;

export class NotifyReceiver {
	readonly #child: ChildProcessByStdio<null, Readable, null>;
	#heard = "";

	private constructor(child: ChildProcessByStdio<null, Readable, null>) {
		this.#child = child;
		child.stdout.on("data", (chunk) => {
			this.#heard += String(chunk);
		});
	}

	static async listen(socketPath: string): Promise<NotifyReceiver> {
		const child = spawn("python3", ["-c", RECEIVER, socketPath], { stdio: ["ignore", "pipe", "inherit"] });
		const receiver = new NotifyReceiver(child);
		await receiver.hears(/bound/);
		return receiver;
	}

	/** A line for each datagram. */
	get heard(): string {
		return this.#heard;
	}

	async hears(what: RegExp): Promise<void> {
		while (!what.test(this.#heard)) await once(this.#child.stdout, "data");
	}

	close(): void {
		this.#child.kill();
	}
}
