/**
 * What to type into a device, as text: one recommended way, then the others, in the words of its menu; and what it may
 * do here.
 */
import { formatDuration, formatQuota, formatRate } from "../config/duration.ts";
import type { DevicePort, DeviceSettings, KindHints, SettingField } from "../services.ts";
import { renderPairs } from "./table.ts";

const USUAL_WORDS: Readonly<Record<SettingField, string>> = {
	server: "Server",
	port: "Port",
	security: "Security",
	username: "User name",
	password: "Password",
	sender: "Sender",
};

const USUAL_SECURITY: Readonly<Record<DevicePort["security"], string>> = {
	none: "none",
	STARTTLS: "STARTTLS",
	TLS: "TLS (SSL)",
};

export function settingsText(settings: DeviceSettings): string {
	const { hints, ports } = settings;
	const [best, ...others] = ports;
	const parts = [renderPairs(pairsOf(settings, best))];
	if (best === undefined) parts.push("No port is open to it: see smtp.listen in the configuration.");
	if (others.length > 0)
		parts.push(listed("If it does not have that, the next best:", others.map(way(hints))));
	if (hints !== null) parts.push(...hintsText(hints));
	return parts.join("\n\n");
}

function pairsOf(
	{ device, hints, server, username, password, sender }: DeviceSettings,
	best: DevicePort | undefined,
): [string, string][] {
	const word = (field: SettingField) => `  ${hints?.words[field] ?? USUAL_WORDS[field]}`;
	const pairs: [string, string][] = [[word("server"), server]];
	if (best !== undefined) {
		pairs.push([word("port"), String(best.port)]);
		pairs.push([word("security"), securityWord(hints, best)]);
	}
	if (username === "") {
		pairs.push(["  Sign-in", "none (it is known by its address)"]);
	} else {
		pairs.push([word("username"), username]);
		pairs.push([word("password"), password ?? "(shown when the device was added; only its hash is kept)"]);
	}
	pairs.push([word("sender"), sender === "" ? "any" : sender]);
	if (device.addresses.length > 0) pairs.push(["  Known at", device.addresses.join(", ")]);
	pairs.push(...rulesOf(device));
	const on = switchesOf(device);
	if (on.length > 0) pairs.push(["  Turned on", on.join(", ")]);
	return pairs;
}

/** Those that are not as for every device. */
function rulesOf({ from, recipients, rate, quota }: DeviceSettings["device"]): [string, string][] {
	const isAnybody = recipients.length === 1 && recipients[0] === "*";
	const pairs: [string, string][] = [];
	if (from === "force") pairs.push(["  May send as", "the account alone: whatever it gives is replaced"]);
	if (typeof from !== "string") pairs.push(["  May send as", from.join(", ") || "nobody"]);
	if (!isAnybody) pairs.push(["  May write to", recipients.join(", ") || "nobody"]);
	if (rate !== undefined) pairs.push(["  At most", `${formatRate(rate)} messages`]);
	if (quota !== undefined) pairs.push(["  And at most", formatQuota(quota)]);
	return pairs;
}

function way(hints: KindHints | null) {
	return (port: DevicePort) =>
		`port ${port.port}, ${hints?.words.security ?? "security"} ${securityWord(hints, port)}`;
}

function securityWord(hints: KindHints | null, { security }: DevicePort): string {
	return hints?.securityWords[security] ?? USUAL_SECURITY[security];
}

function hintsText({ title, notes, tryIf }: KindHints): string[] {
	const parts: string[] = [];
	if (notes.length > 0) parts.push(listed(`${title}:`, notes));
	const switches = tryIf.map(({ turnOn, when }) => `--turn-on ${turnOn}, if ${when}`);
	if (switches.length > 0) {
		parts.push(listed("If it does not work, try postern device set NAME with:", switches));
	}
	return parts;
}

function switchesOf({
	compatibility,
	urgent,
	newestFirst,
	coalesceMs,
	dropRepeats,
}: DeviceSettings["device"]): string[] {
	const { hideEhlo } = compatibility;
	const flags: [string, boolean][] = [
		["urgent", urgent],
		["newest_first", newestFirst],
		[`coalesce=${formatDuration(coalesceMs ?? 0)}`, coalesceMs !== undefined],
		["drop_repeats=false", !dropRepeats],
		["legacy_tls", compatibility.legacyTls],
		["lf_line_ends", compatibility.lfLineEnds],
		["auth_without_tls", compatibility.authWithoutTls],
		["accept_any_credentials", compatibility.acceptAnyCredentials],
		["cram_md5", compatibility.cramMd5],
		[`hide_ehlo=${hideEhlo.join(",")}`, hideEhlo.length > 0],
	];
	return flags.filter(([, isOn]) => isOn).map(([name]) => name);
}

function listed(title: string, lines: readonly string[]): string {
	return [title, ...lines.map((line) => `  - ${line}`)].join("\n");
}
