/** What Raspberry Pi Imager 2 writes, and what it does not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNetworkConfig, readUserData } from "./cloud-init.ts";

/** The PSK is what Imager makes of a network's name and password. */
const PSK = "0f".repeat(32);
const NETWORK = `network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      regulatory-domain: "DE"
      access-points:
        "Büro \\"EG\\"":
          hidden: true
          password: "${PSK}"
      optional: true
`;
const USER_DATA = `#cloud-config
hostname: office
manage_etc_hosts: true
packages:
- avahi-daemon
timezone: Europe/Berlin
users:
- name: pi
  passwd: $5$abcdefgh$ijklmnop
  ssh_authorized_keys:
    - ssh-ed25519 AAAA
enable_ssh: true
runcmd:
  - [ sh, -c, "true" ]
`;

function blanked(text: string, read: typeof readUserData): string {
	const bytes = Buffer.from(text);
	for (const { offset, bytes: over } of read("file", Buffer.from(text)).blanks) over.copy(bytes, offset);
	return bytes.toString();
}

describe("Imager's files", () => {
	it("give the Wi-Fi, also with its key in place of the password", () => {
		const { seed, problems, notes } = readNetworkConfig("network-config", Buffer.from(NETWORK));
		expect({ problems, notes }).toEqual({ problems: [], notes: [] });
		expect(seed?.wifi).toEqual({
			...{ ssid: 'Büro "EG"', passphrase: PSK, country: "DE", security: "wpa2", hidden: true },
		});
	});

	it("give host name and time zone, and name what is not used", () => {
		const { seed, notes } = readUserData("user-data", Buffer.from(USER_DATA));
		expect(seed).toMatchObject({ name: "office", timeZone: "Europe/Berlin" });
		expect(notes).toEqual(["user-data: packages, users, enable_ssh, runcmd: not used by Postern."]);
	});

	it("with a time zone that is none, or more than one line of it, are refused in words", () => {
		for (const zone of ["Europe/Berlln", '"Europe/Berlin\\nNODE_OPTIONS=--inspect"']) {
			const { seed, problems } = readUserData(
				"user-data",
				Buffer.from(`hostname: office\ntimezone: ${zone}\n`),
			);
			expect(seed).toBeUndefined();
			expect(problems).toMatchObject([
				{ file: "user-data", line: 0, text: expect.stringMatching(/^timezone: /) },
			]);
		}
	});

	it("lose what is secret and keep the rest, byte by byte", () => {
		expect(blanked(NETWORK, readNetworkConfig)).toBe(NETWORK.replace(`"${PSK}"`, '""'.padEnd(66)));
		const hash = "$5$abcdefgh$ijklmnop";
		expect(blanked(USER_DATA, readUserData)).toBe(USER_DATA.replace(hash, '""'.padEnd(hash.length)));
	});

	it("are told of with their line where they cannot be read", () => {
		const { seed, problems } = readUserData("user-data", Buffer.from("hostname: office\n  bad: [\n"));
		expect(seed).toBeUndefined();
		expect(problems).toEqual([
			expect.objectContaining({ file: "user-data", text: expect.stringMatching(/cannot be read/) }),
		]);
		expect(problems[0]?.line).toBeGreaterThan(0);
	});

	it("say nothing where they hold nothing", () => {
		for (const text of ["", "#cloud-config\n", "just words\n", "- a list\n"])
			expect(readUserData("user-data", Buffer.from(text))).toMatchObject({ problems: [], notes: [] });
	});

	it("do not blow up: ten lines may stand for a thousand million", () => {
		const bomb = [
			"a0: &a0 [x,x,x,x,x,x,x,x,x,x]",
			...Array.from(
				{ length: 9 },
				(_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10).slice(0, -1)}]`,
			),
		];
		expect(readUserData("user-data", Buffer.from(bomb.join("\n"))).problems).toHaveLength(1);
	});

	it("of any bytes, are read or told of, and never throw", () => {
		const cut = fc.tuple(fc.nat({ max: NETWORK.length }), fc.string({ unit: "binary", maxLength: 6 }));
		const some = fc.oneof(
			fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
			cut.map(([at, text]) => Buffer.from(NETWORK.slice(0, at) + text + NETWORK.slice(at))),
		);
		fc.assert(
			fc.property(some, (bytes) => {
				for (const read of [readUserData, readNetworkConfig]) {
					const { seed, problems } = read("file", bytes);
					expect(seed === undefined).toBe(problems.length > 0);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
