/**
 * `/sign-in/return`: where a browser ends after signing in to Microsoft, when the console's own address is the one in
 * the app registration (`microsoft.redirect`); then nothing need be pasted. Open to all: only who has the state of a
 * sign-in that waits gets anywhere, and all it can do is finish that.
 */
import { Hono } from "hono";
import { UserError } from "../../appliance/errors.ts";
import type { AccountService } from "../../appliance/services.ts";
import { htmlDocument } from "../pages/layout.tsx";
import { MessagePage } from "../pages/message-page.tsx";

/** Longer than any address a browser takes. */
const LONGEST_QUERY = 32_768;

export function signInRoutes(accounts: AccountService): Hono {
	const routes = new Hono();
	routes.get("/sign-in/return", async (context) => {
		const query = new URL(context.req.url).search.slice(1, LONGEST_QUERY);
		try {
			const address = await accounts.returned(query);
			const text = `The sign-in of ${address} goes on where it was begun, which says what came of it. This page can be closed.`;
			return context.html(htmlDocument(<MessagePage title="Handed to Postern" text={text} />));
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			const text = `${thrown.message} ${thrown.hint}`;
			return context.html(htmlDocument(<MessagePage title="This sign-in does not go on" text={text} />), 400);
		}
	});
	return routes;
}
