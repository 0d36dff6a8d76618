/**
 * `/api/v1/accounts…`: the Microsoft accounts. Signing in and testing take minutes, so they answer
 * with a stream of news; hanging up cancels them.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { Log } from "../../appliance/log.ts";
import type { AccountService } from "../../appliance/services.ts";
import { type ApiEnvironment, answerStream, readInput } from "../answers.ts";

const DRAFT_INPUT = z.strictObject({
	address: z
		.string()
		.trim()
		.max(320, "at most 320 characters")
		.regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, "an account is a mailbox address such as alerts@contoso.com"),
	method: z.enum(["device-code", "browser", "certificate"]).optional(),
	transport: z.enum(["graph", "smtp"]).optional(),
});

export function accountRoutes(accounts: AccountService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/accounts", async (context) => context.json(await accounts.list()));
	routes.post("/accounts", async (context) => {
		const { address, method, transport } = await readInput(context, DRAFT_INPUT);
		const draft = {
			address,
			...(method === undefined ? {} : { method }),
			...(transport === undefined ? {} : { transport }),
		};
		return answerStream(context, log, (signal) => accounts.add(draft, signal));
	});
	routes.post("/accounts/:address/test", async (context) => {
		const address = context.req.param("address");
		return answerStream(context, log, (signal) => accounts.test(address, signal));
	});
	routes.delete("/accounts/:address", async (context) => {
		const address = context.req.param("address");
		await accounts.remove(address);
		return context.json({ removed: address });
	});
	return routes;
}
