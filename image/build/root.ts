/**
 * The image's root folder: packages unpacked without running a line of theirs, then what their scripts would have done,
 * done here, then what only the image has (overlay/). For image.ts. Nothing of another architecture is executed, so it
 * takes half a minute.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	appendFileSync,
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { MODULES, moduleFiles } from "./modules.ts";
import { KEPT, WORK } from "./places.ts";
import type { Toolbox } from "./toolbox.ts";

export interface RootOptions {
	/** In the work folder. */
	readonly folder: string;
	readonly packages: readonly string[];
	/** Our own, for arm64. */
	readonly ownPackage: string;
	/** Folders by installed path that are laid over it, the later ones over the earlier. */
	readonly overlays: readonly string[];
	/** By whose key an update must be signed. */
	readonly trustedCertificate: string;
	readonly version: string;
	readonly epochSeconds: number;
	readonly toolbox: Toolbox;
}

export const BOOT_PARTS = path.join(WORK, "boot-parts");

/** Nobody reads them on a box without a terminal. Licences stay. */
const LEFT_OUT = [
	...[
		"./usr/share/man/*",
		"./usr/share/locale/*",
		"./usr/share/info/*",
		"./usr/share/lintian/*",
		"./usr/share/bug/*",
	],
	...["./usr/share/bash-completion/*", "./usr/share/zsh/*", "./usr/share/fish/*", "./usr/share/doc-base/*"],
	...["./etc/init.d/*", "./etc/rc?.d/*", "./etc/cron*", "./etc/apt*", "./usr/lib/udev/hwdb.d/*"],
	// Boards whose Wi-Fi is not the one of a Raspberry Pi.
	...[
		"./usr/lib/firmware/brcm/brcmfmac43236*",
		"./usr/lib/firmware/brcm/brcmfmac43242*",
		"./usr/lib/firmware/brcm/brcmfmac43569*",
	],
];

/** Of systemd's own what would write, ask or wait for somebody. */
const MASKED = [
	...[
		"systemd-firstboot",
		"systemd-machine-id-commit",
		"systemd-hwdb-update",
		"systemd-journal-catalog-update",
	],
	...[
		"systemd-update-done",
		"ldconfig",
		"systemd-networkd-wait-online",
		"getty@tty1",
		"serial-getty@ttyAMA0",
	],
	...[
		"serial-getty@ttyS0",
		"serial-getty@ttyS1",
		"serial-getty@hvc0",
		"console-getty",
		"e2scrub_reap",
		"systemd-pcrphase",
	],
	...["rauc-mark-good", "systemd-boot-update", "systemd-random-seed", "debug-shell"],
].map((unit) => `${unit}.service`);
/** The kernel runs no other formats of programs. */
const MASKED_MOUNTS = ["proc-sys-fs-binfmt_misc.automount"];
const MASKED_TIMERS = ["e2scrub_all.timer", "fstrim.timer", "apt-daily.timer", "dpkg-db-backup.timer"];

export async function makeRoot(options: RootOptions): Promise<void> {
	const { folder, packages, ownPackage, overlays, trustedCertificate } = options;
	rmSync(folder, { recursive: true, force: true });
	execFileSync("cp", ["-a", "--reflink=auto", unpacked(packages), folder]);
	unpack(ownPackage, folder);
	for (const overlay of overlays) layOver(overlay, folder);
	copyFileSync(trustedCertificate, path.join(folder, "etc", "rauc", "keyring.pem"));
	writeFacts(options);
	makeUsers(folder);
	await finish(options);
	await checkUnits(options);
}

/** systemd says nothing of units that are well; of a mistake or of two that wait for each other it does, and starts without. */
async function checkUnits({ folder, toolbox }: RootOptions): Promise<void> {
	const verify = `systemd-analyze verify --man=no --root=/w/${path.basename(folder)} multi-user.target 2>&1`;
	const said = await toolbox.run("sh", ["-c", `${verify} || echo "systemd-analyze ended with $?"`]);
	if (said !== "") throw new Error(`the image's units are not well:\n${said}`);
}

/** Debian's packages laid over each other; the same ones are unpacked once. Gives the folder, which is not to be changed. */
function unpacked(packages: readonly string[]): string {
	const key = createHash("sha256").update(
		JSON.stringify([packages.map((file) => path.basename(file)), LEFT_OUT]),
	);
	const folder = path.join(KEPT, `unpacked-${key.digest("hex").slice(0, 12)}`);
	if (existsSync(folder)) return folder;
	const unfinished = `${folder}.part`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(unfinished, { recursive: true, mode: 0o755 });
	const nameOf = (file: string) =>
		execFileSync("dpkg-deb", ["-f", file, "Package"], { encoding: "utf8" }).trim();
	// It has the links from /bin to /usr/bin, and comes first.
	const base = packages.filter((file) => nameOf(file) === "base-files");
	for (const file of [...base, ...packages.filter((one) => !base.includes(one))]) unpack(file, unfinished);
	renameSync(unfinished, folder);
	return folder;
}

function unpack(file: string, folder: string): void {
	const excluded = LEFT_OUT.flatMap((pattern) => ["--exclude", pattern]);
	const script =
		'file=$1 folder=$2; shift 2; dpkg-deb --fsys-tarfile "$file" | tar -x -C "$folder" --keep-directory-symlink --wildcards "$@"';
	execFileSync("bash", ["-o", "pipefail", "-c", script, "bash", file, folder, ...excluded]);
}

/** git keeps of a mode only whether it can be run; who may read is the same for all. */
function layOver(overlay: string, folder: string): void {
	if (!existsSync(overlay)) return;
	for (const entry of readdirSync(overlay, { recursive: true, withFileTypes: true })) {
		const from = path.join(entry.parentPath, entry.name);
		const to = path.join(folder, path.relative(overlay, from));
		if (entry.isDirectory()) {
			mkdirSync(to, { recursive: true, mode: 0o755 });
		} else {
			mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 });
			copyFileSync(from, to);
			chmodSync(to, readFileSync(from).subarray(0, 2).toString() === "#!" ? 0o755 : 0o644);
		}
	}
}

function writeFacts({ folder, version, epochSeconds }: RootOptions): void {
	const facts = {
		version,
		compatible: "postern-arm64",
		builtAt: new Date(epochSeconds * 1_000).toISOString(),
	};
	const file = path.join(folder, "usr", "lib", "postern", "image.json");
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, `${JSON.stringify(facts)}\n`);
	// systemd lets no clock be before the time of this file.
	writeFileSync(path.join(folder, "usr", "lib", "clock-epoch"), "");
}

/** base-passwd's script does this; nobody of them can sign in. */
function makeUsers(folder: string): void {
	const masters = path.join(folder, "usr", "share", "base-passwd");
	const etc = path.join(folder, "etc");
	for (const name of ["passwd", "group"])
		copyFileSync(path.join(masters, `${name}.master`), path.join(etc, name));
	const names = (file: string) =>
		readFileSync(path.join(etc, file), "utf8")
			.split("\n")
			.filter(Boolean)
			.map((line) => line.split(":")[0]);
	writeFileSync(
		path.join(etc, "shadow"),
		names("passwd")
			.map((name) => `${name}:*:19000:0:99999:7:::\n`)
			.join(""),
	);
	writeFileSync(
		path.join(etc, "gshadow"),
		names("group")
			.map((name) => `${name}:*::\n`)
			.join(""),
	);
	for (const name of ["shadow", "gshadow"]) chmodSync(path.join(etc, name), 0o640);
}

async function finish({ folder, toolbox, epochSeconds }: RootOptions): Promise<void> {
	const inside = `/w/${path.basename(folder)}`;
	const etc = path.join(folder, "etc");
	// The day on which nobody's password was changed last.
	await toolbox.run("systemd-sysusers", [`--root=${inside}`], { SOURCE_DATE_EPOCH: `${epochSeconds}` });
	const certificates = path.join(folder, "usr", "share", "ca-certificates", "mozilla");
	mkdirSync(path.join(etc, "ssl", "certs"), { recursive: true });
	const bundle = path.join(etc, "ssl", "certs", "ca-certificates.crt");
	writeFileSync(bundle, "");
	for (const name of readdirSync(certificates).sort())
		appendFileSync(bundle, readFileSync(path.join(certificates, name)));
	writeFileSync(path.join(etc, "machine-id"), "");
	writeFileSync(path.join(etc, "hostname"), "postern\n");
	writeFileSync(path.join(etc, "hosts"), "127.0.0.1 localhost\n127.0.1.1 postern\n::1 localhost\n");
	writeFileSync(
		path.join(etc, "nsswitch.conf"),
		"passwd: files\ngroup: files\nshadow: files\ngshadow: files\nhosts: files myhostname resolve [!UNAVAIL=return] dns\nnetworks: files\nprotocols: files\nservices: files\n",
	);
	link("../run/systemd/resolve/stub-resolv.conf", path.join(etc, "resolv.conf"));
	// boot-state writes it: the disk has another name on each board.
	link("/run/fw_env.config", path.join(etc, "fw_env.config"));
	// What update-alternatives would choose: Debian's copy is signed by Debian's kernel key, upstream's by the kernel's own.
	for (const name of ["regulatory.db", "regulatory.db.p7s"])
		if (existsSync(path.join(folder, "usr/lib/firmware", `${name}-upstream`)))
			link(`${name}-upstream`, path.join(folder, "usr/lib/firmware", name));
	await toolbox.run("systemctl", [`--root=${inside}`, "preset-all"]);
	await toolbox.run("systemctl", [`--root=${inside}`, "set-default", "multi-user.target"]);
	for (const unit of [...MASKED, ...MASKED_TIMERS, ...MASKED_MOUNTS])
		link("/dev/null", path.join(etc, "systemd", "system", unit));
	// What systemd would make at the start, where nothing can be written.
	await toolbox.run("systemd-tmpfiles", [`--root=${inside}`, "--create", "--prefix=/etc", "--prefix=/srv"]);
	await pruneModules(folder, inside, toolbox);
	takeBootParts(folder);
	for (const gone of [
		"var/lib/dpkg",
		"var/lib/apt",
		"var/cache",
		"var/log",
		"boot/vmlinuz",
		"usr/share/doc/systemd",
	])
		rmSync(path.join(folder, gone), { recursive: true, force: true });
	for (const made of ["data", "boot/firmware", "proc", "sys", "dev", "run", "tmp", "var"])
		mkdirSync(path.join(folder, made), { recursive: true });
	execFileSync("find", [
		folder,
		"-newermt",
		`@${epochSeconds}`,
		"-exec",
		"touch",
		"-h",
		"-d",
		`@${epochSeconds}`,
		"{}",
		"+",
	]);
}

function link(target: string, file: string): void {
	mkdirSync(path.dirname(file), { recursive: true });
	rmSync(file, { force: true });
	symlinkSync(target, file);
}

/** What is read before there is a root: kernel, firmware, device trees, U-Boot. They leave it. */
function takeBootParts(folder: string): void {
	rmSync(BOOT_PARTS, { recursive: true, force: true });
	mkdirSync(BOOT_PARTS, { recursive: true });
	const modules = path.join(folder, "usr/lib/modules", kernelOf(folder));
	const parts = {
		Image: path.join(modules, "vmlinuz"),
		trees: path.join(modules, "dtb", "broadcom"),
		firmware: path.join(folder, "usr/lib/raspi-firmware"),
		"u-boot": path.join(folder, "usr/lib/u-boot"),
	};
	for (const [name, from] of Object.entries(parts)) renameSync(from, path.join(BOOT_PARTS, name));
	for (const gone of ["dtb", "System.map", "config"])
		rmSync(path.join(modules, gone), { recursive: true, force: true });
}

export function kernelOf(root: string): string {
	const [version = ""] = readdirSync(path.join(root, "usr", "lib", "modules"));
	return version;
}

/** Those that stay are unpacked: the root's own compression does better, and starting is quicker. */
async function pruneModules(folder: string, inside: string, toolbox: Toolbox): Promise<void> {
	const kernel = kernelOf(folder);
	await toolbox.run("depmod", ["-b", inside, kernel]);
	const modules = path.join(folder, "usr", "lib", "modules", kernel);
	const kept = moduleFiles(modules, MODULES);
	for (const entry of readdirSync(path.join(modules, "kernel"), { recursive: true, withFileTypes: true })) {
		const file = path.join(entry.parentPath, entry.name);
		if (entry.isFile() && !kept.has(path.relative(modules, file))) rmSync(file);
	}
	const compressed = [...kept].filter((file) => file.endsWith(".xz")).map((file) => path.join(modules, file));
	if (compressed.length > 0) execFileSync("xz", ["-d", ...compressed]);
	execFileSync("find", [modules, "-type", "d", "-empty", "-delete"]);
	await toolbox.run("depmod", ["-b", inside, kernel]);
}
