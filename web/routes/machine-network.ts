/** `/api/v1/machine/network…`: the machine's network, where the firmware keeps it. */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named } from "../api-schema.ts";

const SHORT = z.string().max(200);
const STATIC = z.strictObject({
	method: z.literal("static"),
	address: SHORT.describe("192.168.1.5/24"),
	gateway: SHORT.describe("May be empty."),
});
const SETTINGS = named(
	"NetworkSettings",
	z.strictObject({
		ipv4: z.union([z.strictObject({ method: z.enum(["dhcp", "off"]) }), STATIC]),
		ipv6: z.union([z.strictObject({ method: z.enum(["auto", "off"]) }), STATIC]),
		dns: z.array(SHORT).max(4).describe("Name servers instead of those that the site tells."),
		ntp: z.array(SHORT).max(4).describe("Time servers, the same."),
		vlan: z.int().nullable(),
		wifi: z
			.strictObject({
				country: SHORT.describe("Two letters, DE."),
				ssid: SHORT,
				security: z.enum(["wpa2", "wpa3", "open"]),
				passphrase: SHORT.describe("Never told. Empty: that of before, for the same network."),
				isHidden: z.boolean(),
			})
			.nullable(),
	}),
);
const NAMES = {
	name: z.string().max(253).optional().describe("Of the box."),
	proxy: z.string().max(1000).optional().describe("The site's; empty: none."),
} as const;

const NETWORK = named(
	"Network",
	z.strictObject({
		keeper: z.enum(["firmware", "host"]).describe("host: the system that Postern runs on."),
		name: z.string(),
		proxy: z.string(),
		links: z.array(
			z.strictObject({
				name: z.string(),
				isUp: z.boolean(),
				mac: z.string(),
				addresses: z.array(z.string()),
				speedMbits: z.number().nullable(),
			}),
		),
		gateways: z.array(z.string()),
		nameServers: z.array(z.string()),
		settings: SETTINGS.nullable(),
		trial: z
			.strictObject({ settings: SETTINGS, secondsLeft: COUNT, isInForce: z.boolean() })
			.nullable()
			.describe("Gone again after these seconds, unless it is kept."),
		wifi: z
			.strictObject({ link: z.string(), isConnected: z.boolean(), signalDbm: z.number().nullable() })
			.nullable(),
		can: z.strictObject({ wifi: z.boolean(), vlan: z.boolean() }),
	}),
);

const AROUND = z.strictObject({
	networks: z.array(
		z.strictObject({
			ssid: z.string(),
			signalDbm: z.number(),
			security: z.enum(["wpa2", "wpa3", "open", "other"]),
		}),
	),
});

const route = routesOver<Pick<Services, "network">>();

export const MACHINE_NETWORK_ROUTES = [
	route({
		...{ method: "get", path: "/machine/network", scope: "settings" },
		summary: "The network as it is, and as it is set up.",
		answer: json(NETWORK),
		handle: ({ services }) => services.network.state(),
	}),
	route({
		...{ method: "post", path: "/machine/network/try", scope: "settings" },
		summary: "Puts settings in force in a few seconds, for two minutes unless they are kept.",
		input: SETTINGS.extend(NAMES),
		answer: json(z.strictObject({ secondsLeft: COUNT, needRestart: z.array(z.string()) })),
		handle: ({ services, input: { name, proxy, ...settings } }) =>
			services.network.tryOut(settings, {
				...(name === undefined ? {} : { name }),
				...(proxy === undefined ? {} : { proxy }),
			}),
	}),
	route({
		...{ method: "post", path: "/machine/network/keep", scope: "settings" },
		summary: "Keeps what is on trial.",
		answer: json(z.strictObject({ kept: z.literal(true) })),
		async handle({ services }) {
			await services.network.keep();
			return { kept: true } as const;
		},
	}),
	route({
		...{ method: "post", path: "/machine/network/return", scope: "settings" },
		summary: "Ends what is on trial; the settings before are in force again.",
		answer: json(z.strictObject({ returned: z.literal(true) })),
		async handle({ services }) {
			await services.network.goBack();
			return { returned: true } as const;
		},
	}),
	route({
		...{ method: "post", path: "/machine/network/scan", scope: "settings" },
		summary: "Looks for Wi-Fi networks around.",
		input: z.strictObject({ country: z.string().max(10) }),
		answer: json(AROUND),
		handle: async ({ services, input }) => ({ networks: await services.network.scan(input.country) }),
	}),
];
