/**
 * `/api/v1` and `/metrics` on the network: for who shows a key that an owner made, within its scopes, and for who is signed
 * in to the console, within their role. For app.tsx.
 *
 * Closed by default: a path that is no route is nobody's, and what the control socket alone offers is not here. A session
 * changes something only from a page of this box, as the browser itself says: so no page elsewhere can make one act. What
 * is refused is refused in JSON.
 */
import { Hono } from "hono";
import type { ApiKey, ConsoleServices } from "../appliance/console-services.ts";
import { UserError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import { refusal } from "./answers.ts";
import { createNetworkApi } from "./api.ts";
import { API_DOCUMENT } from "./api-mount.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { metricsText } from "./metrics-text.ts";
import type { PageRequest } from "./render.tsx";
import { type Caller, ROLE_SCOPES } from "./scopes.ts";

const NO_STORE = { "Cache-Control": "no-store" };
const KEY_NEEDED = refusal(
	"key-needed",
	"This needs a key.",
	"An owner makes one in the console, under People. Send it as: Authorization: Bearer pst_…",
);
const KEY_FORBIDS = refusal("key-forbids", "This key may not do that.", "Make one with another scope.");
const FROM_ELSEWHERE = refusal(
	"form-elsewhere",
	"A browser's session changes something only from a page of this box.",
	"Programs use a key.",
);

export function networkApi(services: ConsoleServices, log: Log): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	const api = createNetworkApi(services, log);
	routes.get(API_DOCUMENT, ({ req, env }) => api.fetch(req.raw, env ?? {}));
	routes.all("/api/*", (context) => {
		const caller = callerOf(context, services);
		if (caller instanceof Response) return caller;
		return api.fetch(context.req.raw, { ...context.env, caller });
	});
	routes.get("/metrics", async (context) => {
		const caller = callerOf(context, services);
		if (caller instanceof Response) return caller;
		if (!caller.scopes.includes("metrics")) return context.json(KEY_FORBIDS, 403, NO_STORE);
		const text = metricsText(await services.appliance.status(), services.traffic.totals());
		return context.body(text, 200, {
			"Content-Type": "text/plain; version=0.0.4; charset=utf-8",
			...NO_STORE,
		});
	});
	return routes;
}

/** Who asks, or why nobody may. A key that is shown counts, whoever the browser is. */
function callerOf(context: PageRequest, services: ConsoleServices): Caller | Response {
	const shown = context.req.header("authorization") ?? "";
	const { session, visitor } = context.var;
	if (/^Bearer\b/i.test(shown) || session === undefined) {
		const key = keyOf(context, shown, services);
		if (key instanceof Response) return key;
		return { name: `key ${key.label}`, scopes: ["open", ...key.scopes] };
	}
	const isRead = context.req.method === "GET" || context.req.method === "HEAD";
	if (!isRead && context.req.header("origin") !== visitor.origin) {
		return context.json(FROM_ELSEWHERE, 403, NO_STORE);
	}
	return { name: session.name, scopes: ["open", ...ROLE_SCOPES[session.role]] };
}

/** The key that was shown, or why there is none. */
function keyOf(context: PageRequest, shown: string, { keys }: ConsoleServices): ApiKey | Response {
	const secret = /^Bearer +([\w-]{1,200})$/i.exec(shown)?.[1];
	const headers = { ...NO_STORE, "WWW-Authenticate": 'Bearer realm="Postern"' };
	if (secret === undefined) return context.json(KEY_NEEDED, 401, headers);
	try {
		return keys.find(secret, context.var.visitor.peer) ?? context.json(KEY_NEEDED, 401, headers);
	} catch (thrown) {
		// Too many guesses from there.
		if (thrown instanceof UserError) {
			return context.json(refusal(thrown.code, thrown.message, thrown.hint), 429, NO_STORE);
		}
		throw thrown;
	}
}
