import { describe, expect, it } from "vitest";
import { messageOf } from "./smtp-client.ts";

describe("a message of a size", () => {
	it.each([200, 2_000, 65_536, 1_000_000])("has %i octets, in lines that end with CRLF", (sizeBytes) => {
		const body = Buffer.concat([...messageOf(sizeBytes)]).toString("latin1");
		expect(body).toHaveLength(sizeBytes);
		expect(body.endsWith("\r\n")).toBe(true);
		expect(body.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
		expect(Math.max(...body.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(100);
	});
});
