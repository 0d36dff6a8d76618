/**
 * Debian's own tools of the image's release, in a folder of their own: what builds the image does not depend on what this
 * machine runs. Made once (a minute), kept with node_modules. For the files of this folder; needs root.
 *
 * Throws the tool's own words when one fails.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { type Mirror, RELEASE } from "./mirror.ts";
import { KEPT } from "./places.ts";

const run = promisify(execFile);

/** To build with, and to boot what was built. */
const TOOLS = [
	...["mtools", "dosfstools", "e2fsprogs", "erofs-utils", "fdisk", "zstd", "xz-utils", "cpio", "kmod"],
	...[
		"rauc",
		"u-boot-tools",
		"device-tree-compiler",
		"systemd",
		"openssl",
		"ca-certificates",
		"squashfs-tools",
	],
	// Of the loader for UEFI, for 64-bit ARM also on a machine that is one.
	"gcc-aarch64-linux-gnu",
	...["qemu-system-arm", "qemu-utils", "u-boot-qemu", "qemu-efi-aarch64"],
];

/** Enters the folder as the root of everything, with the work folder as /w. $1 toolbox, $2 work folder, then the command. */
const ENTER = `set -e
toolbox=$1 work=$2
shift 2
mount --bind "$toolbox" "$toolbox"
mount --rbind /dev "$toolbox/dev"
mount -t proc proc "$toolbox/proc"
mount --rbind /sys "$toolbox/sys"
mkdir -p "$toolbox/w"
mount --bind "$work" "$toolbox/w"
exec chroot "$toolbox" "$@"`;

export class Toolbox {
	readonly #folder: string;
	readonly #workFolder: string;

	private constructor(folder: string, workFolder: string) {
		this.#folder = folder;
		this.#workFolder = workFolder;
	}

	static async open(mirror: Mirror, workFolder: string): Promise<Toolbox> {
		if (process.getuid?.() !== 0)
			throw new Error("the image is built as root: it has files of other users in it");
		const name = createHash("sha256")
			.update(`${RELEASE} ${TOOLS.join(" ")}`)
			.digest("hex")
			.slice(0, 12);
		const folder = path.join(KEPT, `toolbox-${name}`);
		if (!existsSync(folder)) await make(folder, mirror);
		return new Toolbox(folder, workFolder);
	}

	/** Runs a tool; its paths begin with /w, which is the work folder. Gives its standard output. */
	async run(command: string, argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
		const { stdout } = await run("unshare", this.#entering(command, argv), {
			env: this.#environment(environment),
			maxBuffer: 2 ** 26,
		});
		return stdout;
	}

	/** The same, for as long as it runs: an emulator. In that network namespace, if one is given. */
	start(command: string, argv: readonly string[], namespace?: string): ChildProcess {
		const entering = ["unshare", ...this.#entering(command, argv)];
		const within = namespace === undefined ? entering : ["ip", "netns", "exec", namespace, ...entering];
		const [program = "", ...rest] = within;
		return spawn(program, rest, {
			env: this.#environment({}),
			stdio: ["ignore", "pipe", "pipe"],
		});
	}

	#entering(command: string, argv: readonly string[]): readonly string[] {
		return ["--mount", "sh", "-c", ENTER, "sh", this.#folder, this.#workFolder, command, ...argv];
	}

	#environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
		return { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC", HOME: "/root", ...more };
	}
}

async function make(folder: string, mirror: Mirror): Promise<void> {
	const unfinished = `${folder}.part`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(KEPT, { recursive: true });
	const include = `--include=${TOOLS.join(",")}`;
	const options = [
		"--variant=apt",
		"--mode=root",
		"--skip=check/qemu",
		'--aptopt=Apt::Install-Recommends "0"',
	];
	execFileSync(
		"mmdebstrap",
		[...options, include, RELEASE, unfinished, `deb ${mirror.main} ${RELEASE} main`],
		{
			stdio: ["ignore", "ignore", "pipe"],
		},
	);
	renameSync(unfinished, folder);
}
