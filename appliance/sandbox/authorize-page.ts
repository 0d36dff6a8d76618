/**
 * `GET /{tenant}/oauth2/v2.0/authorize`: the page on which a person signs in with a browser; sends the browser back to
 * the client with a code or an error. Asks for no password, for there is none. Faithful to learn.microsoft.com
 * "Microsoft identity platform and OAuth 2.0 authorization code flow".
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { html, raw } from "hono/html";
import { stsError } from "./aadsts.ts";
import type { AuthorizationRequest } from "./authorizations.ts";
import { type HttpApp, type HttpContext, type HttpEnv, readBody, recordRequest } from "./http.ts";
import { isAddress } from "./message.ts";
import { type Html, PAGE_HEADERS, page } from "./page.ts";
import { consentKey, parseScopes, resourcesOf } from "./scopes.ts";
import type { World } from "./world.ts";

const PATH = "/:tenant/oauth2/v2.0/authorize";
const FORM_LIMIT_BYTES = 16 * 1024;
/** Where browsers end whose address a person pastes. Microsoft's page of that name is empty. */
const PASTE_PATH = "/common/oauth2/nativeclient";

export function authorizePageApp(world: World): HttpApp {
	const app = new Hono<HttpEnv>();
	app.get(PATH, async (c) => {
		recordRequest(world, c, "sign-in");
		const read = readRequest(world, new URLSearchParams(new URL(c.req.url).search), c.req.param("tenant"));
		if (typeof read === "number") return await show(c, problem(read), 400);
		return await show(c, form(world, world.authorizations.begin(read), read, ""));
	});
	app.post(PATH, async (c) => await decide(world, c));
	app.get(
		PASTE_PATH,
		async (c) =>
			await show(
				c,
				html`<section><h1>Signed in</h1><p>Copy the address of this page, and paste it where the sign-in was begun. (Microsoft's own page is empty.)</p></section>`,
			),
	);
	return app;
}

/** The AADSTS number of what is wrong with it. */
function readRequest(world: World, query: URLSearchParams, tenant: string): AuthorizationRequest | number {
	const { directory } = world;
	const clientId = query.get("client_id") ?? "";
	const redirectUri = query.get("redirect_uri") ?? "";
	const challenge = query.get("code_challenge") ?? "";
	const scopes = parseScopes(query.get("scope") ?? "", world.ownHost);
	if (!directory.knowsTenant(tenant)) return 90002;
	if (!directory.knowsClient(clientId)) return 700016;
	if (!isRegistered(world, redirectUri)) return 50011;
	if (query.get("response_type") !== "code") return 900144;
	if (challenge === "" || query.get("code_challenge_method") !== "S256") return 9002325;
	// Unlike a token request, this one may name several resources.
	if (scopes.some(({ resource }) => resource === "unknown") || resourcesOf(scopes).length === 0) return 70011;
	return {
		...{ clientId, redirectUri, challenge, scopes },
		state: query.get("state") ?? "",
		responseMode: query.get("response_mode") === "form_post" ? "form_post" : "query",
		loginHint: query.get("login_hint") ?? "",
	};
}

/** Of `http://localhost` the port does not matter. */
function isRegistered(world: World, redirectUri: string): boolean {
	const known = [`${world.baseUrl}${PASTE_PATH}`, "http://localhost", ...world.directory.redirects];
	if (known.includes(redirectUri)) return true;
	const url = URL.parse(redirectUri);
	return url?.protocol === "http:" && url.hostname === "localhost" && url.pathname === "/";
}

async function decide(world: World, c: HttpContext): Promise<Response> {
	const entry = recordRequest(world, c, "sign-in");
	const fields = new URLSearchParams((await readBody(c, FORM_LIMIT_BYTES))?.toString() ?? "");
	const request = world.authorizations.take(fields.get("request") ?? "");
	if (request === undefined) return await show(c, problem(9002313), 400);
	if (fields.get("decision") !== "approve") {
		entry.detail = "declined";
		return await sendBack(c, request, errorFields(world, 65004, "access_denied"));
	}
	const address = (fields.get("address") ?? "").trim();
	if (!isAddress(address))
		return await show(
			c,
			form(world, world.authorizations.begin(request), request, "Type a mail address."),
			400,
		);
	const person = world.directory.ensure(address);
	const wanted = request.scopes.filter(({ resource }) => resource !== "openid");
	world.directory.consent(person, request.clientId, wanted.map(consentKey));
	const code = world.authorizations.issue(request, address, world.now());
	entry.detail = `approved as ${address}`;
	return await sendBack(c, request, { code, session_state: randomUUID() });
}

function errorFields(world: World, code: number, error: string): Record<string, string> {
	const { body } = stsError(code, { nowMs: world.now(), correlationId: undefined });
	return { error, error_description: String(body["error_description"]), error_subcode: "cancel" };
}

async function sendBack(
	c: HttpContext,
	{ redirectUri, state, responseMode }: AuthorizationRequest,
	fields: Record<string, string>,
): Promise<Response> {
	const all = state === "" ? fields : { ...fields, state };
	if (responseMode === "query") {
		const mark = redirectUri.includes("?") ? "&" : "?";
		return c.redirect(`${redirectUri}${mark}${new URLSearchParams(all)}`, 302);
	}
	const inputs = Object.entries(all).map(
		([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
	);
	const content = html`<form method="post" action="${redirectUri}">${inputs}<button>Go on</button></form>`;
	return await show(c, content, 200, redirectUri);
}

function form(
	world: World,
	id: string,
	{ scopes, loginHint, redirectUri }: AuthorizationRequest,
	wrong: string,
) {
	const wanted = scopes.filter(({ resource }) => resource !== "openid").map(({ text }) => text);
	const known = world.directory.all().slice(0, 20);
	return html`<section>
<h1>Sign in</h1>
<p>The app asks for:</p>
<ul>${wanted.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
${wrong === "" ? "" : html`<p role="alert"><strong>${wrong}</strong></p>`}
<form method="post">
<input type="hidden" name="request" value="${id}">
<label for="address">Sign in as (any address will do)</label>
<input id="address" name="address" type="email" list="known" autocomplete="email" value="${loginHint}" autofocus>
<datalist id="known">${known.map(({ address }) => html`<option value="${address}"></option>`)}</datalist>
<button name="decision" value="approve">Accept</button>
<button class="second" name="decision" value="decline" formnovalidate>Cancel</button>
</form>
<p>Afterwards the browser goes to <code>${redirectUri}</code>.</p>
</section>`;
}

function problem(code: number): Html {
	const { body } = stsError(code, { nowMs: Date.now(), correlationId: undefined });
	return html`<section><h1>Sorry, but we're having trouble signing you in</h1><p>${raw(String(body["error_description"]).split(" Trace ID")[0] ?? "")}</p></section>`;
}

/** A form's answer may lead elsewhere, which `form-action` counts too. */
async function show(
	c: HttpContext,
	content: Html,
	status: 200 | 400 = 200,
	leadsTo = "*",
): Promise<Response> {
	const policy = PAGE_HEADERS["Content-Security-Policy"]?.replace(
		"form-action 'self'",
		`form-action 'self' ${leadsTo === "*" ? "http: https:" : new URL(leadsTo).origin}`,
	);
	return await c.html(page({ title: "Sign in", narrow: true }, content), status, {
		...PAGE_HEADERS,
		...(policy === undefined ? {} : { "Content-Security-Policy": policy }),
	});
}
