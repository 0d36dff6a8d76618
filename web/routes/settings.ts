/** `/api/v1/settings…`: what the console can set, where each value comes from, and what is locked. */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { named } from "../api-schema.ts";

const VALUE = z.union([
	z.string().max(10_000),
	z.number(),
	z.boolean(),
	z.array(z.string().max(1000)).max(1000),
]);
const MOST_CHANGES = 200;
const CHANGES = z
	.record(z.string().min(1).max(100), VALUE.nullable())
	.refine((changes) => Object.keys(changes).length <= MOST_CHANGES, `at most ${MOST_CHANGES} at once`)
	.describe("Values by key, as the configuration file would have them; null takes a saved value back.");

const SETTING = named(
	"Setting",
	z.strictObject({
		key: z.string().describe("smtp.max_message_size"),
		value: z.unknown().describe("As the file would have it; secrets are null."),
		origin: z.string(),
		isLocked: z.boolean().describe("Set by file, environment or flag: it cannot be changed here."),
		description: z.string(),
		type: z.enum(["text", "number", "switch", "choice", "list", "secret"]),
		choices: z.array(z.string()),
		needsRestart: z.boolean(),
	}),
);
const SAVED = z.strictObject({
	needRestart: z.array(z.string()).describe("What comes into force when Postern starts again."),
});

const route = routesOver<Pick<ConsoleServices, "settings">>();

export const SETTING_ROUTES = [
	route({
		...{ method: "get", path: "/settings", scope: "settings" },
		summary: "All settings.",
		answer: json(z.array(SETTING)),
		handle: ({ services }) => services.settings.list(),
	}),
	route({
		...{ method: "patch", path: "/settings", scope: "settings" },
		summary: "Changes settings, all of them or none, and puts them in force.",
		input: CHANGES,
		answer: json(SAVED),
		handle: ({ services, input }) => services.settings.change(input),
	}),
	route({
		...{ method: "delete", path: "/settings/{key}", scope: "settings" },
		summary: "Takes a saved value back: the default holds again.",
		answer: json(SAVED),
		handle: ({ services, params: { key } }) => services.settings.change({ [key]: null }),
	}),
];
