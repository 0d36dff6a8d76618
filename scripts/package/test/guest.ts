/**
 * A booted Debian 13 in QEMU, for tests that need an installed system: root by ssh, ports forwarded from this machine's
 * loopback, and the simulated Microsoft of the test reachable at the guest's own loopback. What it writes is thrown away.
 *
 * The system is made from the Debian mirror that this machine's apt uses, once, and kept with node_modules. Rejects with
 * the guest's console when it does not boot in time.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../bench/program.ts";
import { FETCHED } from "../places.ts";

/** What the package needs, what Debian has anyway, and a way in. */
const PACKAGES = [
	...["systemd", "systemd-sysv", "udev", "dbus", "init-system-helpers", "debconf", "linux-image-cloud-amd64"],
	...["libstdc++6", "openssh-server", "iproute2", "ca-certificates"],
];
const SUITE = "trixie";
/** Half a minute on a quiet machine. */
const BOOT_LIMIT_MS = 300_000;
const LOOK_MS = 500;

export interface Answer {
	readonly exitCode: number;
	readonly output: string;
}

export interface GuestOptions {
	/** Of the guest, to be reached from here. */
	readonly ports: readonly number[];
	/** Of this machine's loopback, to be reached at the guest's. */
	readonly hostPorts: readonly number[];
	/** Lie in the guest's /root. */
	readonly files: readonly string[];
}

export class Guest {
	readonly #folder: string;
	readonly #qemu: ChildProcess;
	readonly #ports: ReadonlyMap<number, number>;
	#console = "";

	private constructor(folder: string, qemu: ChildProcess, ports: ReadonlyMap<number, number>) {
		this.#folder = folder;
		this.#qemu = qemu;
		this.#ports = ports;
		for (const stream of [qemu.stdout, qemu.stderr]) {
			stream?.on("data", (chunk) => {
				this.#console += String(chunk);
			});
		}
	}

	static async boot({ ports, hostPorts, files }: GuestOptions): Promise<Guest> {
		const system = guestSystem();
		const folder = mkdtempSync(path.join(tmpdir(), "postern-guest-"));
		const archive = path.join(folder, "files.tar");
		for (const file of files) {
			execFileSync("tar", ["-rf", archive, "-C", path.dirname(file), path.basename(file)]);
		}
		const forwarded = new Map<number, number>();
		for (const port of [22, ...ports]) forwarded.set(port, await freePort());
		const forwards = [...forwarded].map(([guest, host]) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
		const qemu = spawn(
			"qemu-system-x86_64",
			[
				// Not KVM: where a machine is itself a guest, it may be there and not work.
				...[
					"-accel",
					"tcg,thread=multi",
					"-cpu",
					"max",
					"-m",
					"1024",
					"-smp",
					"2",
					"-nographic",
					"-no-reboot",
				],
				...["-kernel", path.join(system, "vmlinuz"), "-initrd", path.join(system, "initrd")],
				...["-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0 systemd.show_status=0"],
				...["-drive", `file=${path.join(system, "disk.raw")},format=raw,if=virtio,snapshot=on`],
				...["-drive", `file=${archive},format=raw,if=virtio,readonly=on`],
				...["-nic", `user,model=virtio-net-pci,${forwards.join(",")}`],
			],
			{ stdio: ["ignore", "pipe", "pipe"] },
		);
		const guest = new Guest(folder, qemu, forwarded);
		try {
			await guest.#reachable();
			await guest.must("tar -xf /dev/vdb -C /root");
			for (const port of hostPorts) await guest.#offerHostPort(port);
			return guest;
		} catch (thrown) {
			await guest.close();
			throw thrown;
		}
	}

	/** Where a port of the guest is reached on this machine's loopback. */
	port(guestPort: number): number {
		const port = this.#ports.get(guestPort);
		if (port === undefined) throw new Error(`port ${guestPort} of the guest is not forwarded`);
		return port;
	}

	/** As root, in a shell. */
	async run(command: string, input = ""): Promise<Answer> {
		const child = spawn("ssh", [...this.#ssh(), "root@127.0.0.1", command], {
			stdio: ["pipe", "pipe", "pipe"],
		});
		child.stdin.on("error", () => undefined);
		child.stdin.end(input);
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				output += String(chunk);
			});
		}
		const [exitCode] = (await once(child, "close")) as [number];
		return { exitCode, output };
	}

	/** The same; rejects with what it printed when it fails. */
	async must(command: string, input = ""): Promise<string> {
		const { exitCode, output } = await this.run(command, input);
		if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${output}`);
		return output;
	}

	async close(): Promise<void> {
		if (this.#qemu.exitCode === null && this.#qemu.signalCode === null) {
			const ended = once(this.#qemu, "exit");
			this.#qemu.kill("SIGKILL");
			await ended;
		}
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#ssh(): readonly string[] {
		return [
			...[
				"-p",
				`${this.port(22)}`,
				"-i",
				path.join(guestSystem(), "key"),
				"-o",
				"BatchMode=yes",
				"-o",
				"LogLevel=ERROR",
			],
			...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=10"],
		];
	}

	async #reachable(): Promise<void> {
		const endMs = performance.now() + BOOT_LIMIT_MS;
		while (performance.now() < endMs) {
			if (
				(await this.run("systemctl is-system-running --wait")).output.match(/^(?:running|degraded)/) !== null
			)
				return;
			if (this.#qemu.exitCode !== null || this.#qemu.signalCode !== null) break;
			await delay(LOOK_MS);
		}
		throw new Error(`the guest does not boot:\n${this.#console.slice(-4_000)}`);
	}

	/** QEMU shows this machine's loopback as 10.0.2.2. */
	async #offerHostPort(port: number): Promise<void> {
		const unit = `host-${port}`;
		await this.must(
			`printf '[Socket]\\nListenStream=127.0.0.1:${port}\\n' > /run/systemd/system/${unit}.socket
			printf '[Service]\\nExecStart=/usr/lib/systemd/systemd-socket-proxyd 10.0.2.2:${port}\\n' > /run/systemd/system/${unit}.service
			systemctl daemon-reload && systemctl start ${unit}.socket`,
		);
	}
}

/** A folder with `vmlinuz`, `initrd`, `disk.raw` and the `key` for root. */
function guestSystem(): string {
	const kept = path.join(FETCHED, `guest-${SUITE}`);
	if (existsSync(kept)) return kept;
	mkdirSync(FETCHED, { recursive: true });
	const work = mkdtempSync(path.join(FETCHED, "making-"));
	try {
		const [root, made] = [path.join(work, "root"), path.join(work, "made")];
		mkdirSync(made);
		execFileSync(
			"mmdebstrap",
			["--quiet", "--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, root, mirror()],
			{
				stdio: ["ignore", "ignore", "inherit"],
			},
		);
		execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(made, "key")]);
		mkdirSync(path.join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
		copyFileSync(path.join(made, "key.pub"), path.join(root, "root/.ssh/authorized_keys"));
		writeFileSync(path.join(root, "etc/fstab"), "");
		writeFileSync(path.join(root, "etc/hostname"), "guest\n");
		writeFileSync(
			path.join(root, "etc/systemd/network/any.network"),
			"[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n",
		);
		execFileSync("chroot", [root, "systemctl", "enable", "systemd-networkd", "ssh"], { stdio: "pipe" });
		const boot = path.join(root, "boot");
		for (const name of readdirSync(boot).filter((one) => /^(?:vmlinuz|initrd)/.test(one))) {
			copyFileSync(path.join(boot, name), path.join(made, name.replace(/[-.].*$/, "")));
		}
		execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", root, path.join(made, "disk.raw"), "3G"]);
		renameSync(made, kept);
		return kept;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** The one that this machine's apt uses. */
function mirror(): string {
	const targets = execFileSync(
		"apt-get",
		["indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"],
		{
			encoding: "utf8",
		},
	);
	const found = targets
		.split("\n")
		.find((line) => line.endsWith(" Debian Debian"))
		?.split(" ")[0];
	if (found === undefined) throw new Error("apt knows no Debian mirror: run apt-get update");
	return found;
}
