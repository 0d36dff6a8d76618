/** Microsoft accounts: pages and what their forms do. Connecting and removing is the owner's; a test an operator's. */
import { Hono } from "hono";
import type { UserError } from "../../../appliance/errors.ts";
import type { AccountDraft, AppCertificate, SignInNews, TestStep } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { AccountPage } from "./account-page.tsx";
import { AccountsPage } from "./accounts-page.tsx";
import { AppPage } from "./app-page.tsx";
import { type AccountTyped, METHODS, NewAccountPage, SignInStatePage } from "./sign-in-page.tsx";

export function microsoftPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	for (const path of ["/microsoft/app", "/microsoft/new", "/microsoft/:address/sign-in/*"]) {
		routes.use(path, ownersOnly);
	}
	routes.use("/microsoft/:address/remove", ownersOnly);
	routes.use("/microsoft/:address/certificate", ownersOnly);

	routes.get("/microsoft", async (context) => {
		const { accounts, appliance } = context.var.desk.services;
		const [list, status] = await Promise.all([accounts.list(), appliance.status()]);
		const circuits = new Map(status.accounts.map(({ address, circuit }) => [address, circuit]));
		return page(context, <AccountsPage accounts={list} circuits={circuits} />);
	});
	addApp(routes);
	addSignIn(routes);
	addAccount(routes);
	return routes;
}

function addApp(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/microsoft/app", (context) => showApp(context));
	routes.post("/microsoft/app", async (context) => {
		const form = await Form.of(context);
		const [clientId, tenant] = [form.text("client_id"), form.text("tenant")];
		const { settings } = context.var.desk.services;
		const present = await settings.list();
		const isFree = (key: string) => present.find((one) => one.key === key)?.isLocked === false;
		const changes = {
			...(isFree("microsoft.client_id") ? { "microsoft.client_id": clientId || null } : {}),
			...(isFree("microsoft.tenant") ? { "microsoft.tenant": tenant || null } : {}),
		};
		const tried = await attempt(() => settings.change(changes));
		if (tried.refused !== undefined) {
			return showApp(context, { typed: { clientId, tenant }, refused: tried.refused });
		}
		return goTo(context, "/microsoft/new", { kind: "done", text: words(context).appSaved });
	});
}

function addSignIn(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/microsoft/new", (context) => {
		const typed = {
			address: "",
			method: "device-code",
			transport: "graph",
			clientId: "",
			tenant: "",
		} as const;
		return page(context, <NewAccountPage typed={typed} />);
	});
	routes.post("/microsoft/new", async (context) => {
		const form = await Form.of(context);
		const typed: AccountTyped = {
			address: form.text("address"),
			method: METHODS.find((method) => method === form.text("method")) ?? "device-code",
			transport: form.text("transport") === "smtp" ? "smtp" : "graph",
			clientId: form.text("client_id"),
			tenant: form.text("tenant"),
		};
		const draft: AccountDraft = {
			address: typed.address,
			method: typed.method,
			transport: typed.transport === "smtp" ? "smtp" : "graph",
			...(typed.clientId === "" ? {} : { clientId: typed.clientId }),
			...(typed.tenant === "" ? {} : { tenant: typed.tenant }),
		};
		const tried = await attempt(() => begin(context, draft));
		if (tried.refused !== undefined) {
			const body = <NewAccountPage typed={typed} refused={tried.refused} />;
			return show(context, { title: words(context).add, section: "microsoft", body }, 400);
		}
		return goTo(context, signInPath(typed.address));
	});

	routes.post("/microsoft/:address/sign-in", ownersOnly, async (context) => {
		const address = context.req.param("address");
		const chosen = (await Form.of(context)).text("method");
		const method = METHODS.find((one) => one === chosen);
		await begin(context, { address, ...(method === undefined ? {} : { method }) });
		return goTo(context, signInPath(address));
	});
	routes.get("/microsoft/:address/sign-in", ownersOnly, (context) => showSignIn(context));
	routes.post("/microsoft/:address/sign-in/paste", async (context) => {
		const address = context.req.param("address");
		const pasted = (await Form.of(context)).text("pasted");
		const tried = await attempt(() => context.var.desk.services.accounts.paste(address, pasted));
		return tried.refused === undefined
			? goTo(context, signInPath(address))
			: showSignIn(context, tried.refused);
	});
	routes.post("/microsoft/:address/sign-in/cancel", (context) => {
		const address = context.req.param("address");
		context.var.desk.runs.cancel(signInKey(address));
		return goTo(context, signInPath(address));
	});
}

function addAccount(routes: Hono<ConsoleEnvironment>): void {
	routes.get("/microsoft/:address/certificate.pem", async (context) => {
		const { pem, clientId } = await context.var.desk.services.accounts.certificate(
			context.req.param("address"),
			false,
		);
		const name = `postern-${clientId.replaceAll(/[^\w-]/g, "").slice(0, 40)}.pem`;
		return context.body(pem, 200, {
			"Content-Type": "application/x-pem-file",
			"Content-Disposition": `attachment; filename="${name}"`,
			"Cache-Control": "no-store",
		});
	});
	routes.post("/microsoft/:address/certificate", async (context) => {
		const address = context.req.param("address");
		await context.var.desk.services.accounts.certificate(address, true);
		return goTo(context, pathOf(address), { kind: "done", text: words(context).renewText });
	});
	routes.post("/microsoft/:address/test", (context) => {
		const address = context.req.param("address");
		const { services, runs } = context.var.desk;
		runs.forget(testKey(address));
		runs.start(testKey(address), (signal) => services.accounts.test(address, signal));
		return goTo(context, pathOf(address));
	});
	routes.post("/microsoft/:address/remove", async (context) => {
		const address = context.req.param("address");
		const { removeTitle, removeText, remove, removed } = words(context);
		if ((await Form.of(context)).text("confirmed") !== "yes") {
			const asked = { title: `${removeTitle} ${address}`, text: removeText, button: remove };
			return page(
				context,
				<ConfirmPage {...asked} action={`${pathOf(address)}/remove`} back={pathOf(address)} />,
			);
		}
		await context.var.desk.services.accounts.remove(address);
		return goTo(context, "/microsoft", { kind: "done", text: removed });
	});
	routes.get("/microsoft/:address", async (context) => {
		const address = context.req.param("address").toLowerCase();
		const { services, runs } = context.var.desk;
		const [list, state] = await Promise.all([services.accounts.list(), services.appliance.status()]);
		const status = list.find(({ account }) => account.address === address);
		if (status === undefined) return context.notFound();
		const circuit = state.accounts.find((one) => one.address === address)?.circuit ?? "closed";
		const test = runs.find<TestStep>(testKey(address));
		const certificate = await certificateOf(context, status.account.method === "certificate", address);
		const body = <AccountPage status={status} circuit={circuit} certificate={certificate} test={test} />;
		const refresh = test?.isOver === false ? { refreshSeconds: 2 } : {};
		return show(context, { title: address, section: "microsoft", body, ...refresh });
	});
}

function words(context: PageRequest) {
	return microsoftWords[context.var.language];
}

function page(context: PageRequest, body: Parameters<typeof show>[1]["body"]) {
	return show(context, { title: words(context).title, section: "microsoft", body });
}

function pathOf(address: string): string {
	return `/microsoft/${encodeURIComponent(address)}`;
}

function signInPath(address: string): string {
	return `${pathOf(address)}/sign-in`;
}

function signInKey(address: string): string {
	return `sign-in:${address.toLowerCase()}`;
}

function testKey(address: string): string {
	return `account-test:${address.toLowerCase()}`;
}

/** Goes on while its owner walks to another device. Throws what a wrong draft is refused with. */
async function begin(context: PageRequest, draft: AccountDraft): Promise<void> {
	const { services, runs } = context.var.desk;
	const key = signInKey(draft.address);
	const present = runs.find(key);
	if (present !== undefined && !present.isOver) runs.cancel(key);
	// A cancelled one ends in a moment; a new one must not join it.
	for (let turn = 0; turn < 50 && runs.find(key)?.isOver === false; turn += 1) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	runs.forget(key);
	runs.start<SignInNews>(key, (signal) => services.accounts.add(draft, signal));
}

function showSignIn(context: PageRequest, refused?: UserError) {
	const address = context.req.param("address") ?? "";
	const run = context.var.desk.runs.find<SignInNews>(signInKey(address));
	const body = <SignInStatePage address={address} run={run} refused={refused} />;
	const title = words(context).signingIn(address);
	const refresh = run?.isOver === false ? { refreshSeconds: 5 } : {};
	return show(context, { title, section: "microsoft", body, ...refresh }, refused ? 400 : 200);
}

async function showApp(
	context: PageRequest,
	again: { readonly typed?: { clientId: string; tenant: string }; readonly refused?: UserError } = {},
) {
	const settings = await context.var.desk.services.settings.list();
	const find = (key: string) => settings.find((one) => one.key === key);
	const redirect = String(find("microsoft.redirect")?.value ?? "");
	const body = (
		<AppPage
			clientId={find("microsoft.client_id")}
			tenant={find("microsoft.tenant")}
			redirect={redirect}
			{...again}
		/>
	);
	return show(context, { title: words(context).app, section: "microsoft", body }, again.refused ? 400 : 200);
}

/** Undefined where there is none yet, or the account signs in otherwise. */
async function certificateOf(
	context: PageRequest,
	hasOne: boolean,
	address: string,
): Promise<AppCertificate | undefined> {
	if (!hasOne) return undefined;
	return (await attempt(() => context.var.desk.services.accounts.certificate(address, false))).done;
}
