/** `/api/v1/queue…`: the queue, one message, and what can be done to messages. History is in mail.ts. */
import * as z from "zod";
import type { Services } from "../../appliance/services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TIME } from "../api-schema.ts";

/** Enough for a screenful many times over; more than this is said with `"all"`. */
const MOST_IDS = 2000;

export const ACTION = z.enum(["retry", "hold", "release", "delete"]);
export const IDS = z.array(z.string().min(1).max(100)).min(1).max(MOST_IDS);
const QUEUE_STATE = z.enum(["incoming", "active", "deferred", "held", "failed"]);
export const MAIL_STATE = z.enum([
	...QUEUE_STATE.options,
	...(["delivered", "deleted", "coalesced", "expired"] as const),
]);

export const QUEUE_COUNTS = named(
	"QueueCounts",
	z.strictObject({ incoming: COUNT, active: COUNT, deferred: COUNT, held: COUNT, failed: COUNT }),
);

const QUEUE_ROW = named(
	"QueueRow",
	z.strictObject({
		id: z.string(),
		state: QUEUE_STATE,
		device: z.string(),
		account: z.string(),
		sender: z.string().describe("MAIL FROM; empty for the null reverse-path."),
		recipients: z.array(z.string()),
		sizeBytes: COUNT,
		receivedAt: TIME,
		nextAttemptAt: TIME.nullable(),
		attempts: COUNT,
		lastError: z.string().describe("The last trouble in words, or empty."),
	}),
);

const DSN_REQUEST = z.strictObject({
	ret: z.enum(["FULL", "HDRS"]).nullable(),
	envid: z.string().nullable(),
	recipients: z.record(z.string(), z.strictObject({ notify: z.array(z.string()), orcpt: z.string() })),
});

export const QUEUE_ENTRY = named(
	"QueueEntry",
	QUEUE_ROW.extend({
		state: MAIL_STATE,
		recipientStates: z.array(
			z.strictObject({
				address: z.string(),
				state: z.enum(["pending", "delivered", "failed"]),
				reply: z.string(),
				ownerText: z.string(),
			}),
		),
		history: z.array(z.strictObject({ at: TIME, event: z.string(), detail: z.string() })),
		dsn: DSN_REQUEST.nullable().describe("What the device asked to be told of it (RFC 3461)."),
	}),
);

const route = routesOver<Pick<Services, "queue">>();

export const QUEUE_ROUTES = [
	route({
		...{ method: "get", path: "/queue", scope: "read" },
		summary: "The whole queue, oldest first.",
		answer: json(z.array(QUEUE_ROW)),
		handle: ({ services }) => services.queue.list(),
	}),
	route({
		...{ method: "post", path: "/queue/actions", scope: "mail" },
		summary: "Acts on messages of the queue, or on all to which the action applies.",
		input: z.strictObject({ action: ACTION, ids: z.union([z.literal("all"), IDS]) }),
		answer: json(z.strictObject({ changed: COUNT })),
		handle: ({ services, input: { action, ids } }) => services.queue.act(action, ids),
	}),
	route({
		...{ method: "get", path: "/queue/counts", scope: "read" },
		summary: "How many messages there are in each state.",
		answer: json(QUEUE_COUNTS),
		handle: ({ services }) => services.queue.counts(),
	}),
	route({
		...{ method: "get", path: "/queue/{id}", scope: "read" },
		summary: "One message of the queue or of history, with what happened to it.",
		answer: json(QUEUE_ENTRY),
		handle: ({ services, params }) => services.queue.show(params.id),
	}),
];
