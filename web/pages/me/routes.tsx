/** One's own sessions, password and codes: whoever is signed in, whatever their role. */
import { Hono } from "hono";
import type { Session, TotpSetup } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { peopleWords } from "../../locales/people.ts";
import { setupWords } from "../../locales/setup.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { rolesNeeded } from "../../sessions.ts";
import { forbid } from "../owners-only.ts";
import { MePage } from "./me-page.tsx";

/** Mounted before the rule that changing needs an operator. */
export function mePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.use("/me/*", rolesNeeded("viewer", "viewer", forbid));
	routes.get("/me", (context) => showMe(context));

	routes.post("/me/sessions/:id/end", async (context) => {
		const { name } = sessionOf(context);
		await context.var.desk.services.people.endSession(name, context.req.param("id"));
		return goTo(context, "/me");
	});
	routes.post("/me/password", async (context) => {
		const form = await Form.of(context);
		const { id: sessionId, name } = sessionOf(context);
		const { desk, visitor, language } = context.var;
		const [current, next, again] = [form.secret("current"), form.secret("next"), form.secret("again")];
		const tried = await attempt(() => {
			if (next.reveal() !== again.reveal()) {
				const { differ, differHint } = setupWords[language];
				throw new UserError("passwords-differ", differ, differHint);
			}
			return desk.services.people.changePassword({ name, current, next, sessionId, peer: visitor.peer });
		});
		if (tried.refused !== undefined) return showMe(context, { refused: tried.refused });
		return goTo(context, "/me", { kind: "done", text: peopleWords[language].me.changed });
	});

	routes.post("/me/codes", async (context) => {
		const tried = await attempt(() => context.var.desk.services.people.beginTotp(sessionOf(context).name));
		return showMe(context, { refused: tried.refused, setup: tried.done });
	});
	routes.post("/me/codes/confirm", async (context) => {
		const code = (await Form.of(context)).text("code");
		const { people } = context.var.desk.services;
		const tried = await attempt(() => people.confirmTotp(sessionOf(context).name, code));
		return showMe(context, { refused: tried.refused, recovery: tried.done });
	});
	routes.post("/me/codes/off", async (context) => {
		const password = (await Form.of(context)).secret("password");
		const { desk, visitor, language } = context.var;
		const { name } = sessionOf(context);
		const tried = await attempt(() => desk.services.people.removeTotp(name, password, visitor.peer));
		if (tried.refused !== undefined) return showMe(context, { refused: tried.refused });
		return goTo(context, "/me", { kind: "done", text: peopleWords[language].me.offDone });
	});
	return routes;
}

/** The rule before these routes has seen to it that there is one. */
function sessionOf(context: PageRequest): Session {
	const { session } = context.var;
	if (session === undefined) throw new Error("a page of one's own without a session");
	return session;
}

function showMe(
	context: PageRequest,
	more: {
		readonly refused?: UserError | undefined;
		readonly setup?: TotpSetup | undefined;
		readonly recovery?: readonly Secret[] | undefined;
	} = {},
) {
	const { id, name } = sessionOf(context);
	const { people } = context.var.desk.services;
	const person = people.list().find((one) => one.name === name);
	if (person === undefined) return context.redirect("/sign-in", 303);
	const body = <MePage person={person} sessions={people.sessions(name)} sessionId={id} {...more} />;
	const { title } = peopleWords[context.var.language].me;
	return show(context, { title, section: "me", body }, more.refused ? 400 : 200);
}
