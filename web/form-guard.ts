/**
 * Lets a form through only from a page of this box: by what the browser says of where it comes from, and by the
 * token that only such a page has (form-tokens.ts). The browser's word is not enough, since text browsers say nothing;
 * the token is not enough, since it would be one thing to get wrong.
 */
import type { Context, MiddlewareHandler } from "hono";
import type { ConsoleEnvironment } from "./environment.ts";
import { Form } from "./form.ts";
import { isToken, TOKEN_FIELD } from "./form-tokens.ts";
import { presentTokenKey } from "./sessions.ts";

/** `form-elsewhere`: from another site. `form-stale`: from a page of before the sign-in or a restart. */
export type FormFault = "form-elsewhere" | "form-stale";

type Refuse = (context: Context<ConsoleEnvironment>, fault: FormFault) => Response | Promise<Response>;

export function formGuard(refuse: Refuse): MiddlewareHandler<ConsoleEnvironment> {
	return guard(refuse, tokenInBody);
}

/** For what is read as it comes: the token stands in the address, and nothing of the body is read. */
export function uploadGuard(refuse: Refuse): MiddlewareHandler<ConsoleEnvironment> {
	return guard(refuse, (context) => context.req.query(TOKEN_FIELD));
}

function guard(
	refuse: Refuse,
	givenToken: (context: Context<ConsoleEnvironment>) => unknown,
): MiddlewareHandler<ConsoleEnvironment> {
	return async (context, next) => {
		if (context.req.method !== "GET" && context.req.method !== "HEAD") {
			if (!isFromHere(context)) return refuse(context, "form-elsewhere");
			const key = presentTokenKey(context);
			if (key === undefined || !isToken(key, await givenToken(context))) return refuse(context, "form-stale");
		}
		await next();
		return undefined;
	};
}

function isFromHere(context: Context<ConsoleEnvironment>): boolean {
	const site = context.req.header("sec-fetch-site");
	if (site !== undefined && site !== "same-origin" && site !== "none") return false;
	const origin = context.req.header("origin");
	return origin === undefined || origin === context.var.visitor.origin;
}

async function tokenInBody(context: Context<ConsoleEnvironment>): Promise<unknown> {
	const type = context.req.header("content-type") ?? "";
	if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return undefined;
	return (await Form.of(context)).secret(TOKEN_FIELD).reveal();
}
