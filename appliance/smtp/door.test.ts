/** What becomes of a socket before it is a session, on each kind of port. Real sockets, a host that notes. */
import { once } from "node:events";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeAuthority, makeLeaf } from "../system/certificate-maker.ts";
import { Door, type DoorHost } from "./door.ts";
import type { ListenerRole } from "./session-policy.ts";
import { TlsContexts } from "./tls.ts";

let contexts: TlsContexts;
beforeAll(async () => {
	contexts = new TlsContexts(await makeLeaf(await makeAuthority("test"), ["127.0.0.1"], "test"));
});

const ends: (() => void)[] = [];
afterEach(() => {
	for (const end of ends.splice(0)) end();
});

interface Port {
	readonly port: number;
	readonly news: string[];
	readonly door: Door;
}

/** A port whose sessions greet, tell who the client is, and echo. */
async function open(role: ListenerRole, change: Partial<DoorHost> = {}): Promise<Port> {
	const news: string[] = [];
	const door = new Door({
		role,
		believesProxy: () => false,
		isKnown: () => true,
		contextsFor: () => contexts.of("modern"),
		admit: ({ socket, client, secure }) => {
			news.push(`session of ${client.address}${secure ? ", TLS" : ""}`);
			socket.on("data", (chunk: Buffer) => socket.write(`echo ${chunk.toString()}`));
			socket.write("220 ready\r\n");
			return {
				endUnheard: ({ reason }) => {
					news.push(`ended: ${reason}`);
					socket.destroy();
				},
			};
		},
		refused: (client, { reason }) => news.push(`refused ${client.address}: ${reason}`),
		handshakeFailed: (client, _first, { code }) => news.push(`no TLS with ${client.address}: ${code}`),
		turnedAway: (address) => news.push(`turned away ${address}`),
		fault: (error) => news.push(`fault: ${String(error)}`),
		...change,
	});
	const sockets = new Set<net.Socket>();
	const server = net.createServer({ allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		door.receive(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	ends.push(() => {
		door.close();
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return { port: (server.address() as net.AddressInfo).port, news, door };
}

function connect(port: number, first?: string | Buffer): net.Socket {
	const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	socket.on("error", () => undefined);
	if (first !== undefined) socket.write(first);
	ends.push(() => socket.destroy());
	return socket;
}

/** Everything the server says until it has said `text`, or closes. */
async function heard(socket: net.Socket, text: string): Promise<string> {
	let said = "";
	for await (const chunk of socket) {
		said += String(chunk);
		if (said.includes(text)) break;
	}
	return said;
}

function connectTls(port: number, options: tls.ConnectionOptions = {}, socket?: net.Socket): tls.TLSSocket {
	const at = socket === undefined ? { port, host: "127.0.0.1" } : { socket };
	const secure = tls.connect({ ...at, rejectUnauthorized: false, ...options });
	secure.on("error", () => undefined);
	ends.push(() => secure.destroy());
	return secure;
}

async function told(news: readonly string[], text: string): Promise<void> {
	const deadline = performance.now() + 15_000;
	while (!news.some((line) => line.includes(text))) {
		if (performance.now() > deadline) throw new Error(`not told: ${text}; told: ${news.join("; ")}`);
		await delay(10);
	}
}

describe("the auto port", () => {
	it("gives TLS to a client that begins with it", async () => {
		const { port, news } = await open("auto");
		expect(await heard(connectTls(port), "220")).toBe("220 ready\r\n");
		expect(news).toEqual(["session of 127.0.0.1, TLS"]);
	});

	it("greets a client that waits, in clear", async () => {
		const { port, news } = await open("auto");
		expect(await heard(connect(port), "220")).toBe("220 ready\r\n");
		expect(news).toEqual(["session of 127.0.0.1"]);
	});

	it("serves a client that talks early, also one that closes its side at once", async () => {
		const { port } = await open("auto");
		expect(await heard(connect(port, "EHLO a\r\n"), "echo")).toBe("220 ready\r\necho EHLO a\r\n");
		const half = connect(port);
		half.end("QUIT\r\n");
		expect(await heard(half, "echo")).toBe("220 ready\r\necho QUIT\r\n");
	});

	it("greets at once when too many wait", async () => {
		const { port, news } = await open("auto");
		const sockets = Array.from({ length: 80 }, () => connect(port));
		await Promise.all(sockets.map((socket) => heard(socket, "220")));
		expect(news).toHaveLength(80);
	});
});

describe("the port for TLS", () => {
	it("takes TLS and tells plain text what it wants, in plain text", async () => {
		const { port, news } = await open("implicit-tls");
		expect(await heard(connectTls(port), "220")).toBe("220 ready\r\n");
		const said = await heard(connect(port, "EHLO printer\r\n"), "\r\n");
		expect(said).toMatch(/^421 4\.7\.10 .*TLS.*\r\n$/);
		expect(news).toContain("refused 127.0.0.1: plain text where TLS is expected");
	});

	it("tells a client that waits for a greeting", { timeout: 20_000 }, async () => {
		const { port, news } = await open("implicit-tls");
		expect(await heard(connect(port), "\r\n")).toMatch(/^421 /);
		expect(news).toContain("refused 127.0.0.1: silence where TLS is expected");
	});

	it("tells of a client that is too old, and of one that leaves in the middle", async () => {
		const { port, news } = await open("implicit-tls");
		const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
		connectTls(port, old);
		await told(news, "no TLS with 127.0.0.1: ERR_SSL_UNSUPPORTED_PROTOCOL");
		const leaving = connect(port, Buffer.from("16030100ff01", "hex"));
		await delay(50);
		leaving.destroy();
		await told(news, "no TLS with 127.0.0.1: closed");
		expect(await heard(connectTls(port), "220")).toBe("220 ready\r\n");
	});

	it("meets an old client where its owner allows it, and lets no session cross over", async () => {
		let kind: "modern" | "legacy" = "legacy";
		const { port, news } = await open("implicit-tls", { contextsFor: () => contexts.of(kind) });
		const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
		const first = connectTls(port, old);
		await once(first, "secureConnect");
		expect(first.getProtocol()).toBe("TLSv1");
		const session = first.getSession();
		const again = connectTls(port, { ...old, ...(session && { session }) });
		await once(again, "secureConnect");
		kind = "modern";
		connectTls(port, { ...old, ...(session && { session }) });
		await told(news, "no TLS with 127.0.0.1: ERR_SSL_UNSUPPORTED_PROTOCOL");
		const modern = connectTls(port, { maxVersion: "TLSv1.2" });
		await once(modern, "secureConnect");
		kind = "legacy";
		const modernSession = modern.getSession();
		const crossing = connectTls(port, {
			maxVersion: "TLSv1.2",
			...(modernSession && { session: modernSession }),
		});
		await once(crossing, "secureConnect");
		expect(crossing.isSessionReused()).toBe(false);
	});

	it("keeps no more unfinished connections of one address than it can bear", async () => {
		const { port, news, door } = await open("implicit-tls");
		for (let count = 0; count < 60; count += 1) connect(port);
		await told(news, "turned away 127.0.0.1");
		await delay(100);
		expect(news.filter((line) => line.startsWith("turned away"))).toHaveLength(10);
		door.close();
		await delay(50);
		expect(await heard(connectTls(port), "220")).toBe("220 ready\r\n");
	});
});

describe("a port that greets in clear", () => {
	it("greets at once, and ends without garbage what begins with TLS; the next time it is met", async () => {
		const { port, news } = await open("relay");
		expect(await heard(connect(port), "220")).toBe("220 ready\r\n");
		connectTls(port);
		await told(news, "ended: TLS began on a port that greets in clear; offered TLS 1.3 at most");
		expect(await heard(connectTls(port), "220")).toBe("220 ready\r\n");
		expect(news.at(-1)).toBe("session of 127.0.0.1, TLS");
		expect(await heard(connect(port), "220")).toBe("220 ready\r\n");
	});
});

describe("behind a proxy that is believed", () => {
	const behind = { believesProxy: () => true };
	const HEADER = "PROXY TCP4 192.168.1.50 127.0.0.1 50123 25\r\n";

	it("the client is who the header says, in clear and with TLS, however it is cut", async () => {
		const { port, news } = await open("relay", behind);
		expect(await heard(connect(port, `${HEADER}EHLO a\r\n`), "echo")).toBe("220 ready\r\necho EHLO a\r\n");
		const slow = connect(port, HEADER.slice(0, 20));
		await delay(50);
		slow.write(HEADER.slice(20));
		expect(await heard(slow, "220")).toBe("220 ready\r\n");
		const auto = await open("auto", behind);
		const raw = connect(auto.port, HEADER);
		expect(await heard(connectTls(auto.port, {}, raw), "220")).toBe("220 ready\r\n");
		expect([...news, ...auto.news]).toEqual([
			"session of 192.168.1.50",
			"session of 192.168.1.50",
			"session of 192.168.1.50, TLS",
		]);
	});

	it("a session without a header, or with a bad one, is refused without a word", async () => {
		const { port, news } = await open("relay", behind);
		expect(await heard(connect(port, "EHLO a\r\n"), "\n")).toBe("");
		expect(await heard(connect(port, "PROXY TCP4 nonsense\r\n"), "\n")).toBe("");
		expect(await heard(connect(port), "\n")).toBe("");
		expect(news).toEqual([
			"refused 127.0.0.1: no PROXY header",
			"refused 127.0.0.1: malformed PROXY line",
			"refused 127.0.0.1: no PROXY header in time",
		]);
	});
});

describe("behind a proxy that is not believed", () => {
	it("its header is just what the client says", async () => {
		const { port, news } = await open("relay");
		const said = await heard(connect(port, "PROXY TCP4 192.168.1.50 127.0.0.1 5 25\r\n"), "echo");
		expect(said).toContain("echo PROXY");
		expect(news).toEqual(["session of 127.0.0.1"]);
	});
});
