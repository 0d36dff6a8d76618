/**
 * One POP3 port: in clear with STLS, or TLS at once. For listeners.ts. `close` stops taking connections at once, ends those
 * that have not signed in, and gives the others a bounded time to finish the command under way.
 */
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type SecureContext, TLSSocket } from "node:tls";
import { canonicalAddress } from "../config/network.ts";
import { asError } from "../errors.ts";
import type { Pop3Host } from "./host.ts";
import { Pop3Session } from "./session.ts";

export type Pop3Role = "pop3" | "pop3-tls";

export interface Pop3ListenerOptions {
	readonly role: Pop3Role;
	readonly host: string;
	readonly port: number;
	/** A socket that already listens there. */
	readonly fd?: number;
	/** In force now, for handshakes from now on. */
	readonly secureContext: () => SecureContext | undefined;
	readonly box: Omit<Pop3Host, "secureContext">;
}

/** File descriptors and memory of a small board. */
const MOST_SESSIONS = 200;
const MOST_OF_ONE = 20;
const HANDSHAKE_MS = 30_000;
/** A client that has lost its power must not hold its mailbox. */
const KEEP_ALIVE_MS = 60_000;
const CLOSE_LOOK_MS = 20;

export class Pop3Listener {
	readonly #options: Pop3ListenerOptions;
	/** A program may close its side once it has said all, and still wants the answers. */
	readonly #server = net.createServer(
		{ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, allowHalfOpen: true, noDelay: true },
		(socket) => this.#receive(socket),
	);
	readonly #sessions = new Set<Pop3Session>();
	readonly #sockets = new Map<net.Socket, string>();

	private constructor(options: Pop3ListenerOptions) {
		this.#options = options;
	}

	/** Rejects with the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had. */
	static async open(options: Pop3ListenerOptions): Promise<Pop3Listener> {
		const listener = new Pop3Listener(options);
		const server = listener.#server;
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen({ port: options.port, host: options.host, fd: options.fd }, () => {
				server.off("error", reject);
				resolve();
			});
		});
		server.on("error", (error) => {
			options.box.log.error("pop3-listener-fault", { role: options.role, error: error.message });
		});
		return listener;
	}

	/** As bound: with port 0, the port that was given. */
	get address(): { readonly host: string; readonly port: number } {
		const bound = this.#server.address();
		if (bound === null || typeof bound === "string") return { host: this.#options.host, port: 0 };
		return { host: bound.address, port: bound.port };
	}

	/** Sessions under way. */
	get busy(): number {
		return this.#sessions.size;
	}

	async close(graceMs: number): Promise<void> {
		const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
		for (const session of this.#sessions) session.leave();
		const endMs = performance.now() + graceMs;
		while (this.#sessions.size > 0 && performance.now() < endMs) await delay(CLOSE_LOOK_MS);
		for (const session of this.#sessions) session.breakOff();
		for (const socket of this.#sockets.keys()) socket.destroy();
		await closed;
	}

	#receive(socket: net.Socket): void {
		// 'close' follows, and is what counts.
		socket.on("error", () => undefined);
		const address = canonicalAddress(socket.remoteAddress ?? "");
		const ofOne = [...this.#sockets.values()].filter((other) => other === address).length;
		if (address === undefined || !this.#hasRoom() || ofOne >= MOST_OF_ONE) {
			const { log, refusals } = this.#options.box;
			refusals.tell(address ?? "", () => log.warning("pop3-connections-full", { client: address ?? "" }));
			socket.destroy();
			return;
		}
		this.#sockets.set(socket, address);
		socket.once("close", () => this.#sockets.delete(socket));
		if (this.#options.role === "pop3") this.#begin(socket, false, address);
		else this.#secure(socket, address);
	}

	/** When all places are taken, the stranger that has been silent longest gives way. */
	#hasRoom(): boolean {
		if (this.#sockets.size < MOST_SESSIONS) return true;
		const strangers = [...this.#sessions].filter(({ isSignedIn }) => !isSignedIn);
		const longest = strangers.sort((a, b) => b.silentMs() - a.silentMs())[0];
		longest?.breakOff();
		return longest !== undefined;
	}

	#secure(socket: net.Socket, address: string): void {
		const secureContext = this.#options.secureContext();
		const secured = new TLSSocket(socket, { isServer: true, ...(secureContext && { secureContext }) });
		secured.on("error", () => undefined);
		const late = setTimeout(() => secured.destroy(), HANDSHAKE_MS);
		secured.once("close", () => clearTimeout(late));
		secured.once("_tlsError", (error: Error) => {
			const { log, refusals } = this.#options.box;
			refusals.tell(address, () =>
				log.notice("pop3-handshake-failed", { client: address, reason: error.message }),
			);
			secured.destroy();
		});
		secured.once("secure", () => {
			clearTimeout(late);
			this.#begin(secured, true, address);
		});
	}

	#begin(socket: net.Socket, isSecure: boolean, address: string): void {
		const { box, role, secureContext } = this.#options;
		const host: Pop3Host = { ...box, secureContext: role === "pop3" ? secureContext : () => undefined };
		const session = new Pop3Session({ socket, isSecure, address, host });
		this.#sessions.add(session);
		session
			.run()
			.catch((error: unknown) => box.log.error("pop3-fault", { error: asError(error).stack ?? "" }))
			.finally(() => this.#sessions.delete(session));
	}
}
