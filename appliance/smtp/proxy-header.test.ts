/** PROXY headers as proxies send them, and as attackers would. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProxyHeader } from "./proxy-header.ts";

const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

function version2(command: number, family: number, content: Buffer): Buffer {
	const length = Buffer.alloc(2);
	length.writeUInt16BE(content.length);
	return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, content]);
}

const tcp4 = (source: readonly number[], port: number, additions = Buffer.alloc(0)) =>
	version2(
		0x21,
		0x11,
		Buffer.concat([Buffer.from([...source, 127, 0, 0, 1, port >> 8, port & 0xff, 0, 25]), additions]),
	);

const line = (text: string) => readProxyHeader(Buffer.from(text, "latin1"));

describe("a header of version 1", () => {
	it("names the client", () => {
		expect(line("PROXY TCP4 192.168.1.50 192.168.1.2 50123 25\r\nEHLO x\r\n")).toEqual({
			state: "complete",
			lengthBytes: 46,
			client: { address: "192.168.1.50", port: 50123 },
		});
		expect(line("PROXY TCP6 2001:DB8:0:0::1 ::1 5 25\r\n")).toMatchObject({
			client: { address: "2001:db8::1", port: 5 },
		});
		expect(line("PROXY TCP6 ::ffff:192.168.1.50 ::1 5 25\r\n")).toMatchObject({
			client: { address: "192.168.1.50" },
		});
	});

	it("may name nobody", () => {
		expect(line("PROXY UNKNOWN\r\n")).toEqual({ state: "complete", lengthBytes: 15 });
		expect(line("PROXY UNKNOWN ffff:f::1 ffff:f::2 65535 65535\r\n")).toMatchObject({ state: "complete" });
	});

	const bad: readonly string[] = [
		"EHLO device\r\n",
		"PROXY TCP4 192.168.1.50 192.168.1.2 50123\r\n",
		"PROXY TCP4 192.168.1.256 192.168.1.2 50123 25\r\n",
		"PROXY TCP4 ::1 ::1 50123 25\r\n",
		"PROXY TCP6 127.0.0.1 127.0.0.1 50123 25\r\n",
		"PROXY TCP4 192.168.1.50 192.168.1.2 70000 25\r\n",
		"PROXY TCP4 192.168.1.50 192.168.1.2 1 25 more\r\n",
		"PROXY TCP4  192.168.1.50 192.168.1.2 1 25\r\n",
		"PROXY UDP4 192.168.1.50 192.168.1.2 1 25\r\n",
		"PROXY TCP4 printer.local 192.168.1.2 1 25\r\n",
		"PROXY TCP4 192.168.1.50\n192.168.1.2 1 25\r\n",
		`PROXY UNKNOWN ${"x".repeat(100)}\r\n`,
		"PROXY ".padEnd(200, "A"),
	];
	for (const text of bad) {
		it(`is refused: ${JSON.stringify(text.slice(0, 50))}`, () => {
			expect(line(text).state).toBe("refused");
		});
	}
});

describe("a header of version 2", () => {
	it("names the client, and is skipped with its additions", () => {
		const header = tcp4([192, 168, 1, 50], 50123, Buffer.from("0400034e4f50", "hex"));
		expect(readProxyHeader(Buffer.concat([header, Buffer.from("EHLO")]))).toEqual({
			state: "complete",
			lengthBytes: header.length,
			client: { address: "192.168.1.50", port: 50123 },
		});
	});

	it("names a client of IPv6, and an IPv4 one written as such", () => {
		const content = Buffer.alloc(36);
		content[15] = 1;
		content.writeUInt16BE(7, 32);
		expect(readProxyHeader(version2(0x21, 0x21, content))).toMatchObject({
			client: { address: "::1", port: 7 },
		});
		content.fill(0xff, 10, 12);
		content.set([10, 0, 0, 9], 12);
		expect(readProxyHeader(version2(0x21, 0x21, content))).toMatchObject({ client: { address: "10.0.0.9" } });
	});

	it("leaves the proxy's own address for LOCAL, UNSPEC and UNIX", () => {
		for (const [command, family, size] of [
			[0x20, 0x11, 12],
			[0x20, 0x00, 0],
			[0x21, 0x00, 0],
			[0x21, 0x31, 216],
		] as const) {
			const header = version2(command, family, Buffer.alloc(size, 1));
			expect(readProxyHeader(header)).toEqual({ state: "complete", lengthBytes: header.length });
		}
	});

	it("is refused with an unknown command or family, too short, or too long", () => {
		expect(readProxyHeader(version2(0x22, 0x11, Buffer.alloc(12))).state).toBe("refused");
		expect(readProxyHeader(version2(0x11, 0x11, Buffer.alloc(12))).state).toBe("refused");
		expect(readProxyHeader(version2(0x21, 0x12, Buffer.alloc(12))).state).toBe("refused");
		expect(readProxyHeader(version2(0x21, 0x11, Buffer.alloc(11))).state).toBe("refused");
		expect(readProxyHeader(version2(0x21, 0x21, Buffer.alloc(12))).state).toBe("refused");
		expect(readProxyHeader(version2(0x21, 0x11, Buffer.alloc(3_000)).subarray(0, 16)).state).toBe("refused");
	});
});

describe("whatever comes", () => {
	it("gives the same however it is cut: first incomplete, then the whole", () => {
		const headers = fc.oneof(
			fc
				.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }))
				.map(([address, port]) => Buffer.from(`PROXY TCP4 ${address} 127.0.0.1 ${port} 25\r\n`)),
			fc
				.tuple(fc.ipV6(), fc.integer({ min: 0, max: 65_535 }))
				.map(([address, port]) => Buffer.from(`PROXY TCP6 ${address} ::1 ${port} 25\r\n`)),
			fc
				.tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 65_535 }))
				.map(([address, port]) => tcp4([...address], port)),
		);
		fc.assert(
			fc.property(headers, fc.nat(), fc.uint8Array(), (header, at, behind) => {
				const cut = header.subarray(0, at % header.length);
				expect(readProxyHeader(cut).state).toBe("incomplete");
				const whole = readProxyHeader(Buffer.concat([header, behind]));
				expect(whole).toEqual(readProxyHeader(header));
				expect(whole).toMatchObject({ state: "complete", lengthBytes: header.length });
			}),
			{ numRuns: 1_000 },
		);
	});

	it("is judged without a fault, and never waited for without a bound", () => {
		const beginnings = fc.constantFrom(Buffer.alloc(0), Buffer.from("PROXY "), SIGNATURE);
		fc.assert(
			fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), (beginning, rest) => {
				const header = readProxyHeader(Buffer.concat([beginning, rest]));
				if (header.state === "complete") expect(header.lengthBytes).toBeLessThanOrEqual(2_048);
			}),
			{ numRuns: 2_000 },
		);
		expect(readProxyHeader(Buffer.concat([SIGNATURE, Buffer.alloc(2_100, 0x21)])).state).toBe("refused");
	});
});
