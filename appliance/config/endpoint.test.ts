import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	formatEndpoint,
	isLoopback,
	readListen,
	readProxyUrl,
	readServer,
	readServiceUrl,
} from "./endpoint.ts";
import { Refusal } from "./refusal.ts";

describe("places to listen", () => {
	it.each([
		["[::]:25", "::", 25],
		["25", "::", 25],
		[2525, "::", 2525],
		["*:25", "::", 25],
		["0.0.0.0:25", "0.0.0.0", 25],
		["127.0.0.1:0", "127.0.0.1", 0],
		["localhost:587", "localhost", 587],
		["[fe80::1%eth0]:25", "fe80::1%eth0", 25],
	])("reads %s", (text, host, port) => {
		expect(readListen(text)).toEqual({ host, port });
	});

	it.each([
		"",
		"::",
		"::1:25x",
		"65536",
		"host",
		"[::]",
		"[::]:",
		"[127.0.0.1]:25",
		"300.1.1.1:25",
		"a b:25",
		-1,
		2.5,
	])("refuses %j", (text) => {
		expect(readListen(text)).toBeInstanceOf(Refusal);
	});

	it("reads back what it writes", () => {
		const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
		fc.assert(
			fc.property(hosts, fc.integer({ min: 0, max: 65_535 }), (host, port) => {
				expect(readListen(formatEndpoint({ host, port }))).toEqual({ host, port });
			}),
		);
		fc.assert(fc.property(fc.string(), (text) => void readListen(text)));
	});
});

describe("services", () => {
	it("takes https, and http for this machine alone", () => {
		expect(readServiceUrl("https://graph.microsoft.com/")).toBe("https://graph.microsoft.com");
		expect(readServiceUrl("http://127.0.0.1:8080/base/")).toBe("http://127.0.0.1:8080/base");
		expect(readServiceUrl("http://[::1]:8080")).toBe("http://[::1]:8080");
		expect(readServiceUrl("http://localhost:1")).toBe("http://localhost:1");
		for (const bad of [
			"http://graph.example.com",
			"http://localhost.example.com",
			"ftp://a",
			"graph",
			"https://u:p@h",
		]) {
			expect(readServiceUrl(bad)).toBeInstanceOf(Refusal);
		}
	});

	it("is not taken in by names that look like this machine", () => {
		expect(["127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST"].map(isLoopback)).not.toContain(false);
		expect(["127.0.0.1.example.com", "128.0.0.1", "::2", ""].map(isLoopback)).not.toContain(true);
	});

	it("needs a port for a server", () => {
		expect(readServer("smtp.office365.com:587")).toEqual({ host: "smtp.office365.com", port: 587 });
		expect(readServer("smtp.office365.com")).toBeInstanceOf(Refusal);
		expect(readServer("smtp.office365.com:0")).toBeInstanceOf(Refusal);
	});

	it("takes a proxy with or without credentials", () => {
		expect(readProxyUrl("")).toBe("");
		expect(readProxyUrl("http://user:secret@proxy:3128")).toBe("http://user:secret@proxy:3128");
		expect(readProxyUrl("socks5://proxy:1080")).toBeInstanceOf(Refusal);
	});
});
