/**
 * Network settings on the card and on trial, as root keeps them: a folder with the settings and the files that follow from
 * them, so that a start needs no more than to copy (image/overlay/usr/lib/postern/network). For the machine door and the seed.
 *
 * Kept: `/data/system/network/kept`, a link to a folder, replaced in one step: after a cut there is the one or the other,
 * whole. On trial: `/run/postern-network/trial`, in memory, so that a cut in a trial brings the kept ones back.
 */
import { randomBytes } from "node:crypto";
import {
	cp,
	mkdir,
	open,
	readdir,
	readFile,
	readlink,
	rename,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import path from "node:path";
import { errorCode } from "../../errors.ts";
import { networkFiles } from "./files.ts";
import { AS_THE_SITE_SAYS, NETWORK_SETTINGS, type NetworkSettings } from "./settings.ts";

const KEPT_IN = "/data/system/network";
const KEPT = "kept";
const RUN = "/run/postern-network";
const TRIAL = `${RUN}/trial`;
const SETTINGS = "settings.json";
/** Made by what puts a trial in force, when it has (image/overlay/usr/lib/postern/network). */
const IN_FORCE = "in-force";
const BEGAN = "began";

export interface Trial {
	readonly settings: NetworkSettings;
	/** Of the machine's uptime. */
	readonly beganSeconds: number;
	readonly isInForce: boolean;
}

/** What a start puts in force. A folder that cannot be read counts as none. */
export async function keptSettings(root: string): Promise<NetworkSettings> {
	return (await settingsIn(path.join(root, KEPT_IN, KEPT))) ?? AS_THE_SITE_SAYS;
}

/** Undefined where nothing is on trial. */
export async function settingsOnTrial(root: string): Promise<Trial | undefined> {
	const folder = path.join(root, TRIAL);
	const settings = await settingsIn(folder);
	const began = Number(await readFile(path.join(folder, BEGAN), "utf8").catch(() => "x"));
	if (settings === undefined || Number.isNaN(began)) return undefined;
	const isInForce = (await readdir(folder)).includes(IN_FORCE);
	return { settings, beganSeconds: began, isInForce };
}

async function settingsIn(folder: string): Promise<NetworkSettings | undefined> {
	const text = await readFile(path.join(folder, SETTINGS), "utf8").catch(() => undefined);
	if (text === undefined) return undefined;
	const parsed = NETWORK_SETTINGS.safeParse(jsonOf(text));
	return parsed.success ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** On trial from now on, instead of what was. Who puts it in force is the caller's to ask. */
export async function putOnTrial(
	root: string,
	settings: NetworkSettings,
	uptimeSeconds: number,
): Promise<void> {
	const trial = path.join(root, TRIAL);
	const made = `${trial}.${randomBytes(4).toString("hex")}`;
	await writeFolder(made, settings);
	await writeFile(path.join(made, BEGAN), `${uptimeSeconds}\n`);
	await rm(trial, { recursive: true, force: true });
	await rename(made, trial);
}

/** Kept from now on. Returns when a cut can no longer undo it. */
export async function keep(root: string, settings: NetworkSettings): Promise<void> {
	await replaceKept(root, (folder) => writeFolder(folder, settings));
}

/** What is on trial is kept. False, and nothing has changed, when it is no longer there: another was quicker. */
export async function keepTrial(root: string): Promise<boolean> {
	const trial = path.join(root, TRIAL);
	const taken = path.join(root, RUN, "taken");
	await rm(taken, { recursive: true, force: true });
	try {
		return await replaceKept(
			root,
			(folder) => cp(trial, folder, { recursive: true }),
			// Whoever moves it away decides: this, or what brings the old ones back.
			() => rename(trial, taken),
		);
	} catch (thrown) {
		if (errorCode(thrown) === "ENOENT") return false;
		throw thrown;
	}
}

async function replaceKept(
	root: string,
	fill: (folder: string) => Promise<void>,
	decide: () => Promise<void> = async () => undefined,
): Promise<true> {
	const parent = path.join(root, KEPT_IN);
	await mkdir(parent, { recursive: true, mode: 0o700 });
	const name = `settings-${randomBytes(6).toString("hex")}`;
	const folder = path.join(parent, name);
	const link = `${folder}.link`;
	try {
		await fill(folder);
		await flushAll(folder);
		await symlink(name, link);
		await flush(parent);
		await decide();
		await rename(link, path.join(parent, KEPT));
		await flush(parent);
	} finally {
		await removeOthers(parent);
	}
	return true;
}

async function writeFolder(folder: string, settings: NetworkSettings): Promise<void> {
	await mkdir(path.join(folder, "systemd"), { recursive: true, mode: 0o700 });
	const files = new Map(networkFiles(settings)).set(SETTINGS, `${JSON.stringify(settings, null, "\t")}\n`);
	for (const [name, text] of files) await writeFile(path.join(folder, name), text, { mode: 0o600 });
}

async function flushAll(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
		await flush(path.join(entry.parentPath, entry.name));
	}
	await flush(folder);
}

async function flush(file: string): Promise<void> {
	const handle = await open(file, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** What was kept before, and what a cut has left. */
async function removeOthers(parent: string): Promise<void> {
	const kept = await readlink(path.join(parent, KEPT)).catch(() => "");
	for (const name of await readdir(parent)) {
		if (name !== KEPT && name !== kept) await rm(path.join(parent, name), { recursive: true, force: true });
	}
}
