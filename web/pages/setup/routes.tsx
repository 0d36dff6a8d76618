/**
 * Setting up a new box. Until somebody has claimed it every page leads here, and nothing else is open; afterwards it is for
 * the owner, and the claim is closed for ever.
 */
import { Hono, type MiddlewareHandler } from "hono";
import type { Child } from "hono/jsx";
import { UserError } from "../../../appliance/errors.ts";
import type { TestStep } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { setupWords } from "../../locales/setup.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { startSession } from "../../sessions.ts";
import { CheckPage } from "./check-page.tsx";
import { ClaimPage } from "./claim-page.tsx";
import { FirstMailPage } from "./first-mail-page.tsx";
import { NamePage } from "./name-page.tsx";
import { progressOf } from "./progress.ts";
import { StepsPage } from "./steps-page.tsx";

const CHECK_RUN = "internet-check";

/** What a box without an owner shows besides: its language can be chosen, its authority trusted, its health watched. */
const OPEN_BEFORE_CLAIM: ReadonlySet<string> = new Set(["/setup", "/setup/claim", "/language"]);

export const claimFirst: MiddlewareHandler<ConsoleEnvironment> = async (context, next) => {
	const { claimed } = context.var.desk.services.people.claimState();
	if (!claimed && !OPEN_BEFORE_CLAIM.has(context.req.path)) return context.redirect("/setup", 303);
	await next();
	return undefined;
};

/** Before the sign-in: the claim itself. */
export function claimPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/setup", async (context, next) => {
		if (context.var.desk.services.people.claimState().claimed) return next();
		return showClaim(context);
	});
	routes.post("/setup/claim", async (context) => {
		const form = await Form.of(context);
		const [password, again, code] = [form.secret("password"), form.secret("again"), form.optional("code")];
		const { desk, visitor, language } = context.var;
		const tried = await attempt(() => {
			if (password.reveal() !== again.reveal()) {
				const { differ, differHint } = setupWords[language];
				throw new UserError("passwords-differ", differ, differHint);
			}
			const { peer } = visitor;
			return desk.services.people.claim({ password, peer, ...(code === undefined ? {} : { code }) });
		});
		if (tried.refused !== undefined) return showClaim(context, tried.refused);
		startSession(context, tried.done);
		return goTo(context, "/setup/name");
	});
	return routes;
}

/** Afterwards: the steps. */
export function setupPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/setup", async (context) => {
		const progress = await progressOf(context.var.desk.services);
		return showStep(context, <StepsPage progress={progress} />);
	});

	routes.get("/setup/name", (context) => showName(context));
	routes.post("/setup/name", async (context) => {
		const name = (await Form.of(context)).text("name");
		const { settings } = context.var.desk.services;
		const tried = await attempt(() => settings.change({ name }));
		if (tried.refused !== undefined) return showName(context, { name, refused: tried.refused });
		return goTo(context, "/setup/check", { kind: "done", text: setupWords[context.var.language].nameSaved });
	});

	routes.get("/setup/check", async (context) => {
		const { services, runs } = context.var.desk;
		const machine = await services.machine.state();
		return showStep(context, <CheckPage machine={machine} run={runs.find<TestStep>(CHECK_RUN)} />, 2);
	});
	routes.post("/setup/check", (context) => {
		const { services, runs } = context.var.desk;
		runs.start(CHECK_RUN, (signal) => services.machine.checkInternet(signal));
		return goTo(context, "/setup/check");
	});

	routes.get("/setup/mail", async (context) => {
		const { rows } = await context.var.desk.services.mail.search({}, { limit: 1 });
		return showStep(context, <FirstMailPage latest={rows[0]} />, 3);
	});
	return routes;
}

function showClaim(context: PageRequest, refused?: UserError) {
	const claim = context.var.desk.services.people.claimState();
	const body = <ClaimPage claim={claim} refused={refused} />;
	return show(context, { title: setupWords[context.var.language].title, body }, refused ? 400 : 200);
}

async function showName(
	context: PageRequest,
	typed?: { readonly name: string; readonly refused: UserError },
) {
	const settings = await context.var.desk.services.settings.list();
	const setting = settings.find(({ key }) => key === "name");
	const name = typed?.name ?? String(setting?.value ?? "");
	const body = <NamePage name={name} setting={setting} refused={typed?.refused} />;
	return showStep(context, body, undefined, typed === undefined ? 200 : 400);
}

function showStep(context: PageRequest, body: Child, refreshSeconds?: number, status: 200 | 400 = 200) {
	const { title } = setupWords[context.var.language];
	const refresh = refreshSeconds === undefined ? {} : { refreshSeconds };
	return show(context, { title, section: "overview", body, ...refresh }, status);
}
