/** The app registration: help, and the settings that come of it. Owners only. */
import { Hono } from "hono";
import type { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { appRegistrationWords } from "../../locales/app-registration.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { AppPage } from "./app-page.tsx";
import { type MicrosoftSettings, microsoftSettings, pastePageOf, portalOf, textOf } from "./clouds.ts";

const FIELDS = ["client_id", "tenant", "redirect"] as const;
type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

export function appRegistrationPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.use("/microsoft/app", ownersOnly);
	routes.get("/microsoft/app", (context) => showApp(context));

	routes.post("/microsoft/app", async (context) => {
		const form = await Form.of(context);
		const typed: Typed = {
			client_id: form.text("client_id"),
			tenant: form.text("tenant"),
			redirect: form.text("redirect"),
		};
		const settings = await settingsOf(context);
		const tried = await attempt(() => context.var.desk.services.settings.change(changesOf(settings, typed)));
		if (tried.refused !== undefined) return showApp(context, { typed, refused: tried.refused });
		return goTo(context, "/microsoft/app", { kind: "done", text: words(context).saved });
	});
	return routes;
}

function words(context: PageRequest) {
	return appRegistrationWords[context.var.language];
}

async function settingsOf(context: PageRequest): Promise<MicrosoftSettings> {
	return microsoftSettings(await context.var.desk.services.settings.list());
}

/** What differs, of what may be changed; empty takes a saved value back. */
function changesOf(settings: MicrosoftSettings, typed: Typed): Readonly<Record<string, string | null>> {
	const changed = FIELDS.filter((field) => {
		const setting = settings(field);
		return setting?.isLocked !== true && textOf(setting) !== typed[field];
	});
	return Object.fromEntries(changed.map((field) => [`microsoft.${field}`, typed[field] || null]));
}

async function showApp(context: PageRequest, again?: { readonly typed: Typed; readonly refused: UserError }) {
	const settings = await settingsOf(context);
	const [first] = await context.var.desk.services.accounts.list();
	const shown = (field: (typeof FIELDS)[number]) => {
		const setting = settings(field);
		const isTyped = again !== undefined && setting?.isLocked !== true;
		return { value: isTyped ? again.typed[field] : textOf(setting), setting };
	};
	const cloud = textOf(settings("cloud"));
	const body = (
		<AppPage
			values={{
				clientId: shown("client_id"),
				tenant: shown("tenant"),
				redirect: shown("redirect"),
				ownRedirect: ownRedirect(context),
			}}
			savedClientId={textOf(settings("client_id"))}
			redirect={textOf(settings("redirect")) || pastePageOf(settings)}
			portal={portalOf(cloud)}
			cloud={cloud}
			firstAddress={first?.account.address ?? ""}
			refused={again?.refused}
		/>
	);
	const page = { title: words(context).title, section: "microsoft", body } as const;
	return show(context, page, again === undefined ? 200 : 400);
}

/** Microsoft sends browsers to https alone; what opens this page so will open that one too. */
function ownRedirect(context: PageRequest): string | undefined {
	const { isSecure, origin } = context.var.visitor;
	return isSecure ? `${origin}/sign-in/return` : undefined;
}
