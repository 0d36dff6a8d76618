/** Mailboxes that programs fetch: pages and what their forms do. */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import type { MailboxDraft, TestStep } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { goTo, type Page, type PageRequest, show } from "../../render.tsx";
import { MailboxesPage, MailboxPage, NewMailboxPage } from "./mailbox-pages.tsx";

export function mailboxPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/mailboxes", async (context) => {
		const mailboxes = await context.var.desk.services.mailboxes.list();
		return page(context, <MailboxesPage mailboxes={mailboxes} />);
	});
	routes.get("/mailboxes/new", async (context) =>
		page(context, <NewMailboxPage typed={{ mailbox: "" }} accounts={await accountsOf(context)} />),
	);
	routes.post("/mailboxes/new", async (context) => {
		const draft = draftIn(await Form.of(context));
		const tried = await attempt(() => context.var.desk.services.mailboxes.add(draft));
		if (tried.refused !== undefined) {
			const accounts = await accountsOf(context);
			const body = <NewMailboxPage typed={draft} accounts={accounts} refused={tried.refused} />;
			return show(context, { title: words(context).add, section: "mailboxes", body }, 400);
		}
		const { mailbox, password } = tried.done;
		const { desk, session } = context.var;
		if (session !== undefined && password !== null) {
			desk.reveals.put(session.id, `mailbox ${mailbox.username}`, new Secret(password));
		}
		return goTo(context, pathOf(mailbox.username));
	});
	routes.get("/mailboxes/:username", async (context) => {
		const username = context.req.param("username").toLowerCase();
		const { desk, session } = context.var;
		const mailbox = (await desk.services.mailboxes.list()).find((one) => one.username === username);
		if (mailbox === undefined)
			throw new UserError("mailbox-unknown", `There is no mailbox login "${username}".`);
		const password = session && desk.reveals.find(session.id, `mailbox ${username}`);
		const run = desk.runs.find<TestStep>(testKey(username));
		const settings = await desk.services.mailboxes.place();
		const refresh = run?.isOver === false ? { refreshSeconds: 2 } : {};
		const body = <MailboxPage mailbox={mailbox} settings={settings} password={password} run={run} />;
		return show(context, { title: username, section: "mailboxes", body, ...refresh });
	});
	routes.post("/mailboxes/:username/test", async (context) => {
		const username = context.req.param("username");
		const password = (await Form.of(context)).secret("password").reveal();
		const { services, runs } = context.var.desk;
		runs.forget(testKey(username));
		runs.start(testKey(username), (signal) => services.mailboxes.test({ username, password }, signal));
		return goTo(context, pathOf(username));
	});
	routes.post("/mailboxes/:username/remove", async (context) => {
		const username = context.req.param("username");
		const { removeTitle, removeText, remove, removed } = words(context);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title: `${removeTitle} ${username}`, text: removeText, button: remove };
			const path = pathOf(username);
			return page(context, <ConfirmPage {...asked} action={`${path}/remove`} back={path} />);
		}
		await context.var.desk.services.mailboxes.remove(username);
		return goTo(context, "/mailboxes", { kind: "done", text: removed });
	});
	return routes;
}

function words(context: PageRequest) {
	return mailboxWords[context.var.language];
}

function page(context: PageRequest, body: Page["body"]) {
	return show(context, { title: words(context).title, section: "mailboxes", body });
}

function pathOf(username: string): string {
	return `/mailboxes/${encodeURIComponent(username)}`;
}

function testKey(username: string): string {
	return `mailbox-test:${username.toLowerCase()}`;
}

async function accountsOf(context: PageRequest): Promise<readonly string[]> {
	return (await context.var.desk.services.accounts.list()).map(({ account }) => account.address);
}

function draftIn(form: Form): MailboxDraft {
	const username = form.optional("username");
	const account = form.optional("account");
	const onDelete = (["trash", "delete", "keep"] as const).find((one) => one === form.text("on_delete"));
	const texts = (["newer_than", "most_messages", "cache"] as const).flatMap((name) => {
		const text = form.optional(name);
		return text === undefined ? [] : [[name, text]];
	});
	const flags = (["only_unread", "mark_read", "auth_without_tls"] as const).flatMap((name) =>
		form.isOn(name) ? [[name, true]] : [],
	);
	return {
		mailbox: form.text("mailbox"),
		...(username === undefined ? {} : { username }),
		...(account === undefined ? {} : { account }),
		...(onDelete === undefined ? {} : { onDelete }),
		options: Object.fromEntries([...texts, ...flags]),
	};
}
