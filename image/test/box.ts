/**
 * A box for tests: the image's test variant booted in QEMU as a card would be in a board, with ports of this machine's
 * loopback forwarded to it and a shell on a console that only QEMU offers. What it writes stays in a card of its own, so
 * that it can be switched off and on again.
 *
 * Rejects with the end of its serial console when it does not come up in time.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
	createReadStream,
	existsSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../scripts/bench/program.ts";
import { copySparsely } from "../../scripts/powercut/crash-images.ts";
import { STARTS } from "../build/disk.ts";
import { mirrorHere } from "../build/mirror.ts";
import { WORK } from "../build/places.ts";
import { Toolbox } from "../build/toolbox.ts";

const TEST_IMAGE = path.join(WORK, "test.img");
/** Everything in an emulated machine takes its time, and more beside other work. */
export const PATIENCE_MS = Number(process.env["POSTERN_PATIENCE_S"] ?? 300) * 1_000;
const LOOK_MS = 500;
const CARD_BYTES = 2 * 1024 ** 3;
const BOOT_ID = "cat /proc/sys/kernel/random/boot_id";
/** The shell's answer ends with it. */
const END = "postern-end-of-answer";

/** As the toolbox sees it. */
const inside = (file: string) => `/w/${path.relative(WORK, file)}`;

export type Firmware = "u-boot" | "uefi";
const FIRMWARE_FILES: Record<Firmware, string> = {
	"u-boot": "/usr/lib/u-boot/qemu_arm64/u-boot.bin",
	uefi: "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd",
};

export interface BoxOptions {
	/** Of the box, to be reached from here. */
	readonly ports: readonly number[];
	/** Put into the board's device tree, as source: what is soldered to it. */
	readonly soldered?: string;
	/** Of the kernel, which is then started without U-Boot, from slot A. */
	readonly kernelArguments?: string;
	/** What the board has in place of a Raspberry Pi's firmware: U-Boot, unless it is said. */
	readonly firmware?: Firmware;
	/** Its network is a device of another namespace, instead of QEMU's own network; no ports are forwarded then. */
	readonly wire?: { readonly namespace: string; readonly device: string };
	/** In place of a new one; it is taken, not copied. */
	readonly card?: string;
	/** Every write to the card comes into a log (`writeLog`), of the last start alone. */
	readonly isLogged?: boolean;
}

/** As `boot.cmd` has it for slot A. */
const FROM_CARD = "postern.slot=50057e12-02 postern.data=50057e12-04 rauc.slot=A panic=10 quiet";

export class Box {
	readonly #toolbox: Toolbox;
	readonly #folder: string;
	readonly #forwards = new Map<number, number>();
	#qemu: ChildProcess | undefined;
	#shell: Socket | undefined;
	#starts = 0;
	#isLogged = false;
	#wire: BoxOptions["wire"];
	#tree: string | undefined;
	/** May be another one at the next start. */
	kernelArguments: string | undefined;
	/** The same: a card can be put into another board. */
	firmware: Firmware = "u-boot";

	private constructor(toolbox: Toolbox, folder: string) {
		this.#toolbox = toolbox;
		this.#folder = folder;
	}

	/** A new card, not yet switched on. */
	static async make(options: BoxOptions): Promise<Box> {
		const { ports, soldered, kernelArguments, wire, card, isLogged, firmware = "u-boot" } = options;
		if (!existsSync(TEST_IMAGE)) throw new Error("there is no test image: scripts/test-image builds it");
		const toolbox = await Toolbox.open(mirrorHere(), WORK);
		const box = new Box(toolbox, mkdtempSync(path.join(WORK, "box-")));
		if (card === undefined) copySparsely(TEST_IMAGE, box.card);
		else renameSync(card, box.card);
		truncateSync(box.card, CARD_BYTES);
		box.#isLogged = isLogged === true;
		box.#wire = wire;
		for (const port of ports) box.#forwards.set(port, await freePort());
		if (soldered !== undefined) await box.#solder(soldered);
		box.kernelArguments = kernelArguments;
		box.firmware = firmware;
		return box;
	}

	get card(): string {
		return path.join(this.#folder, "card.img");
	}

	/** As the card was when the box was switched on. */
	get cardBefore(): string {
		return path.join(this.#folder, "before.img");
	}

	/** Of all that was written since then, as QEMU's blklogwrites has it. */
	get writeLog(): string {
		return path.join(this.#folder, "writes.log");
	}

	/** What kernel and loader said, of this start. */
	get serial(): string {
		const file = this.#file("serial.log");
		return existsSync(file) ? readFileSync(file, "latin1") : "";
	}

	/** Where a port of the box is reached on this machine's loopback. */
	port(ofBox: number): number {
		const port = this.#forwards.get(ofBox);
		if (port === undefined) throw new Error(`port ${ofBox} of the box is not forwarded`);
		return port;
	}

	/** Resolves when its shell answers; gives the seconds that took. */
	async switchOn(): Promise<number> {
		const startedMs = performance.now();
		this.#starts += 1;
		const argv = [
			...["-M", "virt,gic-version=3", "-cpu", "cortex-a53", "-smp", "2", "-m", "1024"],
			...["-accel", "tcg,thread=multi"],
			...(this.#tree === undefined ? [] : ["-dtb", inside(this.#tree)]),
			...["-qmp", `unix:${inside(this.#file("monitor.sock"))},server=on,wait=off`],
			...["-nodefaults", "-display", "none", ...this.#start],
			...this.#drive(),
			...["-device", "virtio-blk-pci,drive=card"],
			...["-netdev", this.#network, "-device", "virtio-net-pci,netdev=lan,romfile="],
			...["-device", "virtio-rng-pci", "-device", "i6300esb", "-device", "virtio-serial-pci"],
			...["-chardev", `socket,id=shell,path=${inside(this.#file("shell.sock"))},server=on,wait=off`],
			...["-device", "virtconsole,chardev=shell", "-serial", `file:${inside(this.#file("serial.log"))}`],
		];
		this.#qemu = this.#toolbox.start("qemu-system-aarch64", argv, this.#wire?.namespace);
		const said: string[] = [];
		for (const stream of [this.#qemu.stdout, this.#qemu.stderr])
			stream?.on("data", (chunk) => said.push(String(chunk)));
		const endMs = performance.now() + PATIENCE_MS;
		while (performance.now() < endMs && this.#qemu.exitCode === null && this.#qemu.signalCode === null) {
			if (await this.#answers()) return (performance.now() - startedMs) / 1_000;
			await delay(LOOK_MS);
		}
		const end = this.serial.slice(-3_000);
		await this.cutPower();
		throw new Error(`the box does not start:\n${said.join("")}\n${end}`);
	}

	get #network(): string {
		if (this.#wire !== undefined) return `tap,id=lan,ifname=${this.#wire.device},script=no,downscript=no`;
		const forwards = [...this.#forwards].map(([guest, host]) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
		return `user,id=lan${forwards.join("")}`;
	}

	#drive(): readonly string[] {
		if (!this.#isLogged) {
			return ["-drive", `if=none,id=card,format=raw,cache=writeback,file=${inside(this.card)}`];
		}
		copySparsely(this.card, this.cardBefore);
		writeFileSync(this.writeLog, "");
		return [
			...["-blockdev", `driver=file,node-name=file,filename=${inside(this.card)}`],
			...["-blockdev", `driver=file,node-name=log,filename=${inside(this.writeLog)}`],
			...["-blockdev", "driver=blklogwrites,node-name=card,file=file,log=log,log-sector-size=512"],
		];
	}

	get #start(): readonly string[] {
		if (this.kernelArguments === undefined) return ["-bios", FIRMWARE_FILES[this.firmware]];
		const kernel = ["-kernel", "/w/slot.files/Image", "-initrd", "/w/slot.files/initrd.img"];
		return [...kernel, "-append", `${FROM_CARD} ${this.kernelArguments}`];
	}

	/** As QEMU's monitor answers: a look at the board from outside, of which nothing in the box knows. */
	async *monitor(command: string, everyMs: number): AsyncGenerator<string> {
		const monitor = connect(this.#file("monitor.sock"));
		const lines = createInterface({ input: monitor });
		const ask = (execute: string, more: object = {}) =>
			monitor.write(`${JSON.stringify({ execute, arguments: more })}\n`);
		try {
			ask("qmp_capabilities");
			const look = () => ask("human-monitor-command", { "command-line": command });
			look();
			for await (const line of lines) {
				const answer: unknown = JSON.parse(line);
				const told = typeof answer === "object" && answer !== null && "return" in answer && answer.return;
				if (typeof told !== "string") continue;
				yield told;
				await delay(everyMs);
				look();
			}
		} finally {
			lines.close();
			monitor.destroy();
		}
	}

	/** In its shell, as root. Gives what was printed. */
	async run(command: string, patienceMs = PATIENCE_MS): Promise<string> {
		const shell = await this.#connected();
		let output = "";
		const take = (chunk: Buffer) => {
			output += chunk.toString();
		};
		shell.on("data", take);
		try {
			const marker = `${END}-${Math.random().toString(36).slice(2)}`;
			// The shell shows what it is told: the marker is put together only when it is printed.
			shell.write(`${command}; printf '%s%s\\n' '${marker.slice(0, 9)}' '${marker.slice(9)}'\n`);
			const endMs = performance.now() + patienceMs;
			while (!output.includes(marker)) {
				if (performance.now() > endMs) throw new Error(`no answer to ${command}:\n${output}`);
				await delay(50);
			}
			const text = output.replaceAll("\r", "");
			// The shell may show it twice: as the terminal took it, and as the shell read it.
			const shown = Math.max(text.lastIndexOf(`'${marker.slice(9)}'`), 0);
			return text.slice(text.indexOf("\n", shown) + 1, text.lastIndexOf(marker)).trim();
		} finally {
			shell.off("data", take);
		}
	}

	/** Has it start again by itself; resolves when its shell answers in the new start. */
	async restart(command = "systemctl reboot"): Promise<void> {
		const before = await this.run(BOOT_ID);
		// Its shell goes under it: what it says is lost with the start that it belongs to.
		await this.run(`(${command} > /run/restart.log 2>&1 &)`);
		const endMs = performance.now() + 2 * PATIENCE_MS;
		while (performance.now() < endMs) {
			await delay(LOOK_MS);
			const now = await this.run(BOOT_ID, 5_000).catch(() => before);
			if (now !== before && now.length === before.length) return;
		}
		const said = await this.run("cat /run/restart.log", 5_000).catch(() => "");
		throw new Error(`the box does not start again: ${said}\n${this.serial.slice(-3_000)}`);
	}

	/** A file of this machine, into the box's data. */
	async take(file: string, to: string): Promise<void> {
		const server = createHttpServer((_, answer) => createReadStream(file).pipe(answer)).listen(
			0,
			"127.0.0.1",
		);
		try {
			await once(server, "listening");
			const { port } = server.address() as AddressInfo;
			// QEMU shows this machine's loopback as 10.0.2.2.
			const told = await this.run(`busybox wget -q -O ${to} http://10.0.2.2:${port}/ && echo taken`);
			if (!told.includes("taken")) throw new Error(`the box does not take ${file}: ${told}`);
		} finally {
			server.close();
		}
	}

	/** Onto the boot partition, as another computer does it that has the card; the box is off. */
	async putBootFile(name: string, content: Buffer): Promise<void> {
		const file = path.join(this.#folder, "for-boot");
		writeFileSync(file, content);
		await this.#toolbox.run("mcopy", ["-o", "-i", this.#bootPartition, inside(file), `::/${name}`]);
	}

	/** From there; undefined where there is no such file. */
	async bootFile(name: string): Promise<Buffer | undefined> {
		const file = path.join(this.#folder, "from-boot");
		rmSync(file, { force: true });
		await this.#toolbox
			.run("mcopy", ["-n", "-i", this.#bootPartition, `::/${name}`, inside(file)])
			.catch(() => undefined);
		return existsSync(file) ? readFileSync(file) : undefined;
	}

	/** Takes a file out of a slot, as a bad card does it; the box is off. */
	async loseSlotFile(slot: "a" | "b", name: string): Promise<void> {
		await this.#toolbox.run("mdel", ["-i", `${inside(this.card)}@@${STARTS[slot]}M`, `::/${name}`]);
	}

	/** Changes the data's file system behind its back (debugfs(8)); the box is off. */
	async meddleWithData(...requests: readonly string[]): Promise<void> {
		// First what the journal holds: it would be written over what is changed here.
		const script = `data=$(losetup --find --show --offset ${STARTS.data * 1024 * 1024} "$1") || exit
			{ e2fsck -p "$data" || [ $? = 1 ]; } && printf '%s\\n' "$2" | debugfs -w "$data"
			result=$?; losetup --detach "$data"; exit $result`;
		await this.#toolbox.run("sh", ["-c", script, "sh", inside(this.card), requests.join("\n")]);
	}

	get #bootPartition(): string {
		return `${inside(this.card)}@@${STARTS.boot}M`;
	}

	/** A port of this machine's loopback, at the box's own. */
	async offerHostPort(port: number): Promise<void> {
		await this.run(
			`printf '[Socket]\\nListenStream=127.0.0.1:${port}\\n' > /run/systemd/system/host-${port}.socket`,
		);
		// QEMU shows this machine's loopback as 10.0.2.2.
		await this.run(
			`printf '[Service]\\nExecStart=/usr/lib/systemd/systemd-socket-proxyd 10.0.2.2:${port}\\n' > /run/systemd/system/host-${port}.service`,
		);
		await this.run(`systemctl daemon-reload; systemctl start host-${port}.socket`);
	}

	/** As by pulling the plug, but that the host's cache survives. */
	async cutPower(): Promise<void> {
		this.#shell?.destroy();
		this.#shell = undefined;
		const qemu = this.#qemu;
		this.#qemu = undefined;
		if (qemu === undefined || qemu.exitCode !== null || qemu.signalCode !== null) return;
		const ended = once(qemu, "exit");
		qemu.kill("SIGKILL");
		await ended;
	}

	async close(): Promise<void> {
		await this.cutPower();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	/** Into the tree that QEMU would make of this board. */
	async #solder(source: string): Promise<void> {
		const [dtb, dts] = [path.join(this.#folder, "board.dtb"), path.join(this.#folder, "board.dts")];
		const dump = ["-M", `virt,gic-version=3,dumpdtb=${inside(dtb)}`, "-cpu", "cortex-a53", "-smp", "2"];
		await this.#toolbox.run("qemu-system-aarch64", [
			...dump,
			"-m",
			"1024",
			"-nodefaults",
			"-display",
			"none",
		]);
		const tree = await this.#toolbox.run("dtc", ["-q", "-I", "dtb", "-O", "dts", inside(dtb)]);
		writeFileSync(dts, `${tree}\n${source}\n`);
		this.#tree = path.join(this.#folder, "soldered.dtb");
		await this.#toolbox.run("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", inside(this.#tree), inside(dts)]);
	}

	#file(name: string): string {
		return path.join(this.#folder, `${this.#starts}-${name}`);
	}

	async #answers(): Promise<boolean> {
		try {
			return (await this.run("echo here", 5_000)).includes("here");
		} catch {
			// Not there yet: asked again.
			this.#shell?.destroy();
			this.#shell = undefined;
			return false;
		}
	}

	async #connected(): Promise<Socket> {
		if (this.#shell !== undefined && !this.#shell.destroyed) return this.#shell;
		const shell = connect(this.#file("shell.sock"));
		shell.on("error", () => shell.destroy());
		await once(shell, "connect");
		// What was said to it before it was there has come in part: a line that is still open is given up.
		shell.write("\x03\n");
		await delay(200);
		this.#shell = shell;
		return shell;
	}
}
