/** `/api/v1/console/password`: a new password for the console's owner. For the control socket alone. */
import { Hono } from "hono";
import type { ConsoleRescueService } from "../../appliance/services.ts";
import type { ApiEnvironment } from "../answers.ts";

export function consolePasswordRoutes(rescue: ConsoleRescueService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.post("/console/password", async (context) => context.json(await rescue.resetPassword()));
	return routes;
}
