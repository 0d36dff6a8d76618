/** `/api/v1/machine…`: the box that Postern runs on. */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { file, json, lines } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { CLOCK, COUNT, named, TEST_STEP, TIME } from "../api-schema.ts";

const LIGHT = z.enum([
	...(["starting", "setup", "working", "sending", "offline"] as const),
	...(["needs-you", "storage", "updating", "stopped"] as const),
]);

const LIGHT_STEP = named(
	"LightStep",
	z.strictObject({
		meaning: LIGHT,
		says: z.string().describe("What it says, in English words."),
		looks: z.string().describe("How it looks."),
	}),
);

const LIGHTS = named(
	"Lights",
	z.strictObject({
		names: z.array(z.string()).describe("The lights that Postern may use, as the kernel names them."),
		shows: LIGHT.describe("What they say now."),
		legend: z.array(
			z.strictObject({
				...LIGHT_STEP.shape,
				rhythmMs: z.array(COUNT).describe("Lit, dark, lit, dark, …, and again; one number: it stays lit."),
			}),
		),
	}),
);

const MACHINE = named(
	"Machine",
	z.strictObject({
		light: LIGHT.describe("What the light on the box says."),
		model: z.string(),
		operatingSystem: z.string(),
		upSeconds: z.number(),
		postern: z.strictObject({ version: z.string(), upSeconds: z.number(), memoryBytes: COUNT }),
		temperatureCelsius: z.number().nullable(),
		memory: z.strictObject({ totalBytes: COUNT, availableBytes: COUNT }),
		card: z.strictObject({
			totalBytes: COUNT,
			freeBytes: COUNT,
			reserveBytes: COUNT,
			accepting: z.boolean(),
			isSick: z.boolean(),
			wearPercent: z.number().nullable().describe("0 new to 100 worn, where the card tells."),
			isReadOnly: z.boolean(),
			writtenBytes: COUNT.nullable(),
		}),
		clock: z.strictObject({ now: TIME, ...CLOCK }),
		links: z.array(
			z.strictObject({
				name: z.string(),
				isUp: z.boolean(),
				mac: z.string(),
				addresses: z.array(z.string()),
				speedMbits: z.number().nullable(),
			}),
		),
		names: z.array(z.string()),
		can: z
			.strictObject({ restart: z.boolean(), lights: z.boolean(), update: z.boolean(), network: z.boolean() })
			.describe("What this machine lets Postern do."),
	}),
);

const CERTIFICATE = named(
	"Certificate",
	z.strictObject({
		isOwners: z.boolean(),
		names: z.array(z.string()),
		expiresAt: TIME,
		fingerprintSha256: z.string(),
	}),
);

const route = routesOver<Pick<ConsoleServices, "machine" | "lights">>();

export const MACHINE_ROUTES = [
	route({
		...{ method: "get", path: "/machine", scope: "read" },
		summary: "Light, card, clock, link, temperature, memory.",
		answer: json(MACHINE),
		handle: ({ services }) => services.machine.state(),
	}),
	route({
		...{ method: "get", path: "/machine/certificate", scope: "read" },
		summary: "The certificate that devices and browsers are shown.",
		answer: json(CERTIFICATE),
		handle: ({ services }) => services.machine.certificate(),
	}),
	route({
		...{ method: "post", path: "/machine/internet-check", scope: "settings" },
		summary: "Reaches for Microsoft's servers and says how it went.",
		answer: lines(TEST_STEP),
		handle: ({ services, signal }) => services.machine.checkInternet(signal),
	}),
	route({
		...{ method: "post", path: "/machine/restart", scope: "settings" },
		summary: "Starts Postern again, where something supervises it.",
		answer: json(z.strictObject({ restarting: z.literal(true) })),
		async handle({ services }) {
			await services.machine.restart();
			return { restarting: true } as const;
		},
	}),
	route({
		...{ method: "get", path: "/machine/lights", scope: "read" },
		summary: "The lights, what they say, and how each word looks.",
		answer: json(LIGHTS),
		handle: ({ services }) => services.lights.state(),
	}),
	route({
		...{ method: "post", path: "/machine/lights-test", scope: "settings" },
		summary: "Shows each meaning on the lights, where there are any, and says which as it begins.",
		answer: lines(LIGHT_STEP),
		handle: ({ services, signal }) => services.lights.test(signal),
	}),
	route({
		...{ method: "get", path: "/machine/support", scope: "settings" },
		summary: "One text for whoever helps: versions, state, configuration, log; no secrets, no mail.",
		answer: file("text/plain; charset=utf-8"),
		async handle({ services }) {
			return { fileName: "postern-support.txt", content: await services.machine.supportBundle() };
		},
	}),
];
