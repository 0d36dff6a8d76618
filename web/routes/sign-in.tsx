/**
 * `/sign-in/return`: where a browser ends after signing in to Microsoft, when the console's own address is the one in
 * the app registration (`microsoft.redirect`); then nothing need be pasted. Open to all: only who has the state of a
 * sign-in that waits gets anywhere, and all it can do is finish that. (The browser comes from Microsoft's site, so a
 * Strict cookie would not come with it.)
 */
import { Hono } from "hono";
import { UserError } from "../../appliance/errors.ts";
import type { AccountService } from "../../appliance/services.ts";
import type { ConsoleEnvironment } from "../environment.ts";
import { returnWords } from "../locales/return.ts";
import { showMessage } from "../pages/message-page.tsx";

/** Longer than any address a browser takes. */
const LONGEST_QUERY = 32_768;

export function signInRoutes(accounts: AccountService): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/sign-in/return", async (context) => {
		const words = returnWords[context.var.language];
		const query = new URL(context.req.url).search.slice(1, LONGEST_QUERY);
		try {
			const address = await accounts.returned(query);
			return showMessage(context, { title: words.handed, text: words.goesOn(address), status: 200 });
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			return showMessage(context, {
				title: words.stops,
				text: thrown.message,
				hint: thrown.hint,
				status: 400,
			});
		}
	});
	return routes;
}
