import { describe, expect, it } from "vitest";
import { helloLines, readHelloName } from "./hello.ts";

describe("the name in HELO and EHLO", () => {
	it.each([
		["copier.local", "copier.local"],
		["", "[192.0.2.7]"],
		["  \t ", "[192.0.2.7]"],
		["my copier 2", "my copier 2"],
		["under_score", "under_score"],
		["a\r\nb\0c", "a b c"],
		["drucker-büro", "drucker-b ro"],
		["x".repeat(2_000), undefined],
	])("%j is kept as %j", (argument, name) => {
		expect(readHelloName(argument, "192.0.2.7")).toBe(name);
	});

	it("is the address in its literal form for a peer of IPv6 that gives none", () => {
		expect(readHelloName("", "fd00::7")).toBe("[IPv6:fd00::7]");
	});
});

describe("what is offered", () => {
	const offer = {
		hostName: "postern",
		maxSizeBytes: 1000,
		startTls: true,
		auth: ["PLAIN", "LOGIN"],
		hidden: [],
	};

	it("has AUTH in both of its forms", () => {
		expect(helloLines(offer)).toContain("AUTH PLAIN LOGIN");
		expect(helloLines(offer)).toContain("AUTH=PLAIN LOGIN");
	});

	it("leaves out what a device stumbles over", () => {
		const lines = helloLines({ ...offer, hidden: ["CHUNKING", "STARTTLS", "AUTH=", "SIZE"] });
		expect(lines.join("\n")).not.toMatch(/CHUNKING|STARTTLS|AUTH=|SIZE/);
		expect(lines).toContain("AUTH PLAIN LOGIN");
		expect(helloLines({ ...offer, hidden: ["AUTH"] }).join("\n")).not.toMatch(/AUTH/);
	});
});
