/** System: looking is everybody's, changing the owner's. */
import { Hono } from "hono";
import { HOOK_EVENTS, type Setting } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { boxWords } from "../../locales/box.ts";
import { said } from "../../locales/said.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { backupPages } from "./backup-routes.tsx";
import { lightPages } from "./lights-routes.tsx";
import { networkPages } from "./network-routes.tsx";
import { restartPages } from "./restart-routes.tsx";
import { restorePages } from "./restore-routes.tsx";
import { SettingsPage, tableOf } from "./settings-page.tsx";
import { SystemPage } from "./system-page.tsx";
import { updatePages } from "./update-routes.tsx";

const HOOK_MADE = "hook";
/** Have pages of their own. */
const NOT_SHOWN: ReadonlySet<string> = new Set(["state_dir", "queue.paused"]);

export function systemPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/system", (context) => showSystem(context));
	routes.get("/system/certificate", (context) => goTo(context, "/system#certificate"));
	routes.route("/", lightPages());
	routes.use("/system/*", ownersOnly);

	routes.get("/system/settings", (context) => showSettings(context));
	routes.post("/system/settings", async (context) => {
		const form = await Form.of(context);
		const { settings } = context.var.desk.services;
		const own = (await shown(context)).filter(
			(setting) => tableOf(setting) === form.text("table") && !setting.isLocked,
		);
		const typed = new Map(own.map((setting) => [setting.key, valueIn(form, setting)]));
		const changes = Object.fromEntries(
			own.flatMap(({ key, value }) => (isSame(typed.get(key), value) ? [] : [[key, typed.get(key)]])),
		);
		const tried = await attempt(() => settings.change(changes));
		if (tried.refused !== undefined) return showSettings(context, { typed, refused: tried.refused });
		const { needRestart } = tried.done;
		const { settingsSaved, settingsRestart } = words(context);
		const text = needRestart.length === 0 ? settingsSaved : settingsRestart(needRestart.join(", "));
		return goTo(context, "/system/settings", { kind: "done", text });
	});

	routes.get("/system/support.txt", async (context) => {
		const text = await context.var.desk.services.machine.supportBundle();
		return context.body(text, 200, {
			"Content-Type": "text/plain; charset=utf-8",
			"Content-Disposition": 'attachment; filename="postern-support.txt"',
			"Cache-Control": "no-store",
		});
	});
	routes.route("/", networkPages());
	routes.route("/", backupPages());
	routes.route("/", restorePages());
	routes.route("/", restartPages());
	routes.route("/", updatePages());

	routes.post("/system/hooks", async (context) => {
		const form = await Form.of(context);
		const wanted = form.all("event");
		const { desk, session } = context.var;
		const tried = await attempt(() =>
			desk.services.hooks.add({
				url: form.text("url"),
				events: HOOK_EVENTS.filter((event) => wanted.includes(event)),
				offlineAfterMinutes: Number(form.text("minutes")),
			}),
		);
		if (tried.refused !== undefined) return showSystem(context, tried.refused);
		if (session !== undefined) desk.reveals.put(session.id, HOOK_MADE, tried.done.secret);
		return goTo(context, "/system?hook=1#hooks");
	});
	routes.post("/system/hooks/:id/test", async (context) => {
		const { ok, text } = await context.var.desk.services.hooks.test(context.req.param("id"));
		return goTo(context, "/system", {
			kind: ok ? "done" : "trouble",
			text: said(text, context.var.language),
		});
	});
	routes.post("/system/hooks/:id/remove", async (context) => {
		await context.var.desk.services.hooks.remove(context.req.param("id"));
		return goTo(context, "/system", { kind: "done", text: words(context).saved });
	});
	return routes;
}

function words(context: PageRequest) {
	return boxWords[context.var.language];
}

async function showSystem(context: PageRequest, refused?: UserError) {
	const { desk, session } = context.var;
	const { machine, hooks } = desk.services;
	const [state, certificate] = await Promise.all([machine.state(), machine.certificate()]);
	const hookSecret =
		context.req.query("hook") !== undefined && session !== undefined
			? desk.reveals.find(session.id, HOOK_MADE)
			: undefined;
	const props = { machine: state, certificate, hooks: hooks.list(), hookSecret, refused };
	const { title } = words(context);
	return show(context, { title, section: "system", body: <SystemPage {...props} /> }, refused ? 400 : 200);
}

async function shown(context: PageRequest): Promise<readonly Setting[]> {
	const settings = await context.var.desk.services.settings.list();
	return settings.filter(({ key, type }) => type !== "secret" && !NOT_SHOWN.has(key));
}

async function showSettings(
	context: PageRequest,
	again: { readonly typed?: ReadonlyMap<string, unknown>; readonly refused?: UserError } = {},
) {
	const body = <SettingsPage settings={await shown(context)} {...again} />;
	const title = words(context).settings;
	return show(context, { title, section: "system", body }, again.refused ? 400 : 200);
}

/** As the file would have it; what is emptied goes back to its default. */
function valueIn(form: Form, { key, type }: Setting): unknown {
	if (type === "switch") return form.isOn(key);
	if (type === "list") return form.lines(key);
	const text = form.text(key);
	return text === "" ? null : text;
}

function isSame(typed: unknown, present: unknown): boolean {
	const plain = (value: unknown) => (value === null || value === undefined ? "" : JSON.stringify(value));
	return plain(typed) === plain(present) || String(typed ?? "") === String(present ?? "");
}
