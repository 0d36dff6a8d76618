/**
 * A site of several machines on one switch, each a network namespace of this one, for tests of what happens between machines. Needs root
 * and iproute2. What it has made, `close` removes, and ends what runs in it.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import net from "node:net";
import path from "node:path";
import type { Program } from "./program.ts";

const NETWORK = "10.77.0";
const SWITCH = "switch";

export const addressOf = (host: number) => `${NETWORK}.${host}`;

/** Undefined: it can be built here. */
export function whyNoSite(): string | undefined {
	if (process.getuid?.() !== 0) return "network namespaces are made by root";
	if (spawnSync("ip", ["-V"]).error !== undefined) return "ip (iproute2) is not installed";
	const trial = "ip link add br9 type bridge && ip link add one9 type veth peer name two9";
	const { status } = spawnSync("unshare", ["-n", "sh", "-c", trial]);
	return status === 0 ? undefined : "this kernel makes no network namespaces with a bridge and veth";
}

export class Site {
	readonly #prefix = `postern-${process.pid}-`;
	readonly #machines: string[] = [];
	readonly #closing: (() => void)[] = [];

	/** The switch, with an address of its own for what stands outside of the machines. */
	static build(): Site {
		const site = new Site();
		site.#add(SWITCH);
		site.ip(SWITCH, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
		site.ip(SWITCH, "addr", "add", `${addressOf(1)}/24`, "dev", "br0");
		site.ip(SWITCH, "link", "set", "br0", "up");
		return site;
	}

	/** A machine with a cable to the switch, `eth0` at its end. */
	plugIn(machine: string, host: number): void {
		this.#add(machine);
		const name = this.#name(machine);
		this.ip(SWITCH, "link", "add", machine, "type", "veth", "peer", "name", "eth0", "netns", name);
		this.ip(SWITCH, "link", "set", machine, "master", "br0", "up");
		this.ip(machine, "addr", "add", `${addressOf(host)}/24`, "dev", "eth0");
		this.ip(machine, "link", "set", "eth0", "up");
	}

	/** Nothing is said any more to anybody: the cable goes before the processes, whose end would close connections. */
	cutPower(machine: string): void {
		this.ip(SWITCH, "link", "set", machine, "down");
		this.#killAll(machine);
	}

	/** What runs there has to be started again. */
	restorePower(machine: string): void {
		this.ip(SWITCH, "link", "set", machine, "up");
	}

	holds(machine: string, address: string): boolean {
		return this.ip(machine, "-4", "-o", "addr").includes(` ${address}/`);
	}

	ip(machine: string, ...args: readonly string[]): string {
		return execFileSync("ip", ["-n", this.#name(machine), ...args], { encoding: "utf8" });
	}

	/** The program, as it is run on that machine. */
	programOn(machine: string, { command, argv }: Program): Program {
		return { command: "ip", argv: ["netns", "exec", this.#name(machine), command, ...argv] };
	}

	spawn(machine: string, command: string, argv: readonly string[], environment = process.env): ChildProcess {
		const program = this.programOn(machine, { command, argv });
		return spawn(program.command, program.argv, {
			env: environment,
			stdio: ["ignore", "pipe", "pipe"],
		});
	}

	/**
	 * Makes a port of this test's loopback one of the switch's: through a socket in the file system, which machines share. Machines
	 * reach it at `addressOf(1)`, and over their own loopback where `internetOn` brings it.
	 */
	async offer(port: number, folder: string): Promise<void> {
		const socketPath = path.join(folder, "offered.sock");
		const server = net.createServer((socket) => {
			const onward = net.connect(port, "127.0.0.1");
			for (const [from, to] of [
				[socket, onward],
				[onward, socket],
			] as const) {
				from.on("error", () => to.destroy());
				from.pipe(to);
			}
		});
		await new Promise<void>((resolve) => server.listen(socketPath, resolve));
		this.#closing.push(() => server.close());
		await this.#forward(SWITCH, `${addressOf(1)}:${port}`, socketPath);
	}

	/** Until the process ends, the machine reaches what is offered at that port. */
	internetOn(machine: string, port: number): Promise<ChildProcess> {
		return this.#forward(machine, `127.0.0.1:${port}`, `${addressOf(1)}:${port}`);
	}

	async #forward(machine: string, from: string, to: string): Promise<ChildProcess> {
		const script = path.join(import.meta.dirname, "forwarder.ts");
		const forwarder = this.spawn(machine, process.execPath, [script, from, to]);
		await new Promise<void>((resolve, reject) => {
			forwarder.stdout?.once("data", () => resolve());
			forwarder.once("exit", () => reject(new Error(`nothing forwards from ${from} on ${machine}`)));
		});
		return forwarder;
	}

	close(): void {
		for (const machine of this.#machines) this.#killAll(machine);
		for (const close of this.#closing) close();
		for (const machine of this.#machines) spawnSync("ip", ["netns", "del", this.#name(machine)]);
	}

	#add(machine: string): void {
		execFileSync("ip", ["netns", "add", this.#name(machine)]);
		this.#machines.push(machine);
		this.ip(machine, "link", "set", "lo", "up");
	}

	#name(machine: string): string {
		return `${this.#prefix}${machine}`;
	}

	#killAll(machine: string): void {
		const pids = spawnSync("ip", ["netns", "pids", this.#name(machine)], { encoding: "utf8" }).stdout;
		for (const pid of pids.split("\n").filter(Boolean)) {
			try {
				process.kill(Number(pid), "SIGKILL");
			} catch {
				// It has ended meanwhile.
			}
		}
	}
}
