/**
 * Reads `postern.toml` of the boot partition: the configuration and what a new box needs beside it. For seeding.ts. Pure;
 * never throws: what is wrong is a problem with its line, and then nothing of the file counts.
 */
import { parse, TomlError } from "smol-toml";
import type * as z from "zod";
import { say } from "../../words/saying.ts";
import { SEEDING } from "../../words/seeding.ts";
import { crossCheck } from "../cross-check.ts";
import { nearest } from "../nearest.ts";
import { type ConfigProblem, type Finding, findingsOf, locate, tableHeader } from "../problems.ts";
import { configSchema } from "../schema.ts";
import { isRepeatedTable, namesIn, SCHEMA_KEYS } from "../schema-keys.ts";
import { isTree, itemsAt, type Layer, mergeLayers, type Tree, valueAt } from "../source.ts";
import type { SavedSetting } from "../text-layers.ts";
import { locateToml, type TomlPositions } from "../toml-positions.ts";
import { CONSOLE_PASSWORD, SEED_TABLES, type SeedNetwork, type SeedWifi, TOP_KEYS } from "./schema.ts";
import { type Patch, readSeedText, type SeedText, straightened } from "./text.ts";

/** A record in the form of the configuration file. */
type SeedRecord = Readonly<Record<string, unknown>>;

export interface TomlSeed {
	/** Of keys that stand once, as the console would save them. */
	readonly settings: readonly SavedSetting[];
	/** May hold passwords in clear. */
	readonly account: readonly SeedRecord[];
	readonly device: readonly SeedRecord[];
	readonly mailbox: readonly SeedRecord[];
	readonly consolePassword: string | undefined;
	readonly consolePasswordHash: string | undefined;
	readonly name: string | undefined;
	readonly timeZone: string | undefined;
	readonly network: SeedNetwork | undefined;
	readonly wifi: SeedWifi | undefined;
}

export interface SeedProblem {
	readonly file: string;
	/** 0: about the file as a whole. */
	readonly line: number;
	readonly text: string;
}

export interface ReadSeed<Seed> {
	/** Undefined where there is a problem. */
	readonly seed: Seed | undefined;
	readonly problems: readonly SeedProblem[];
	/** What takes the secrets out of the file, whatever else is wrong with it; all of it where nobody can tell. */
	readonly blanks: readonly Patch[];
	/** The line of a key, for what is judged elsewhere. */
	lineOf(...path: readonly string[]): number;
}

const MOST_DEPTH = 20;

export function readTomlSeed(file: string, bytes: Buffer): ReadSeed<TomlSeed> {
	const source = readSeedText(bytes);
	if (source === undefined) {
		const all = { offset: 0, bytes: Buffer.alloc(bytes.length, " ") };
		return refused([{ file, line: 0, text: SEEDING.noText }], [all]);
	}
	const toml = straightened(source.text);
	let values: Tree;
	try {
		values = parse(toml, { unsafeKeyBehaviour: "throw", maxDepth: MOST_DEPTH });
	} catch (thrown) {
		if (!(thrown instanceof TomlError)) throw thrown;
		const [first = ""] = thrown.message.split("\n");
		const why = first.replace(/^Invalid TOML document: /, "");
		const all = blankOf(source, { start: 0, end: toml.length });
		return refused([{ file, line: thrown.line, text: say(SEEDING.noToml, { why }) }], all);
	}
	const positions = locateToml(toml);
	const layer: Layer = { values, sourceOf: () => ({ kind: "file", file, positions }) };
	const { own, rest, findings } = partsOf(values);
	const checked = checkConfig(rest);
	const problems = locate([...findings, ...checked], mergeLayers([layer])).map(problemOf(file));
	const lineOf = (...path: readonly string[]) => positions.at(path)?.line ?? 0;
	const blanks = secretsOf(values, toml, positions).flatMap((range) => blankOf(source, range));
	return { seed: problems.length > 0 ? undefined : seedOf(rest, own), problems, blanks, lineOf };
}

function refused(problems: readonly SeedProblem[], blanks: readonly Patch[]): ReadSeed<never> {
	return { seed: undefined, problems, blanks, lineOf: () => 0 };
}

const problemOf =
	(file: string) =>
	({ line, text }: ConfigProblem): SeedProblem => ({ file, line, text });

interface Own {
	readonly timeZone: string | undefined;
	readonly consolePassword: string | undefined;
	readonly network: SeedNetwork | undefined;
	readonly wifi: SeedWifi | undefined;
}

/** The seed's own keys, checked, and the configuration without them. */
function partsOf(values: Tree): { own: Own; rest: Tree; findings: readonly Finding[] } {
	const findings: Finding[] = unknownKeys(values);
	const rest = structuredClone(values);
	for (const { path } of findings) removeAt(rest, path);
	const read = <Output>(path: readonly string[], schema: z.ZodType<Output>): Output | undefined => {
		const value = valueAt(rest, path);
		removeAt(rest, path);
		if (value === undefined) return undefined;
		const { data, error } = schema.safeParse(value);
		const issues = (error?.issues ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
		findings.push(...findingsOf(issues, values));
		return data;
	};
	const own = {
		timeZone: read(["time_zone"], TOP_KEYS.time_zone),
		consolePassword: read(["console", "password"], CONSOLE_PASSWORD),
		network: read(["network"], SEED_TABLES.network),
		wifi: read(["wifi"], SEED_TABLES.wifi),
	};
	if (own.consolePassword !== undefined && valueAt(values, ["console", "password_hash"]) !== undefined)
		findings.push({ path: ["console", "password"], text: SEEDING.twoPasswords });
	return { own, rest, findings };
}

/** Of the seed's own tables, and where its names are the nearest ones; others the configuration's own check names. */
function unknownKeys(values: Tree): Finding[] {
	const own = Object.entries(SEED_TABLES).map(([name, { shape }]) => [name, Object.keys(shape)] as const);
	const known = new Map<string, readonly string[]>([
		...own,
		["", [...namesIn(""), ...Object.keys(TOP_KEYS), ...own.map(([name]) => name)]],
		["console", [...namesIn("console"), "password"]],
	]);
	return [...known].flatMap(([table, names]) => {
		const holder = table === "" ? values : values[table];
		if (!isTree(holder)) return [];
		const unknown = Object.keys(holder).filter((key) => !names.includes(key));
		return unknown.map((key) => ({
			path: table === "" ? [key] : [table, key],
			text: say(SEEDING.unknownKey, {
				key: key.slice(0, 60),
				place: table === "" ? "" : ` in [${table}]`,
				near: nearText(key, table, names),
			}),
		}));
	});
}

function nearText(key: string, table: string, names: readonly string[]): string {
	const home = table === "" ? tableOf(key) : undefined;
	if (home !== undefined) return say(SEEDING.belongsIn, { table: home });
	const near = nearest(key, names);
	if (near === undefined) return `known here: ${names.join(", ")}`;
	const isTable = table === "" && (near in SEED_TABLES || namesIn(near).length > 0);
	return `did you mean ${isTable ? tableHeader(near) : `"${near}"`}?`;
}

/** Somebody took the # away from a key and left it before the table's name. */
function tableOf(key: string): string | undefined {
	if (key === "password") return "[console]";
	const own = Object.entries(SEED_TABLES).find(([, { shape }]) => Object.hasOwn(shape, key))?.[0];
	const table = own ?? SCHEMA_KEYS.find(({ path }) => path.length > 1 && path.at(-1) === key)?.path[0];
	return table === undefined ? undefined : tableHeader(table);
}

function checkConfig(values: Tree): readonly Finding[] {
	const result = configSchema.safeParse(values);
	return [
		...findingsOf(result.error?.issues ?? [], values),
		...crossCheck(values),
		...filesNamed(values),
		...needsReadable(values),
	];
}

/** Nobody could have put them where they are said to be. */
function filesNamed(values: Tree): readonly Finding[] {
	return SCHEMA_KEYS.filter(({ meta }) => meta.path === true).flatMap(({ path }) => {
		const [table = "", key] = path;
		const places = key === undefined ? [[table]] : placesOf(values, table).map((place) => [...place, key]);
		return places
			.filter((place) => (valueAt(values, place) ?? "") !== "")
			.map((place) => ({
				path: place,
				text: table === "state_dir" ? SEEDING.ownFolder : say(SEEDING.fileKey, { key: path.join(".") }),
			}));
	});
}

/** A table, or each of the tables of that name. */
function placesOf(values: Tree, table: string): (string | number)[][] {
	return isRepeatedTable(table) ? itemsAt(values, [table]).map((_, index) => [table, index]) : [[table]];
}

function needsReadable(values: Tree): readonly Finding[] {
	const switches = { device: "cram_md5", mailbox: "apop" } as const;
	return Object.entries(switches).flatMap(([table, key]) =>
		placesOf(values, table)
			.filter((place) => valueAt(values, [...place, key]) === true)
			.map((place) => ({ path: [...place, key], text: say(SEEDING.ownPasswordKept, { key }) })),
	);
}

function seedOf(values: Tree, own: Own): TomlSeed {
	const records = (table: string) => itemsAt(values, [table]).filter(isTree);
	const hash = valueAt(values, ["console", "password_hash"]);
	const name = valueAt(values, ["name"]);
	return {
		...own,
		settings: SCHEMA_KEYS.filter(({ path, meta }) => !isRepeatedTable(path[0] ?? "") && meta.secret !== true)
			.map(({ path }) => ({ key: path.join("."), value: valueAt(values, path) }))
			.filter(({ value }) => value !== undefined),
		account: records("account"),
		device: records("device"),
		mailbox: records("mailbox"),
		consolePasswordHash: typeof hash === "string" && hash !== "" ? hash : undefined,
		name: typeof name === "string" ? name.trim() : undefined,
	};
}

function removeAt(values: Tree, path: readonly PropertyKey[]): void {
	const [key] = path.slice(-1);
	const holder = path.length === 1 ? values : valueAt(values, path.slice(0, -1));
	if (isTree(holder)) delete holder[String(key)];
}

interface Found {
	readonly start: number;
	readonly end: number;
}

/**
 * Where the values stand that are secret: those that say so, and a proxy's address with a password in it. Should one not be
 * found, the whole file is to go rather than that one stays.
 */
function secretsOf(values: Tree, toml: string, positions: TomlPositions): readonly Found[] {
	const secret = SCHEMA_KEYS.filter(({ meta }) => meta.secret === true).map(({ path }) => path);
	const proxy = valueAt(values, ["microsoft", "proxy"]);
	const paths = [
		...secret,
		["console", "password"],
		["wifi", "passphrase"],
		...(typeof proxy === "string" && proxy.includes("@") ? [["microsoft", "proxy"]] : []),
	];
	const places = paths
		.flatMap(([table = "", key = ""]) => placesOf(values, table).map((place) => [...place, key]))
		.filter((path) => typeof valueAt(values, path) === "string");
	const found = places.flatMap((path) => {
		const position = positions.exactly(path);
		return position === undefined ? [] : valueRange(toml, position);
	});
	return found.length === places.length ? found : [{ start: 0, end: toml.length }];
}

const KEY = /(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[ \t]*\.[ \t]*)+[ \t]*=[ \t]*/y;
const TEXT = /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;

/** Of the value behind the key that stands there, its marks as well. */
function valueRange(toml: string, { line, column }: { line: number; column: number }): readonly Found[] {
	const lineStart = toml.split("\n", line - 1).reduce((sum, one) => sum + one.length + 1, 0);
	KEY.lastIndex = lineStart + column - 1;
	if (!KEY.test(toml)) return [];
	TEXT.lastIndex = KEY.lastIndex;
	const [text] = TEXT.exec(toml) ?? [];
	const start = KEY.lastIndex;
	return text === undefined ? [] : [{ start, end: start + text.length }];
}

/** Ends of lines stay, so that what follows keeps its line. */
function blankOf(source: SeedText, range: Found): readonly Patch[] {
	const value = source.text.slice(range.start, range.end);
	const patches: Patch[] = [];
	let start = range.start;
	for (const part of value.split(/(\r?\n)/)) {
		const end = start + part.length;
		if (part !== "" && !/^\r?\n$/.test(part))
			patches.push(source.blanked({ start, end }, start === range.start ? '""' : ""));
		start = end;
	}
	return patches;
}
