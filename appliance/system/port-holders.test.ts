/** Who listens on a port: this process is found on a port of its own, nobody on one that is free. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { holderOfPort } from "./port-holders.ts";

it.each(["127.0.0.1", "::"])("finds who listens on %s, and nobody once it has gone", async (host) => {
	const server = createServer().listen(0, host);
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	expect(await holderOfPort(port)).toEqual({ pid: process.pid, program: expect.stringMatching(/./) });
	server.close();
	await once(server, "close");
	expect(await holderOfPort(port)).toBeUndefined();
});

it("finds nobody where the kernel tells nothing", async () => {
	expect(await holderOfPort(25, "/nonexistent")).toBeUndefined();
});
