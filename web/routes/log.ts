/** `/api/v1/log` and `/changes`: what happened, and that something has changed. */
import * as z from "zod";
import { type ConsoleServices, LOG_LEVELS } from "../../appliance/console-services.ts";
import { json, lines } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TIME } from "../api-schema.ts";
import { given } from "../given.ts";

const MOST_ENTRIES = 500;
/** A key that has ended does not listen for ever; whoever wants to hear more asks again. */
const LONGEST_MS = 30 * 60_000;
const LEVEL = z.enum(LOG_LEVELS);
const words = z.string().max(200).optional();

const ENTRY = named(
	"LogEntry",
	z.strictObject({
		number: COUNT.describe("Ascending within a run of Postern."),
		at: TIME,
		level: LEVEL,
		event: z.string(),
		fields: z.record(z.string(), z.string()),
	}),
);
const TOPIC = z.enum(["mail", "devices", "accounts", "mailboxes", "log", "machine", "settings"]);

const route = routesOver<Pick<ConsoleServices, "news">>();

export const LOG_ROUTES = [
	route({
		...{ method: "get", path: "/log", scope: "read" },
		summary:
			"The latest lines of the log, newest first, secrets masked. The journal of the box has all of it.",
		query: z.strictObject({
			level: LEVEL.default("info").describe("This and worse."),
			event: words.describe("Its exact name."),
			text: words,
			before: z.coerce.number().int().min(1).optional().describe("`older` of a page."),
			limit: z.coerce.number().int().min(1).max(MOST_ENTRIES).default(100),
		}),
		answer: json(z.strictObject({ entries: z.array(ENTRY), older: COUNT.nullable() })),
		handle: ({ services, query: { level, event, text, before, limit } }) =>
			services.news.log({ level, ...given({ event, text }) }, { limit, ...given({ before }) }),
	}),
	route({
		...{ method: "get", path: "/changes", scope: "read" },
		summary:
			"Tells as they come which topics have changed, gathered for about a second, for half an hour. The first line, with none, says that it listens.",
		answer: lines(named("Changes", z.strictObject({ topics: z.array(TOPIC) }))),
		async *handle({ services, signal }) {
			const ends = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
			yield { topics: [] };
			for await (const topics of services.news.changes(ends)) yield { topics };
		},
	}),
];
