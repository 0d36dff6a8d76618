/** `/api/v1/traffic…`: how much mail there was, over an hour, a day, a month. */
import * as z from "zod";
import type { ConsoleServices } from "../../appliance/console-services.ts";
import { json } from "../answer-shapes.ts";
import { routesOver } from "../api-route.ts";
import { COUNT, named, TIME } from "../api-schema.ts";

const TOTALS = { accepted: COUNT, delivered: COUNT, failed: COUNT, refused: COUNT, acceptedBytes: COUNT };
const POINT = named(
	"TrafficPoint",
	z.strictObject({
		startsAt: TIME,
		...TOTALS,
		waiting: COUNT.describe("Most messages that waited at once; of the whole box only."),
	}),
);

const route = routesOver<Pick<ConsoleServices, "traffic">>();

export const TRAFFIC_ROUTES = [
	route({
		...{ method: "get", path: "/traffic", scope: "read" },
		summary: "60 minutes, 24 hours or 31 days, oldest first, of one device or of all.",
		query: z.strictObject({
			span: z.enum(["hour", "day", "month"]).default("day"),
			device: z.string().min(1).max(100).optional(),
		}),
		answer: json(z.array(POINT)),
		handle: ({ services, query: { span, device } }) => services.traffic.series(span, device),
	}),
	route({
		...{ method: "get", path: "/traffic/totals", scope: "read" },
		summary: "What there was since Postern started.",
		answer: json(named("TrafficTotals", z.strictObject(TOTALS))),
		handle: ({ services }) => services.traffic.totals(),
	}),
];
