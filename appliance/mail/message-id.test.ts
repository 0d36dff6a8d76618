import { describe, expect, it } from "vitest";
import { scanHeader } from "./header.ts";
import { findMessageId, makeMessageId } from "./message-id.ts";

function found(header: string): string | undefined {
	const message = Buffer.from(header);
	return findMessageId(message, scanHeader(message).fields);
}

describe("a Message-ID", () => {
	it("is made of the queue id, chance and the host", () => {
		expect(makeMessageId("1J2K3", "Postern", "0a1b")).toBe("<1J2K3.0a1b@postern.local>");
		expect(makeMessageId("1J2K3", "box.contoso.com", "0a1b")).toBe("<1J2K3.0a1b@box.contoso.com>");
		expect(makeMessageId("1J2K3", "")).toMatch(/^<1J2K3\.[\da-f]{12}@postern\.local>$/);
		expect(makeMessageId("1", "a")).not.toBe(makeMessageId("1", "a"));
	});

	it("is found as it was written", () => {
		expect(found("message-id:\r\n <A.b@c> (x)\r\n\r\n")).toBe("<A.b@c>");
	});

	it.each(["Subject: <a@b>", "Message-ID: none", "Message-ID: <a b>", `Message-ID: <${"x".repeat(1000)}@y>`])(
		"is not found in %.30s",
		(header) => {
			expect(found(`${header}\r\n\r\n`)).toBeUndefined();
		},
	);
});
