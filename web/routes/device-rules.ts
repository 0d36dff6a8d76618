/**
 * `/api/v1/devices/:name` (PATCH), its `/rules`, `/name` and `/password`: changes to a saved device. Keys and values are those of the
 * configuration file; what a rule may be is the appliance's to say.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { DeviceRuleService } from "../../appliance/services.ts";
import { type ApiEnvironment, readInput } from "../answers.ts";
import { given, NAME, SWITCHES } from "./device-input.ts";

const PATTERNS = z.array(z.string().min(1).max(320)).max(1000);
const text = (most: number) => z.string().min(1).max(most).nullable().optional();

const RULES_INPUT = z.strictObject({
	addresses: z.array(z.string().min(1).max(64)).max(1000).optional(),
	username: text(100),
	account: text(320),
	kind: text(100),
	from: z.union([z.enum(["keep", "force"]), PATTERNS]).optional(),
	recipients: PATTERNS.optional(),
	rate: text(40),
	quota: text(40),
	coalesce: text(40),
	urgent: z.boolean().optional(),
	newest_first: z.boolean().optional(),
	drop_repeats: z.boolean().optional(),
	switches: SWITCHES.optional(),
});

const NAME_INPUT = z.strictObject({ name: NAME });

export function deviceRuleRoutes(rules: DeviceRuleService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/devices/:name/rules", async (context) =>
		context.json(await rules.rules(context.req.param("name"))),
	);
	routes.patch("/devices/:name", async (context) => {
		const name = context.req.param("name");
		const { switches, ...input } = await readInput(context, RULES_INPUT);
		await rules.change(name, { ...given(input), ...(switches && { switches: given(switches) }) });
		return context.json(await rules.rules(name));
	});
	routes.post("/devices/:name/name", async (context) => {
		const { name } = await readInput(context, NAME_INPUT);
		await rules.rename(context.req.param("name"), name);
		return context.json({ name });
	});
	routes.post("/devices/:name/password", async (context) => {
		const password = await rules.newPassword(context.req.param("name"));
		return context.json({ password: password.reveal() });
	});
	return routes;
}
