/**
 * Mailboxes: who may fetch what over POP3. That somebody may read a mailbox is for owners to say; a test is an
 * operator's.
 */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import type { Status, TestStep } from "../../../appliance/services.ts";
import { REFUSING } from "../../../appliance/words/refusing.ts";
import { say } from "../../../appliance/words/saying.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { accountAddresses } from "../devices/asked.ts";
import { ownersOnly } from "../owners-only.ts";
import { ListPage } from "./list-page.tsx";
import { mailboxDraft, NOTHING_TYPED, type TypedMailbox, typedMailbox } from "./mailbox-draft.ts";
import { MailboxPage, RemovePage } from "./mailbox-page.tsx";
import { type Mailbox, mailboxPath } from "./mailbox-path.ts";
import { NewPage } from "./new-page.tsx";

const REFRESH_SECONDS = 3;

export function mailboxPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	for (const path of ["/mailboxes/new", "/mailboxes/:username/remove"]) routes.use(path, ownersOnly);

	routes.get("/mailboxes", async (context) => {
		const { mailboxes, accounts, appliance } = context.var.desk.services;
		const [all, signIns, status] = await Promise.all([mailboxes.list(), accounts.list(), appliance.status()]);
		const body = <ListPage mailboxes={all} troubles={troublesOf(status)} hasAccount={signIns.length > 0} />;
		return show(context, { ...place(context), body, refreshSeconds: 30 });
	});

	routes.get("/mailboxes/new", (context) => showForm(context, NOTHING_TYPED));
	routes.post("/mailboxes/new", async (context) => {
		const typed = typedMailbox(await Form.of(context));
		const { mailboxes } = context.var.desk.services;
		const tried = await attempt(() => mailboxes.add(mailboxDraft(typed, words(context))));
		if (tried.refused !== undefined) return showForm(context, typed, tried.refused);
		const { mailbox, password } = tried.done;
		const { desk, session } = context.var;
		if (session !== undefined && password !== null) {
			desk.reveals.put(session.id, revealKey(mailbox.username), new Secret(password));
		}
		return goTo(context, mailboxPath(mailbox.username), {
			kind: "done",
			text: words(context).created(mailbox.username),
		});
	});

	routes.get("/mailboxes/:username", async (context) => {
		const mailbox = await findMailbox(context);
		const { desk, session } = context.var;
		const [status, { server, ports }] = await Promise.all([
			desk.services.appliance.status(),
			desk.services.mailboxes.place(),
		]);
		const password = session && desk.reveals.find(session.id, revealKey(mailbox.username));
		const test = desk.runs.find<TestStep>(testKey(mailbox.username));
		const body = (
			<MailboxPage
				mailbox={mailbox}
				server={server}
				// In clear only where its owner allows that.
				ports={ports.filter(({ security }) => security !== "none" || mailbox.authWithoutTls)}
				password={password?.reveal() ?? null}
				troubles={troublesOf(status).filter((text) => text.includes(`"${mailbox.username}"`))}
				test={test}
			/>
		);
		const refresh = test?.isOver === false ? { refreshSeconds: REFRESH_SECONDS } : {};
		return show(context, { ...place(context), title: mailbox.username, body, ...refresh });
	});

	routes.post("/mailboxes/:username/test", async (context) => {
		const { username } = await findMailbox(context);
		const password = (await Form.of(context)).secret("password");
		const { runs, services } = context.var.desk;
		runs.start(testKey(username), (signal) =>
			services.mailboxes.test({ username, password: password.reveal() }, signal),
		);
		return goTo(context, `${mailboxPath(username)}#test`);
	});

	routes.post("/mailboxes/:username/remove", async (context) => {
		const mailbox = await findMailbox(context);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			return show(context, { ...place(context), body: <RemovePage mailbox={mailbox} /> });
		}
		const { username } = mailbox;
		await context.var.desk.services.mailboxes.remove(username);
		return goTo(context, "/mailboxes", { kind: "done", text: words(context).removed(username) });
	});
	return routes;
}

function words(context: PageRequest) {
	return mailboxWords[context.var.language];
}

function place(context: PageRequest) {
	return { title: words(context).title, section: "mailboxes" } as const;
}

function revealKey(username: string): string {
	return `mailbox ${username}`;
}

function testKey(username: string): string {
	return `mailbox-test:${username}`;
}

async function showForm(context: PageRequest, typed: TypedMailbox, refused?: UserError) {
	const addresses = await accountAddresses(context.var.desk.services.accounts);
	const body = <NewPage typed={typed} accounts={addresses} refused={refused} />;
	const page = { ...place(context), title: words(context).add, body };
	return show(context, page, refused === undefined ? 200 : 400);
}

/** Throws `mailbox-unknown`. */
async function findMailbox(context: PageRequest): Promise<Mailbox> {
	const username = (context.req.param("username") ?? "").trim().toLowerCase();
	const found = (await context.var.desk.services.mailboxes.list()).find((one) => one.username === username);
	if (found === undefined) throw new UserError("mailbox-unknown", say(REFUSING.mailboxUnknown, { username }));
	return found;
}

function troublesOf({ matters }: Status): readonly string[] {
	return matters.filter(({ kind }) => kind === "fetching").map(({ text }) => text);
}
