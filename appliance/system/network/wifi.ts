/**
 * What wpa_supplicant says: how the connection is, and which networks are around (wpa_cli(8)). For the machine door. What is
 * in the air is anybody's: names are taken apart octet by octet, bounded, and never become part of a command.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { asError, UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { say } from "../../words/saying.ts";
import type { DoorContext } from "../machine/machine-request.ts";
import { wifiHead } from "./files.ts";

const WPA_CLI = "/usr/sbin/wpa_cli";
const WIFI_FILE = "/run/postern-network/wifi.conf";
const SCAN_MS = 5_000;
const MOST_NETWORKS = 50;

export interface WifiState {
	readonly link: string;
	readonly isConnected: boolean;
	readonly signalDbm: number | null;
}

export interface WifiAround {
	readonly ssid: string;
	readonly signalDbm: number;
	readonly security: "wpa2" | "wpa3" | "open" | "other";
}

type Machine = Pick<DoorContext, "path" | "run">;

/** Names of links that are Wi-Fi's. */
export async function wifiLinks({ path }: Machine): Promise<readonly string[]> {
	const names = await readdir(path("/sys/class/net")).catch(() => []);
	const contents = await Promise.all(
		names.map((name) => readdir(path(`/sys/class/net/${name}`)).catch(() => [] as string[])),
	);
	return names.filter((name, index) => contents[index]?.includes("phy80211") && /^[\w-]{1,15}$/.test(name));
}

export async function wifiState(machine: Machine, links: readonly string[]): Promise<WifiState | null> {
	const [link] = links;
	if (link === undefined) return null;
	const ask = (command: string) => machine.run(WPA_CLI, ["-i", link, command]).catch(() => "");
	const [status, signal] = [await ask("status"), await ask("signal_poll")];
	const rssi = Number(/^RSSI=(-?\d+)$/m.exec(signal)?.[1] ?? "x");
	return {
		link,
		isConnected: /^wpa_state=COMPLETED$/m.test(status),
		signalDbm: Number.isNaN(rssi) ? null : rssi,
	};
}

/** The strongest first, each name once. Throws `wifi-absent`, `wifi-not-scanned`. */
export async function scanned(machine: Machine, country: string): Promise<readonly WifiAround[]> {
	const [link] = await wifiLinks(machine);
	if (link === undefined) throw new UserError("wifi-absent", NETWORKING.wifiAbsent);
	try {
		return await withSupplicant(machine, link, country, async () => {
			await machine.run(WPA_CLI, ["-i", link, "scan"]);
			await delay(SCAN_MS);
			return networksIn(await machine.run(WPA_CLI, ["-i", link, "scan_results"]));
		});
	} catch (thrown) {
		const why = asError(thrown).message;
		throw new UserError("wifi-not-scanned", say(NETWORKING.wifiNotScanned, { why }));
	}
}

/** Where the settings have no Wi-Fi, wpa_supplicant runs only for as long as it looks around. */
async function withSupplicant<Result>(
	{ path, run }: Machine,
	link: string,
	country: string,
	look: () => Promise<Result>,
): Promise<Result> {
	const file = path(WIFI_FILE);
	if ((await readFile(file, "utf8").catch(() => undefined)) !== undefined) return look();
	const unit = `postern-wifi@${link}.service`;
	await mkdir(path("/run/postern-network"), { recursive: true, mode: 0o700 });
	const nothing = wifiHead(/^[A-Z]{2}$/.test(country) ? country : "00");
	await writeFile(file, nothing, { mode: 0o600 });
	try {
		await run("/usr/bin/systemctl", ["start", unit]);
		return await look();
	} finally {
		// New settings may have come meanwhile, with Wi-Fi in them.
		if ((await readFile(file, "utf8").catch(() => "")) === nothing) {
			await rm(file, { force: true });
			await run("/usr/bin/systemctl", ["stop", unit]);
		}
	}
}

/** `bssid / frequency / signal level / flags / ssid`, with tabs between. */
function networksIn(results: string): readonly WifiAround[] {
	const found = new Map<string, WifiAround>();
	for (const line of results.split("\n")) {
		const [, , level = "", flags = "", escaped = ""] = line.split("\t");
		const signalDbm = Number(level);
		const ssid = nameOf(escaped);
		if (ssid === undefined || level === "" || Number.isNaN(signalDbm)) continue;
		const known = found.get(ssid);
		if (known !== undefined && known.signalDbm >= signalDbm) continue;
		found.set(ssid, { ssid, signalDbm, security: securityOf(flags) });
	}
	return [...found.values()].sort((one, other) => other.signalDbm - one.signalDbm).slice(0, MOST_NETWORKS);
}

function securityOf(flags: string): WifiAround["security"] {
	if (/PSK/.test(flags)) return "wpa2";
	if (/SAE/.test(flags)) return "wpa3";
	return /WPA|RSN|WEP|EAP|OWE/.test(flags) ? "other" : "open";
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, e: 27 };

/** printf's escapes, as wpa_supplicant writes them; a name that is no text, or hidden, is none. */
function nameOf(escaped: string): string | undefined {
	const octets: number[] = [];
	for (const [, hex, letter, plain] of escaped.matchAll(/\\x([0-9a-f]{2})|\\(.)|([^\\])/gi)) {
		if (hex !== undefined) octets.push(Number.parseInt(hex, 16));
		else if (letter !== undefined) octets.push(ESCAPES[letter] ?? letter.charCodeAt(0));
		else octets.push(...Buffer.from(plain ?? "", "utf8"));
	}
	const text = Buffer.from(octets).toString("utf8");
	const isText = octets.length > 0 && octets.length <= 32 && !/[\p{Cc}\ufffd]/u.test(text);
	return isText ? text : undefined;
}
