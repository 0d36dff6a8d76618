/**
 * Runs a program in a root of its own, where nothing can be written but what is named: for the tests of the container image
 * and of a read-only system. The network is the machine's, so that the tests reach it.
 */
import type { Program } from "../../../appliance/e2e/program.ts";

export interface Confinement {
	/** The folder that becomes the root. */
	readonly root: string;
	/** Folders seen at their own paths, read-only. */
	readonly shown?: readonly string[];
	/** Folders that can be written, by where they are seen. */
	readonly writable: Readonly<Record<string, string>>;
	/** Unless set, the one who runs the tests. */
	readonly user?: number;
	/** All that is in its environment, `NAME=value`. */
	readonly environment: readonly string[];
	/** Options of bwrap(1) that come last. */
	readonly more?: readonly string[];
	readonly command: readonly [string, ...string[]];
}

export function confined(options: Confinement): Program {
	const { root, shown = [], writable, user, environment, more = [], command } = options;
	const bubblewrap = [
		...["bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc"],
		...(user === undefined ? [] : ["--uid", `${user}`, "--gid", `${user}`]),
		...["--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
		...shown.flatMap((folder) => ["--ro-bind", folder, folder]),
		...Object.entries(writable).flatMap(([seen, folder]) => ["--bind", folder, seen]),
		...more,
		...["--remount-ro", "/tmp", "--remount-ro", "/dev", "--chdir", "/", "--clearenv"],
		...environment.flatMap((setting) => ["--setenv", ...splitOnce(setting)]),
		"--",
		...command,
	];
	const [first = "", ...argv] = [...asUser(user), ...bubblewrap];
	return { command: first, argv, isWrapped: true };
}

/** What bwrap maps is a name: root would still write what only root may. */
function asUser(user: number | undefined): readonly string[] {
	if (user === undefined || process.getuid?.() !== 0) return [];
	return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"];
}

function splitOnce(setting: string): [string, string] {
	const at = setting.indexOf("=");
	return [setting.slice(0, at), setting.slice(at + 1)];
}
