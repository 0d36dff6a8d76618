import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import { makeServerCertificate } from "../sandbox/certificate.ts";
import { openHttp } from "./http.ts";
import { openAgents } from "./http-agents.ts";

const CERTIFICATE = makeServerCertificate(["localhost", "127.0.0.1", "graph.example"], Date.now());
let folder: string;
let caFile: string;
const open: (() => void)[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-tls-"));
	caFile = join(folder, "ca.pem");
	await writeFile(caFile, CERTIFICATE.caPem);
});
afterEach(async () => {
	for (const close of open.splice(0).reverse()) close();
	await rm(folder, { recursive: true });
});

async function listen(server: net.Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push(() => server.close());
	return (server.address() as AddressInfo).port;
}

/** An https server under an authority of its own; gives its port. */
async function serveTls(): Promise<number> {
	const { certificatePem: cert, privateKeyPem: key } = CERTIFICATE;
	const server = https.createServer({ cert, key }, (request, response) => {
		request.on("data", () => undefined);
		request.on("end", () => response.end(`hello from ${request.headers.host}`));
	});
	open.push(() => server.closeAllConnections());
	return listen(server);
}

describe("whom it trusts", () => {
	it("is nobody unknown: nothing is sent", async () => {
		const client = openHttp({ log: silentLog(), environment: {} });
		open.push(() => client.close());
		const url = `https://localhost:${await serveTls()}/`;
		const result = await client.request({ method: "POST", url, body: Buffer.from("secret") });
		expect(result).toMatchObject({ ok: false, reason: "tls", sent: "nothing" });
	});

	it("is the extra authority, from a file or as text, on kept and fresh connections", async () => {
		const url = `https://localhost:${await serveTls()}/`;
		for (const trust of [{ caFile }, { caPem: CERTIFICATE.caPem }]) {
			const client = openHttp({ log: silentLog(), environment: {}, ...trust });
			open.push(() => client.close());
			for (let index = 0; index < 2; index++) {
				const result = await client.request({ method: "POST", url, body: Buffer.from("x") });
				expect(result).toMatchObject({ ok: true, status: 200 });
			}
		}
	});

	it("is, on this machine, whoever the authority vouches for, by name or by address", async () => {
		const client = openHttp({ log: silentLog(), environment: {}, caFile });
		open.push(() => client.close());
		const url = `https://127.0.0.2:${await serveTlsOn("127.0.0.2")}/`;
		expect(await client.request({ method: "GET", url })).toMatchObject({ ok: true });
	});

	it("is nobody by another name anywhere else", () => {
		const agents = openAgents({ caFile, environment: {} });
		const { options } = agents.keptAlive(new URL("https://login.microsoftonline.com/")) as https.Agent;
		expect(options).not.toHaveProperty("checkServerIdentity");
		agents.destroy();
	});

	async function serveTlsOn(host: string): Promise<number> {
		const { certificatePem: cert, privateKeyPem: key } = CERTIFICATE;
		const server = https.createServer({ cert, key }, (_request, response) => response.end());
		server.listen(0, host);
		await once(server, "listening");
		open.push(() => {
			server.closeAllConnections();
			server.close();
		});
		return (server.address() as AddressInfo).port;
	}

	it("is no file that holds no certificate", async () => {
		await writeFile(caFile, "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n");
		expect(() => openHttp({ log: silentLog(), caFile })).toThrow(/authorities/);
	});
});

describe("the site's proxy", () => {
	/** Opens tunnels to `port` of this machine, whatever name is asked for. */
	async function startProxy(port: number, asked: string[]): Promise<string> {
		const sockets: net.Socket[] = [];
		const proxy = http.createServer();
		proxy.on("connect", (request, socket: net.Socket) => {
			asked.push(request.url ?? "");
			const onward = net.connect(port, "127.0.0.1", () => {
				socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
				onward.pipe(socket).pipe(onward);
			});
			sockets.push(socket, onward);
			for (const each of [socket, onward]) each.on("error", () => undefined);
		});
		open.push(() => {
			for (const socket of sockets) socket.destroy();
		});
		return `http://127.0.0.1:${await listen(proxy)}`;
	}

	it("carries TLS from end to end, and its tunnel is used again", async () => {
		const asked: string[] = [];
		const proxy = await startProxy(await serveTls(), asked);
		const client = openHttp({ log: silentLog(), environment: {}, caFile, proxy });
		open.push(() => client.close());
		for (let index = 0; index < 2; index++) {
			const wanted = {
				method: "POST",
				url: "https://graph.example/v1.0/me",
				body: Buffer.from("x"),
			} as const;
			const result = await client.request(wanted);
			expect(result.ok && result.body.toString()).toBe("hello from graph.example");
		}
		expect(asked).toEqual(["graph.example:443"]);
	});

	it("comes from HTTPS_PROXY when none is set, and NO_PROXY and this machine are left out", async () => {
		const asked: string[] = [];
		const port = await serveTls();
		const environment = { HTTPS_PROXY: await startProxy(port, asked), NO_PROXY: "direct.invalid" };
		const client = openHttp({ log: silentLog(), environment, caFile });
		open.push(() => client.close());
		expect(await client.request({ method: "GET", url: "https://graph.example/" })).toMatchObject({
			ok: true,
		});
		expect(await client.request({ method: "GET", url: `https://localhost:${port}/` })).toMatchObject({
			ok: true,
		});
		expect(await client.request({ method: "GET", url: "https://direct.invalid/" })).toMatchObject({
			ok: false,
		});
		expect(asked).toEqual(["graph.example:443"]);
	});

	it("that takes the connection and says nothing more does not hold us for ever", async () => {
		const silent = net.createServer((socket) => {
			socket.on("error", () => undefined);
			open.push(() => socket.destroy());
		});
		const proxy = `http://127.0.0.1:${await listen(silent)}`;
		const client = openHttp({ log: silentLog(), environment: {}, proxy });
		open.push(() => client.close());
		const wanted = { method: "GET", url: "https://graph.example/", idleTimeoutMs: 50 } as const;
		expect(await client.request(wanted)).toMatchObject({ ok: false, reason: "timeout", sent: "nothing" });
	});
});
