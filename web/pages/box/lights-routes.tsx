/** `/system/lights`: looking is everybody's; only the owner makes the box blink. */
import { Hono } from "hono";
import type { LightStep } from "../../../appliance/services.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { lightWords } from "../../locales/lights.ts";
import { goTo, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { LightsPage } from "./lights-page.tsx";

const HOME = "/system/lights";

export function lightPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get(HOME, async (context) => {
		const state = await context.var.desk.services.lights.state();
		const { title } = lightWords[context.var.language];
		return show(context, { title, section: "system", body: <LightsPage state={state} /> });
	});
	routes.post(`${HOME}/show`, ownersOnly, (context) => {
		const { runs, services } = context.var.desk;
		runs.start<LightStep>("lights", (signal) => services.lights.test(signal));
		return goTo(context, HOME, { kind: "done", text: lightWords[context.var.language].shown });
	});
	return routes;
}
