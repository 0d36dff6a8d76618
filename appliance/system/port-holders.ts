/**
 * Which program listens on a port of this machine, as the kernel tells it (proc(5): net/tcp, PID/fd). For offline-checkup.ts.
 * Whose files may not be looked into is not found. Never throws.
 */
import { readdir, readFile, readlink } from "node:fs/promises";

export interface PortHolder {
	readonly pid: number;
	/** As `ps` shows it. */
	readonly program: string;
}

const LISTENING = "0A";

/** @param proc where the kernel tells it; another folder for tests. */
export async function holderOfPort(port: number, proc = "/proc"): Promise<PortHolder | undefined> {
	const tables = await Promise.all(["tcp", "tcp6"].map((name) => textOf(`${proc}/net/${name}`)));
	const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)));
	if (sockets.size === 0) return undefined;
	const processes = (await namesIn(proc)).filter((name) => /^\d+$/.test(name));
	for (const pid of processes) {
		if (!(await holdsOneOf(`${proc}/${pid}/fd`, sockets))) continue;
		return { pid: Number(pid), program: (await textOf(`${proc}/${pid}/comm`)).trim() };
	}
	return undefined;
}

/** A line a socket: number, own address and port in hexadecimal, peer, state, and as the tenth the inode. */
function listeningSockets(table: string, port: number): string[] {
	const wanted = port.toString(16).toUpperCase().padStart(4, "0");
	return table.split("\n").flatMap((line) => {
		const [, own = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
		return state === LISTENING && own.endsWith(`:${wanted}`) ? [`socket:[${inode}]`] : [];
	});
}

async function holdsOneOf(folder: string, sockets: ReadonlySet<string>): Promise<boolean> {
	for (const name of await namesIn(folder)) {
		const target = await readlink(`${folder}/${name}`).catch(() => "");
		if (sockets.has(target)) return true;
	}
	return false;
}

function namesIn(folder: string): Promise<string[]> {
	return readdir(folder).catch(() => []);
}

function textOf(file: string): Promise<string> {
	return readFile(file, "utf8").catch(() => "");
}
