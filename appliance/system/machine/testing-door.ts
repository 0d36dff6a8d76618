/**
 * The real door for tests: a socket at which each connection starts `postern machine-door` on a folder, as systemd does with
 * postern-machine@.service. In that folder stand the programs that the door would run, as scripts that write down how they
 * were called.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { doorSocket } from "./door-client.ts";

const MAIN = path.join(import.meta.dirname, "../../main.ts");

export interface TestDoor extends AsyncDisposable {
	readonly socket: string;
	readonly root: string;
	/** How its programs were called, a line each: `/usr/bin/systemctl --no-block reboot`. */
	calls(): Promise<readonly string[]>;
	/** A program of the machine; what it prints or does, as a shell would. */
	program(name: string, body?: string): Promise<void>;
	file(name: string, content: string): Promise<void>;
	/** What the doors said to the journal. */
	readonly journal: () => string;
}

/** @param postern the program and what goes before its own arguments. */
export async function openTestDoor(
	root: string,
	postern: readonly string[] = [process.execPath, MAIN],
): Promise<TestDoor> {
	const calls = path.join(root, "calls");
	await mkdir(root, { recursive: true });
	await writeFile(calls, "");
	let journal = "";
	const [command = "", ...argv] = postern;
	const server = net.createServer({ allowHalfOpen: true }, (connection) => {
		const door = spawn(command, [...argv, "machine-door", "--root", root], {
			stdio: ["pipe", "pipe", "pipe"],
		});
		connection.pipe(door.stdin);
		door.stdout.pipe(connection);
		door.stderr.on("data", (chunk) => (journal += String(chunk)));
		for (const stream of [connection, door.stdin, door.stdout]) stream.on("error", () => undefined);
	});
	const socket = doorSocket(root);
	await mkdir(path.dirname(socket), { recursive: true });
	server.listen(socket);
	await once(server, "listening");
	const file = async (name: string, content: string) => {
		await mkdir(path.dirname(path.join(root, name)), { recursive: true });
		await writeFile(path.join(root, name), content);
	};
	return {
		socket,
		root,
		file,
		journal: () => journal,
		calls: async () => (await readFile(calls, "utf8")).split("\n").filter(Boolean),
		async program(name, body = "") {
			await file(name, `#!/bin/sh\necho "${name} $*" >> '${calls}'\n${body}\n`);
			await chmod(path.join(root, name), 0o755);
		},
		async [Symbol.asyncDispose]() {
			server.close();
		},
	};
}
