/** `/system/network`: settings are tried, and kept or undone (network-desk.ts). For the owner. */
import { Hono } from "hono";
import type { UserError } from "../../../appliance/errors.ts";
import type { NetworkDraft, NetworkState, WifiAround } from "../../../appliance/services.ts";
import { attempt } from "../../attempt.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { networkWords } from "../../locales/network.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { fieldsOf, type NetworkFields, SECURITIES } from "./network-draft.ts";
import { NetworkPage } from "./network-page.tsx";
import { NetworkTrialPage } from "./network-trial-page.tsx";

const HOME = "/system/network";

export function networkPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get(HOME, async (context) => {
		const state = await network(context).state();
		if (state.trial === null) return showNetwork(context, state, {});
		const { trial } = state;
		const addresses = addressesOf(context, state, trial.settings);
		const body = <NetworkTrialPage trial={trial} addresses={addresses} />;
		return show(context, { title: words(context).trialTitle, section: "system", body });
	});
	routes.post(HOME, async (context) => {
		const fields = fieldsOf(await Form.of(context));
		const { name, proxy, ...draft } = fields;
		const tried = await attempt(() => network(context).tryOut(draft, { name, proxy }));
		if (tried.refused !== undefined) {
			return showNetwork(context, await network(context).state(), { fields, refused: tried.refused });
		}
		const { needRestart } = tried.done;
		if (needRestart.length === 0) return goTo(context, HOME);
		return goTo(context, HOME, { kind: "done", text: words(context).afterRestart(needRestart.join(", ")) });
	});
	routes.post(`${HOME}/scan`, async (context) => {
		const fields = fieldsOf(await Form.of(context));
		const found = await attempt(() => network(context).scan(fields.wifi?.country ?? ""));
		const around = found.done;
		const state = await network(context).state();
		return showNetwork(context, state, { fields, refused: found.refused, around });
	});
	routes.post(`${HOME}/keep`, async (context) => {
		const { refused } = await attempt(() => network(context).keep());
		if (refused !== undefined) return showNetwork(context, await network(context).state(), { refused });
		return goTo(context, HOME, { kind: "done", text: words(context).kept });
	});
	routes.post(`${HOME}/return`, async (context) => {
		const { refused } = await attempt(() => network(context).goBack());
		if (refused !== undefined) return showNetwork(context, await network(context).state(), { refused });
		return goTo(context, HOME, { kind: "done", text: words(context).wentBack });
	});
	return routes;
}

function words(context: PageRequest) {
	return networkWords[context.var.language];
}

function network(context: PageRequest) {
	return context.var.desk.services.network;
}

function showNetwork(
	context: PageRequest,
	state: NetworkState,
	{
		fields = presentFields(context, state),
		refused,
		around,
	}: {
		readonly fields?: NetworkFields | undefined;
		readonly refused?: UserError | undefined;
		readonly around?: readonly WifiAround[] | undefined;
	},
) {
	const shown = state.settings === null ? undefined : fields;
	const body = <NetworkPage state={state} fields={shown} refused={refused} around={around} />;
	return show(context, { title: words(context).title, section: "system", body }, refused ? 400 : 200);
}

/** What is set up; with the Wi-Fi network that was just chosen. */
function presentFields(context: PageRequest, { settings, name, proxy }: NetworkState) {
	if (settings === null) return undefined;
	const { ssid, security } = context.req.query();
	if (ssid === undefined || ssid === "") return { ...settings, name, proxy };
	const wifi = {
		...{ country: settings.wifi?.country ?? "", ssid: ssid.slice(0, 32), passphrase: "", isHidden: false },
		security: SECURITIES.find((one) => one === security) ?? "wpa2",
	} as const;
	return { ...settings, wifi, name, proxy };
}

/** As this visit has it, with another host: the scheme and port by which the console was reached. */
function addressesOf(
	context: PageRequest,
	{ name }: NetworkState,
	{ ipv4, ipv6 }: NetworkDraft,
): readonly string[] {
	const own = [ipv4, ipv6].flatMap((family) => (family.method === "static" ? [family.address] : []));
	const hosts = own.map((address) => address.split("/")[0] ?? "");
	const label = name.split(".")[0] ?? name;
	return [...hosts.map((host) => (host.includes(":") ? `[${host}]` : host)), `${label}.local`].map((host) => {
		const url = new URL(context.var.visitor.origin);
		url.hostname = host;
		return url.origin;
	});
}
