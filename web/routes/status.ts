/** `/api/v1/status`, `/authority`, `/reload`, `/config/origins`: the appliance as a whole. */
import { Hono } from "hono";
import type { ApplianceService } from "../../appliance/services.ts";
import type { ApiEnvironment } from "../answers.ts";

export function applianceRoutes(appliance: ApplianceService): Hono<ApiEnvironment> {
	const routes = new Hono<ApiEnvironment>();
	routes.get("/status", async (context) => context.json(await appliance.status()));
	routes.get("/authority", async (context) => context.json(await appliance.authority()));
	routes.post("/reload", async (context) => context.json(await appliance.reload()));
	routes.get("/config/origins", async (context) => context.json(await appliance.configOrigins()));
	return routes;
}
