/**
 * The page a person opens on a phone to sign a device in: type the code, choose who one is, approve or
 * decline. Stands in for microsoft.com/devicelogin; asks for no password, for there is none.
 */
import { Hono } from "hono";
import { html } from "hono/html";
import type { DeviceCode } from "./device-codes.ts";
import type { HttpApp, HttpContext, HttpEnv } from "./http.ts";
import { readBody } from "./http.ts";
import { isAddress } from "./message.ts";
import { type Html, PAGE_HEADERS, page, STYLE, STYLE_PATH } from "./page.ts";
import { approve } from "./token-endpoint.ts";
import type { World } from "./world.ts";

const PATH = "/devicelogin";
const FORM_LIMIT_BYTES = 16 * 1024;

export function devicePageApp(world: World): HttpApp {
	const app = new Hono<HttpEnv>();
	app.get("/", (c) => c.redirect(world.mailboxPage));
	app.get(STYLE_PATH, (c) => c.body(STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
	app.get(PATH, async (c) => {
		const typed = c.req.query("code") ?? c.req.query("otc") ?? "";
		return await show(c, codeForm(typed, ""));
	});
	app.post(PATH, async (c) => {
		const form = await formOf(c);
		const code = openCode(world, form.get("code") ?? "");
		if (code === undefined)
			return await show(
				c,
				codeForm(form.get("code") ?? "", "That code did not work. Check the code and try again."),
			);
		return await show(c, decisionForm(world, code, ""));
	});
	app.post(`${PATH}/decision`, async (c) => await decide(world, c));
	return app;
}

async function decide(world: World, c: HttpContext): Promise<Response> {
	const form = await formOf(c);
	const code = openCode(world, form.get("code") ?? "");
	if (code === undefined)
		return await show(c, codeForm("", "That code has expired. Ask the device for a new one."));
	if (form.get("decision") !== "approve") {
		code.decision = { kind: "declined" };
		return await show(c, notice("Declined", "The device was not signed in. You can close this page."));
	}
	const address = (form.get("address") ?? "").trim();
	if (!isAddress(address)) return await show(c, decisionForm(world, code, "Type a mail address."));
	if (world.settings.conditionalAccess === "block-in-browser")
		return await show(
			c,
			notice(
				"You don't have access to this",
				"Your sign-in was successful but does not meet the criteria to access this resource. Error Code: 53003",
			),
		);
	approve(world, code, address);
	return await show(
		c,
		notice("You have signed in", `The device is now signed in as ${address}. You can close this page.`),
	);
}

function openCode(world: World, typed: string): DeviceCode | undefined {
	const code = world.deviceCodes.typed(typed);
	return code?.decision.kind === "pending" && world.now() < code.expiresAtMs ? code : undefined;
}

async function formOf(c: HttpContext): Promise<URLSearchParams> {
	return new URLSearchParams((await readBody(c, FORM_LIMIT_BYTES))?.toString() ?? "");
}

async function show(c: HttpContext, content: Html): Promise<Response> {
	return await c.html(page({ title: "Sign in a device", narrow: true }, content), 200, PAGE_HEADERS);
}

function codeForm(typed: string, problem: string): Html {
	return html`<section>
<h1>Enter the code</h1>
<p>Type the code that your device shows.</p>
${problem === "" ? "" : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post" action="${PATH}">
<label for="code">Code</label>
<input class="code" id="code" name="code" value="${typed}" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20">
<button>Next</button>
</form>
</section>`;
}

function decisionForm(world: World, code: DeviceCode, problem: string): Html {
	const wanted = code.scopes.filter(({ resource }) => resource !== "openid").map(({ text }) => text);
	const known = world.directory.all().slice(0, 20);
	return html`<section>
<h1>Sign in on another device?</h1>
<p>The device that shows <code>${code.userCode}</code> asks for:</p>
<ul>${wanted.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
${problem === "" ? "" : html`<p role="alert"><strong>${problem}</strong></p>`}
<form method="post" action="${PATH}/decision">
<input type="hidden" name="code" value="${code.userCode}">
<label for="address">Sign in as (any address will do)</label>
<input id="address" name="address" type="email" list="known" autocomplete="email" placeholder="scanner@contoso.com" autofocus>
<datalist id="known">${known.map(({ address }) => html`<option value="${address}"></option>`)}</datalist>
<button name="decision" value="approve">Approve</button>
<button class="second" name="decision" value="decline" formnovalidate>Decline</button>
</form>
</section>`;
}

function notice(title: string, text: string): Html {
	return html`<section><h1>${title}</h1><p>${text}</p></section>`;
}
