/**
 * `/api/v1` and `/metrics` for programs on the network: what the control socket offers, for who shows a key that an owner
 * made, within its scopes. For app.tsx.
 *
 * Closed by default: a path that is not listed here is nobody's, and what gives a password away (`/console/password`) is
 * the control socket's alone. A browser's session does not count, so no page elsewhere can make one act.
 */
import { Hono } from "hono";
import type { ApiKey, ConsoleServices, KeyScope } from "../appliance/console-services.ts";
import { UserError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import { refusal } from "./answers.ts";
import { createSharedApi } from "./api.ts";
import type { ConsoleEnvironment } from "./environment.ts";
import { metricsText } from "./metrics-text.ts";
import type { PageRequest } from "./render.tsx";

/** Who may change what lies under a path. */
const CHANGES: readonly (readonly [pattern: RegExp, scope: KeyScope])[] = [
	[/^\/api\/v1\/queue(?:\/|$)/, "mail"],
	[/^\/api\/v1\/(?:devices|strangers|mailboxes)(?:\/|$)/, "devices"],
	[/^\/api\/v1\/accounts(?:\/|$)/, "accounts"],
	[/^\/api\/v1\/reload$/, "settings"],
];
const READABLE =
	/^\/api\/v1\/(?:status|authority|config\/origins|queue|devices|device-kinds|strangers|mailboxes|mailbox-place|accounts)(?:\/|$)/;

const NO_STORE = { "Cache-Control": "no-store" };
const KEY_NEEDED = refusal(
	"key-needed",
	"This needs a key.",
	"An owner makes one in the console, under People. Send it as: Authorization: Bearer pst_…",
);
const KEY_FORBIDS = refusal("key-forbids", "This key may not do that.", "Make one with another scope.");

export function networkApi(services: ConsoleServices, log: Log): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	const shared = createSharedApi(services, log);
	routes.all("/api/*", (context) => {
		const key = keyOf(context, services);
		if (key instanceof Response) return key;
		const { method, path } = context.req;
		const wanted = scopeFor(method, path);
		if (wanted === undefined || !key.scopes.includes(wanted)) return context.json(KEY_FORBIDS, 403, NO_STORE);
		return shared.fetch(context.req.raw, context.env);
	});
	routes.get("/metrics", async (context) => {
		const key = keyOf(context, services);
		if (key instanceof Response) return key;
		if (!key.scopes.includes("metrics")) return context.json(KEY_FORBIDS, 403, NO_STORE);
		const text = metricsText(await services.appliance.status(), services.traffic.totals());
		return context.body(text, 200, {
			"Content-Type": "text/plain; version=0.0.4; charset=utf-8",
			...NO_STORE,
		});
	});
	return routes;
}

/** Undefined: nobody may, over the network. */
function scopeFor(method: string, path: string): KeyScope | undefined {
	if (method === "GET" || method === "HEAD") return READABLE.test(path) ? "read" : undefined;
	return CHANGES.find(([pattern]) => pattern.test(path))?.[1];
}

/** The key that was shown, or why there is none. */
function keyOf(context: PageRequest, { keys }: ConsoleServices): ApiKey | Response {
	const shown = /^Bearer ([\w-]{1,200})$/i.exec(context.req.header("authorization") ?? "")?.[1];
	const headers = { ...NO_STORE, "WWW-Authenticate": 'Bearer realm="Postern"' };
	if (shown === undefined) return context.json(KEY_NEEDED, 401, headers);
	try {
		return keys.find(shown, context.var.visitor.peer) ?? context.json(KEY_NEEDED, 401, headers);
	} catch (thrown) {
		// Too many guesses from there.
		if (thrown instanceof UserError) {
			return context.json(refusal(thrown.code, thrown.message, thrown.hint), 429, NO_STORE);
		}
		throw thrown;
	}
}
