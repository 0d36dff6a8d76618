/** Signing in and out, and choosing a language before that. Open to everybody who reaches the console. */
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { isLanguage } from "../../locales/languages.ts";
import { signInWords } from "../../locales/sign-in.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { endSession, startSession } from "../../sessions.ts";
import { SignInPage } from "./sign-in-page.tsx";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function signInPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();

	routes.get("/sign-in", (context) => {
		const next = ownPath(context.req.query("next"));
		if (context.var.session !== undefined) return goTo(context, next);
		const isSignedOut = context.req.query("out") !== undefined;
		return showForm(context, { name: "", next, isSignedOut });
	});

	routes.post("/sign-in", async (context) => {
		const form = await Form.of(context);
		const [name, next] = [form.text("name").slice(0, 100), ownPath(form.text("next"))];
		const code = form.optional("code");
		const { people } = context.var.desk.services;
		const { peer } = context.var.visitor;
		const password = form.secret("password");
		const tried = await attempt(() =>
			people.signIn({ name, password, peer, ...(code === undefined ? {} : { totp: code }) }),
		);
		if (tried.refused !== undefined) {
			return showForm(context, { name, next, refused: tried.refused, needsCode: code !== undefined }, 403);
		}
		if (tried.done === "totp") return showForm(context, { name, next, needsCode: true });
		startSession(context, tried.done);
		return goTo(context, next);
	});

	routes.post("/sign-out", async (context) => {
		await endSession(context);
		return context.redirect("/sign-in?out", 303);
	});

	routes.post("/language", async (context) => {
		const language = (await Form.of(context)).text("language");
		if (isLanguage(language)) {
			const secure = context.var.visitor.isSecure;
			setCookie(context, "language", language, { path: "/", sameSite: "Lax", maxAge: YEAR_SECONDS, secure });
		}
		return context.redirect(backFrom(context), 303);
	});

	return routes;
}

type FormProps = Omit<Parameters<typeof SignInPage>[0], "secureAddress" | "canJoin">;

function showForm(context: PageRequest, props: FormProps, status: 200 | 403 = 200) {
	const { title } = signInWords[context.var.language];
	const canJoin = context.var.desk.services.joining.isOpen();
	const around = { canJoin, secureAddress: secureAddress(context) };
	return show(context, { title, body: <SignInPage {...props} {...around} /> }, status);
}

/** The same page over the console's TLS port. */
export function secureAddress(context: PageRequest): string | undefined {
	const { visitor, desk } = context.var;
	const port = desk.surroundings.tlsPort();
	if (visitor.isSecure || port === undefined) return undefined;
	const host = visitor.host.includes(":") ? `[${visitor.host}]` : visitor.host;
	return `https://${host}${port === 443 ? "" : `:${port}`}/`;
}

/**
 * Where to go after a sign-in: a path of this console and nothing else (no `//elsewhere`, no `/\elsewhere`), that can
 * stand in a header.
 */
export function ownPath(given: string | undefined): string {
	return given !== undefined && /^\/(?![/\\])[^\s\\\p{C}]{0,2000}$/u.test(given) ? given : "/";
}

/** The page that a form stood on, by its Referer, where that is one of ours. */
function backFrom(context: PageRequest): string {
	const referrer = context.req.header("referer") ?? "";
	const { origin } = context.var.visitor;
	return referrer.startsWith(`${origin}/`) ? ownPath(referrer.slice(origin.length)) : "/";
}
