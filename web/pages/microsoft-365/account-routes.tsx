/** The accounts: list, one of them, test, certificate, removal. A test is an operator's; the rest is for owners. */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import type { AccountStatus, AppCertificate, TestStep } from "../../../appliance/services.ts";
import { say } from "../../../appliance/words/saying.ts";
import { SIGN_IN } from "../../../appliance/words/sign-in.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { derOf } from "../../routes/authority.ts";
import { ownersOnly } from "../owners-only.ts";
import type { AccountView } from "./account-facts.tsx";
import { AccountPage } from "./account-page.tsx";
import { microsoftSettings, textOf } from "./clouds.ts";
import { ListPage } from "./list-page.tsx";
import { RemovePage } from "./remove-page.tsx";
import { accountPath } from "./sign-in-draft.ts";

const REFRESH_SECONDS = 3;

export function accountPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	for (const act of ["remove", "renew"]) routes.use(`/microsoft/:address/${act}`, ownersOnly);

	routes.get("/microsoft", async (context) => {
		const settings = microsoftSettings(await context.var.desk.services.settings.list());
		const hasApp = textOf(settings("client_id")) !== "";
		const body = <ListPage views={await viewsOf(context)} hasApp={hasApp} />;
		return show(context, { title: words(context).title, section: "microsoft", body, refreshSeconds: 30 });
	});

	routes.get("/microsoft/:address", async (context) => {
		const view = await viewOf(context);
		const { address } = view.status.account;
		const test = context.var.desk.runs.find<TestStep>(testKey(address));
		const certificate = await certificateOf(context, view.status);
		const refreshSeconds = test?.isOver === false ? REFRESH_SECONDS : 30;
		const body = <AccountPage view={view} certificate={certificate} test={test} />;
		return show(context, { title: address, section: "microsoft", body, refreshSeconds });
	});

	routes.post("/microsoft/:address/test", async (context) => {
		const { address } = (await viewOf(context)).status.account;
		const { runs, services } = context.var.desk;
		runs.start(testKey(address), (signal) => services.accounts.test(address, signal));
		return goTo(context, `${accountPath(address)}#test`);
	});

	routes.post("/microsoft/:address/renew", async (context) => {
		const { address } = (await viewOf(context)).status.account;
		await context.var.desk.services.accounts.certificate(address, true);
		return goTo(context, accountPath(address), { kind: "done", text: words(context).renewed });
	});

	routes.post("/microsoft/:address/remove", async (context) => {
		const { status, readers } = await viewOf(context);
		const { account } = status;
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			return askToRemove(context, status, readers);
		}
		const { accounts, joining } = context.var.desk.services;
		// With the login of who signed up: it would be of no use.
		if (account.joinedAt !== undefined) await joining.remove(account.address);
		else await accounts.remove(account.address);
		return goTo(context, "/microsoft", { kind: "done", text: words(context).removed(account.address) });
	});

	routes.get("/microsoft/:address/certificate.pem", async (context) => {
		const { address, pem } = await certificateToSend(context);
		return context.body(pem, 200, download(address, "pem", "application/x-pem-file"));
	});
	routes.get("/microsoft/:address/certificate.cer", async (context) => {
		const { address, pem } = await certificateToSend(context);
		return context.body(derOf(pem), 200, download(address, "cer", "application/pkix-cert"));
	});
	return routes;
}

function words(context: PageRequest) {
	return microsoftWords[context.var.language];
}

function testKey(address: string): string {
	return `account-test:${address}`;
}

async function viewsOf(context: PageRequest): Promise<readonly AccountView[]> {
	const { accounts, appliance, mailboxes } = context.var.desk.services;
	const [all, status, logins] = await Promise.all([accounts.list(), appliance.status(), mailboxes.list()]);
	const owners = all.filter(({ account }) => account.joinedAt === undefined);
	return all.map((one) => {
		const { address } = one.account;
		const passage = status.accounts.find((other) => other.address === address);
		// A login that names no account reads through the only one of the owner's.
		const isOnly = owners.length === 1 && owners[0] === one;
		const readers = logins.filter(({ account }) => account === address || (account === "" && isOnly));
		return {
			status: one,
			circuit: passage?.circuit ?? "closed",
			trouble: passage?.trouble ?? "",
			readers: readers.map(({ username }) => username),
		};
	});
}

/** Throws `account-unknown`. */
async function viewOf(context: PageRequest): Promise<AccountView> {
	const address = (context.req.param("address") ?? "").trim().toLowerCase();
	const view = (await viewsOf(context)).find(({ status }) => status.account.address === address);
	if (view === undefined) throw new UserError("account-unknown", say(SIGN_IN.accountUnknown, { address }));
	return view;
}

async function certificateOf(
	context: PageRequest,
	{ account }: AccountStatus,
): Promise<AppCertificate | null> {
	if (account.method !== "certificate") return null;
	// None yet, or the date is not known: the page says how to come by one.
	const { done } = await attempt(() =>
		context.var.desk.services.accounts.certificate(account.address, false),
	);
	return done ?? null;
}

async function certificateToSend(context: PageRequest): Promise<AppCertificate> {
	const { address } = (await viewOf(context)).status.account;
	return context.var.desk.services.accounts.certificate(address, false);
}

async function askToRemove(context: PageRequest, { account }: AccountStatus, readers: readonly string[]) {
	const { accounts, devices } = context.var.desk.services;
	const [all, senders] = await Promise.all([accounts.list(), devices.list()]);
	const owners = all.filter((one) => one.account.joinedAt === undefined);
	const isOnly = owners.length === 1 && account.joinedAt === undefined;
	const names = senders.filter((device) => device.account === account.address).map(({ name }) => name);
	const body = <RemovePage account={account} isOnly={isOnly} devices={names} readers={readers} />;
	return show(context, { title: words(context).removeTitle(account.address), section: "microsoft", body });
}

/** Of an address only what is safe in a header and in a file's name is kept. */
function download(address: string, ending: string, type: string): Record<string, string> {
	const name = address.replaceAll(/[^\w.-]+/g, "-").slice(0, 100);
	return {
		"Content-Type": type,
		"Content-Disposition": `attachment; filename="postern-${name}.${ending}"`,
		"Cache-Control": "no-store",
	};
}
