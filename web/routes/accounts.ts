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
	clientId: z.string().trim().max(128, "at most 128 characters").optional(),
	tenant: z.string().trim().max(255, "at most 255 characters").optional(),
});

/** Longer than any address a browser takes. */
const LONGEST_PASTE = 32_768;
const PASTE_INPUT = z.strictObject({ pasted: z.string().max(LONGEST_PASTE, "too long to be an address") });
const RETURNED_INPUT = z.strictObject({ query: z.string().max(LONGEST_PASTE, "too long to be an address") });
const CERTIFICATE_INPUT = z.strictObject({ renew: z.boolean() });

export function accountRoutes(accounts: AccountService, log: Log): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/accounts", async (context) => context.json(await accounts.list()));
	routes.post("/accounts", async (context) => {
		const { address, method, transport, clientId, tenant } = await readInput(context, DRAFT_INPUT);
		const draft = {
			address,
			...(method === undefined ? {} : { method }),
			...(transport === undefined ? {} : { transport }),
			...(clientId === undefined ? {} : { clientId }),
			...(tenant === undefined ? {} : { tenant }),
		};
		return answerStream(context, log, (signal) => accounts.add(draft, signal));
	});
	routes.post("/accounts/returned", async (context) => {
		const { query } = await readInput(context, RETURNED_INPUT);
		return context.json({ account: await accounts.returned(query) });
	});
	routes.post("/accounts/:address/paste", async (context) => {
		const { pasted } = await readInput(context, PASTE_INPUT);
		await accounts.paste(context.req.param("address"), pasted);
		return context.json({ taken: true });
	});
	routes.post("/accounts/:address/certificate", async (context) => {
		const { renew } = await readInput(context, CERTIFICATE_INPUT);
		return context.json(await accounts.certificate(context.req.param("address"), renew));
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
