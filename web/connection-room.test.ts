/** With real connections: whoever holds many shuts nobody out, and what is being answered is answered. */
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { connect, type Socket } from "node:net";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "../appliance/log.ts";
import { makeServerCertificate } from "../appliance/sandbox/certificate.ts";
import { MOST_CONNECTIONS } from "./connection-room.ts";
import { type HttpListener, listenHttp } from "./serve.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
	for (const each of open.splice(0).reverse()) await each.close();
});

const {
	privateKeyPem: key,
	certificatePem: cert,
	caPem: ca,
} = makeServerCertificate(["127.0.0.1"], Date.now());

let release: (() => void)[] = [];
/** `/slow` is answered when `release` says so. */
async function listener(isTls: boolean): Promise<HttpListener> {
	release = [];
	const app = new Hono()
		.get("/", (context) => context.text("hello"))
		.get("/slow", async (context) => {
			await new Promise<void>((resolve) => release.push(resolve));
			return context.text("at last");
		});
	const made = await listenHttp("0.0.0.0", 0, app, {
		log: silentLog(),
		...(isTls ? { certificate: { key, cert } } : {}),
	});
	open.push({ close: () => made.close(0) });
	return made;
}

/** One that says nothing. */
async function silent(port: number, localAddress: string): Promise<Socket> {
	const socket = connect({ port, host: "127.0.0.1", localAddress });
	socket.on("error", () => undefined);
	socket.resume();
	open.push({ close: () => socket.destroy() });
	await new Promise<void>((resolve) => socket.once("connect", resolve));
	return socket;
}

/** Gives the status, over a connection of its own. */
function ask(
	port: number,
	path = "/",
	{ localAddress = "127.0.0.1", isTls = false } = {},
): Promise<number | undefined> {
	const request = isTls ? requestTls : requestPlain;
	return new Promise((resolve, reject) => {
		request({ host: "127.0.0.1", port, path, localAddress, agent: false, ca }, (response) => {
			response.resume();
			resolve(response.statusCode);
		})
			.on("error", reject)
			.end();
	});
}

describe.each([{ isTls: false }, { isTls: true }])("a web listener, TLS: $isTls", ({ isTls }) => {
	it("has room for a visitor while an address holds as many connections as there are, and says nothing", async () => {
		const { port } = await listener(isTls);
		for (let count = 0; count < 2 * MOST_CONNECTIONS; count += 1) await silent(port, "127.0.0.3");
		for (let visit = 0; visit < 3; visit += 1) expect(await ask(port, "/", { isTls })).toBe(200);
		expect(await ask(port, "/", { isTls, localAddress: "127.0.0.3" })).toBe(200);
	});

	it("takes the room from who holds most, not from who has been quiet longest", async () => {
		const { port } = await listener(isTls);
		const patient = await silent(port, "127.0.0.4");
		const greedy: Socket[] = [];
		for (let count = 0; count < MOST_CONNECTIONS - 1; count += 1)
			greedy.push(await silent(port, "127.0.0.3"));
		expect(await ask(port, "/", { isTls })).toBe(200);
		await expect.poll(() => greedy.filter(({ destroyed }) => destroyed).length).toBe(1);
		expect(greedy[0]?.destroyed).toBe(true);
		expect(patient.destroyed).toBe(false);
	});

	it("answers whatever it is answering, and has no room while that is all of it", async () => {
		const { port } = await listener(isTls);
		const asked = Array.from({ length: MOST_CONNECTIONS }, () =>
			ask(port, "/slow", { isTls, localAddress: "127.0.0.3" }),
		);
		await expect.poll(() => release.length, { timeout: 10_000 }).toBe(MOST_CONNECTIONS);
		await expect(ask(port, "/", { isTls })).rejects.toThrow();
		for (const answer of release) answer();
		expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
		await expect.poll(() => ask(port, "/", { isTls }).catch(() => 0)).toBe(200);
	});
});
