/** `/system/restart` and the page that waits for the box to come back. For the owner. */
import { Hono } from "hono";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { backupWords } from "../../locales/backup.ts";
import { boxWords } from "../../locales/box.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { RestartingPage } from "./restarting-page.tsx";

/** A restart for its own sake, or one that puts a backup in place. */
type Reason = "restart" | "restore";

export function restartPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.post("/system/restart", async (context) => {
		const { restartTitle, restartText, restart } = boxWords[context.var.language];
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title: restartTitle, text: restartText, button: restart, back: "/system" };
			const body = <ConfirmPage {...asked} action="/system/restart" />;
			return show(context, { title: restartTitle, section: "system", body });
		}
		const path = await waitingPath(context, "restart");
		await context.var.desk.services.machine.restart();
		return goTo(context, path);
	});
	routes.get("/system/restarting", async (context) => {
		const { waitTitle: title, restarted } = backupWords[context.var.language];
		const isRestore = context.req.query("for") === "restore";
		if ((await startedAt(context)) !== context.req.query("since")) {
			if (isRestore) return goTo(context, "/system/restore/done");
			return goTo(context, "/system", { kind: "done", text: restarted });
		}
		const { can } = await context.var.desk.services.machine.state();
		const body = <RestartingPage isRestore={isRestore} comesBack={can.restart} />;
		return show(context, { title, section: "system", body, refreshSeconds: 10 });
	});
	return routes;
}

/** A page that waits until another run of Postern answers than this one. */
export async function waitingPath(context: PageRequest, reason: Reason): Promise<string> {
	return `/system/restarting?for=${reason}&since=${encodeURIComponent(await startedAt(context))}`;
}

async function startedAt(context: PageRequest): Promise<string> {
	return (await context.var.desk.services.appliance.status()).startedAt;
}
