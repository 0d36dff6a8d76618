/** `/api/v1/devices…`: who may send. Adding one answers with what to type into it, password included. */
import { Hono } from "hono";
import { z } from "zod";
import type { DeviceService } from "../../appliance/services.ts";
import { type ApiEnvironment, readInput } from "../answers.ts";

/** Names stand in addresses, lists and logs: no control characters, and not `.` or `..`, which a path loses. */
const NAME = z
	.string()
	.trim()
	.min(1, "a device needs a name")
	.max(100, "at most 100 characters")
	.regex(/^(?!\.{1,2}$)\P{C}+$/u, "a name holds no control characters and is not . or ..");

const DRAFT_INPUT = z.strictObject({
	name: NAME,
	addresses: z.array(z.string().min(1).max(64)).max(64).default([]),
	username: z.string().min(1).max(100).optional(),
	account: z.string().min(1).max(320).optional(),
});

export function deviceRoutes(devices: DeviceService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/devices", async (context) => context.json(await devices.list()));
	routes.get("/devices/:name", async (context) =>
		context.json(await devices.show(context.req.param("name"))),
	);
	routes.post("/devices", async (context) => {
		const { name, addresses, username, account } = await readInput(context, DRAFT_INPUT);
		const settings = await devices.add({
			name,
			addresses,
			...(username === undefined ? {} : { username }),
			...(account === undefined ? {} : { account }),
		});
		return context.json(settings, 201);
	});
	routes.delete("/devices/:name", async (context) => {
		const name = context.req.param("name");
		await devices.remove(name);
		return context.json({ removed: name });
	});
	return routes;
}
