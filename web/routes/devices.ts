/**
 * `/api/v1/devices…` and `/strangers…`: who may send, and who would like to. Adding one answers with
 * what to type into it, password included. A test takes a while, so it answers with a stream of steps.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { Log } from "../../appliance/log.ts";
import type { DeviceDraft, DeviceService } from "../../appliance/services.ts";
import { type ApiEnvironment, answerStream, readInput } from "../answers.ts";
import { given, NAME, SWITCHES } from "./device-input.ts";

/** It will stand in the header of a message and in the envelope. */
export const MAIL_ADDRESS = z
	.string()
	.trim()
	.max(320, "at most 320 characters")
	.regex(/^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u, "a mail address is such as scan@contoso.com");

const ALLOW_INPUT = z.strictObject({
	name: NAME,
	username: z.string().min(1).max(100).optional(),
	account: z.string().min(1).max(320).optional(),
	kind: z.string().min(1).max(100).optional(),
	switches: SWITCHES.optional(),
});

const DRAFT_INPUT = ALLOW_INPUT.extend({
	addresses: z.array(z.string().min(1).max(64)).max(64).default([]),
});

const TEST_INPUT = z.strictObject({
	name: NAME.optional(),
	to: MAIL_ADDRESS,
	from: MAIL_ADDRESS.optional(),
	password: z.string().min(1).max(256).optional(),
});

export function deviceRoutes(devices: DeviceService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/devices", async (context) => context.json(await devices.list()));
	routes.get("/device-kinds", async (context) => context.json(await devices.kinds()));
	routes.get("/devices/:name", async (context) =>
		context.json(await devices.show(context.req.param("name"))),
	);
	routes.post("/devices", async (context) => {
		const { addresses, ...input } = await readInput(context, DRAFT_INPUT);
		return context.json(await devices.add({ ...draftOf(input), addresses }), 201);
	});
	routes.delete("/devices/:name", async (context) => {
		const name = context.req.param("name");
		await devices.remove(name);
		return context.json({ removed: name });
	});
	routes.get("/devices/:nameOrAddress/log", async (context) =>
		context.json(await devices.log(context.req.param("nameOrAddress"))),
	);
	routes.post("/devices/:name/test", async (context) => {
		const name = context.req.param("name");
		const { to, from, password } = await readInput(context, TEST_INPUT);
		const draft = { name, to, ...(from && { from }), ...(password && { password }) };
		return answerStream(context, log, (signal) => devices.test(draft, signal));
	});
	routes.get("/strangers", async (context) => context.json(await devices.strangers()));
	routes.post("/strangers/:address/allow", async (context) => {
		const input = await readInput(context, ALLOW_INPUT);
		return context.json(await devices.allow(context.req.param("address"), draftOf(input)), 201);
	});
	routes.delete("/strangers/:address", async (context) =>
		context.json(await devices.refuse(context.req.param("address"))),
	);
	return routes;
}

/** Without the keys that were not given. */
function draftOf({ name, switches, ...texts }: z.output<typeof ALLOW_INPUT>): Omit<DeviceDraft, "addresses"> {
	return { name, ...given(texts), ...(switches && { switches: given(switches) }) };
}
