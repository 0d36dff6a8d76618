import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress, formatNetwork, readNetwork } from "./network.ts";
import { Refusal } from "./refusal.ts";

function canonical(text: string): string {
	const network = readNetwork(text);
	return network instanceof Refusal ? "refused" : formatNetwork(network);
}

describe("network addresses", () => {
	it.each([
		["192.168.1.50", "192.168.1.50"],
		["192.168.1.50/24", "192.168.1.0/24"],
		["0.0.0.0/0", "0.0.0.0/0"],
		["10.1.2.3/32", "10.1.2.3"],
		["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
		["fd12:3456::1/8", "fd00::/8"],
		["::/0", "::/0"],
		["::ffff:192.168.1.50", "192.168.1.50"],
		["::ffff:192.168.1.50/120", "192.168.1.0/24"],
		["1::", "1::"],
		["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
	])("writes %s as %s", (text, expected) => {
		expect(canonical(text)).toBe(expected);
	});

	it.each([
		"",
		"192.168.1",
		"192.168.1.1/33",
		"::/129",
		"192.168.1.1/",
		"a/b",
		"1.2.3.4/8/8",
		"fe80::1%eth0",
		"01.2.3.4",
	])("refuses %j", (text) => {
		expect(canonical(text)).toBe("refused");
	});

	it("is the same after a second reading, whatever the address", () => {
		fc.assert(
			fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(32), (address, prefixLength) => {
				const once = canonical(`${address}/${prefixLength}`);
				expect(once).not.toBe("refused");
				expect(canonical(once)).toBe(once);
			}),
		);
	});

	it("reads a peer's address as sockets give it", () => {
		expect(canonicalAddress("::ffff:10.0.0.1")).toBe("10.0.0.1");
		expect(canonicalAddress("fe80::1%eth0")).toBe("fe80::1");
		expect(canonicalAddress("not an address")).toBeUndefined();
		expect(canonicalAddress("10.0.0.0/8")).toBeUndefined();
	});
});
