/** `/api/v1/status`, `/authority`, `/reload`, `/config/origins`: the appliance as a whole. */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { CLOCK, COUNT, named, TIME } from "../api-schema.ts";
import { WAITS } from "./account-shapes.ts";
import { CRASHES } from "./machine-update.ts";
import { QUEUE_COUNTS } from "./queue.ts";

const MATTER = named(
	"Matter",
	z.strictObject({
		kind: z.enum([
			...(["card-full", "no-account", "clock", "certificate", "needs-sign-in", "account"] as const),
			...(["sign-in-lapses", "app-certificate", "fetching", "no-route", "failed", "paused", "port"] as const),
			...(["rolled-back", "crashes", "out-of-step", "card-sick", "rebuilt"] as const),
		]),
		about: z.string().describe("An account's address, or empty."),
		count: COUNT.describe("Messages, where it is about messages."),
		text: z.string().describe("All of it, and what to do."),
		detail: z.string(),
	}),
);

const STATUS = named(
	"Status",
	z.strictObject({
		name: z.string(),
		version: z.string(),
		startedAt: TIME,
		now: TIME,
		listeners: z.array(z.strictObject({ role: z.string(), address: z.string() })),
		queue: QUEUE_COUNTS,
		accounts: z.array(
			z.strictObject({
				address: z.string(),
				state: z.enum(["signed-in", "needs-sign-in", "signing-in"]),
				circuit: z
					.enum(["closed", "open", "probing"])
					.describe("closed: mail flows; open: it waits for trouble to pass; probing: one message tries."),
				trouble: z.string(),
				waits: WAITS.nullable(),
			}),
		),
		storage: z.strictObject({
			freeBytes: COUNT,
			reserveBytes: COUNT,
			accepting: z.boolean(),
			sick: z.boolean().describe("The card fails: nothing is saved, and it is tried again."),
		}),
		memoryBytes: COUNT,
		clock: z.strictObject(CLOCK),
		crashes: CRASHES,
		pair: z
			.strictObject({ follows: z.string().nullable(), inStepAt: TIME.nullable() })
			.describe(
				"The box that this one goes by (postern config follow), and when it last was as that one is.",
			),
		problems: z.array(z.string()).describe("What needs the owner, most urgent first, in words."),
		matters: z.array(MATTER).describe("The same, for programs."),
	}),
);

const AUTHORITY = named("Authority", z.strictObject({ name: z.string(), pem: z.string() }));
const ORIGIN = named(
	"ConfigOrigin",
	z.strictObject({
		key: z.string(),
		value: z.string(),
		origin: z.string().describe("default, console, file /etc/…:12, environment POSTERN_…, flag"),
	}),
);

const route = routesOver<Pick<Services, "appliance">>();

export const STATUS_ROUTES = [
	route({
		...{ method: "get", path: "/status", scope: "read" },
		summary: "How it is, and what needs the owner.",
		answer: json(STATUS),
		handle: ({ services }) => services.appliance.status(),
	}),
	route({
		...{ method: "get", path: "/authority", scope: "read" },
		summary: "The box's own certificate authority; null where the owner's certificate is in use.",
		answer: json(AUTHORITY.nullable()),
		handle: ({ services }) => services.appliance.authority(),
	}),
	route({
		...{ method: "post", path: "/reload", scope: "settings" },
		summary: "Reads the configuration and the certificates again.",
		answer: json(z.strictObject({ changes: z.array(z.string()) })),
		handle: ({ services }) => services.appliance.reload(),
	}),
	route({
		...{ method: "get", path: "/config/origins", scope: "settings" },
		summary: "The configuration in force as texts, secrets masked, and where each value comes from.",
		answer: json(z.array(ORIGIN)),
		handle: ({ services }) => services.appliance.configOrigins(),
	}),
];
