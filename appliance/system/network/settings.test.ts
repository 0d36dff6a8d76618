/** What owners type as network settings, and what becomes of it in the files of networkd and wpa_supplicant. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../errors.ts";
import { networkFiles } from "./files.ts";
import {
	AS_THE_SITE_SAYS,
	type NetworkDraft,
	type NetworkSettings,
	readNetworkSettings,
} from "./settings.ts";

const DRAFT: NetworkDraft = {
	...{ ipv4: { method: "dhcp" }, ipv6: { method: "auto" } },
	...{ dns: [], ntp: [], vlan: null, wifi: null },
};
const STATIC: NetworkDraft = {
	...DRAFT,
	ipv4: { method: "static", address: "192.168.1.5/24", gateway: "192.168.1.1" },
	dns: ["192.168.1.1"],
};
const WIFI = {
	country: "de",
	ssid: "IEEE",
	security: "wpa2",
	passphrase: "password",
	isHidden: false,
} as const;

const read = (draft: Partial<NetworkDraft>, before: NetworkSettings = AS_THE_SITE_SAYS) =>
	readNetworkSettings({ ...DRAFT, ...draft }, before);
const withAddress = (address: string, gateway = "") =>
	read({ ...STATIC, ipv4: { method: "static", address, gateway } });
const textOf = (draft: Partial<NetworkDraft>, name: string) => networkFiles(read(draft)).get(name) ?? "";

describe("network settings", () => {
	it("are the site's until an owner says otherwise", () => {
		expect(read({})).toEqual(AS_THE_SITE_SAYS);
		const text = textOf({}, "systemd/10-postern-wired.network");
		expect(text).toContain("DHCP=yes\nIPv6AcceptRA=yes\nLinkLocalAddressing=yes\nMulticastDNS=yes\n");
	});

	it.each([
		["192.168.1.5/24", "192.168.1.5/24"],
		[" 192.168.1.5 / 255.255.255.0 ", "192.168.1.5/24"],
		["10.0.0.1/31", "10.0.0.1/31"],
	])("take an address as it is written: %s", (typed, meant) => {
		expect(withAddress(typed).ipv4).toEqual({ method: "static", address: meant, gateway: "" });
	});

	it.each([
		["192.168.1.5", "no address with its prefix, such as 192.168.1.5/24"],
		["192.168.1.5/33", "no address with its prefix"],
		["192.168.1.5/255.0.255.0", "no address with its prefix"],
		["192.168.1.300/24", "no address with its prefix"],
		["192.168.1.5/24/24", "no address with its prefix"],
		["192.168.1.0/24", "may have"],
		["192.168.1.255/24", "may have"],
		["127.0.0.1/8", "may have"],
		["224.0.0.5/24", "may have"],
		["fd00::5/64", "no address with its prefix"],
	])("refuse the address %s", (address, text) => {
		expect(() => withAddress(address)).toThrow(text);
	});

	it("refuse what would cut the box off", () => {
		const own = { method: "static", address: "192.168.1.5/24", gateway: "" } as const;
		expect(() => read({ ipv4: own })).toThrow("name server");
		expect(() => read({ ipv4: { method: "off" }, ipv6: { method: "off" } })).toThrow("nobody would reach");
		expect(() => withAddress("192.168.1.5/24", "192.168.2.1")).toThrow(
			"not in the network of 192.168.1.5/24",
		);
		expect(() => withAddress("192.168.1.5/24", "192.168.1.5")).toThrow("not in the network");
		expect(() => read({ dns: ["dns.google"] })).toThrow('"dns.google" is no address of a name server');
		expect(() => read({ ntp: ["not a name"] })).toThrow("time server");
		for (const vlan of [0, 4095, 1.5]) expect(() => read({ vlan })).toThrow("1 to 4094");
		expect(() => read({ vlan: 7, wifi: WIFI })).toThrow("Choose one of them");
	});

	it("write an address by hand, with its way out and its servers", () => {
		const text = textOf({ ...STATIC, ntp: ["PTB.example", "fd00::123"] }, "systemd/10-postern-wired.network");
		expect(text).toContain("Address=192.168.1.5/24\nDNS=192.168.1.1\nNTP=ptb.example\nNTP=fd00::123\n");
		expect(text).toContain("[Route]\nGateway=192.168.1.1\n");
		expect(text).toContain("DHCP=no\nIPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n");
		expect(text).toContain("UseDNS=no");
		const six = { method: "static", address: "FD00:0::5/64", gateway: "fe80::1" } as const;
		expect(textOf({ ...STATIC, ipv6: six }, "systemd/10-postern-wired.network")).toContain(
			"Address=fd00::5/64",
		);
	});

	it("put a VLAN on the cable, which then carries nothing else", () => {
		const files = networkFiles(read({ ...STATIC, vlan: 7 }));
		expect(files.get("systemd/10-postern-postern-vlan.netdev")).toContain("Kind=vlan\n\n[VLAN]\nId=7\n");
		expect(files.get("systemd/10-postern-wired.network")).toContain("DHCP=no");
		expect(files.get("systemd/10-postern-wired.network")).not.toContain("Address=");
		expect(files.get("systemd/10-postern-vlan.network")).toContain("Address=192.168.1.5/24");
	});

	it("give Wi-Fi the address, and the cable what the site gives", () => {
		const files = networkFiles(read({ ...STATIC, wifi: WIFI }));
		expect(files.get("systemd/10-postern-wifi.network")).toContain("Address=192.168.1.5/24");
		expect(files.get("systemd/10-postern-wired.network")).toContain("DHCP=yes");
	});
});

describe("Wi-Fi", () => {
	it("keeps the key that name and password make, and not the password", () => {
		// The test vector of IEEE 802.11, annex J.4.
		const key = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e";
		const settings = read({ wifi: WIFI });
		expect(settings.wifi).toMatchObject({ country: "DE", ssid: "49454545", key });
		expect(JSON.stringify([settings, [...networkFiles(settings)]])).not.toMatch(/"password"|=password/);
		expect(networkFiles(settings).get("wifi.conf")).toContain(`ssid=49454545\n`);
	});

	it("takes the key of before where nothing is typed, for the same network alone", () => {
		const before = read({ wifi: WIFI });
		const again = { ...WIFI, passphrase: "", country: "FR" };
		expect(read({ wifi: again }, before).wifi).toMatchObject({ key: before.wifi?.key, country: "FR" });
		expect(() => read({ wifi: { ...again, ssid: "Other" } }, before)).toThrow("Other is missing");
		expect(() => read({ wifi: { ...again, security: "wpa3" } }, before)).toThrow("is missing");
		expect(() => read({ wifi: again })).toThrow("is missing");
	});

	it("writes what each kind of network needs", () => {
		const conf = (wifi: Partial<NonNullable<NetworkDraft["wifi"]>>) =>
			textOf({ wifi: { ...WIFI, ...wifi } }, "wifi.conf");
		expect(conf({ security: "wpa3" })).toContain("sae_password=70617373776f7264");
		expect(conf({ security: "open", passphrase: "" })).toContain("key_mgmt=NONE");
		expect(conf({ isHidden: true })).toContain("scan_ssid=1");
		expect(conf({ passphrase: "AB".repeat(32) })).toContain(`psk=${"ab".repeat(32)}`);
	});

	it.each([
		[{ country: "Germany" }, "two letters"],
		[{ ssid: "" }, "1 to 32"],
		[{ ssid: "ä".repeat(17) }, "1 to 32"],
		[{ passphrase: "short" }, "8 to 63"],
		[{ passphrase: "with\nline end" }, "8 to 63"],
	])("refuses %j", (wrong, text) => {
		expect(() => read({ wifi: { ...WIFI, ...wrong } })).toThrow(text);
	});
});

/** Texts that mean something to one of the programs, among anything else. */
const hostile = fc.oneof(
	fc.string({ unit: "binary", maxLength: 40 }),
	fc
		.array(
			fc.constantFrom("\n", "[Match]", "Name=*", '"', "}", "=", "\\", "#", " ", "10.0.0.5", "/24", "\r"),
			{
				maxLength: 8,
			},
		)
		.map((parts) => parts.join("")),
	fc.ipV4().map((address) => `${address}/24`),
	fc.ipV4(),
	fc.ipV6(),
);
/** Mostly what is taken, so that what is not stands alone. */
const mostly = <Value>(good: fc.Arbitrary<Value>) =>
	fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: hostile });
const family = fc.record({
	method: fc.constant("static" as const),
	address: mostly(fc.integer({ min: 1, max: 250 }).map((host) => `10.0.0.${host}/24`)),
	gateway: mostly(fc.constantFrom("", "10.0.0.254")),
});

describe("whatever is typed", () => {
	it("stays in its line", () => {
		let taken = 0;
		const draft = fc.record({
			ipv4: fc.oneof(family, fc.constant({ method: "dhcp" as const })),
			ipv6: fc.constant({ method: "auto" as const }),
			dns: fc.array(mostly(fc.ipV4()), { minLength: 1, maxLength: 2 }),
			ntp: fc.array(mostly(fc.ipV4()), { minLength: 1, maxLength: 2 }),
			vlan: fc.option(fc.integer({ min: 1, max: 4200 }), { freq: 2 }),
			wifi: fc.option(
				fc.record({
					country: mostly(fc.constant("DE")),
					ssid: hostile,
					security: fc.constantFrom("wpa2", "wpa3"),
					passphrase: mostly(fc.constant("a password")),
					isHidden: fc.boolean(),
				}),
			),
		});
		fc.assert(
			fc.property(draft, (typed) => {
				let settings: NetworkSettings;
				try {
					settings = readNetworkSettings(typed as NetworkDraft, AS_THE_SITE_SAYS);
				} catch (thrown) {
					expect(thrown).toBeInstanceOf(UserError);
					return;
				}
				taken += 1;
				for (const [name, text] of networkFiles(settings)) expectKnownLines(name, text);
			}),
			{ numRuns: 500 },
		);
		expect(taken).toBeGreaterThan(50);
	});
});

const NETWORKD_LINE =
	/^(?:#.*|\[(?:Match|Network|Route|DHCPv4|DHCPv6|IPv6AcceptRA|NetDev|VLAN)\]|[A-Z][A-Za-z0-9]+=[\w.:/!*-]+|)$/;
const WIFI_LINE =
	/^(?:#.*|ctrl_interface=DIR=\/run\/wpa_supplicant|update_config=0|country=[A-Z]{2}|network=\{|\t(?:ssid|psk|sae_password)=(?:[0-9a-f]{2})+|\tscan_ssid=1|\tieee80211w=[12]|\tkey_mgmt=[\w -]+|\}|)$/;

function expectKnownLines(name: string, text: string): void {
	for (const line of text.split("\n")) expect(line).toMatch(name === "wifi.conf" ? WIFI_LINE : NETWORKD_LINE);
	// A section begins where we begin it, once each.
	const sections = text.match(/^\[.*\]$/gm) ?? [];
	expect(sections.filter((section) => section !== "[Route]").length).toBe(
		new Set(sections.filter((section) => section !== "[Route]")).size,
	);
}
