/** Listeners with real sockets: who may connect, what is in the way, and how they end. */
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../appliance/log.ts";
import { type App, listenControl, listenHttp, type WebListener } from "./serve.ts";
import { startControlServer } from "./testing/control-server.ts";
import { PROMPT } from "./testing/samples.ts";

const LOG = { log: silentLog() };
let folder: string;
const open: WebListener[] = [];

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-serve-"));
});
afterEach(async () => {
	await Promise.all(open.splice(0).map((listener) => listener.close(0)));
	await rm(folder, { recursive: true, force: true });
});

function hello(): App {
	return new Hono().get("/", (context) => context.text("hello"));
}

async function control(socketPath: string, app: App = hello()): Promise<WebListener> {
	const listener = await listenControl(socketPath, app, LOG);
	open.push(listener);
	return listener;
}

function get(socketPath: string, requestPath = "/"): Promise<string> {
	return new Promise((resolve, reject) => {
		request({ socketPath, path: requestPath }, (response) => {
			let text = "";
			response.setEncoding("utf8").on("data", (chunk) => {
				text += String(chunk);
			});
			response.on("end", () => resolve(text));
			response.on("error", reject);
		})
			.on("error", reject)
			.end();
	});
}

describe("listenControl", () => {
	it("is for its owner alone: socket 0600, new folders 0700, a folder that was there untouched", async () => {
		const socketPath = path.join(folder, "new", "control.sock");
		await chmod(folder, 0o755);
		await control(socketPath);
		expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
		expect((await stat(path.join(folder, "new"))).mode & 0o777).toBe(0o700);
		expect((await stat(folder)).mode & 0o777).toBe(0o755);
		expect(await get(socketPath)).toBe("hello");
	});

	it("takes over a socket left behind, but never one that answers", async () => {
		const socketPath = path.join(folder, "control.sock");
		await leaveStaleSocket(socketPath);
		await control(socketPath);
		await expect(listenControl(socketPath, hello(), LOG)).rejects.toMatchObject({ code: "already-running" });
		expect(await get(socketPath)).toBe("hello");
	});

	it("removes nothing that is not a socket", async () => {
		const socketPath = path.join(folder, "control.sock");
		await writeFile(socketPath, "precious");
		await expect(listenControl(socketPath, hello(), LOG)).rejects.toMatchObject({ code: "control-path" });
		expect((await stat(socketPath)).size).toBe(8);
	});

	it("refuses a path that the system would cut short", async () => {
		const socketPath = path.join(folder, "x".repeat(120), "control.sock");
		await expect(listenControl(socketPath, hello(), LOG)).rejects.toMatchObject({ code: "control-path" });
	});

	it("leaves no socket behind when it closes, and closes twice without harm", async () => {
		const socketPath = path.join(folder, "control.sock");
		const listener = await control(socketPath);
		await Promise.all([listener.close(), listener.close()]);
		await expect(stat(socketPath)).rejects.toMatchObject({ code: "ENOENT" });
	});
});

describe("closing", () => {
	it("ends streams at once with a last line that says why", async () => {
		const server = await startControlServer({ signInNews: [PROMPT], signInHangs: true });
		const lines = follow(server.socketPath);
		await expect.poll(() => server.state.calls).toHaveLength(1);
		const begun = performance.now();
		await server.close();
		expect(performance.now() - begun).toBeLessThan(1_500);
		const [first, last] = (await lines).trimEnd().split("\n");
		expect(JSON.parse(first ?? "")).toEqual(PROMPT);
		expect(JSON.parse(last ?? "")).toMatchObject({ error: { code: "closing" } });
	});

	it("lets an answer under way finish, and cuts what does not end in time", async () => {
		let release = () => {};
		const released = new Promise<void>((resolve) => {
			release = resolve;
		});
		let asked = 0;
		const app = new Hono()
			.get("/slow", async (context) => {
				asked += 1;
				await released;
				return context.text("done");
			})
			.get("/never", () => {
				asked += 1;
				return new Promise<Response>(() => {});
			});
		const socketPath = path.join(folder, "control.sock");
		const listener = await control(socketPath, app);
		const slow = get(socketPath, "/slow");
		const never = get(socketPath, "/never").catch((error: NodeJS.ErrnoException) => error.code);
		await expect.poll(() => asked).toBe(2);
		const closed = listener.close(300);
		release();
		expect(await slow).toBe("done");
		await closed;
		expect(await never).toBe("ECONNRESET");
	});
});

describe("listenHttp", () => {
	it("says where it listens, and answers there", async () => {
		const listener = await listenHttp("127.0.0.1", 0, hello(), LOG);
		open.push(listener);
		expect(listener.address).toBe(`127.0.0.1:${listener.port}`);
		expect(await (await fetch(`http://${listener.address}/`)).text()).toBe("hello");
	});

	it("rejects with the system's error when the port is taken", async () => {
		const listener = await listenHttp("127.0.0.1", 0, hello(), LOG);
		open.push(listener);
		await expect(listenHttp("127.0.0.1", listener.port, hello(), LOG)).rejects.toMatchObject({
			code: "EADDRINUSE",
		});
	});

	it("survives bytes that are no HTTP", async () => {
		const listener = await listenHttp("127.0.0.1", 0, hello(), LOG);
		open.push(listener);
		const answer = await new Promise<string>((resolve, reject) => {
			const socket = connect(listener.port, "127.0.0.1", () =>
				socket.write("\u0016\u0003\u0001 EHLO\r\n\r\n"),
			);
			let text = "";
			socket.on("data", (chunk) => {
				text += chunk.toString();
			});
			socket.on("close", () => resolve(text));
			socket.on("error", reject);
		});
		expect(answer).toMatch(/^HTTP\/1\.1 400 /);
		expect((await fetch(`http://${listener.address}/`)).status).toBe(200);
	});
});

/** A socket file nobody listens on, as `kill -9` leaves it. */
async function leaveStaleSocket(socketPath: string): Promise<void> {
	const { rename } = await import("node:fs/promises");
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(`${socketPath}.old`, resolve));
	await rename(`${socketPath}.old`, socketPath);
	await new Promise<void>((resolve) => server.close(() => resolve()));
}

function follow(socketPath: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const outgoing = request(
			{
				socketPath,
				method: "POST",
				path: "/api/v1/accounts",
				headers: { "Content-Type": "application/json" },
			},
			(response) => {
				let text = "";
				response.setEncoding("utf8").on("data", (chunk) => {
					text += String(chunk);
				});
				response.on("close", () => resolve(text));
			},
		);
		outgoing.on("error", reject);
		outgoing.end(JSON.stringify({ address: "a@b.c" }));
	});
}
