/** People and keys: the owner's. */
import { Hono } from "hono";
import { KEY_SCOPES, type Role } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { peopleWords } from "../../locales/people.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { PeoplePage, ROLES } from "./people-page.tsx";
import { signUpRoutes } from "./sign-up-routes.tsx";

/** What the page of people reveals once; one at a time. */
const MADE = "people";

export function peoplePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.use("/people/*", ownersOnly);
	routes.get("/people", (context) => showPeople(context));
	routes.route("/", signUpRoutes());

	routes.post("/people", async (context) => {
		const form = await Form.of(context);
		const role = roleOf(form.text("role"));
		const tried = await attempt(() =>
			context.var.desk.services.people.add({ name: form.text("name"), role }),
		);
		if (tried.refused !== undefined) return showPeople(context, tried.refused);
		const { desk, session } = context.var;
		if (session !== undefined) desk.reveals.put(session.id, MADE, tried.done.password);
		return goTo(context, `/people?made=${encodeURIComponent(tried.done.person.name)}`);
	});
	routes.post("/people/:name/role", async (context) => {
		const role = roleOf((await Form.of(context)).text("role"));
		const { people } = context.var.desk.services;
		const tried = await attempt(() => people.changeRole(context.req.param("name"), role));
		if (tried.refused !== undefined) return showPeople(context, tried.refused);
		return goTo(context, "/people", { kind: "done", text: words(context).saved });
	});
	routes.post("/people/:name/password", async (context) => {
		const name = context.req.param("name");
		const { desk, session } = context.var;
		const tried = await attempt(() => desk.services.people.resetPassword(name));
		if (tried.refused !== undefined) return showPeople(context, tried.refused);
		if (session !== undefined) desk.reveals.put(session.id, MADE, tried.done);
		return goTo(context, `/people?made=${encodeURIComponent(name)}`);
	});
	routes.post("/people/:name/remove", async (context) => {
		const name = context.req.param("name");
		const { removeTitle, removeText, remove, saved } = words(context);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title: `${removeTitle} ${name}`, text: removeText, button: remove, back: "/people" };
			const action = `/people/${encodeURIComponent(name)}/remove`;
			return show(context, {
				...{ title: removeTitle, section: "people" as const },
				body: <ConfirmPage {...asked} action={action} />,
			});
		}
		const tried = await attempt(() => context.var.desk.services.people.remove(name));
		if (tried.refused !== undefined) return showPeople(context, tried.refused);
		return goTo(context, "/people", { kind: "done", text: saved });
	});

	routes.post("/people/keys", async (context) => {
		const form = await Form.of(context);
		const { desk, session } = context.var;
		const day = form.text("expires");
		const wanted = form.all("scope");
		const tried = await attempt(() =>
			desk.services.keys.add({
				label: form.text("label"),
				scopes: KEY_SCOPES.filter((scope) => wanted.includes(scope)),
				expiresAt: /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T23:59:59.000Z` : null,
				createdBy: session?.name ?? "",
			}),
		);
		if (tried.refused !== undefined) return showPeople(context, tried.refused);
		if (session !== undefined) desk.reveals.put(session.id, MADE, tried.done.secret);
		return goTo(context, "/people?made=");
	});
	routes.post("/people/keys/:id/remove", async (context) => {
		await context.var.desk.services.keys.remove(context.req.param("id"));
		return goTo(context, "/people", { kind: "done", text: words(context).saved });
	});
	return routes;
}

function words(context: PageRequest) {
	return peopleWords[context.var.language];
}

function roleOf(text: string): Role {
	return ROLES.find((role) => role === text) ?? "viewer";
}

async function showPeople(context: PageRequest, refused?: UserError) {
	const { desk, session } = context.var;
	const whose = context.req.query("made");
	const secret =
		whose !== undefined && session !== undefined ? desk.reveals.find(session.id, MADE) : undefined;
	const { newPassword, keyNew, title } = words(context);
	const made =
		secret === undefined ? undefined : { title: whose === "" ? keyNew : newPassword(whose ?? ""), secret };
	const { people, keys, joining } = desk.services;
	const lists = { people: people.list(), keys: keys.list(), joined: await joining.list() };
	const body = <PeoplePage {...lists} isSignUpOpen={joining.isOpen()} made={made} refused={refused} />;
	return show(context, { title, section: "people", body }, refused ? 409 : 200);
}
