import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressTable } from "./addresses.ts";

describe("addresses", () => {
	it("belong to the most specific range", () => {
		const table = new AddressTable([
			["0.0.0.0/0", "anywhere"],
			["192.168.1.0/24", "office"],
			["192.168.1.50", "copier"],
			["fd00::/8", "v6 site"],
			["fd00::5", "v6 copier"],
		]);
		expect(table.find("192.168.1.50")).toBe("copier");
		expect(table.find("::ffff:192.168.1.50")).toBe("copier");
		expect(table.find("192.168.1.51")).toBe("office");
		expect(table.find("8.8.8.8")).toBe("anywhere");
		expect(table.find("fd00:0:0::5")).toBe("v6 copier");
		expect(table.find("fd99::1%eth0")).toBe("v6 site");
		expect(table.find("2001:db8::1")).toBeUndefined();
		expect(table.find("nonsense")).toBeUndefined();
	});

	it("of IPv4 are in no range of IPv6", () => {
		const table = new AddressTable([["::/0", "all of IPv6"]]);
		expect(table.find("192.168.1.50")).toBeUndefined();
		expect(table.find("::ffff:192.168.1.50")).toBeUndefined();
		expect(table.find("2001:db8::1")).toBe("all of IPv6");
	});

	it("are found as a naive comparison of bits finds them", () => {
		// Few distinct bytes, so that ranges nest and addresses hit.
		const byte = fc.constantFrom(0, 1, 10, 127, 128, 192, 255);
		const bytes4 = fc.array(byte, { minLength: 4, maxLength: 4 });
		const bytes16 = fc.array(byte, { minLength: 16, maxLength: 16 });
		const scenario = (bytes: fc.Arbitrary<number[]>, bits: number) =>
			fc.record({ ranges: fc.array(fc.tuple(bytes, fc.nat(bits)), { maxLength: 8 }), peer: bytes });
		fc.assert(
			fc.property(fc.oneof(scenario(bytes4, 32), scenario(bytes16, 128)), ({ ranges, peer }) => {
				const entries = ranges.map(
					([bytes, prefix]) => [`${format(bytes)}/${prefix}`, maskedBits(bytes, prefix)] as const,
				);
				const found = new AddressTable(entries).find(format(peer));
				const matching = ranges.filter(
					([bytes, prefix]) => maskedBits(bytes, prefix) === maskedBits(peer, prefix),
				);
				const [best] = matching.sort(([, a], [, b]) => b - a);
				expect(found).toBe(best === undefined ? undefined : maskedBits(best[0], best[1]));
			}),
		);
	});
});

function format(bytes: readonly number[]): string {
	if (bytes.length === 4) return bytes.join(".");
	const groups = Array.from({ length: 8 }, (_, at) =>
		((bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0)).toString(16),
	);
	return groups.join(":");
}

function maskedBits(bytes: readonly number[], prefix: number): string {
	return bytes
		.map((byte) => byte.toString(2).padStart(8, "0"))
		.join("")
		.slice(0, prefix);
}
