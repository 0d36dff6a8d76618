/**
 * Where the control socket is: one rule for the appliance, which listens there, and the command
 * line, which looks for it.
 *
 * `POSTERN_CONTROL` names it outright; under systemd it is in the runtime folder
 * (`RuntimeDirectory=`, systemd.exec(5)); else in the state folder.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { errorCode, UserError } from "../errors.ts";

/** `state_dir` and the file's place when nothing else is said (configuration schema). */
export const DEFAULT_STATE_DIR = "/var/lib/postern";
export const DEFAULT_CONFIG_FILE = "/etc/postern/postern.toml";
/** What systemd gives the packaged service. A shell does not have the variable that says so. */
const SERVICE_RUNTIME_DIR = "/run/postern";
const SOCKET_NAME = "control.sock";

/** Where an appliance with this state folder listens. */
export function controlSocketPath(stateDir: string, environment: NodeJS.ProcessEnv): string {
	const named = environment["POSTERN_CONTROL"];
	if (named !== undefined && named !== "") return path.resolve(named);
	// Several folders are separated by colons; the first is as good as any.
	const runtimeDir = environment["RUNTIME_DIRECTORY"]?.split(":")[0];
	return path.resolve(runtimeDir === undefined || runtimeDir === "" ? stateDir : runtimeDir, SOCKET_NAME);
}

/**
 * Where the command line looks, in order. Only `state_dir` is read from the configuration, so that a
 * mistake elsewhere in the file does not lock the owner out of a running appliance.
 * Throws `UserError` when a named file cannot be read.
 */
export async function controlSocketCandidates(
	configFile: string | undefined,
	environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
	if (environment["POSTERN_CONTROL"]) return [controlSocketPath("", environment)];
	const stateDir = environment["POSTERN_STATE_DIR"] || (await stateDirOf(configFile)) || DEFAULT_STATE_DIR;
	const candidates = [controlSocketPath(stateDir, environment), path.resolve(stateDir, SOCKET_NAME)];
	if (path.resolve(stateDir) === DEFAULT_STATE_DIR)
		candidates.unshift(path.join(SERVICE_RUNTIME_DIR, SOCKET_NAME));
	return [...new Set(candidates)];
}

async function stateDirOf(configFile: string | undefined): Promise<string | undefined> {
	const file = configFile ?? DEFAULT_CONFIG_FILE;
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		const code = errorCode(error);
		if (configFile === undefined && code === "ENOENT") return undefined;
		throw new UserError(
			"config-unreadable",
			code === "ENOENT"
				? `There is no configuration file ${file}.`
				: `The configuration file ${file} cannot be read (${code}).`,
			code === "EACCES" ? "It belongs to another user: try with sudo." : "Check the path after --config.",
			{ cause: error },
		);
	}
	const { parse } = await import("smol-toml");
	try {
		const { state_dir: stateDir } = parse(text);
		if (typeof stateDir !== "string" || stateDir === "") return undefined;
		// As config/load.ts has it: relative to the file that says so.
		return path.resolve(path.dirname(file), stateDir);
	} catch (error) {
		throw new UserError(
			"config-syntax",
			`The configuration file ${file} is not valid TOML, so the appliance cannot be found through it.`,
			`postern config check --config ${file} shows the line.`,
			{ cause: error },
		);
	}
}
