/**
 * `/api/v1/machine/update…`: what runs, and what became of the last update; on the control socket also a new one, and the
 * test that the firmware's health gate asks for.
 */
import { Hono } from "hono";
import * as z from "zod";
import type { Services, UpdateService } from "../../appliance/services.ts";
import { json, lines } from "../answer-shapes.ts";
import type { ApiEnvironment } from "../answers.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TEST_STEP, TIME } from "../api-schema.ts";
import { bytesOf, readToEnd } from "../byte-stream.ts";

export const CRASHES = named(
	"Crashes",
	z
		.strictObject({
			total: COUNT,
			lastDay: COUNT,
			reboots: COUNT.describe("Times that the box was started again because Postern did not stay up."),
			lastAt: TIME.nullable(),
			lastResult: z.string().describe("systemd's word for how the last one ended, or empty."),
		})
		.describe("How often Postern has ended unexpectedly; the firmware keeps count."),
);

const PROGRESS = { percent: z.number().nullable().describe("0 to 100."), text: z.string() };

const UPDATE = named(
	"Update",
	z.strictObject({
		keeper: z.enum(["firmware", "host"]).describe("host: the system that Postern runs on."),
		version: z.string(),
		builtAt: TIME.nullable(),
		slot: z.enum(["A", "B"]).nullable(),
		phase: z.enum(["idle", "receiving", "received", "installing", "installed"]),
		progress: z.strictObject(PROGRESS).nullable(),
		last: z
			.strictObject({
				at: TIME,
				from: z.string(),
				to: z.string(),
				fate: z
					.enum(["broken-off", "waiting", "trying", "kept", "rolled-back"])
					.describe(
						"Was not written to its end, waits for the next start, is tried out, is kept, was given up for what was before.",
					),
				isSeen: z.boolean(),
			})
			.nullable(),
		refusal: z.strictObject({ at: TIME, code: z.string(), text: z.string(), hint: z.string() }).nullable(),
		before: z.string().nullable().describe("The version from before that is still on the card."),
		crashes: CRASHES,
	}),
);

const NEWS = z.union([
	z.strictObject({ type: z.literal("progress"), ...PROGRESS }),
	z.strictObject({ type: z.literal("installed"), version: z.string(), restarts: z.boolean() }),
]);

const route = routesOver<Pick<Services, "updates" | "appliance">>();

export const MACHINE_UPDATE_ROUTES = [
	route({
		...{ method: "get", path: "/machine/update", scope: "read" },
		summary: "Which Postern runs, what became of the last update, how often Postern has ended unexpectedly.",
		answer: json(UPDATE),
		handle: ({ services }) => services.updates.state(),
	}),
	route({
		...{ method: "post", path: "/machine/update/seen", scope: "settings" },
		summary: "Its owner knows that the last update was given up.",
		answer: json(z.strictObject({ seen: z.literal(true) })),
		async handle({ services }) {
			await services.updates.acknowledge();
			return { seen: true } as const;
		},
	}),
];

/** On the control socket alone: whoever installs another system has the box. */
export const OWN_UPDATE_ROUTES = [
	route({
		...{ method: "post", path: "/machine/update", scope: "settings" },
		summary: "Installs what was received.",
		input: z.strictObject({ onlyNewer: z.boolean(), restart: z.boolean() }),
		answer: lines(NEWS),
		handle: ({ services, input }) => services.updates.install(input),
	}),
	route({
		...{ method: "post", path: "/machine/update/back", scope: "settings" },
		summary: "Starts the box again with the version from before.",
		answer: json(z.strictObject({ version: z.string() })),
		handle: ({ services }) => services.updates.goBack(),
	}),
	route({
		...{ method: "post", path: "/machine/self-test", scope: "settings" },
		summary: "Takes a message of Postern's own through, and looks at the ports.",
		answer: lines(TEST_STEP),
		handle: ({ services }) => services.appliance.selfTest(),
	}),
];

/** Apart from the others, because no limit for the size of a request may stand before it. */
export function updateUploadRoutes(updates: UpdateService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/machine/update/received", async (context) => {
		try {
			return context.json(await updates.receive(bytesOf(context.req.raw)));
		} catch (thrown) {
			await readToEnd(context.req.raw);
			throw thrown;
		}
	});
	return routes;
}
