/** Single calls, against receivers on this machine that answer well, badly, slowly, without end, or not at all. */
import { once } from "node:events";
import http, { type RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addressFault, callAgain, callOnce, type HookCall } from "./hook-calls.ts";
import { Secret } from "./secret.ts";
import { makeAuthority, makeLeaf } from "./system/certificate-maker.ts";

/** Names that lead where the test wants. */
vi.mock("node:dns", async (original) => {
	const dns = await original<typeof import("node:dns")>();
	const known: Readonly<Record<string, string>> = {
		"metadata.test": "169.254.169.254",
		"receiver.test": "127.0.0.1",
	};
	type Answer = (error: null, addresses: readonly { readonly address: string; readonly family: 4 }[]) => void;
	const lookup = (host: string, _options: object, answer: Answer) =>
		answer(null, [{ address: known[host] ?? "127.0.0.1", family: 4 }]);
	return { ...dns, lookup, default: { ...dns, lookup } };
});

const CALL: HookCall = {
	...{ event: "failed", at: "2026-01-01T00:00:00.000Z", box: "postern" },
	...{ text: "A message could not be delivered.", count: 1, data: {} },
};
const secret = new Secret("a secret of the hook");
const servers: (http.Server | https.Server)[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
});

async function listen(server: http.Server | https.Server): Promise<number> {
	servers.push(server);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

const place = (url: string, signal = new AbortController().signal) => ({ url, secret, signal });

async function receiver(answer: RequestListener): Promise<string> {
	return `http://receiver.test:${await listen(http.createServer(answer))}/`;
}

describe("a call", () => {
	it("does not read an answer that has no end", async () => {
		const url = await receiver((_, response) => {
			response.writeHead(200);
			const pour = () => {
				while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
				response.once("drain", pour);
			};
			pour();
		});
		expect(await callOnce(CALL, place(url))).toEqual({ ok: true, text: "It answered 200." });
	});

	it("waits for an answer only so long", async () => {
		const url = await receiver(() => undefined);
		expect(await callOnce(CALL, place(url), 100)).toEqual({
			ok: false,
			text: "It did not answer in 0.1 seconds.",
		});
	});

	it("says why nobody can be reached", async () => {
		const port = await listen(http.createServer());
		servers.pop()?.close();
		const { ok, text } = await callOnce(CALL, place(`http://127.0.0.1:${port}/`));
		expect(ok).toBe(false);
		expect(text).toMatch(/^It cannot be reached: .*ECONNREFUSED/);
	});

	it("goes to nobody whose name leads to a cloud's keys, whenever it does", async () => {
		const url = "http://metadata.test/latest/meta-data";
		expect(addressFault(url)).toBeUndefined();
		expect((await callOnce(CALL, place(url))).text).toContain("leads to an address that may not be called");
	});

	it.each([
		"http://169.254.169.254/",
		"http://0xa9fea9fe/",
		"http://2852039166/",
		"http://[::ffff:169.254.169.254]/",
		"http://[fd00:ec2::254]/",
	])("goes nowhere for %s, also where it was saved before", async (url) => {
		expect(addressFault(url)).toBeDefined();
		expect((await callOnce(CALL, place(url))).text).toMatch(/^It was not called/);
	});

	it("trusts by https whom the box trusts, and nobody else", async () => {
		const authority = await makeAuthority("site");
		const { cert, key } = await makeLeaf(authority, ["receiver.test"], "receiver.test");
		const server = https.createServer({ cert, key }, (_, response) => response.writeHead(204).end());
		const url = `https://receiver.test:${await listen(server)}/`;
		expect((await callOnce(CALL, place(url))).ok).toBe(false);
		const trust = createSecureContext({ ca: authority.cert });
		expect(await callOnce(CALL, { ...place(url), trust })).toEqual({ ok: true, text: "It answered 204." });
	});
});

describe("a call that fails", () => {
	it("is made again three times at most, and no more once it succeeds", async () => {
		const statuses = [500, 503, 200];
		let calls = 0;
		const url = await receiver((_, response) => response.writeHead(statuses[calls++] ?? 500).end());
		const slept: number[] = [];
		const sleep = async (ms: number) => void slept.push(ms);
		expect((await callAgain(CALL, place(url), sleep)).ok).toBe(true);
		expect(calls).toBe(3);
		expect(slept).toEqual([5_000, 30_000]);
		expect((await callAgain(CALL, place(url), sleep)).text).toBe("It answered 500, which is no success.");
		expect(calls).toBe(7);
	});

	it("is not made again once the hook is removed or the box stops", async () => {
		let calls = 0;
		const url = await receiver((_, response) => {
			calls += 1;
			response.writeHead(500).end();
		});
		const over = new AbortController();
		await callAgain(CALL, place(url, over.signal), async () => over.abort());
		expect(calls).toBe(1);
	});
});
