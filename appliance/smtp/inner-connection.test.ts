import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { openInnerConnection } from "./inner-connection.ts";

describe("a connection inside the appliance", () => {
	it("carries bytes both ways, and its server side stays open when the client has closed its own", async () => {
		const { client, server } = await openInnerConnection();
		expect([server.remotePort, server.localPort]).toEqual([client.localPort, client.remotePort]);
		const heard = once(server, "data");
		client.end("EHLO a\r\n");
		expect(String((await heard)[0])).toBe("EHLO a\r\n");
		const answered = once(client, "data");
		await once(server, "end");
		server.end("250 ok\r\n");
		expect(String((await answered)[0])).toBe("250 ok\r\n");
	});

	it("leaves no port open behind it", async () => {
		const { client, server } = await openInnerConnection();
		const { connect } = await import("node:net");
		const second = connect(client.remotePort ?? 0, "127.0.0.1");
		const [error] = (await once(second, "error")) as [NodeJS.ErrnoException];
		expect(error.code).toBe("ECONNREFUSED");
		client.destroy();
		server.destroy();
	});
});
