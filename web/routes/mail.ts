/** `/api/v1/mail…`, `/pause` and `/resume`: queue and history as one list, the bytes of a message, and the sending as a whole. */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { file, json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TIME } from "../api-schema.ts";
import { given } from "../given.ts";
import { ACTION, IDS, MAIL_STATE, QUEUE_ENTRY } from "./queue.ts";

const MOST_ROWS = 200;
const words = z.string().max(320).optional();
const FILTER = z.strictObject({
	text: words.describe("Somewhere in sender, recipients, subject, device or id."),
	states: z.array(MAIL_STATE).max(MAIL_STATE.options.length).optional(),
	device: words,
	account: words,
	since: words.describe("Accepted then or later: 2026-11-20, or with a time."),
	until: words.describe("Accepted before."),
});
const { states: STATES, ...TEXTS } = FILTER.shape;
const SEARCH = z.strictObject({
	...TEXTS,
	state: STATES.describe("May be given several times."),
	before: words.describe("`older` of a page."),
	after: words.describe("`newer` of a page."),
	limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(50),
});

const MAIL_ROW = named(
	"MailRow",
	z.strictObject({
		id: z.string(),
		state: MAIL_STATE,
		device: z.string(),
		account: z.string(),
		sender: z.string(),
		recipients: z.array(z.string()).describe("The first few."),
		recipientCount: COUNT,
		subject: z.string().describe("Empty where subjects are not kept (queue.keep_subjects)."),
		sizeBytes: COUNT,
		receivedAt: TIME,
		finishedAt: TIME.nullable().describe("When it left the queue."),
		nextAttemptAt: TIME.nullable(),
		attempts: COUNT,
		lastError: z.string(),
	}),
);
const MAIL_PAGE = named(
	"MailPage",
	z.strictObject({
		rows: z.array(MAIL_ROW).describe("Newest first."),
		older: z.string().nullable().describe("To be given as `before` for the next page."),
		newer: z.string().nullable().describe("To be given as `after` for the page before."),
	}),
);
const MAIL_ENTRY = named(
	"MailEntry",
	QUEUE_ENTRY.extend({
		subject: z.string(),
		finishedAt: TIME.nullable(),
		isKept: z.boolean().describe("Its bytes are still on the card."),
		reports: z.array(z.string()).describe("Ids of the bounces and warnings made about it."),
		reportOf: z.string().nullable().describe("It is such a report: about which message."),
	}),
);
const PAUSE = named("Pause", z.strictObject({ pausedSince: TIME.nullable() }));

const route = routesOver<Pick<ConsoleServices, "mail">>();

export const MAIL_ROUTES = [
	route({
		...{ method: "get", path: "/mail", scope: "read" },
		summary: "Finds messages in queue and history, a page at a time.",
		query: SEARCH,
		answer: json(MAIL_PAGE),
		handle({ services, query: { state, before, after, limit, ...filter } }) {
			const page = given({ before, after });
			return services.mail.search(given({ ...filter, states: state }), { ...page, limit });
		},
	}),
	route({
		...{ method: "get", path: "/mail/{id}", scope: "read" },
		summary: "One message of queue or history, with each attempt and its answer.",
		answer: json(MAIL_ENTRY),
		handle: ({ services, params }) => services.mail.show(params.id),
	}),
	route({
		...{ method: "get", path: "/mail/{id}/eml", scope: "mail" },
		summary: "The bytes of a message as it would be sent, while they are on the card; 410 afterwards.",
		answer: file("message/rfc822"),
		handle: ({ services, params }) => services.mail.download(params.id),
	}),
	route({
		...{ method: "post", path: "/mail/actions", scope: "mail" },
		summary: "Acts on messages where the action applies, and says on how many it did not.",
		input: z.strictObject({ action: ACTION, ids: IDS }),
		answer: json(z.strictObject({ changed: COUNT, skipped: COUNT })),
		handle: ({ services, input: { action, ids } }) => services.mail.act(action, ids),
	}),
	route({
		...{ method: "post", path: "/mail/actions/all", scope: "mail" },
		summary: "Acts on all messages that match now and to which the action applies.",
		input: z.strictObject({ action: ACTION, filter: FILTER }),
		answer: json(z.strictObject({ changed: COUNT })),
		handle: ({ services, input: { action, filter } }) => services.mail.actOnAll(action, given(filter)),
	}),
	route({
		...{ method: "get", path: "/pause", scope: "read" },
		summary: "Whether sending is paused, and since when.",
		answer: json(PAUSE),
		handle: ({ services }) => pausedSince(services),
	}),
	route({
		...{ method: "post", path: "/pause", scope: "mail" },
		summary: "Stops sending. Devices are still served; their mail waits.",
		answer: json(PAUSE),
		async handle({ services }) {
			await services.mail.pause();
			return pausedSince(services);
		},
	}),
	route({
		...{ method: "post", path: "/resume", scope: "mail" },
		summary: "Sends again.",
		answer: json(PAUSE),
		async handle({ services }) {
			await services.mail.resume();
			return pausedSince(services);
		},
	}),
];

async function pausedSince({ mail }: Pick<ConsoleServices, "mail">) {
	return { pausedSince: (await mail.paused())?.since ?? null };
}
