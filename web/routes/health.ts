/**
 * `/healthz`: 200 as long as anything is served; the body says what is degraded. For whoever watches the box, so without
 * a sign-in: it counts and never names.
 */
import { Hono } from "hono";
import { asError } from "../../appliance/errors.ts";
import type { ConsoleEnvironment, Desk } from "../environment.ts";
import { publicProblems } from "../public-problems.ts";

export function healthRoutes(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/healthz", async (context) => {
		const problems = await problemsOf(context.var.desk);
		const status = problems.length === 0 ? "ok" : "degraded";
		return context.json({ status, problems }, 200, { "Cache-Control": "no-store" });
	});
	return routes;
}

async function problemsOf({ services, log }: Desk): Promise<readonly string[]> {
	try {
		return publicProblems((await services.appliance.status()).problems);
	} catch (thrown) {
		// Whoever watches this must hear of it, and "not serving" would be untrue.
		const error = asError(thrown);
		log.error("status-fault", { error: error.stack ?? error.message });
		return ["The status cannot be read; the log says more."];
	}
}
