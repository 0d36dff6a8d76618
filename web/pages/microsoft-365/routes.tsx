/** The Microsoft section: the app registration, signing in, the accounts. Order matters: `app` and `new` are no addresses. */
import { Hono } from "hono";
import type { ConsoleEnvironment } from "../../environment.ts";
import { accountPages } from "./account-routes.tsx";
import { appRegistrationPages } from "./app-routes.tsx";
import { accountSignInPages } from "./sign-in-routes.tsx";

export function microsoftPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.route("/", appRegistrationPages());
	routes.route("/", accountSignInPages());
	routes.route("/", accountPages());
	return routes;
}
