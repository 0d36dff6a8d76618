/** Those who knocked and are not known: what they said, allowing them, refusing them. */
import { Hono } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import type { StrangerRow } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import { ConfirmPage } from "../../components/confirm.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { sessionWords } from "../../locales/sessions.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { accountAddresses, isConfirmed } from "./asked.ts";
import { assertUsable } from "./device-draft.ts";
import { devicePath, strangerPath } from "./paths.ts";
import { tellingSession } from "./session-parts.tsx";
import { SessionsPage } from "./sessions-page.tsx";
import { keepPassword } from "./shown-password.ts";
import { type AllowDraft, StrangerPage } from "./stranger-page.tsx";

export function strangerPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();

	routes.get("/strangers/:address", async (context) => {
		const stranger = await strangerOf(context);
		return showStranger(context, stranger, { name: suggestName(stranger), kind: "", account: "" });
	});

	routes.get("/strangers/:address/sessions", async (context) => {
		const { address } = await strangerOf(context);
		const sessions = await context.var.desk.services.devices.log(address);
		const back = { href: strangerPath(address), label: address };
		const title = words(context).of(address);
		const body = <SessionsPage of={address} back={back} sessions={sessions} />;
		return show(context, { title, section: "devices", body, refreshSeconds: 30 });
	});

	routes.post("/strangers/:address/allow", async (context) => {
		const stranger = await strangerOf(context);
		const form = await Form.of(context);
		const draft = { name: form.text("name"), kind: form.text("kind"), account: form.text("account") };
		const tried = await attempt(() => {
			assertUsable(draft.name);
			return context.var.desk.services.devices.allow(stranger.address, {
				name: draft.name,
				...(draft.kind === "" ? {} : { kind: draft.kind }),
				...(draft.account === "" ? {} : { account: draft.account }),
			});
		});
		if (tried.refused !== undefined) return showStranger(context, stranger, draft, tried.refused);
		const { device, released } = tried.done;
		keepPassword(context, tried.done);
		const text = words(context).allowed(device.name, released);
		return goTo(context, devicePath(device.name, "card"), { kind: "done", text });
	});

	routes.on(["GET", "POST"], "/strangers/:address/refuse", async (context) => {
		const { address, heldMessages } = await strangerOf(context);
		const { refuseTitle, refuseText, refuseYes, refuseDelete, refused } = words(context);
		if (!(await isConfirmed(context))) {
			const question = {
				title: refuseTitle(address),
				text: refuseText(heldMessages),
				action: strangerPath(address, "refuse"),
				button: heldMessages === 0 ? refuseYes : refuseDelete,
				back: strangerPath(address),
			};
			return show(context, {
				title: question.title,
				section: "devices",
				body: <ConfirmPage {...question} />,
			});
		}
		const { deleted } = await context.var.desk.services.devices.refuse(address);
		return goTo(context, "/devices", { kind: "done", text: refused(address, deleted) });
	});

	return routes;
}

function words(context: PageRequest) {
	return sessionWords[context.var.language];
}

async function strangerOf(context: PageRequest): Promise<StrangerRow> {
	const address = context.req.param("address") ?? "";
	const strangers = await context.var.desk.services.devices.strangers();
	const found = strangers.find((stranger) => stranger.address === address);
	if (found !== undefined) return found;
	throw new UserError(
		"stranger-unknown",
		`Nobody at ${address} has tried to send since Postern was started.`,
		"It may have been allowed or refused meanwhile: look at the devices.",
	);
}

/** As it calls itself, unless that is an address or says nothing. */
function suggestName({ helo, address }: StrangerRow): string {
	const isName = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{1,60}$/u.test(helo) && !/^[\d.]+$/.test(helo);
	return isName && helo.toLowerCase() !== "localhost" ? helo : `device-${address.replace(/[.:]+/g, "-")}`;
}

async function showStranger(
	context: PageRequest,
	stranger: StrangerRow,
	draft: AllowDraft,
	refused?: UserError,
) {
	const { devices, accounts } = context.var.desk.services;
	const [kinds, addresses, sessions] = await Promise.all([
		devices.kinds(),
		accountAddresses(accounts),
		devices.log(stranger.address),
	]);
	const session = tellingSession(sessions);
	const body = <StrangerPage {...{ stranger, session, draft, kinds, accounts: addresses, refused }} />;
	const title = words(context).stranger(stranger.address);
	return show(context, { title, section: "devices", body }, refused === undefined ? 200 : 409);
}
