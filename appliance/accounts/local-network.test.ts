import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLocalAddress, ownNetworks } from "./local-network.ts";

describe("the local network", () => {
	it("is what nobody on the internet can come from, as sockets write it", () => {
		for (const address of [
			...["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.20", "169.254.9.9"],
			...["fe80::1", "fe80::1%eth0", "fd12:3456::1", "::ffff:192.168.1.20"],
		]) {
			expect(isLocalAddress(address, []), address).toBe(true);
		}
		for (const address of [
			...["203.0.113.9", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1", "100.64.0.1", "0.0.0.0"],
			...["2001:db8::1", "::", "::ffff:203.0.113.9", "fec0::1", "64:ff9b::a00:1"],
			...["", "localhost", "10.0.0.1, 203.0.113.9", "192.168.1.20:80", "10.1"],
		]) {
			expect(isLocalAddress(address, []), address).toBe(false);
		}
	});

	it("is the IPv6 network of the box too, whose addresses anybody could reach", () => {
		const own = (address: string, cidr: string | null, internal = false) =>
			({ address, cidr, internal, family: "IPv6", netmask: "", mac: "", scopeid: 0 }) as const;
		const networks = ownNetworks({
			lo: [own("::1", "::1/128", true)],
			eth0: [
				own("2001:db8:1:2::5", "2001:db8:1:2::5/64"),
				own("2001:db8:3::5", "2001:db8:3::5/48"),
				own("2001:db8:4::5", "2001:db8:4::5/128"),
				{
					address: "203.0.113.4",
					cidr: "203.0.113.4/24",
					internal: false,
					family: "IPv4",
					netmask: "",
					mac: "",
				},
			],
			wlan0: undefined,
		});
		expect(isLocalAddress("2001:db8:1:2:aaaa::1", networks)).toBe(true);
		for (const address of ["2001:db8:1:3::1", "2001:db8:3::6", "2001:db8:4::6", "203.0.113.9"]) {
			expect(isLocalAddress(address, networks), address).toBe(false);
		}
		expect(isLocalAddress("203.0.113.9", ownNetworks())).toBe(false);
	});

	it("never fails, whatever a proxy claims", () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(isLocalAddress(text, [])).toBeTypeOf("boolean");
			}),
		);
	});
});
