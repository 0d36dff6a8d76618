/**
 * The cookie by which a browser is known again, and the rule on roles. Cookies are HttpOnly and SameSite=Strict, and
 * Secure with a name that no http page can set (`__Host-`) where the console is read over https. Nobody
 * signed in yet has a visit cookie instead, which keys the tokens of the forms before a sign-in.
 */
import { randomBytes } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Role, SignedIn } from "../appliance/console-services.ts";
import { Secret } from "../appliance/secret.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { isAtLeast } from "./page-context.ts";

/** As long as a session can live (30 days); the box ends it earlier when it is not used. */
const SESSION_SECONDS = 30 * 24 * 60 * 60;
const VISIT_BYTES = 18;

function sessionCookie(isSecure: boolean): string {
	return isSecure ? "__Host-postern" : "postern";
}

function visitCookie(isSecure: boolean): string {
	return isSecure ? "__Host-postern-visit" : "postern-visit";
}

/** Finds the session of the request. */
export const findSession: MiddlewareHandler<ConsoleEnvironment> = async (context, next) => {
	const { desk, visitor } = context.var;
	const token = getCookie(context, sessionCookie(visitor.isSecure));
	context.set("session", token === undefined ? undefined : desk.services.people.session(token, visitor.peer));
	await next();
};

/** Puts a new cookie in the place of whatever the browser had: a session is never taken over from before. */
export function startSession(context: Context<ConsoleEnvironment>, { token, session }: SignedIn): void {
	const { isSecure } = context.var.visitor;
	setCookie(context, sessionCookie(isSecure), token.reveal(), {
		...{ httpOnly: true, sameSite: "Strict", secure: isSecure, path: "/" },
		maxAge: SESSION_SECONDS,
	});
	context.set("session", session);
}

/** Ends the session here and in the browser. */
export async function endSession(context: Context<ConsoleEnvironment>): Promise<void> {
	const { desk, visitor } = context.var;
	const name = sessionCookie(visitor.isSecure);
	const token = getCookie(context, name);
	if (token !== undefined) await desk.services.people.signOut(token);
	deleteCookie(context, name, { path: "/", secure: visitor.isSecure });
}

/** Keys the tokens of this visitor's forms; gives a visitor who is not signed in a cookie for it. */
export function tokenKeyOf(context: Context<ConsoleEnvironment>): Secret {
	const { session, visitor } = context.var;
	if (session !== undefined) return session.csrfKey;
	const name = visitCookie(visitor.isSecure);
	const known = getCookie(context, name);
	if (known !== undefined && /^[\w-]{24}$/.test(known)) return new Secret(known);
	const made = randomBytes(VISIT_BYTES).toString("base64url");
	setCookie(context, name, made, { httpOnly: true, sameSite: "Strict", secure: visitor.isSecure, path: "/" });
	return new Secret(made);
}

/** The key that a form's token must have been made with; undefined when the browser has shown nothing. */
export function presentTokenKey(context: Context<ConsoleEnvironment>): Secret | undefined {
	const { session, visitor } = context.var;
	if (session !== undefined) return session.csrfKey;
	const known = getCookie(context, visitCookie(visitor.isSecure));
	return known === undefined ? undefined : new Secret(known);
}

/** Reading needs `toRead`, everything else `toChange`. Who is not signed in is asked to; who may not is told. */
export function rolesNeeded(
	toRead: Role,
	toChange: Role,
	forbidden: (context: Context<ConsoleEnvironment>, needed: Role) => Response | Promise<Response>,
): MiddlewareHandler<ConsoleEnvironment> {
	return async (context, next) => {
		const { session } = context.var;
		const isRead = context.req.method === "GET" || context.req.method === "HEAD";
		if (session === undefined) {
			const back = isRead ? `?next=${encodeURIComponent(pathAndQuery(context.req.url))}` : "";
			return context.redirect(`/sign-in${back}`, 303);
		}
		const needed = isRead ? toRead : toChange;
		if (!isAtLeast(session.role, needed)) return forbidden(context, needed);
		await next();
		return undefined;
	};
}

export function pathAndQuery(url: string): string {
	const { pathname, search } = new URL(url);
	return pathname + search;
}
