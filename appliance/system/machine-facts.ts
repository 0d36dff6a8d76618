/**
 * What the machine says of itself, one fact a function, read from where Linux keeps it. For machine-desk.ts. A file that is
 * not there gives null or nothing: the same program runs on a Pi, in a container and on a laptop.
 */
import { readdir, readFile, statfs } from "node:fs/promises";
import { SocketAddress } from "node:net";
import os from "node:os";
import path from "node:path";

async function textOf(file: string): Promise<string> {
	return readFile(file, "utf8").catch(() => "");
}

/** `Raspberry Pi 4 Model B Rev 1.4`, or what a PC's firmware calls it; may be empty. */
export async function model(): Promise<string> {
	const tree = (await textOf("/proc/device-tree/model")).replaceAll("\0", "").trim();
	return tree || (await textOf("/sys/class/dmi/id/product_name")).trim();
}

export async function operatingSystem(): Promise<string> {
	const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(await textOf("/etc/os-release"))?.[1];
	return `${name ?? os.type()}, ${os.release()}`;
}

/** The hottest zone. */
export async function temperatureCelsius(): Promise<number | null> {
	const zones = await readdir("/sys/class/thermal").catch(() => []);
	const texts = await Promise.all(
		zones
			.filter((zone) => zone.startsWith("thermal_zone"))
			.map((zone) => textOf(`/sys/class/thermal/${zone}/temp`)),
	);
	const temperatures = texts.map((text) => Number.parseInt(text, 10) / 1000).filter((value) => value > 0);
	return temperatures.length === 0 ? null : Math.max(...temperatures);
}

export async function memory(): Promise<{ readonly totalBytes: number; readonly availableBytes: number }> {
	const text = await textOf("/proc/meminfo");
	const kilobytes = (name: string) =>
		Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
	const [total, available] = [kilobytes("MemTotal") * 1024, kilobytes("MemAvailable") * 1024];
	return {
		totalBytes: Number.isNaN(total) ? os.totalmem() : total,
		availableBytes: Number.isNaN(available) ? os.freemem() : available,
	};
}

export interface Mount {
	/** `mmcblk0p3`, or what is no block device (`overlay`). */
	readonly device: string;
	readonly isReadOnly: boolean;
}

/** Of the file system that holds a folder; the longest mount point wins, and of several there the last. */
export function mountOf(folder: string, mounts: string): Mount {
	let [found, length] = [{ device: "", isReadOnly: false }, -1];
	for (const line of mounts.split("\n")) {
		const [device = "", point = "", , options = ""] = line.split(" ");
		const place = point.replaceAll("\\040", " ");
		const holds = folder === place || folder.startsWith(place.endsWith("/") ? place : `${place}/`);
		if (place === "" || !holds || place.length < length) continue;
		length = place.length;
		found = { device: path.basename(device), isReadOnly: options.split(",").includes("ro") };
	}
	return found;
}

/** A card that is worn out, or whose file system was damaged, is set to read only by the kernel. */
export async function isWritable(folder: string): Promise<boolean> {
	return !mountOf(folder, await textOf("/proc/self/mounts")).isReadOnly;
}

export async function card(folder: string) {
	const { bsize, blocks } = await statfs(folder);
	const { device, isReadOnly } = mountOf(folder, await textOf("/proc/self/mounts"));
	const [wearPercent, writtenBytes] = await Promise.all([wear(device), written(device)]);
	return { totalBytes: bsize * blocks, isReadOnly, wearPercent, writtenBytes };
}

/** `mmcblk0p3` is on `mmcblk0`, `sda1` on `sda`. */
export function diskOf(device: string): string {
	return device
		.replace(/^((?:mmcblk|nvme\d+n|loop)\d+)p\d+$/, "$1")
		.replace(/^((?:s|v|h|xv)d[a-z]+)\d+$/, "$1");
}

/** Of eMMC and of a few SD cards; most tell nothing. */
async function wear(device: string): Promise<number | null> {
	const folder = `/sys/block/${diskOf(device)}/device`;
	const [lifeTime, endOfLife] = await Promise.all([
		textOf(`${folder}/life_time`),
		textOf(`${folder}/pre_eol_info`),
	]);
	return wearPercentOf(lifeTime, endOfLife);
}

/** PRE_EOL_INFO of JESD84-B51 (eMMC 5.1): of the spare blocks 80 %, or 90 %, are used up. */
const SPARE_USED_PERCENT: Readonly<Record<number, number>> = { 2: 80, 3: 90 };

/** `life_time`: of two sorts of cells how much is used, in tenths; 0 is "not told". */
export function wearPercentOf(lifeTime: string, endOfLife: string): number | null {
	const numbers = (text: string) =>
		[...text.matchAll(/0x([0-9a-f]+)/gi)].map(([, digits = "0"]) => Number.parseInt(digits, 16));
	const cells = numbers(lifeTime).map((tenths) => tenths * 10);
	const spares = numbers(endOfLife).map((state) => SPARE_USED_PERCENT[state] ?? 0);
	const worst = Math.max(0, ...cells, ...spares);
	return worst === 0 ? null : Math.min(100, worst);
}

/** Sectors of 512 octets (kernel: Documentation/block/stat.rst, field 7). */
async function written(device: string): Promise<number | null> {
	const fields = (await textOf(`/sys/block/${diskOf(device)}/stat`)).trim().split(/\s+/);
	const sectors = Number(fields[6]);
	return fields.length < 7 || Number.isNaN(sectors) ? null : sectors * 512;
}

const NETWORK = "/sys/class/net";
/** Of `operstate` (kernel: Documentation/networking/operstates.rst); `unknown` is what many drivers say of a link that works. */
const DOWN_STATES: ReadonlySet<string> = new Set(["down", "lowerlayerdown", "notpresent", "dormant"]);

/** Sockets and aerials of this machine, also where nothing is plugged in, and whatever else has an address. */
export async function links() {
	const addressed = os.networkInterfaces();
	const names = Object.keys(addressed).filter((name) => addressed[name]?.some(({ internal }) => !internal));
	const all = [...new Set([...names, ...(await hardwareLinks())])].sort();
	return Promise.all(all.map((name) => link(name, addressed[name] ?? [])));
}

/** Those that have a device behind them; the rest (bridges, tunnels) is the system's own. */
async function hardwareLinks(): Promise<string[]> {
	const names = await readdir(NETWORK).catch(() => []);
	const contents = await Promise.all(
		names.map((name) => readdir(`${NETWORK}/${name}`).catch(() => [] as string[])),
	);
	return names.filter((_, index) => contents[index]?.includes("device"));
}

async function link(name: string, addresses: readonly os.NetworkInterfaceInfo[]) {
	const [state, speed, mac] = await Promise.all(
		["operstate", "speed", "address"].map((fact) => textOf(`${NETWORK}/${name}/${fact}`)),
	);
	// -1 while there is no link; wireless ones tell none.
	const speedMbits = Number.parseInt(speed ?? "", 10);
	return {
		name,
		isUp: !DOWN_STATES.has((state ?? "").trim()),
		mac: addresses[0]?.mac ?? (mac ?? "").trim(),
		addresses: addresses.map(({ cidr, address }) => cidr ?? address),
		speedMbits: speedMbits > 0 ? speedMbits : null,
	};
}

/** systemd-timesyncd says so by this file; null where another service keeps the time. */
export async function isTimeSynchronised(): Promise<boolean | null> {
	const folder = await readdir("/run/systemd/timesync").catch(() => undefined);
	return folder === undefined ? null : folder.includes("synchronized");
}

/** Ways out, the best first (proc_net(5); kernel: net/ipv4/fib_trie.c, net/ipv6/route.c). */
export async function gateways(): Promise<readonly string[]> {
	const [four, six] = await Promise.all([textOf("/proc/net/route"), textOf("/proc/net/ipv6_route")]);
	return gatewaysIn(four, six);
}

export function gatewaysIn(four: string, six: string): readonly string[] {
	const found: { readonly address: string; readonly metric: number }[] = [];
	for (const line of four.split("\n").slice(1)) {
		const [, target = "", gateway = "", , , , metric = "0"] = line.split("\t");
		if (target !== "00000000" || gateway === "00000000" || gateway.length !== 8) continue;
		// Octets as they lie in the memory of the machine: little ones first, on all that Postern runs on.
		const address = [...Buffer.from(gateway, "hex")].reverse().join(".");
		found.push({ address, metric: Number(metric) });
	}
	for (const line of six.split("\n")) {
		const [target = "", length = "", , , gateway = "", metric = "0", , , , link = ""] = line
			.trim()
			.split(/\s+/);
		if (!/^0{32}$/.test(target) || length !== "00" || /^0{32}$/.test(gateway) || link === "lo") continue;
		const groups = gateway.match(/.{4}/g) ?? [];
		const { address } = new SocketAddress({ address: groups.join(":"), family: "ipv6" });
		found.push({ address, metric: Number.parseInt(metric, 16) });
	}
	found.sort((one, other) => one.metric - other.metric);
	return [...new Set(found.map(({ address }) => address))];
}

/** What systemd-resolved asks; else what programs ask. */
export async function nameServers(): Promise<readonly string[]> {
	const text = (await textOf("/run/systemd/resolve/resolv.conf")) || (await textOf("/etc/resolv.conf"));
	return [...text.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = ""]) => server);
}
