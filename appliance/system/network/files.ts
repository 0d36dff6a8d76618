/**
 * Network settings as the files that systemd-networkd (systemd.network(5), systemd.netdev(5)) and wpa_supplicant
 * (wpa_supplicant.conf(5)) read. For kept-settings.ts. Pure.
 *
 * The address is that of the connection which the owner chose: Wi-Fi where there is Wi-Fi, else the cable, or its VLAN. A
 * cable beside Wi-Fi takes what the site gives it: a way in when the password has changed.
 */
import type { NetworkSettings } from "./settings.ts";

/** By the folder's layout (kept-settings.ts): `systemd/…` and `wifi.conf`. */
export type NetworkFiles = ReadonlyMap<string, string>;

const VLAN_LINK = "postern-vlan";
const WIRED = "Type=ether\n# Sockets, and nothing that is made of software.\nKind=!*";
/** A cable goes before the air. */
const WIFI_METRIC = 2048;

const HEAD = "# Written by Postern from the network settings; the next ones replace it.\n";

type Addressing = Pick<NetworkSettings, "ipv4" | "ipv6" | "dns" | "ntp">;

export function networkFiles(settings: NetworkSettings): NetworkFiles {
	const { vlan, wifi, dns, ntp } = settings;
	const files = new Map<string, string>();
	const network = (name: string, match: string, addressing: Addressing, more: More = {}) =>
		files.set(`systemd/10-postern-${name}.network`, networkText(match, addressing, more));
	if (wifi !== null) {
		const bySite: Addressing = { ipv4: { method: "dhcp" }, ipv6: { method: "auto" }, dns, ntp };
		network("wired", WIRED, bySite);
		network("wifi", "Type=wlan", settings, { metric: WIFI_METRIC });
		files.set("wifi.conf", wifiText(wifi));
	} else if (vlan !== null) {
		files.set(`systemd/10-postern-${VLAN_LINK}.netdev`, vlanText(vlan));
		files.set("systemd/10-postern-wired.network", trunkText());
		network("vlan", `Name=${VLAN_LINK}`, settings);
	} else {
		network("wired", WIRED, settings);
	}
	return files;
}

interface More {
	readonly metric?: number;
}

function networkText(match: string, { ipv4, ipv6, dns, ntp }: Addressing, { metric }: More): string {
	const wanted = [ipv4, ipv6].flatMap((family) => (family.method === "static" ? [family] : []));
	const dhcp = ipv4.method === "dhcp" ? (ipv6.method === "auto" ? "yes" : "ipv4") : "no";
	// An address of the link where DHCP is silent: a laptop at the other end of the cable finds the box by its name.
	const local = [ipv4.method === "dhcp" ? "ipv4" : "", ipv6.method === "off" ? "" : "ipv6"].filter(Boolean);
	const own = (servers: readonly string[], key: string) => (servers.length === 0 ? [] : [`${key}=no`]);
	const route = metric === undefined ? [] : [`RouteMetric=${metric}`];
	return [
		HEAD,
		`[Match]\n${match}\n`,
		"[Network]",
		`DHCP=${dhcp}`,
		`IPv6AcceptRA=${ipv6.method === "auto" ? "yes" : "no"}`,
		`LinkLocalAddressing=${local.length === 2 ? "yes" : (local[0] ?? "no")}`,
		"MulticastDNS=yes",
		"LLMNR=no",
		...wanted.map(({ address }) => `Address=${address}`),
		...dns.map((server) => `DNS=${server}`),
		...ntp.map((server) => `NTP=${server}`),
		"",
		...wanted.flatMap(({ gateway }) => (gateway === "" ? [] : gatewayLines(gateway, metric))),
		"[DHCPv4]",
		"# The site's list of addresses knows the box by its card's address, before and after an update.",
		...["ClientIdentifier=mac", "UseHostname=no", ...own(dns, "UseDNS"), ...own(ntp, "UseNTP"), ...route],
		"",
		"[DHCPv6]",
		...["UseHostname=no", ...own(dns, "UseDNS"), ...own(ntp, "UseNTP")],
		"",
		"[IPv6AcceptRA]",
		...[...own(dns, "UseDNS"), ...route],
		"",
	].join("\n");
}

function gatewayLines(gateway: string, metric: number | undefined): string[] {
	return ["[Route]", `Gateway=${gateway}`, ...(metric === undefined ? [] : [`Metric=${metric}`]), ""];
}

function vlanText(id: number): string {
	return `${HEAD}\n[NetDev]\nName=${VLAN_LINK}\nKind=vlan\n\n[VLAN]\nId=${id}\n`;
}

/** The socket carries the VLAN and nothing of its own. */
function trunkText(): string {
	const network = ["LinkLocalAddressing=no", "DHCP=no", "IPv6AcceptRA=no", `VLAN=${VLAN_LINK}`];
	return `${HEAD}\n[Match]\n${WIRED}\n\n[Network]\n${network.join("\n")}\n`;
}

/** Texts are octets in hexadecimal, which wpa_supplicant takes wherever it takes a text in quotes. */
function wifiText({ country, ssid, security, key, isHidden }: NonNullable<NetworkSettings["wifi"]>): string {
	const keys: Readonly<Record<typeof security, readonly string[]>> = {
		wpa2: ["key_mgmt=WPA-PSK WPA-PSK-SHA256", "ieee80211w=1", `psk=${key}`],
		wpa3: ["key_mgmt=SAE", "ieee80211w=2", `sae_password=${key}`],
		open: ["key_mgmt=NONE"],
	};
	const network = [`ssid=${ssid}`, ...(isHidden ? ["scan_ssid=1"] : []), ...keys[security]];
	return `${wifiHead(country)}network={\n${network.map((line) => `\t${line}\n`).join("")}}\n`;
}

/** With no network in it: for looking around. */
export function wifiHead(country: string): string {
	return `${HEAD}ctrl_interface=DIR=/run/wpa_supplicant\nupdate_config=0\ncountry=${country}\n`;
}
