/** What the command line says when the other side of the socket misbehaves. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlClient } from "./control-client.ts";

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-client-"));
});
afterEach(async () => {
	await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
	server = undefined;
	await rm(folder, { recursive: true });
});

/** A server that answers each request with these bytes and hangs up. */
async function answering(bytes: string, name = "control.sock"): Promise<string> {
	const socketPath = path.join(folder, name);
	const listening = createServer((socket: Socket) => {
		socket.on("error", () => socket.destroy());
		socket.once("data", () => socket.end(bytes));
	});
	server = listening;
	await new Promise<void>((resolve) => listening.listen(socketPath, resolve));
	return socketPath;
}

const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

describe("ControlClient", () => {
	it("tries each place until somebody listens", async () => {
		const socketPath = await answering(`${OK}Content-Length: 2\r\n\r\n42`);
		const client = new ControlClient([path.join(folder, "none.sock"), socketPath]);
		expect(await client.ask("GET", "/status")).toBe(42);
	});

	it("says which places it has tried", async () => {
		const client = new ControlClient([path.join(folder, "a.sock"), path.join(folder, "b.sock")]);
		await expect(client.ask("GET", "/status")).rejects.toMatchObject({
			code: "not-running",
			message: expect.stringContaining(`${folder}/a.sock or ${folder}/b.sock`),
		});
	});

	it("does not understand what is no JSON", async () => {
		const client = new ControlClient([await answering(`${OK}Content-Length: 5\r\n\r\nhello`)]);
		await expect(client.ask("GET", "/status")).rejects.toMatchObject({ code: "answer-not-understood" });
	});

	it("notices an answer that breaks off, whole or streamed", async () => {
		const client = new ControlClient([await answering(`${OK}Content-Length: 500\r\n\r\n{"half`)]);
		await expect(client.ask("GET", "/status")).rejects.toMatchObject({ code: "connection-lost" });
		const follow = async () => {
			for await (const line of client.follow("/accounts", {}, new AbortController().signal))
				expect(line).toBeNull();
		};
		await expect(follow()).rejects.toMatchObject({ code: "connection-lost" });
	});

	it("refuses a line without end", async () => {
		const endless = `${OK}Content-Length: 1200000\r\n\r\n"${"x".repeat(1_199_999)}`;
		const client = new ControlClient([await answering(endless)]);
		const lines = client.follow("/accounts", {}, new AbortController().signal);
		await expect(lines.next()).rejects.toMatchObject({ code: "answer-not-understood" });
	});
});
