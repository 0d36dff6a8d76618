/**
 * Self-service (design §5), the only part of the console besides the sign-in that works without a session, and only while
 * it is switched on. Who comes is known by the key of their browser's forms: the sign-in that they began and the password
 * that came of it are shown to that browser alone.
 */
import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { JoinNews } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { joinWords } from "../../locales/join.ts";
import { goTo, type PageRequest, type PageStatus, show } from "../../render.tsx";
import { tokenKeyOf } from "../../sessions.ts";
import { showMessage } from "../message-page.tsx";
import { JoinPage, METHODS, WISHES } from "./join-page.tsx";
import { isUnderWay, VisitPage } from "./visit-page.tsx";
import { type Typed, type Visit, type VisitNews, visitOf } from "./visit-stage.ts";

const REFRESH_SECONDS = 5;
const LONGEST_ADDRESS = 320;
/** What is revealed once. */
const PASSWORD = "own login";
const NOTHING_TYPED: Typed = { address: "", method: "device-code", wish: "join" };

export function joinPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.use("/join/*", async (context, next) => {
		if (!context.var.desk.services.joining.isOpen()) {
			const { closedTitle: title, closed: text, closedHint: hint } = joinWords[context.var.language];
			return showMessage(context, { title, text, hint, status: 404 });
		}
		await next();
		return undefined;
	});

	routes.get("/join", (context) => {
		const visit = context.req.query("new") === undefined ? findVisit(context) : undefined;
		return visit === undefined ? showForm(context, NOTHING_TYPED) : showVisit(context, visit);
	});

	routes.post("/join", async (context) => {
		const typed = typedIn(await Form.of(context));
		const tried = await attempt(() => begin(context, typed));
		const refused = tried.refused ?? tried.done?.refusal;
		if (refused === undefined) return goTo(context, "/join");
		context.var.desk.runs.forget(runKey(context));
		return showForm(context, typed, refused);
	});

	routes.post("/join/paste", async (context) => {
		const pasted = (await Form.of(context)).text("pasted");
		const { joining } = context.var.desk.services;
		const tried = await attempt(() => joining.paste(visitorId(context), pasted));
		const visit = findVisit(context);
		if (tried.refused === undefined || visit === undefined) return goTo(context, "/join?pasted");
		return showVisit(context, visit, tried.refused);
	});

	/** Stops what is under way, and hides what came of it. */
	routes.post("/join/end", async (context) => {
		await end(context);
		return goTo(context, "/join");
	});
	return routes;
}

async function begin(context: PageRequest, typed: Typed) {
	const { runs, services, reveals } = context.var.desk;
	const { peer } = context.var.visitor;
	const visit = visitorId(context);
	// One at a time for each browser; who begins again has given the other one up.
	await end(context);
	return runs.start<VisitNews>(runKey(context), (signal) =>
		told(typed, services.joining.begin({ ...typed, visit, peer }, signal), (password) =>
			reveals.put(visit, PASSWORD, password),
		),
	);
}

async function* told(
	typed: Typed,
	news: AsyncIterable<JoinNews>,
	reveal: (password: Secret) => void,
): AsyncGenerator<VisitNews> {
	yield { type: "begun", typed };
	for await (const one of news) {
		if (one.type === "joined") {
			const { password, ...shown } = one;
			reveal(password);
			yield shown;
		} else yield one;
	}
}

async function end(context: PageRequest): Promise<void> {
	const { runs, reveals } = context.var.desk;
	await runs.cancel(runKey(context));
	runs.forget(runKey(context));
	reveals.forget(visitorId(context), PASSWORD);
}

function showForm(context: PageRequest, typed: Typed, refused?: UserError) {
	const { title } = joinWords[context.var.language];
	const status = refused === undefined ? 200 : statusOf(refused);
	return show(context, { title, body: <JoinPage typed={typed} refused={refused} /> }, status);
}

function statusOf({ code }: UserError): PageStatus {
	if (code === "sign-up-locked" || code === "sign-up-busy") return 429;
	return code === "sign-up-denied" ? 403 : 400;
}

function showVisit(context: PageRequest, visit: Visit, refused?: UserError) {
	const { runs, reveals } = context.var.desk;
	const { stage } = visit;
	const password = reveals.find(visitorId(context), PASSWORD)?.reveal() ?? null;
	const count = runs.find(runKey(context))?.news.length ?? 0;
	const version = `${stage.kind} ${count}`;
	// Somebody pastes: a page that asks for itself again would take it away.
	const isPasting = stage.kind === "waiting" && stage.on.type === "open";
	const asksAgain = isUnderWay(stage) && (!isPasting || context.req.query("pasted") !== undefined);
	const { title } = joinWords[context.var.language];
	const body = <VisitPage visit={visit} password={password} version={version} refused={refused} />;
	const refresh = asksAgain ? { refreshSeconds: REFRESH_SECONDS } : {};
	return show(context, { title, body, ...refresh }, refused === undefined ? 200 : 400);
}

function findVisit(context: PageRequest): Visit | undefined {
	return visitOf(context.var.desk.runs.find<VisitNews>(runKey(context)));
}

function typedIn(form: Form): Typed {
	return {
		address: form.text("address").slice(0, LONGEST_ADDRESS),
		method: METHODS.find((method) => method === form.text("method")) ?? NOTHING_TYPED.method,
		wish: WISHES.find((wish) => wish === form.text("wish")) ?? NOTHING_TYPED.wish,
	};
}

/** Unlike the key itself, it tells nobody how to make a form. */
function visitorId(context: PageRequest): string {
	return createHash("sha256").update(tokenKeyOf(context).reveal()).digest("hex");
}

function runKey(context: PageRequest): string {
	return `join:${visitorId(context)}`;
}
