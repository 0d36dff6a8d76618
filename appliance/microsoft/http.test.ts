import { getEventListeners, once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import { giveBack } from "../memory.ts";
import { type HttpClient, type HttpOptions, openHttp } from "./http.ts";

const open: (() => void)[] = [];
afterEach(() => {
	for (const close of open.splice(0).reverse()) close();
});

function client(options: Partial<HttpOptions> = {}): HttpClient {
	const made = openHttp({ log: silentLog(), environment: {}, ...options });
	open.push(() => made.close());
	return made;
}

/** A server that answers as told; gives its URL. */
async function serve(handler: http.RequestListener): Promise<string> {
	const server = http.createServer(handler);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A bare TCP server, for what an HTTP server would not do. */
async function serveRaw(onSocket: (socket: net.Socket, index: number) => void): Promise<string> {
	const sockets = new Set<net.Socket>();
	let index = 0;
	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		onSocket(socket, index++);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("an answer", () => {
	it("comes back whole, whatever its status, with header names in lower case", async () => {
		const url = await serve((_request, response) => {
			response.writeHead(429, { "Retry-After": "7", "Set-Cookie": ["a=1", "b=2"] });
			response.end("slow down");
		});
		const result = await client().request({ method: "GET", url });
		expect(result).toMatchObject({
			ok: true,
			status: 429,
			headers: { "retry-after": "7", "set-cookie": "a=1, b=2" },
		});
		expect(result.ok && result.body.toString()).toBe("slow down");
	});

	it("may end with the connection instead of a length", async () => {
		const url = await serveRaw((socket) => {
			socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end"));
		});
		const result = await client().request({ method: "GET", url });
		expect(result.ok && result.body.toString()).toBe("to the end");
	});

	it("is given up when it is too large", async () => {
		const url = await serve((_request, response) => response.end(Buffer.alloc(100_000)));
		const result = await client({ maxAnswerBytes: 1000 }).request({ method: "GET", url });
		expect(result).toMatchObject({ ok: false, reason: "oversized", sent: "maybe" });
	});

	it("given before the whole body was read is still the answer", async () => {
		const url = await serve((request, response) => {
			request.once("data", () => {
				response.writeHead(413, { connection: "close" });
				response.end("too large");
			});
		});
		let chunks = 0;
		async function* endless() {
			for (; chunks < 10_000; chunks++) {
				yield Buffer.alloc(65_536);
			}
		}
		const bodyLength = 10_000 * 65_536;
		const result = await client().request({ method: "POST", url, body: endless(), bodyLength });
		expect(result).toMatchObject({ ok: true, status: 413 });
		expect(chunks).toBeLessThan(10_000);
	});
});

describe("a streamed body", () => {
	it("arrives with its length, never read faster than it is sent", async () => {
		const received: number[] = [];
		const url = await serve((request, response) => {
			let size = 0;
			request.on("data", (chunk: Buffer) => {
				size += chunk.length;
			});
			request.on("end", () => {
				received.push(Number(request.headers["content-length"]), size);
				response.end();
			});
		});
		async function* body() {
			for (let index = 0; index < 40; index++) yield Buffer.alloc(50_000, index);
		}
		const result = await client().request({ method: "PUT", url, body: body(), bodyLength: 2_000_000 });
		expect(result.ok).toBe(true);
		expect(received).toEqual([2_000_000, 2_000_000]);
	});

	it("that stops short is called off, and counts as maybe sent", async () => {
		const url = await serve(() => undefined);
		async function* body() {
			yield Buffer.from("half");
		}
		const result = await client().request({ method: "POST", url, body: body(), bodyLength: 8 });
		expect(result).toMatchObject({ ok: false, reason: "aborted", sent: "maybe" });
	});
});

describe("a failure says whether the request may have been seen", () => {
	it("nobody listens: nothing", async () => {
		const url = await serve(() => undefined);
		for (const close of open.splice(0)) close();
		const result = await client().request({ method: "POST", url, body: Buffer.from("x") });
		expect(result).toMatchObject({ ok: false, reason: "unreachable", sent: "nothing" });
	});

	it("no such name: nothing", async () => {
		const result = await client().request({ method: "GET", url: "https://nowhere.invalid/" });
		expect(result).toMatchObject({ ok: false, reason: "unreachable", sent: "nothing" });
	});

	it("the connection breaks after the request: maybe", async () => {
		const url = await serveRaw((socket) => socket.once("data", () => socket.destroy()));
		const result = await client().request({ method: "POST", url, body: Buffer.from("x") });
		expect(result).toMatchObject({ ok: false, reason: "reset", sent: "maybe" });
	});

	it("the answer breaks off: maybe", async () => {
		const url = await serveRaw((socket) =>
			socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")),
		);
		const result = await client().request({ method: "POST", url, body: Buffer.from("x") });
		expect(result).toMatchObject({ ok: false, reason: "reset", sent: "maybe" });
	});

	it("no TLS at the other end: nothing, and called tls", async () => {
		const url = await serveRaw((socket) => socket.once("data", () => socket.end("hello?\r\n")));
		const result = await client().request({ method: "POST", url: url.replace("http:", "https:") });
		expect(result).toMatchObject({ ok: false, reason: "tls", sent: "nothing" });
	});

	it("silence after the request: maybe, after the idle time", async () => {
		const url = await serve(() => undefined);
		const result = await client().request({ method: "GET", url, idleTimeoutMs: 50 });
		expect(result).toMatchObject({ ok: false, reason: "timeout", sent: "maybe" });
	});

	it("an answer that trickles for ever ends at the total time", async () => {
		const url = await serve((_request, response) => {
			const timer = setInterval(() => response.write("."), 10);
			response.on("close", () => clearInterval(timer));
		});
		const wanted = { method: "GET", url, idleTimeoutMs: 5000, totalTimeoutMs: 80 } as const;
		expect(await client().request(wanted)).toMatchObject({ ok: false, reason: "timeout" });
	});

	it("called off by its signal, before and during", async () => {
		const url = await serve(() => undefined);
		const early = await client().request({ method: "GET", url, signal: AbortSignal.abort() });
		expect(early).toMatchObject({ ok: false, reason: "aborted", sent: "nothing" });
		const during = await client().request({ method: "GET", url, signal: AbortSignal.timeout(30) });
		expect(during).toMatchObject({ ok: false, reason: "aborted", sent: "maybe" });
	});

	it("called off when the client closes", async () => {
		const url = await serve(() => undefined);
		const closing = client();
		const pending = closing.request({ method: "GET", url });
		setImmediate(() => closing.close());
		expect(await pending).toMatchObject({ ok: false, reason: "aborted" });
	});
});

describe("a request that is over", () => {
	it("is forgotten by the signal it was given, also when another began and memory was collected meanwhile", async () => {
		const answers: (() => void)[] = [];
		const url = await serve((_request, response) => answers.push(() => response.end("done")));
		const [requests, { signal }] = [client(), new AbortController()];
		const asked = Array.from({ length: 3 }, () => requests.request({ method: "GET", url, signal }));
		await expect.poll(() => answers.length).toBe(3);
		expect(getEventListeners(signal, "abort")).toHaveLength(3);
		giveBack();
		for (const answer of answers) answer();
		for (const { ok } of await Promise.all(asked)) expect(ok).toBe(true);
		expect(getEventListeners(signal, "abort")).toHaveLength(0);
	});
});

describe("kept connections", () => {
	it("are used again", async () => {
		const ports = new Set<number | undefined>();
		const url = await serve((request, response) => {
			ports.add(request.socket.remotePort);
			response.end();
		});
		const http = client();
		for (let index = 0; index < 3; index++) {
			expect(await http.request({ method: "POST", url, body: Buffer.from("x") })).toMatchObject({ ok: true });
		}
		expect(ports.size).toBe(1);
	});

	it("closed by the other side meanwhile do not lose a request, nor send it twice", async () => {
		const requests: number[] = [];
		const first: net.Socket[] = [];
		const url = await serveRaw((socket, index) => {
			if (index === 0) first.push(socket);
			socket.on("data", () => {
				requests.push(index);
				socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			});
		});
		const http = client();
		expect(await http.request({ method: "POST", url, body: Buffer.from("1") })).toMatchObject({ ok: true });
		// The close reaches our side only when the event loop turns; the request is asked for in the same turn.
		first[0]?.resetAndDestroy();
		const again = await http.request({ method: "POST", url, body: Buffer.from("2") });
		expect(again).toMatchObject({ ok: true });
		expect(requests).toEqual([0, 1]);
	});
});

describe("where it will go", () => {
	it("refuses plain http to another machine", async () => {
		const attempt = client().request({ method: "GET", url: "http://login.microsoftonline.com/" });
		await expect(attempt).rejects.toThrow(/plain http/);
	});

	it("goes through the site's proxy, and keeps the proxy's password out of errors", async () => {
		const asked: string[] = [];
		const proxy = http.createServer();
		proxy.on("connect", (request, socket) => {
			asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
			socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
		});
		proxy.listen(0, "127.0.0.1");
		await once(proxy, "listening");
		open.push(() => proxy.close());
		const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		const http1 = client({ proxy: `http://anna:geheim@${address}` });
		const result = await http1.request({ method: "GET", url: "https://graph.microsoft.com/v1.0/me" });
		expect(asked).toEqual([`graph.microsoft.com:443 Basic ${Buffer.from("anna:geheim").toString("base64")}`]);
		expect(result).toMatchObject({ ok: false, reason: "unreachable", sent: "nothing" });
		expect(result.ok ? "" : result.error.message).toMatch(/407/);
		expect(result.ok ? "" : result.error.message).not.toMatch(/geheim/);
	});

	it("says which file of authorities it cannot read", () => {
		expect(() => client({ caFile: "/nonexistent/ca.pem" })).toThrow(/\/nonexistent\/ca.pem/);
	});
});
