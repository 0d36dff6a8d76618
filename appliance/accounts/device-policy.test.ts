import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceSchema } from "../config/record-schemas.ts";
import { matchesPattern, mayBeReversePath, mayReceive } from "./device-policy.ts";
import { toRecord } from "./device-records.ts";
import type { Device } from "./model.ts";

function device(written: object): Device {
	return toRecord(deviceSchema.parse({ name: "Copier", addresses: ["10.0.0.1"], ...written }), "file").device;
}

describe("what a device may send", () => {
	it("is anything unless the owner said otherwise", () => {
		const free = device({});
		expect(mayBeReversePath(free, "anybody@anywhere.example")).toBe(true);
		expect(mayBeReversePath(free, "")).toBe(true);
		expect(mayReceive(free, "anybody@anywhere.example")).toBe(true);
	});

	it("is from any sender when the sender is replaced anyway", () => {
		expect(mayBeReversePath(device({ from: "force" }), "root@localhost")).toBe(true);
	});

	it("is from the named senders and no others", () => {
		const strict = device({ from: ["scan@contoso.com", "*@Fabrikam.example"] });
		expect(mayBeReversePath(strict, "SCAN@Contoso.COM")).toBe(true);
		expect(mayBeReversePath(strict, "boss@fabrikam.EXAMPLE")).toBe(true);
		expect(mayBeReversePath(strict, "boss@contoso.com")).toBe(false);
		expect(mayBeReversePath(strict, "boss@sub.fabrikam.example")).toBe(false);
		expect(mayBeReversePath(strict, "boss@notfabrikam.example")).toBe(false);
		expect(mayBeReversePath(strict, "")).toBe(false);
		expect(mayBeReversePath(device({ from: [] }), "scan@contoso.com")).toBe(false);
	});

	it("is to the named recipients and no others", () => {
		const strict = device({ recipients: ["*@contoso.com", "Boss@example.com"] });
		expect(mayReceive(strict, "anybody@CONTOSO.com")).toBe(true);
		expect(mayReceive(strict, "boss@example.com")).toBe(true);
		expect(mayReceive(strict, "other@example.com")).toBe(false);
		expect(mayReceive(strict, '"boss@example.com"@evil.example')).toBe(false);
		expect(mayReceive(strict, "x@contoso.com@evil.example")).toBe(false);
		expect(mayReceive(strict, "")).toBe(false);
	});

	it("compares domains however they are spelt", () => {
		expect(matchesPattern("*@bücher.example", "a@xn--bcher-kva.example")).toBe(true);
		expect(matchesPattern("*@bücher.example", "a@BÜCHER.example")).toBe(true);
	});

	it("never lets an address of another domain through, nor throws", () => {
		fc.assert(
			fc.property(fc.string(), fc.domain(), (local, domain) => {
				fc.pre(domain.toLowerCase() !== "contoso.com");
				expect(matchesPattern("*@contoso.com", `${local}@${domain}`)).toBe(false);
			}),
		);
	});
});
