import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDate } from "./date.ts";
import { scanHeader } from "./header.ts";
import { isLooping } from "./loop.ts";
import { receivedField, type Trace, tracedQueueIds } from "./received.ts";

const trace: Trace = {
	helo: "BRN001BA9",
	clientAddress: "::ffff:192.168.1.50",
	hostName: "postern",
	protocol: "ESMTPSA",
	queueId: "1J2K3",
	recipients: ["boss@x.example"],
	date: new Date("2026-11-20T11:52:15Z"),
	dateIsGuess: false,
};

describe("the trace field", () => {
	it("says when, from whom and how", () => {
		expect(receivedField(trace)).toBe(
			"Received: from BRN001BA9 ([192.168.1.50])\r\n\tby postern (Postern) with ESMTPSA id 1J2K3\r\n" +
				"\tfor <boss@x.example>;\r\n\tFri, 20 Nov 2026 11:52:15 +0000\r\n",
		);
	});

	it("tells several recipients nothing of each other", () => {
		const field = receivedField({
			...trace,
			recipients: ["a@x.example", "b@x.example"],
			clientAddress: "fe80::1",
		});
		expect(field).toContain("([IPv6:fe80::1])");
		expect(field).not.toContain("x.example");
	});

	it("is one field whatever the peer calls itself", () => {
		fc.assert(
			fc.property(
				fc.string({ unit: "binary" }),
				fc.string(),
				fc.string(),
				(helo, clientAddress, recipient) => {
					const field = Buffer.from(
						receivedField({ ...trace, helo, clientAddress, recipients: [recipient] }),
					);
					const { fields, fieldsEnd } = scanHeader(field);
					expect(fields.map(({ name }) => name)).toEqual(["Received"]);
					expect(fieldsEnd).toBe(field.length);
					for (const line of field.toString().split("\r\n")) expect(line.length).toBeLessThan(998);
				},
			),
		);
	});
});

describe("the queue ids in a message", () => {
	it("are those of every Postern it has passed, however the fields were folded since", () => {
		const ours = receivedField({ ...trace, queueId: "FIRST" });
		const theirs = receivedField({ ...trace, hostName: "postern-2", queueId: "SECOND", recipients: [] });
		const exchange =
			"Received: from a by b (Exchange) with SMTP id OTHER; Fri, 20 Nov 2026 11:52:15 +0000\r\n";
		const refolded = theirs.replaceAll("\r\n\t", "\r\n ").replace(" id ", "\r\n id ");
		const message = Buffer.from(
			`${exchange}${refolded}${ours}Subject: x\r\n\r\nby x (Postern) with SMTP id BODY\r\n`,
		);
		expect(tracedQueueIds(message)).toEqual(["SECOND", "FIRST"]);
		expect(tracedQueueIds(Buffer.from(exchange))).toEqual([]);
	});
});

describe("a loop", () => {
	const other = "Received: from a by b; Fri, 20 Nov 2026 11:52:15 +0000\r\n";
	function looping(header: string, hostName = "postern"): boolean {
		const message = Buffer.from(`${header}\r\n`);
		return isLooping(message, scanHeader(message).fields, hostName);
	}

	it("is seen when we have passed it on four times", () => {
		expect(looping(receivedField(trace).repeat(3))).toBe(false);
		expect(looping(receivedField(trace).repeat(4))).toBe(true);
		expect(looping(receivedField(trace).repeat(4), "another")).toBe(false);
	});

	it("is seen when anybody has, fifty times", () => {
		expect([looping(other.repeat(49)), looping(other.repeat(50))]).toEqual([false, true]);
	});
});

it("dates are written in UTC", () => {
	expect(formatDate(new Date(0))).toBe("Thu, 1 Jan 1970 00:00:00 +0000");
	expect(() => formatDate(new Date("never"))).toThrow(RangeError);
});
