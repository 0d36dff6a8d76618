/**
 * Who is asking, for whose mailbox, and whether they may: every request to a mailbox passes here and is
 * refused as Graph refuses it, or comes out with its person, owner and mailbox known.
 */
import type { Context, Handler } from "hono";
import type { Person } from "./directory.ts";
import {
	ACCESS_DENIED,
	type GraphError,
	graphError,
	REQUEST_TOO_LARGE,
	UNREADABLE_JSON,
	unauthorized,
} from "./graph-errors.ts";
import { type HttpContext, type HttpEnv, readBody } from "./http.ts";
import { SEND_AS_DENIED } from "./magic.ts";
import type { Mailbox } from "./mailbox.ts";
import { type AccessGrant, readAccessToken } from "./tokens.ts";
import type { World } from "./world.ts";

/** learn.microsoft.com, "user: sendMail": a request is at most 4 MB, base64 and all. */
export const REQUEST_LIMIT_BYTES = 4 * 1024 * 1024;

export interface MailRequest {
	readonly c: HttpContext;
	readonly world: World;
	/** Whose token it is. */
	readonly person: Person;
	/** Whose mailbox is addressed. */
	readonly owner: Person;
	readonly mailbox: Mailbox;
	readonly idFamily: "classic" | "immutable";
}

const ME_OF_AN_APP: GraphError = {
	status: 400,
	code: "BadRequest",
	message: "/me request is only valid with delegated authentication flow.",
};

export type MailHandler = (request: MailRequest) => Promise<Response> | Response;

/** The grant of the request's bearer token, whether or not it is still good. */
export function bearerGrant(c: HttpContext): AccessGrant | undefined {
	const token = bearerToken(c);
	return token === "" ? undefined : readAccessToken(token);
}

function bearerToken(c: HttpContext): string {
	return /^bearer\s+(.*)$/i.exec(c.req.header("authorization") ?? "")?.[1]?.trim() ?? "";
}

/** Lets `handler` run for a token that has one of `scopes` (names), or their `.Shared` form for others' mailboxes. */
export function guarded(world: World, scopes: readonly string[], handler: MailHandler): Handler<HttpEnv> {
	return async (c: Context<HttpEnv>) => {
		const grant = bearerGrant(c);
		const refused = tokenProblem(world, bearerToken(c), grant);
		if (refused !== undefined || grant === undefined)
			return graphError(c, refused ?? unauthorized("Access token is empty."));
		const user = c.req.param("user");
		if (grant.speaksFor === "app" && user === undefined) return graphError(c, ME_OF_AN_APP);
		const named = user === undefined ? undefined : world.directory.find(user);
		// An app acts as whose mailbox it uses.
		const person = grant.speaksFor === "app" ? named : world.directory.ensure(grant.address);
		const owner = user === undefined ? person : named;
		if (owner === undefined || person === undefined) {
			const message = `The requested user '${user ?? ""}' is invalid.`;
			return graphError(c, { status: 404, code: "ErrorInvalidUser", message });
		}
		const problem = scopeProblem(world, grant, { person, owner, scopes });
		if (problem !== undefined) return graphError(c, problem);
		const idFamily = preferredFamily(c);
		return await handler({ c, world, person, owner, idFamily, mailbox: world.mailboxOf(owner.address) });
	};
}

function tokenProblem(world: World, token: string, grant: AccessGrant | undefined): GraphError | undefined {
	if (token === "") return unauthorized("Access token is empty.");
	if (grant === undefined) return unauthorized("CompactToken parsing failed with error code: 80049217");
	if (grant.resource !== "graph") return unauthorized("Access token validation failure. Invalid audience.");
	if (world.now() >= grant.expiresAtMs)
		return unauthorized("Lifetime validation failed, the token is expired.");
	if (grant.speaksFor === "app") return undefined;
	const person = world.directory.ensure(grant.address);
	if (grant.issuedAtMs >= person.accessValidFromMs) return undefined;
	return unauthorized(
		"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
	);
}

function scopeProblem(
	world: World,
	grant: AccessGrant,
	{ person, owner, scopes }: { person: Person; owner: Person; scopes: readonly string[] },
): GraphError | undefined {
	if (grant.speaksFor === "app" && !world.directory.mayUse(grant.clientId, owner)) return ACCESS_DENIED;
	if (person === owner)
		return scopes.length === 0 || scopes.some((scope) => grant.scopes.includes(scope))
			? undefined
			: ACCESS_DENIED;
	if (!scopes.some((scope) => grant.scopes.includes(`${scope}.Shared`))) return ACCESS_DENIED;
	if (world.directory.mayOpen(person, owner)) return undefined;
	return scopes.includes("Mail.Send") ? SEND_AS_DENIED : ACCESS_DENIED;
}

/** learn.microsoft.com: "Obtain immutable identifiers for Outlook resources". */
function preferredFamily(c: HttpContext): MailRequest["idFamily"] {
	if (!/IdType\s*=\s*"?ImmutableId"?/i.test(c.req.header("prefer") ?? "")) return "classic";
	c.header("Preference-Applied", 'IdType="ImmutableId"');
	return "immutable";
}

/** The body, or the answer to give instead of it. */
export async function bodyOf(c: HttpContext): Promise<Buffer | Response> {
	return (await readBody(c, REQUEST_LIMIT_BYTES)) ?? graphError(c, REQUEST_TOO_LARGE);
}

/** The JSON body, or the answer to give instead of it. */
export async function jsonBodyOf(c: HttpContext): Promise<{ readonly json: unknown } | Response> {
	const body = await bodyOf(c);
	if (body instanceof Response) return body;
	const json = parseJson(body);
	return typeof json === "object" && json !== null ? { json } : graphError(c, UNREADABLE_JSON);
}

/** `undefined`: not JSON. */
export function parseJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString());
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
