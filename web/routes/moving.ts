/**
 * `/api/v1/moving`: takes in what another program leaves behind. For the control socket alone: a draft may make
 * accounts and devices and change settings.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as z from "zod";
import { MOVING_SOURCES, type MovingService } from "../../appliance/console-services.ts";
import { type ApiEnvironment, readInput, refusal } from "../answers.ts";

/** A thousand logins, each with its rules. */
const LARGEST_INPUT_BYTES = 8 * 1024 * 1024;
const MOST_ITEMS = 5_000;

const TEXT = z.string().max(4_000);
const FOUND = { what: TEXT, as: z.string().max(20_000), note: TEXT };
const INPUT = z.strictObject({
	isTrial: z.boolean(),
	draft: z.strictObject({
		source: z.enum(MOVING_SOURCES),
		items: z
			.array(
				z.discriminatedUnion("kind", [
					z.strictObject({
						...FOUND,
						kind: z.enum(["account", "device", "mailbox"]),
						record: z.record(z.string(), z.unknown()),
					}),
					z.strictObject({
						...FOUND,
						kind: z.literal("settings"),
						add: z.record(z.string(), z.array(TEXT).max(1_000)),
						put: z.record(z.string(), TEXT),
					}),
					z.strictObject({ kind: z.literal("left"), what: TEXT, why: TEXT }),
				]),
			)
			.max(MOST_ITEMS),
		next: z.array(TEXT).max(50),
	}),
});

/** Apart from the others, because its limit for the size of a request is another. */
export function movingRoutes(moving: MovingService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.use(
		"/moving",
		bodyLimit({
			maxSize: LARGEST_INPUT_BYTES,
			onError: (context) =>
				context.json(refusal("too-large", "There is too much in it to be taken at once."), 413),
		}),
	);
	routes.post("/moving", async (context) => {
		const { draft, isTrial } = await readInput(context, INPUT);
		return context.json(await moving.move(draft, { isTrial }));
	});
	return routes;
}
