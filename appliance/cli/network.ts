/**
 * `postern network …`: the machine's network, on the firmware. `set` changes what it names and leaves the rest; what it set is
 * in force for two minutes, and for good once it is confirmed.
 */
import type { NetworkDraft, NetworkNames, NetworkState, WifiDraft } from "../services.ts";
import { type Command, DONE, type Invocation, type OptionSpec, UsageError } from "./command.ts";
import { renderPairs } from "./table.ts";

/** Takes something away that there is. */
const NONE = "none";
const SECURITIES = ["wpa2", "wpa3", "open"] as const;

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
	ipv4: { type: "string", value: "dhcp|off|ADDRESS/PREFIX", help: "the address, such as 192.168.1.5/24" },
	gateway: { type: "string", value: "ADDRESS", help: "the way out, with an address of your own" },
	ipv6: { type: "string", value: "auto|off|ADDRESS/PREFIX", help: "the same for IPv6" },
	gateway6: { type: "string", value: "ADDRESS", help: "the same for IPv6" },
	dns: { type: "string", multiple: true, value: "ADDRESS", help: "a name server; none: those of the site" },
	ntp: { type: "string", multiple: true, value: "SERVER", help: "a time server; none: those of the site" },
	vlan: { type: "string", value: "NUMBER", help: "1 to 4094, on the cable; or none" },
	wifi: {
		type: "string",
		value: "NAME",
		help: "the Wi-Fi network to join; its password is asked for; or none",
	},
	country: { type: "string", value: "CODE", help: "where the box is, for Wi-Fi: DE" },
	security: { type: "string", choices: SECURITIES, help: "of the Wi-Fi network; wpa2" },
	hidden: { type: "boolean", help: "the Wi-Fi network does not tell its name" },
	name: { type: "string", value: "NAME", help: "what the box is called" },
	proxy: { type: "string", value: "URL", help: "the site's proxy for the way to Microsoft; or none" },
};

export const networkCommands: readonly Command[] = [
	{ name: "network show", summary: "the network as it is, and as it is set up", run: showNetwork },
	{
		name: "network set",
		summary: "change the network for two minutes, until it is confirmed (firmware)",
		options: OPTIONS,
		details:
			"Changes what is named and leaves the rest. Unless `postern network confirm` follows within two minutes, or Keep is\npressed in the console, the settings before come back by themselves; after a power cut, too.",
		run: set,
	},
	{
		name: "network confirm",
		summary: "keep the network settings that are on trial",
		async run({ terminal, json, services }) {
			const { network } = await services();
			await network.keep();
			if (json) terminal.json({ kept: true });
			else terminal.print("Kept.");
			return DONE;
		},
	},
	{
		name: "network undo",
		summary: "end a trial at once: the settings before come back",
		async run({ terminal, json, services }) {
			const { network } = await services();
			await network.goBack();
			if (json) terminal.json({ returned: true });
			else terminal.print("The settings before are in force again.");
			return DONE;
		},
	},
];

async function showNetwork({ terminal, json, services }: Invocation): Promise<number> {
	const { network } = await services();
	const state = await network.state();
	if (json) {
		terminal.json(state);
		return DONE;
	}
	terminal.print(renderPairs(presentFacts(state)));
	terminal.print();
	const { trial, settings } = state;
	if (settings === null) {
		terminal.print("The network is set up by the system that Postern runs on.");
		return DONE;
	}
	if (trial !== null) {
		terminal.printStrong(`On trial for ${trial.secondsLeft} more seconds; postern network confirm keeps it.`);
	}
	terminal.print(renderPairs(settingFacts((trial ?? { settings }).settings)));
	return DONE;
}

function presentFacts({ name, links, gateways, nameServers, proxy, wifi }: NetworkState): [string, string][] {
	const signal = wifi?.signalDbm == null ? "" : `, ${wifi.signalDbm} dBm`;
	return [
		["name", name],
		...links.map((link): [string, string] => [
			link.name,
			link.isUp
				? `${link.addresses.join(", ") || "no address"}${link.name === wifi?.link ? signal : ""}`
				: "not connected",
		]),
		["gateway", gateways.join(", ") || "none"],
		["name servers", nameServers.join(", ") || "none"],
		...(proxy === "" ? [] : [["proxy", proxy] as [string, string]]),
	];
}

function settingFacts({ ipv4, ipv6, dns, ntp, vlan, wifi }: NetworkDraft): [string, string][] {
	const family = (setting: NetworkDraft["ipv4"] | NetworkDraft["ipv6"]) =>
		setting.method === "static"
			? `${setting.address}${setting.gateway === "" ? "" : `, gateway ${setting.gateway}`}`
			: setting.method;
	return [
		["IPv4", family(ipv4)],
		["IPv6", family(ipv6)],
		["DNS", dns.join(", ") || "as the site says"],
		["NTP", ntp.join(", ") || "as the site says"],
		["VLAN", vlan === null ? NONE : String(vlan)],
		["Wi-Fi", wifi === null ? NONE : `${wifi.ssid} (${wifi.security}, ${wifi.country})`],
	];
}

async function set(invocation: Invocation): Promise<number> {
	const { terminal, json, services, options } = invocation;
	if (!Object.keys(OPTIONS).some((name) => isGiven(options, name))) {
		throw new UsageError("nothing is to be set", "postern network set --help shows what can be.");
	}
	const { network } = await services();
	const before = await network.state();
	const present = (before.trial ?? before).settings ?? AS_THE_SITE_SAYS;
	const begun = await network.tryOut(await draftOf(invocation, present), namesOf(invocation));
	if (json) {
		terminal.json(begun);
		return DONE;
	}
	terminal.print(
		`In force in a few seconds. Unless you confirm it within ${begun.secondsLeft} seconds, the settings before come back:`,
	);
	terminal.print("\n  postern network confirm");
	if (begun.needRestart.length > 0) {
		terminal.print(`\nIn force after the next start: ${begun.needRestart.join(", ")}.`);
	}
	return DONE;
}

/** Of a host's own network nothing is known; what refuses it says so. */
const AS_THE_SITE_SAYS: NetworkDraft = {
	...{ ipv4: { method: "dhcp" }, ipv6: { method: "auto" } },
	...{ dns: [], ntp: [], vlan: null, wifi: null },
};

function isGiven(options: Invocation["options"], name: string): boolean {
	return options.text(name) !== undefined || options.texts(name).length > 0 || options.flag(name);
}

async function draftOf(invocation: Invocation, present: NetworkDraft): Promise<NetworkDraft> {
	const { options } = invocation;
	return {
		ipv4: familyOf(options.text("ipv4"), options.text("gateway"), present.ipv4, ["dhcp", "off"] as const),
		ipv6: familyOf(options.text("ipv6"), options.text("gateway6"), present.ipv6, ["auto", "off"] as const),
		dns: serversOf(options.texts("dns"), present.dns),
		ntp: serversOf(options.texts("ntp"), present.ntp),
		vlan: vlanOf(options.text("vlan"), present.vlan),
		wifi: await wifiOf(invocation, present.wifi),
	};
}

type Static = Extract<NetworkDraft["ipv4"], { readonly method: "static" }>;

function familyOf<const Word extends string>(
	wanted: string | undefined,
	gateway: string | undefined,
	present: { readonly method: Word } | Static,
	words: readonly Word[],
): { readonly method: Word } | Static {
	const word = words.find((one) => one === wanted);
	if (word !== undefined) return { method: word };
	const before = "address" in present ? present : { address: "", gateway: "" };
	if (wanted === undefined && gateway === undefined) return present;
	return {
		method: "static",
		address: wanted ?? before.address,
		gateway: gateway === NONE ? "" : (gateway ?? before.gateway),
	};
}

function serversOf(wanted: readonly string[], present: readonly string[]): readonly string[] {
	return wanted.length === 0 ? present : wanted.filter((server) => server !== NONE);
}

function vlanOf(wanted: string | undefined, present: number | null): number | null {
	if (wanted === undefined) return present;
	if (wanted === NONE) return null;
	if (!/^\d{1,4}$/.test(wanted)) throw new UsageError(`--vlan takes a number, not "${wanted}"`);
	return Number(wanted);
}

async function wifiOf(
	{ options, askSecret }: Invocation,
	present: WifiDraft | null,
): Promise<WifiDraft | null> {
	const ssid = options.text("wifi");
	if (ssid === NONE || (ssid === undefined && present === null)) return null;
	const security = SECURITIES.find((one) => one === options.text("security")) ?? present?.security ?? "wpa2";
	const isOther = ssid !== undefined && ssid !== "";
	const passphrase =
		isOther && security !== "open"
			? (await askSecret(`Password of the Wi-Fi network ${ssid}: `)).reveal()
			: "";
	return {
		country: options.text("country") ?? present?.country ?? "",
		ssid: ssid ?? present?.ssid ?? "",
		security,
		passphrase,
		isHidden: options.flag("hidden") || (!isOther && present?.isHidden === true),
	};
}

function namesOf({ options }: Invocation): NetworkNames {
	const [name, proxy] = [options.text("name"), options.text("proxy")];
	return {
		...(name === undefined ? {} : { name }),
		...(proxy === undefined ? {} : { proxy: proxy === NONE ? "" : proxy }),
	};
}
