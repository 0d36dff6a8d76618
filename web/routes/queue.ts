/** `/api/v1/queue…`: the queue, one message, and what can be done to messages. */
import { Hono } from "hono";
import { z } from "zod";
import type { QueueService } from "../../appliance/services.ts";
import { type ApiEnvironment, readInput } from "../answers.ts";

/** Enough for a screenful many times over; more than this is said with `"all"`. */
const MOST_IDS = 2000;

const ACTION_INPUT = z.strictObject({
	action: z.enum(["retry", "hold", "release", "delete"]),
	ids: z.union([z.literal("all"), z.array(z.string().min(1).max(100)).min(1).max(MOST_IDS)]),
});

export function queueRoutes(queue: QueueService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/queue", async (context) => context.json(await queue.list()));
	routes.post("/queue/actions", async (context) => {
		const { action, ids } = await readInput(context, ACTION_INPUT);
		return context.json(await queue.act(action, ids));
	});
	routes.get("/queue/counts", async (context) => context.json(await queue.counts()));
	routes.get("/queue/:id", async (context) => context.json(await queue.show(context.req.param("id"))));
	return routes;
}
