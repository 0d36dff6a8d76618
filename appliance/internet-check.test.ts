/** The check of the way to Microsoft, against servers of this machine, in the words that its owner reads. */
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { checkInternet, type InternetCheckOptions } from "./internet-check.ts";
import { silentLog } from "./log.ts";
import { openHttp } from "./microsoft/http.ts";
import { makeAuthority, makeLeaf } from "./system/certificate-maker.ts";

const open: (() => void)[] = [];
afterEach(() => {
	for (const close of open.splice(0)) close();
});

async function listen(server: http.Server | https.Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	open.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

async function check(
	urls: readonly string[],
	options: Partial<InternetCheckOptions & { caPem: string; proxy: string }> = {},
	signal = new AbortController().signal,
) {
	const { caPem = "", proxy = "", ...rest } = options;
	const client = openHttp({ log: silentLog(), environment: {}, caPem, proxy });
	open.push(() => client.close());
	const steps = [];
	const wanted = { urls, http: client, proxyOf: () => undefined, now: () => Date.now(), ...rest };
	for await (const step of checkInternet(wanted, signal)) steps.push(step);
	return steps;
}

const answering = () => listen(http.createServer((_, response) => response.writeHead(404).end()));

describe("the check of the internet", () => {
	it("goes from the name to the connection to the clock", async () => {
		const port = await answering();
		expect(await check([`http://localhost:${port}`, `http://127.0.0.1:${port}`])).toEqual([
			{ ok: true, text: expect.stringMatching(/^The name localhost is known: (127\.0\.0\.1|::1)\.$/) },
			{ ok: true, text: `localhost:${port} answers.` },
			{ ok: true, text: `127.0.0.1:${port} answers.` },
			{ ok: true, text: "The clock of this box is right to the minute." },
		]);
	});

	it.each([
		[-3 * 3_600_000, "The clock of this box is 3 hours behind. "],
		[10 * 60_000, "The clock of this box is 10 minutes ahead. "],
		[-20_000 * 86_400_000, "The clock of this box is 20000 days behind. "],
	])("tells a clock that is %d ms off", async (offMs, words) => {
		const port = await answering();
		const last = (await check([`http://127.0.0.1:${port}`], { now: () => Date.now() + offMs })).at(-1);
		expect(last?.ok).toBe(false);
		expect(last?.text).toContain(words);
	});

	it("ends at a name that nobody knows, and says what to look at", async () => {
		const steps = await check(["https://nowhere.invalid", "https://nowhere-else.invalid"]);
		expect(steps).toHaveLength(1);
		expect(steps[0]?.text).toMatch(/^The name nowhere\.invalid cannot be looked up .*Check the cable/);
	});

	it("leaves the name to the site's proxy, and says when that does not let it through", async () => {
		const port = await listen(
			http.createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n")),
		);
		const proxy = `http://user:tops3cret@127.0.0.1:${port}`;
		const steps = await check(["https://nowhere.invalid"], { proxy, proxyOf: () => new URL(proxy) });
		expect(steps).toHaveLength(1);
		expect(steps[0]?.text).toContain(`The site's proxy 127.0.0.1:${port} does not answer or does not let`);
		expect(steps[0]?.text).not.toContain("tops3cret");
	});

	it("tells somebody who stands in for Microsoft", async () => {
		const authority = await makeAuthority("inspection");
		const { cert, key } = await makeLeaf(authority, ["127.0.0.1"], "127.0.0.1");
		const server = https.createServer({ cert, key }, (_, response) => response.end());
		const url = `https://127.0.0.1:${await listen(server)}`;
		expect((await check([url])).at(-1)?.text).toContain("set microsoft.ca_file");
		expect((await check([url], { caPem: authority.cert }))[0]?.text).toContain("its certificate is right");
	});

	it("ends when nobody looks any more", async () => {
		const port = await listen(http.createServer(() => undefined));
		const gone = new AbortController();
		const checking = check([`http://127.0.0.1:${port}`], {}, gone.signal);
		gone.abort();
		expect((await checking).filter(({ ok }) => ok)).toEqual([]);
	});
});
