/** Self-service, for its owner: who may come, and removing who has. The rule that these are owners' stands in routes.tsx. */
import { Hono } from "hono";
import type { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { signUpWords } from "../../locales/sign-up.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { joinedPath } from "./joined-card.tsx";
import { KEYS, SignUpPage, type SignUpSettings } from "./sign-up-page.tsx";

const LONGEST_ADDRESS = 320;

export function signUpRoutes(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/people/sign-up", (context) => showRules(context));

	routes.post("/people/sign-up", async (context) => {
		const settings = await settingsOf(context);
		const typed = typedIn(await Form.of(context), settings);
		const tried = await attempt(() => context.var.desk.services.settings.change(typed));
		if (tried.refused !== undefined) return showRules(context, typed, tried.refused);
		return goTo(context, "/people/sign-up", { kind: "done", text: words(context).saved });
	});

	routes.post("/people/joined/:address/remove", async (context) => {
		const address = context.req.param("address");
		const { removeTitle, removeText: text, remove: button, removed } = words(context);
		const title = removeTitle(address);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title, text, button, back: "/people", action: joinedPath(address) };
			return show(context, { title, section: "people", body: <ConfirmPage {...asked} /> });
		}
		await context.var.desk.services.joining.remove(address);
		return goTo(context, "/people", { kind: "done", text: removed(address) });
	});
	return routes;
}

function words(context: PageRequest) {
	return signUpWords[context.var.language];
}

async function showRules(
	context: PageRequest,
	typed?: Readonly<Record<string, unknown>>,
	refused?: UserError,
) {
	const asked = context.req.query("try")?.trim().slice(0, LONGEST_ADDRESS);
	const { joining } = context.var.desk.services;
	const tried = asked === undefined ? undefined : { address: asked, judgement: joining.judge(asked) };
	const address = `${context.var.visitor.origin}/join`;
	const settings = await settingsOf(context);
	const body = <SignUpPage {...{ settings, typed, refused, tried, address }} />;
	return show(context, { title: words(context).title, section: "people", body }, refused ? 400 : 200);
}

async function settingsOf(context: PageRequest): Promise<SignUpSettings> {
	const all = await context.var.desk.services.settings.list();
	const find = (key: string) => {
		const setting = all.find((one) => one.key === key);
		if (setting === undefined) throw new Error(`there is no setting ${key}`);
		return setting;
	};
	return {
		enabled: find(KEYS.enabled),
		allow: find(KEYS.allow),
		deny: find(KEYS.deny),
		fetchMail: find(KEYS.fetchMail),
		mostPeople: find(KEYS.mostPeople),
	};
}

/** What may be changed; what the configuration file sets is not sent with the form. */
function typedIn(form: Form, settings: SignUpSettings): Readonly<Record<string, unknown>> {
	const most = form.text(KEYS.mostPeople);
	const all = [
		[settings.enabled, form.isOn(KEYS.enabled)],
		[settings.allow, form.lines(KEYS.allow)],
		[settings.deny, form.lines(KEYS.deny)],
		[settings.fetchMail, form.isOn(KEYS.fetchMail)],
		[settings.mostPeople, most === String(settings.mostPeople.value) ? settings.mostPeople.value : most],
	] as const;
	return Object.fromEntries(all.flatMap(([{ key, isLocked }, value]) => (isLocked ? [] : [[key, value]])));
}
