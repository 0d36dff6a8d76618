/**
 * What a seed may say beside the configuration: the network, Wi-Fi, the time zone, the owner's password. For toml.ts, which
 * checks by it, and example.ts, which explains it. The network's values are judged where the network is (system/network/).
 */
import * as z from "zod";
import { SEEDING } from "../../words/seeding.ts";
import { documented, listOf, text, textOrNumber } from "../fields.ts";
import { nearest } from "../nearest.ts";
import { Refusal } from "../refusal.ts";

const words = () => text((value) => value.trim());

const NETWORK_TABLE = z.strictObject({
	address: words()
		.prefault("dhcp")
		.meta(documented({ description: "dhcp, or the box's own address", example: "192.168.1.5/24" })),
	gateway: words()
		.prefault("")
		.meta(documented({ description: "with an address of its own: the router", example: "192.168.1.1" })),
	address6: words()
		.prefault("auto")
		.meta(documented({ description: "IPv6: auto, off, or an address", example: "fd00::5/64" })),
	gateway6: words()
		.prefault("")
		.meta(documented({ description: "IPv6: the router; else it tells itself", example: "fd00::1" })),
	dns: listOf((value) => value)
		.prefault([])
		.meta(documented({ description: "name servers; else the site's", example: ["192.168.1.1"] })),
	ntp: listOf((value) => value)
		.prefault([])
		.meta(documented({ description: "time servers; else the site's", example: ["ntp.example.com"] })),
	vlan: textOrNumber((value) => (/^\d{1,4}$/.test(`${value}`) ? Number(value) : new Refusal(SEEDING.noVlan)))
		.optional()
		.meta(documented({ description: "1 to 4094, where the site has VLANs", example: "12" })),
});

const WIFI_TABLE = z.strictObject({
	country: words()
		.prefault("")
		.meta(documented({ description: "where the box is, two letters", example: "DE" })),
	ssid: text((value) => value)
		.prefault("")
		.meta(documented({ description: "the network's name", example: "Office" })),
	passphrase: text((value) => value)
		.prefault("")
		.meta(documented({ description: "its password", example: "the password of the Wi-Fi", secret: true })),
	security: z
		.enum(["wpa2", "wpa3", "open"])
		.prefault("wpa2")
		.meta(documented({ description: "wpa2 | wpa3 | open" })),
	hidden: z
		.boolean()
		.prefault(false)
		.meta(documented({ description: "true where the network does not tell its name" })),
});

/** Its right name, or what is wrong with it. */
export function readTimeZone(value: string): string | Refusal {
	const name = value.trim();
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
	} catch {
		const near = nearest(name, Intl.supportedValuesOf("timeZone"));
		return new Refusal(
			near === undefined ? SEEDING.noTimeZone : `${SEEDING.noTimeZone}; did you mean "${near}"?`,
		);
	}
}

/** Above the tables. */
export const TOP_KEYS = {
	time_zone: text(readTimeZone)
		.optional()
		.meta(documented({ description: "for times that the box writes", example: "Europe/Berlin" })),
};

export const CONSOLE_PASSWORD = text((value) => value)
	.optional()
	.meta(
		documented({
			description: "the owner's password for the console; at least 10 characters",
			example: "a password of your own",
			secret: true,
		}),
	);

/** Tables that the configuration has not. */
export const SEED_TABLES = { network: NETWORK_TABLE, wifi: WIFI_TABLE } as const;
export type SeedNetwork = z.output<typeof NETWORK_TABLE>;
export type SeedWifi = z.output<typeof WIFI_TABLE>;
