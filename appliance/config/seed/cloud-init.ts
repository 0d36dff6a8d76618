/**
 * Reads what Raspberry Pi Imager writes on the boot partition for a system with cloud-init: host name, time zone and Wi-Fi.
 * For seeding.ts; loaded only where there is such a file. Pure; never throws. What else stands there is named, and not done:
 * this box has no users to sign in as and runs no commands.
 */
import { type Document, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import { say } from "../../words/saying.ts";
import { SEEDING } from "../../words/seeding.ts";
import { Refusal } from "../refusal.ts";
import { isTree, type Tree, valueAt } from "../source.ts";
import { readTimeZone, type SeedWifi } from "./schema.ts";
import { type Patch, readSeedText, type SeedText } from "./text.ts";
import type { SeedProblem } from "./toml.ts";

export interface CloudInitSeed {
	readonly name: string | undefined;
	readonly timeZone: string | undefined;
	readonly wifi: SeedWifi | undefined;
}

export interface ReadCloudInit {
	/** Undefined where there is a problem. */
	readonly seed: CloudInitSeed | undefined;
	readonly problems: readonly SeedProblem[];
	/** Sentences: what is there and not used. */
	readonly notes: readonly string[];
	readonly blanks: readonly Patch[];
}

const NOTHING: CloudInitSeed = { name: undefined, timeZone: undefined, wifi: undefined };

export function readUserData(file: string, bytes: Buffer): ReadCloudInit {
	return readYaml(file, bytes, (values) => {
		const [name, zone] = [textOf(values["hostname"]), textOf(values["timezone"])];
		// It becomes a line of what systemd reads: nothing but a zone's name may.
		const timeZone = zone === undefined ? undefined : readTimeZone(zone);
		const isRefused = timeZone instanceof Refusal;
		return {
			seed: { ...NOTHING, name, timeZone: isRefused ? undefined : timeZone },
			problems: isRefused ? [`timezone: "${(zone ?? "").slice(0, 60)}" ${timeZone.why}`] : [],
			// The last two belong to the host name.
			unused: others(values, ["hostname", "timezone", "manage_etc_hosts", "manage_resolv_conf"]),
			notes: [],
		};
	});
}

export function readNetworkConfig(file: string, bytes: Buffer): ReadCloudInit {
	return readYaml(file, bytes, (values) => {
		// Older writers leave the outer name out.
		const network = isTree(values["network"]) ? values["network"] : values;
		const links = isTree(network["wifis"]) ? Object.values(network["wifis"]).filter(isTree) : [];
		const wifis = links.flatMap(wifisOf);
		return {
			seed: { ...NOTHING, wifi: wifis[0] },
			problems: [],
			unused: others(network, ["version", "wifis", "renderer"]),
			notes: wifis.length > 1 ? [SEEDING.twoWifis] : [],
		};
	});
}

function wifisOf(link: Tree): readonly SeedWifi[] {
	const points = link["access-points"];
	if (!isTree(points)) return [];
	return Object.entries(points).map(([ssid, point]) => {
		const passphrase =
			textOf(valueAt(point, ["password"])) ?? textOf(valueAt(point, ["auth", "password"])) ?? "";
		return {
			ssid,
			passphrase,
			country: textOf(link["regulatory-domain"]) ?? "",
			security: passphrase === "" ? "open" : "wpa2",
			hidden: valueAt(point, ["hidden"]) === true,
		};
	});
}

/** Names are numbers as well: a Wi-Fi may be called 1234. */
function textOf(value: unknown): string | undefined {
	if (typeof value === "number") return String(value);
	return typeof value === "string" && value !== "" ? value : undefined;
}

function others(values: Tree, known: readonly string[]): readonly string[] {
	return Object.keys(values).filter((key) => !known.includes(key));
}

interface Understood {
	readonly seed: CloudInitSeed;
	readonly problems: readonly string[];
	readonly unused: readonly string[];
	readonly notes: readonly string[];
}

function readYaml(file: string, bytes: Buffer, understand: (values: Tree) => Understood): ReadCloudInit {
	const all = { offset: 0, bytes: Buffer.alloc(bytes.length, " ") };
	const refused = (line: number, text: string): ReadCloudInit => ({
		...{ seed: undefined, problems: [{ file, line, text }], notes: [], blanks: [all] },
	});
	const source = readSeedText(bytes);
	if (source === undefined) return refused(0, SEEDING.noText);
	const document = parseDocument(source.text, { logLevel: "silent", uniqueKeys: true });
	const [error] = document.errors;
	if (error !== undefined) {
		const [why = ""] = error.message.split(" at line ");
		return refused(error.linePos?.[0].line ?? 0, say(SEEDING.noYaml, { why }));
	}
	let values: unknown;
	try {
		// Ten lines can stand for a thousand million: a seed needs none of that.
		values = document.toJS({ maxAliasCount: 10 });
	} catch {
		return refused(0, say(SEEDING.noYaml, { why: "too many aliases" }));
	}
	if (!isTree(values)) return { seed: NOTHING, problems: [], notes: [], blanks: [] };
	const { seed, problems, unused, notes } = understand(values);
	const shown = unused.slice(0, 20).map((key) => key.slice(0, 60));
	return {
		seed: problems.length > 0 ? undefined : seed,
		problems: problems.map((text) => ({ file, line: 0, text })),
		notes: [
			...notes,
			...(shown.length === 0 ? [] : [say(SEEDING.notUsed, { file, keys: shown.join(", ") })]),
		],
		blanks: secretBlanks(document, source),
	};
}

const SECRET_KEYS = new Set(["password", "passwd", "hashed_passwd", "plain_text_passwd", "psk"]);

/** Wherever a key says that its value is a password, used or not. */
function secretBlanks(document: Document, source: SeedText): readonly Patch[] {
	const patches: Patch[] = [];
	visit(document, {
		Pair(_, pair) {
			if (!isPair(pair) || !isScalar(pair.key) || !SECRET_KEYS.has(String(pair.key.value))) return;
			const { value } = pair;
			if (!isScalar(value) && !isSeq(value) && !isMap(value)) return;
			const [start = 0, end = 0] = value.range ?? [];
			if (end > start) patches.push(...blanksOf(source, start, end));
		},
	});
	return patches;
}

/** Line by line: ends of lines stay. */
function blanksOf(source: SeedText, from: number, to: number): readonly Patch[] {
	const patches: Patch[] = [];
	let start = from;
	for (const part of source.text.slice(from, to).split(/(\r?\n)/)) {
		const end = start + part.length;
		if (part !== "" && !/^\r?\n$/.test(part))
			patches.push(source.blanked({ start, end }, start === from && end - start >= 2 ? '""' : ""));
		start = end;
	}
	return patches;
}
