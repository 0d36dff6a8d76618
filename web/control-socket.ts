/**
 * Binds a server to the control socket's path. For serve.ts.
 *
 * A socket left behind by a killed process is removed, but only after nobody answers on it, and
 * nothing that is not a socket is ever removed. The socket is 0600 from its first moment.
 */
import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { createConnection } from "node:net";
import path from "node:path";
import { errorCode, UserError } from "../appliance/errors.ts";

/** `sun_path` of Linux holds 108 octets with its closing zero (unix(7)); Node would cut a longer one. */
const LONGEST_PATH_BYTES = 107;
/** Whoever listens on a local socket accepts at once, unless it is stopped in a debugger. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Resolves when the server listens on `socketPath`. Throws `UserError` `already-running`, `control-path`. */
export async function bindControlSocket(server: Server, socketPath: string): Promise<void> {
	if (Buffer.byteLength(socketPath) > LONGEST_PATH_BYTES) {
		throw new UserError(
			"control-path",
			`The path of the control socket is too long: ${socketPath}.`,
			`Choose a shorter state_dir; ${LONGEST_PATH_BYTES} octets is the most a socket's path may have.`,
		);
	}
	await mkdir(path.dirname(socketPath), { recursive: true, mode: 0o700 });
	await removeStale(socketPath);
	await listen(server, socketPath);
	await chmod(socketPath, 0o600);
}

async function removeStale(socketPath: string): Promise<void> {
	const found = await lstat(socketPath).catch((error: unknown) => {
		if (errorCode(error) === "ENOENT") return undefined;
		throw error;
	});
	if (found === undefined) return;
	if (!found.isSocket()) {
		throw new UserError(
			"control-path",
			`${socketPath} is in the way: it is not a socket.`,
			"Move it elsewhere and start again.",
		);
	}
	if (await somebodyAnswers(socketPath)) {
		throw new UserError(
			"already-running",
			`Postern is running here already; it answers on ${socketPath}.`,
			"Stop it first (systemctl stop postern), or give this one another state_dir.",
		);
	}
	await unlink(socketPath).catch((error: unknown) => {
		if (errorCode(error) !== "ENOENT") throw error;
	});
}

function somebodyAnswers(socketPath: string): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const socket = createConnection(socketPath);
		const answer = (answers: boolean) => {
			socket.destroy();
			resolve(answers);
		};
		// A full backlog or no answer in time is somebody too, if a slow one: never take their socket.
		socket.setTimeout(ANSWER_TIMEOUT_MS, () => answer(true));
		socket.once("connect", () => answer(true));
		socket.once("error", (error) => {
			const code = errorCode(error);
			if (code === "ECONNREFUSED" || code === "ENOENT") answer(false);
			else if (code === "EAGAIN") answer(true);
			else reject(error);
		});
	});
}

function listen(server: Server, socketPath: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.once("listening", () => {
			server.removeListener("error", reject);
			resolve();
		});
		// `listen` binds before it returns, so the mask holds for the socket and for nothing else.
		const before = process.umask(0o177);
		try {
			server.listen(socketPath);
		} finally {
			process.umask(before);
		}
	});
}
