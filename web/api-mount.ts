/**
 * Puts routes of the API on a Hono app under `/api/v1`, each for callers with its scope. What is not there is answered in
 * JSON too: 404 for an unknown path, 405 with the methods that there are, which OPTIONS tells as well.
 */
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Log } from "../appliance/log.ts";
import { type ApiEnvironment, answerErrors, refusal } from "./answers.ts";
import type { ApiRoute } from "./api-route.ts";
import type { Caller } from "./scopes.ts";

export const API_PATH = "/api/v1";
export const API_DOCUMENT = `${API_PATH}/openapi.json`;
/** Holds the longest list of queue ids an action takes. */
const LARGEST_INPUT_BYTES = 256 * 1024;

const TOO_LARGE = refusal("too-large", "The request is too large.");
const UNKNOWN = refusal("no-such-request", "Postern knows no such request.", `See ${API_DOCUMENT}.`);
const FORBIDDEN = refusal(
	"key-forbids",
	"This key may not do that.",
	"An owner makes one with another scope in the console, under People.",
);

export interface MountOptions<Services> {
	readonly services: Services;
	readonly log: Log;
	readonly callerOf: (context: Context<ApiEnvironment>) => Caller;
}

export function mountRoutes<Services>(
	app: Hono<ApiEnvironment>,
	routes: readonly ApiRoute<Services>[],
	{ services, log, callerOf }: MountOptions<Services>,
): void {
	app.use(
		bodyLimit({ maxSize: LARGEST_INPUT_BYTES, onError: (context) => context.json(TOO_LARGE, 413, NO_STORE) }),
	);
	for (const { method, path, scope, respond } of routes) {
		app.on([method.toUpperCase()], [honoPath(path)], async (context) => {
			const caller = callerOf(context);
			if (!caller.scopes.includes(scope)) return context.json(FORBIDDEN, 403, NO_STORE);
			return respond(context, { services, log, caller });
		});
	}
	for (const [path, methods] of methodsByPath(routes)) app.all(path, otherMethods(methods));
	app.notFound((context) => context.json(UNKNOWN, 404, NO_STORE));
	app.onError(answerErrors(log));
}

const NO_STORE = { "Cache-Control": "no-store" };

/** `/devices/{name}` as Hono writes it. */
export function honoPath(path: string): string {
	return API_PATH + path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function methodsByPath(routes: readonly Pick<ApiRoute<never>, "method" | "path">[]) {
	const found = new Map<string, string[]>();
	for (const { method, path } of routes) {
		const key = honoPath(path);
		const methods = method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()];
		found.set(key, [...(found.get(key) ?? ["OPTIONS"]), ...methods]);
	}
	return found;
}

function otherMethods(methods: readonly string[]) {
	const headers = { Allow: methods.join(", "), ...NO_STORE };
	return (context: Context<ApiEnvironment>) => {
		if (context.req.method === "OPTIONS") return context.body(null, 204, headers);
		const text = `This takes ${methods.join(", ")} and no ${context.req.method}.`;
		return context.json(refusal("method-unfit", text), 405, headers);
	};
}
