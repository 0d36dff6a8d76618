/**
 * Runs a program in a root of its own, as a user who is not root, where nothing can be written but one folder: for the
 * tests of the container image and of a read-only system. The network is the machine's, so that the tests reach it.
 */
import type { Program } from "../../../appliance/e2e/program.ts";

export interface Confinement {
	/** The folder that becomes the root. */
	readonly root: string;
	/** Seen at its own path, read-only. */
	readonly shown?: string;
	/** Folders that can be written, by where they are seen. */
	readonly writable: Readonly<Record<string, string>>;
	readonly user: number;
	/** All that is in its environment, `NAME=value`. */
	readonly environment: readonly string[];
	/** Options of bwrap(1) that come last. */
	readonly more?: readonly string[];
	readonly command: readonly [string, ...string[]];
}

export function confined(options: Confinement): Program {
	const { root, shown, writable, user, environment, more = [], command } = options;
	const bubblewrap = [
		...["bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc"],
		...["--uid", `${user}`, "--gid", `${user}`],
		...["--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
		...(shown === undefined ? [] : ["--ro-bind", shown, shown]),
		...Object.entries(writable).flatMap(([seen, folder]) => ["--bind", folder, seen]),
		...more,
		...["--remount-ro", "/tmp", "--remount-ro", "/dev", "--chdir", "/", "--clearenv"],
		...environment.flatMap((setting) => ["--setenv", ...splitOnce(setting)]),
		"--",
		...command,
	];
	// Mapping alone would not do: root outside may still write what only root may.
	const asUser = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"];
	const [first = "", ...argv] = process.getuid?.() === 0 ? [...asUser, ...bubblewrap] : bubblewrap;
	return { command: first, argv, isWrapped: true };
}

function splitOnce(setting: string): [string, string] {
	const at = setting.indexOf("=");
	return [setting.slice(0, at), setting.slice(at + 1)];
}
