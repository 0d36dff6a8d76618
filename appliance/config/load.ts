/**
 * Loads the configuration: built-in default < saved by the console < file < environment < flag.
 *
 * Throws `ConfigError` with every problem at once, each with its place. What the console once saved
 * never keeps the box from starting: a saved setting that does not fit is left out, with a warning.
 */
import { dirname, resolve } from "node:path";
import type { ConfigOrigin } from "../services.ts";
import { crossCheck } from "./cross-check.ts";
import { yieldListeners } from "./listener-clashes.ts";
import { describeOrigins, describeValues, type KeyValue } from "./origins.ts";
import { ConfigError, type ConfigProblem, type Finding, findingsOf, locate } from "./problems.ts";
import { type Config, configSchema } from "./schema.ts";
import { SCHEMA_KEYS } from "./schema-keys.ts";
import { isTree, type Layer, type Merged, mergeLayers, type Path, valueAt } from "./source.ts";
import { environmentLayer, flagLayer, type SavedSetting, savedLayer } from "./text-layers.ts";
import { readTomlFile } from "./toml-file.ts";

export type { SavedSetting } from "./text-layers.ts";

export const DEFAULT_CONFIG_FILE = "/etc/postern/postern.toml";

export interface LoadOptions {
	/** The default is `DEFAULT_CONFIG_FILE`. */
	readonly file?: string;
	/** True when the owner named the file: then its absence is an error. */
	readonly fileRequired: boolean;
	readonly environment: NodeJS.ProcessEnv;
	/** Documents of kind `setting`. Empty for a first look, before the store is open. */
	readonly saved: readonly SavedSetting[];
	/** By dotted key. */
	readonly flags: Readonly<Record<string, string | readonly string[]>>;
}

export interface LoadedConfig {
	readonly config: Config;
	/** Every key, its value as text (secrets masked) and where it came from. */
	readonly origins: readonly ConfigOrigin[];
	/** Those that stand once, with their values. */
	readonly values: readonly KeyValue[];
	/** Owner texts: what is wrong with what the console saved, and was left out. */
	readonly misfits: readonly string[];
	/** Owner texts: what was left out and why. */
	readonly warnings: readonly string[];
	/** The file that was read; undefined when there is none. */
	readonly file: string | undefined;
}

export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
	const file = resolve(options.file ?? DEFAULT_CONFIG_FILE);
	const fromFile = await readTomlFile(file, options.fileRequired);
	const environment = environmentLayer(options.environment);
	const flags = flagLayer(options.flags);
	const saved = savedLayer(options.saved);

	const fatal: ConfigProblem[] = [...environment.problems, ...flags.problems];
	if (fromFile.state === "bad") fatal.unshift(fromFile.problem);
	const fileLayers = fromFile.state === "read" ? [fromFile.layer] : [];
	const upper = [...fileLayers, environment.layer, flags.layer];

	const { merged, config, problems, misfits, leavesAllOut } = checkWithSaved(saved.layer, upper);
	fatal.push(...problems);
	if (config === undefined || fatal.length > 0) throw new ConfigError(fatal);
	const leftOut = [...saved.problems.map(({ text }) => text), ...misfits];
	return {
		config,
		origins: describeOrigins(merged),
		values: describeValues(merged),
		misfits: leftOut,
		warnings: leftOut.map(
			(text) => `left out ${leavesAllOut ? "all that" : "what"} the console saved: ${text}`,
		),
		file: fromFile.state === "read" ? file : undefined,
	};
}

interface Checked {
	readonly merged: Merged;
	readonly config: Config | undefined;
	readonly problems: readonly ConfigProblem[];
	readonly misfits: readonly string[];
	/** Nothing saved is in force. */
	readonly leavesAllOut: boolean;
}

/**
 * Leaves out saved settings that do not fit, one round after another. A finding may stand at another
 * layer's key although a saved one is to blame (both want one port): then all saved ones are left out.
 */
function checkWithSaved(saved: Layer, upper: readonly Layer[]): Checked {
	const misfits: string[] = [];
	let remaining = saved;
	for (;;) {
		const checked = checkOnce([remaining, ...upper]);
		const found = checked.findings.filter(({ path }) => checked.merged.sourceAt(path)?.kind === "console");
		for (const { text, path } of found) {
			misfits.push(text);
			remaining = without(remaining, path);
		}
		if (found.length > 0) continue;
		const { merged, config, findings } = checked;
		const [first] = findings;
		if (first === undefined || Object.keys(remaining.values).length === 0) {
			return { merged, config, problems: locate(findings, merged), misfits, leavesAllOut: false };
		}
		const bare = checkOnce(upper);
		if (bare.findings.length > 0)
			return { ...bare, problems: locate(bare.findings, bare.merged), misfits, leavesAllOut: true };
		return { ...bare, problems: [], misfits: [...misfits, first.text], leavesAllOut: true };
	}
}

function checkOnce(layers: readonly Layer[]) {
	const merged = mergeLayers(layers);
	resolvePaths(merged);
	yieldListeners(merged.values);
	const result = configSchema.safeParse(merged.values);
	const findings: readonly Finding[] = [
		...findingsOf(result.error?.issues ?? [], merged.values),
		...crossCheck(merged.values),
	];
	return { merged, config: result.data, findings };
}

function without(layer: Layer, path: readonly PropertyKey[]): Layer {
	const [table = "", key = ""] = path.map(String);
	const values = structuredClone(layer.values);
	const below = values[table];
	if (path.length > 1 && isTree(below)) delete below[key];
	else delete values[table];
	return { values, sourceOf: (at: Path) => layer.sourceOf(at) };
}

/** A relative file or folder counts from the folder of the file that names it, else from the current one. */
function resolvePaths(merged: Merged): void {
	for (const { path, meta } of SCHEMA_KEYS) {
		if (meta.path !== true) continue;
		const [table = "", key] = path;
		const holders = key === undefined ? [merged.values] : [valueAt(merged.values, [table])].flat();
		for (const holder of holders) {
			const name = key ?? table;
			const value = valueAt(holder, [name]);
			if (!isTree(holder) || typeof value !== "string" || value === "") continue;
			const source = merged.sourceAt(path);
			holder[name] = resolve(source?.kind === "file" ? dirname(source.file) : ".", value);
		}
	}
}
