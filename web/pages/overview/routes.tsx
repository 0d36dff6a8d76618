/** The first page after a sign-in. */
import { Hono } from "hono";
import type { TrafficSpan } from "../../../appliance/console-services.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { overviewWords } from "../../locales/overview.ts";
import { show } from "../../render.tsx";
import { progressOf } from "../setup/progress.ts";
import { OverviewPage } from "./overview-page.tsx";
import { SPANS } from "./traffic-card.tsx";

export function overviewPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/", async (context) => {
		const { services } = context.var.desk;
		const span = spanOf(context.req.query("span"));
		const [status, machine, strangers, delivered, progress] = await Promise.all([
			services.appliance.status(),
			services.machine.state(),
			services.devices.strangers(),
			services.mail.search({ states: ["delivered"] }, { limit: 1 }),
			progressOf(services),
		]);
		const body = (
			<OverviewPage
				status={status}
				machine={machine}
				span={span}
				series={services.traffic.series(span)}
				strangers={strangers.filter(({ heldMessages, refusals }) => heldMessages + refusals > 0).length}
				lastDeliveredAt={delivered.rows[0]?.finishedAt ?? null}
				isSetUp={progress.isFinished}
			/>
		);
		const words = overviewWords[context.var.language];
		const title = status.matters.length === 0 ? words.well : words.title;
		return show(context, { title, section: "overview", body, refreshSeconds: 30 });
	});
	return routes;
}

function spanOf(given: string | undefined): TrafficSpan {
	return SPANS.find((span) => span === given) ?? "day";
}
