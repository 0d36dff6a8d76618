/**
 * Sockets that systemd listens on for the service and hands over at start (sd_listen_fds(3)): the service needs no right to
 * bind a port below 1024, and while it restarts nobody is refused, because systemd goes on taking connections. For
 * listeners.ts.
 *
 * A socket is known by the address it is bound to, so the configuration says what is spoken on it, as on any other.
 * Nothing is passed: every question is answered with "none".
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { SocketAddress } from "node:net";

/** sd_listen_fds(3): the first one; the others follow. */
const FIRST_DESCRIPTOR = 3;
const EVERYWHERE = ["::", "0.0.0.0"];

export interface Place {
	readonly host: string;
	readonly port: number;
}

export interface PassedSocket extends Place {
	readonly descriptor: number;
}

export class PassedSockets {
	readonly #sockets: readonly PassedSocket[];
	readonly #taken = new Set<number>();

	constructor(sockets: readonly PassedSocket[]) {
		this.#sockets = sockets;
	}

	/** For this process, as its environment says. Throws the system's error when one of them is no listening socket. */
	static of(environment: NodeJS.ProcessEnv): PassedSockets {
		const count = Number(environment["LISTEN_FDS"] ?? 0);
		if (environment["LISTEN_PID"] !== `${process.pid}` || !Number.isInteger(count))
			return new PassedSockets([]);
		const descriptors = Array.from({ length: count }, (_, index) => FIRST_DESCRIPTOR + index);
		const places = boundPlaces();
		return new PassedSockets(
			descriptors.flatMap((descriptor) => {
				const place = places.get(inodeOf(descriptor));
				return place === undefined ? [] : [{ descriptor, ...place }];
			}),
		);
	}

	/** The socket that is bound where the configuration wants one. It is closed by whoever listens on it. */
	take(wanted: Place): PassedSocket | undefined {
		const socket = this.#sockets.find((passed) => isAt(passed, wanted));
		if (socket !== undefined) this.#taken.add(socket.descriptor);
		return socket;
	}

	/** It was taken before, and given up since. */
	isGone(wanted: Place): boolean {
		return this.#sockets.some((passed) => this.#taken.has(passed.descriptor) && isAt(passed, wanted));
	}

	/** What nobody asked for. */
	get left(): readonly PassedSocket[] {
		return this.#sockets.filter(({ descriptor }) => !this.#taken.has(descriptor));
	}
}

function isAt(passed: Place, wanted: Place): boolean {
	const everywhere = EVERYWHERE.includes(passed.host) && EVERYWHERE.includes(wanted.host);
	return passed.port === wanted.port && (everywhere || passed.host === canonical(wanted.host));
}

function canonical(host: string): string {
	const family = host.includes(":") ? "ipv6" : "ipv4";
	return new SocketAddress({ address: host, family }).address;
}

/** proc_pid_fd(5): a socket shows as `socket:[inode]`. */
function inodeOf(descriptor: number): string {
	return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1] ?? "";
}

/** Every listening TCP socket of this network namespace, by inode (proc_net_tcp in the kernel's documentation). */
function boundPlaces(): ReadonlyMap<string, Place> {
	const folder = "/proc/self/net";
	// A kernel without IPv6 has no tcp6.
	const tables = readdirSync(folder).filter((name) => name === "tcp" || name === "tcp6");
	const rows = tables.flatMap((name) => readFileSync(`${folder}/${name}`, "utf8").split("\n").slice(1));
	return new Map(
		rows.flatMap((row) => {
			const fields = row.trim().split(/\s+/);
			const [, local = ""] = fields;
			const [address = "", port = ""] = local.split(":");
			return address === ""
				? []
				: [[fields[9] ?? "", { host: hostOf(address), port: Number.parseInt(port, 16) }] as const];
		}),
	);
}

/** The kernel prints each 32-bit word in the machine's own order, which is little-endian on every board of ours. */
function hostOf(hex: string): string {
	const bytes = Buffer.from(hex, "hex");
	for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
	if (bytes.length === 4) return [...bytes].join(".");
	const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
	return canonical(groups.join(":"));
}
