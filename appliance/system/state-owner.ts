/**
 * Whose the state folder and what lies in it is, beside whose it ought to be. For offline-checkup.ts. A folder that somebody
 * copied, or a `postern serve` as root, leaves files that the service may not open.
 */
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";

export interface Misowned {
	readonly file: string;
	/** A name, or a number where nobody has that. */
	readonly owner: string;
	readonly wanted: string;
}

/** The user of the packaged service (systemd/sysusers.d). */
const SERVICE_USER = "postern";

/**
 * The first that is wrong. Of the folder of the packaged service everything should be its user's; of any other, what is in it
 * should be the same user's as the folder itself.
 */
export async function findMisowned(
	folder: string,
	isServices: boolean,
	passwd = "/etc/passwd",
): Promise<Misowned | undefined> {
	const names = userNames(await readFile(passwd, "utf8").catch(() => ""));
	const nameOf = (uid: number) => names.get(uid) ?? String(uid);
	const ofFolder = (await lstat(folder)).uid;
	const service = [...names].find(([, name]) => name === SERVICE_USER)?.[0];
	const wantedUid = isServices && service !== undefined ? service : ofFolder;
	const misowned = (file: string, uid: number) => ({ file, owner: nameOf(uid), wanted: nameOf(wantedUid) });
	if (ofFolder !== wantedUid) return misowned(folder, ofFolder);
	for (const name of await readdir(folder)) {
		const file = path.join(folder, name);
		const found = await lstat(file).catch(() => undefined);
		if (found !== undefined && found.uid !== wantedUid) return misowned(file, found.uid);
	}
	return undefined;
}

function userNames(passwd: string): ReadonlyMap<number, string> {
	return new Map(
		passwd
			.split("\n")
			.map((line) => line.split(":"))
			.map(([name = "", , uid]) => [Number(uid), name]),
	);
}
