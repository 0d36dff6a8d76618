/** `/api/v1/hooks…`: addresses that Postern calls when something happens. Their secrets are told once, when they are made. */
import * as z from "zod";
import { type ConsoleServices, HOOK_EVENTS } from "../../appliance/console-services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TEST_STEP, TIME } from "../api-schema.ts";

const EVENTS = z.array(z.enum(HOOK_EVENTS)).max(HOOK_EVENTS.length);
const HOOK = named(
	"Hook",
	z.strictObject({
		id: z.string(),
		url: z.string(),
		events: EVENTS,
		offlineAfterMinutes: COUNT,
		lastTriedAt: TIME.nullable(),
		lastAnswer: z.string(),
	}),
);
const DRAFT = z.strictObject({
	url: z.string().max(2000),
	events: EVENTS,
	offlineAfterMinutes: z.number().default(30),
});

const route = routesOver<Pick<ConsoleServices, "hooks">>();

export const HOOK_ROUTES = [
	route({
		...{ method: "get", path: "/hooks", scope: "settings" },
		summary: "The addresses that are called, and how the last call went.",
		answer: json(z.array(HOOK)),
		handle: ({ services }) => services.hooks.list(),
	}),
	route({
		...{ method: "post", path: "/hooks", scope: "settings" },
		summary: "Adds an address. The secret that signs each call is told here and never again.",
		input: DRAFT,
		answer: json(z.strictObject({ hook: HOOK, secret: z.string() }), 201),
		async handle({ services, input }) {
			const { hook, secret } = await services.hooks.add(input);
			return { hook, secret: secret.reveal() };
		},
	}),
	route({
		...{ method: "post", path: "/hooks/{id}/test", scope: "settings" },
		summary: "Calls it now.",
		answer: json(TEST_STEP),
		handle: ({ services, params }) => services.hooks.test(params.id),
	}),
	route({
		...{ method: "delete", path: "/hooks/{id}", scope: "settings" },
		summary: "Calls it no more.",
		answer: json(z.strictObject({ removed: z.string() })),
		async handle({ services, params: { id } }) {
			await services.hooks.remove(id);
			return { removed: id };
		},
	}),
];
