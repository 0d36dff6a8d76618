/** Mailboxes: who may fetch what over POP3. Who may what stands in app.tsx. */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import type { MailboxPort, Status, TestStep } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ListPage } from "./list-page.tsx";
import { mailboxDraft, NOTHING_TYPED, type TypedMailbox, typedMailbox } from "./mailbox-draft.ts";
import { MailboxPage, RemovePage } from "./mailbox-page.tsx";
import { type Mailbox, mailboxPath } from "./mailbox-path.ts";
import { CreatedPage, NewPage } from "./new-page.tsx";

const REFRESH_SECONDS = 3;

export function mailboxPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();

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
		// Not a redirect: the password is shown in this answer and nowhere else.
		return show(context, { ...place(context), body: <CreatedPage settings={tried.done} /> });
	});

	routes.get("/mailboxes/:username", async (context) => {
		const mailbox = await findMailbox(context);
		const { desk, visitor } = context.var;
		const status = await desk.services.appliance.status();
		const test = desk.runs.find<TestStep>(testKey(mailbox.username));
		const body = (
			<MailboxPage
				mailbox={mailbox}
				server={visitor.host}
				ports={portsFor(mailbox, status.listeners)}
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

function testKey(username: string): string {
	return `mailbox-test:${username}`;
}

async function showForm(context: PageRequest, typed: TypedMailbox, refused?: UserError) {
	const accounts = await context.var.desk.services.accounts.list();
	const addresses = accounts.map(({ account }) => account.address);
	const body = <NewPage typed={typed} accounts={addresses} refused={refused} />;
	const page = { ...place(context), title: words(context).add, body };
	return show(context, page, refused === undefined ? 200 : 400);
}

/** Throws `mailbox-unknown`. */
async function findMailbox(context: PageRequest): Promise<Mailbox> {
	const username = (context.req.param("username") ?? "").trim().toLowerCase();
	const found = (await context.var.desk.services.mailboxes.list()).find((one) => one.username === username);
	if (found === undefined) throw new UserError("mailbox-unknown", `There is no mailbox login "${username}".`);
	return found;
}

function troublesOf({ matters }: Status): readonly string[] {
	return matters.filter(({ kind }) => kind === "fetching").map(({ text }) => text);
}

/** Best first; in clear only where its owner allows that. STLS is on the port in clear (RFC 2595 §4). */
function portsFor({ authWithoutTls }: Mailbox, listeners: Status["listeners"]): readonly MailboxPort[] {
	const portOf = (role: MailboxPort["role"]) => {
		const address = listeners.find((one) => one.role === role)?.address;
		return address === undefined ? undefined : Number(address.slice(address.lastIndexOf(":") + 1));
	};
	const [tls, clear] = [portOf("pop3-tls"), portOf("pop3")];
	return [
		...(tls === undefined ? [] : [{ role: "pop3-tls", port: tls, security: "TLS" } as const]),
		...(clear === undefined ? [] : [{ role: "pop3", port: clear, security: "STLS" } as const]),
		...(clear === undefined || !authWithoutTls
			? []
			: [{ role: "pop3", port: clear, security: "none" } as const]),
	];
}
