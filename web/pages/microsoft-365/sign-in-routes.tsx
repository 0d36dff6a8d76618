/** Signing a Microsoft account in: the form, the sign-in while it goes on, what is pasted, cancelling. Owners only. */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import type { AccountDraft, AccountStatus, SignInNews } from "../../../appliance/services.ts";
import { isMailAddress } from "../../address-input.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { refusalText } from "../../locales/refusals.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { microsoftSettings, textOf } from "./clouds.ts";
import { NewPage } from "./new-page.tsx";
import { draftFromForm, draftFromQuery, signInPathWith } from "./sign-in-draft.ts";
import { SignInPage } from "./sign-in-page.tsx";
import { stageOf } from "./sign-in-stage.ts";

/** Browsers without a script ask again so often while something is under way. */
const REFRESH_SECONDS = 5;

export function accountSignInPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	for (const path of ["/microsoft/new", "/microsoft/sign-in/*"]) routes.use(path, ownersOnly);

	routes.get("/microsoft/new", async (context) => {
		const account = await findAccount(context, context.req.query("address") ?? "");
		if (account === undefined) return showForm(context, { address: "" }, false);
		const { address, method, transport } = account.account;
		return showForm(context, { address, method, transport }, true);
	});

	routes.post("/microsoft/new", async (context) => {
		const draft = draftFromForm(await Form.of(context));
		return begin(context, draft, (refused) => showForm(context, draft, false, refused));
	});

	routes.get("/microsoft/sign-in/:address", (context) => showSignIn(context));

	routes.post("/microsoft/sign-in/:address", async (context) => {
		const form = await Form.of(context);
		const draft = { ...draftFromForm(form), address: addressOf(context) };
		return begin(context, draft, (refused) => showForm(context, draft, false, refused));
	});

	routes.post("/microsoft/sign-in/:address/paste", async (context) => {
		const pasted = (await Form.of(context)).text("pasted");
		const address = addressOf(context);
		const tried = await attempt(() => context.var.desk.services.accounts.paste(address, pasted));
		if (tried.refused !== undefined) {
			const { text, hint } = refusalText(context.var.language, tried.refused);
			return goTo(context, signInPathWith(queryDraft(context)), { kind: "trouble", text: `${text} ${hint}` });
		}
		const { pasted: text } = accountSignInWords[context.var.language];
		return goTo(context, signInPathWith(queryDraft(context), { pasted: "1" }), { kind: "done", text });
	});

	routes.post("/microsoft/sign-in/:address/cancel", async (context) => {
		const { runs } = context.var.desk;
		const key = runKey(addressOf(context));
		await runs.cancel(key);
		runs.forget(key);
		const { cancelledDone: text } = accountSignInWords[context.var.language];
		return goTo(context, "/microsoft", { kind: "done", text });
	});
	return routes;
}

async function begin(
	context: PageRequest,
	draft: AccountDraft,
	refuse: (refused: UserError) => Response | Promise<Response>,
) {
	const { runs, services } = context.var.desk;
	const words = accountSignInWords[context.var.language];
	const tried = await attempt(async () => {
		if (!isMailAddress(draft.address)) {
			throw new UserError("address-invalid", words.addressInvalid, words.addressInvalidHint);
		}
		// One under way may be of another method; and a new account is only kept by the sign-in that made it.
		await runs.cancel(runKey(draft.address));
		runs.start<SignInNews>(runKey(draft.address), (signal) => services.accounts.add(draft, signal));
	});
	if (tried.refused !== undefined) return refuse(tried.refused);
	return goTo(context, signInPathWith(draft));
}

async function showForm(context: PageRequest, typed: AccountDraft, isAgain: boolean, refused?: UserError) {
	const settings = microsoftSettings(await context.var.desk.services.settings.list());
	const hasApp = textOf(settings("client_id")) !== "";
	const words = accountSignInWords[context.var.language];
	const title = isAgain ? words.againTitle : words.newTitle;
	const body = <NewPage {...{ typed, isAgain, hasApp, refused }} />;
	return show(context, { title, section: "microsoft", body }, refused === undefined ? 200 : 400);
}

async function showSignIn(context: PageRequest) {
	const draft = queryDraft(context);
	const run = context.var.desk.runs.find<SignInNews>(runKey(draft.address));
	const stage = stageOf(run);
	const [account, devices] = await Promise.all([
		findAccount(context, draft.address),
		context.var.desk.services.devices.list(),
	]);
	const method = draft.method ?? account?.account.method ?? "device-code";
	const isOpen = stage.kind === "waiting" && stage.on.type === "open";
	const props = {
		...{ draft, method, stage },
		isMethodLocked: account?.account.origin === "file",
		isSettingUp: devices.length === 0,
		version: `${stage.kind} ${run?.news.length ?? 0}`,
	};
	const goesOn = stage.kind === "starting" || stage.kind === "waiting";
	// Somebody pastes: a page that asks for itself again would take it away.
	const asksAgain = goesOn && (!isOpen || context.req.query("pasted") !== undefined);
	const title = accountSignInWords[context.var.language].title(draft.address);
	const refresh = asksAgain ? { refreshSeconds: REFRESH_SECONDS } : {};
	return show(context, { title, section: "microsoft", body: <SignInPage {...props} />, ...refresh });
}

function queryDraft(context: PageRequest): AccountDraft {
	return draftFromQuery(addressOf(context), new URL(context.req.url).searchParams);
}

function addressOf(context: PageRequest): string {
	return (context.req.param("address") ?? "").trim().toLowerCase();
}

function runKey(address: string): string {
	return `sign-in:${address.trim().toLowerCase()}`;
}

async function findAccount(context: PageRequest, address: string): Promise<AccountStatus | undefined> {
	const all = await context.var.desk.services.accounts.list();
	return all.find(({ account }) => account.address === address.trim().toLowerCase());
}
