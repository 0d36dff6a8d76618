/**
 * The way from an accepted socket to an SMTP session, the same for all ports: PROXY header, what the
 * client speaks, TLS. For listener.ts. What does not become a session is told to the host and closed;
 * nothing here throws or waits without a bound.
 *
 * A port that greets in clear greets at once, so it cannot know of a client that begins with TLS
 * (devices evidence: "TLS bytes on plain port"): the handshake fails, and the port remembers the
 * address. When that one comes again, it is waited for as on the auto port.
 */
import type net from "node:net";
import { TLSSocket } from "node:tls";
import { canonicalAddress } from "../config/network.ts";
import { formatReply } from "../mail/reply.ts";
import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { beginsTls, readClientHello } from "./client-hello.ts";
import { firstBytes, peek } from "./first-bytes.ts";
import { describeOffer } from "./handshake-failure.ts";
import { type ProxiedClient, type ProxyHeader, readProxyHeader } from "./proxy-header.ts";
import { REPLIES } from "./replies.ts";
import type { ListenerRole } from "./session-policy.ts";
import type { Refusal } from "./session-record.ts";
import { type ContextMap, HANDSHAKE_TIMEOUT_MS, type HandshakeError, watchHandshake } from "./tls.ts";

export interface Entrant {
	/** A `TLSSocket` whose handshake is done, or one to greet in clear. */
	readonly socket: net.Socket;
	readonly client: ProxiedClient;
	readonly secure: boolean;
}

/** What the door asks of its listener. */
export interface DoorHost {
	readonly role: ListenerRole;
	/** Does this peer put a PROXY header before each session, and is it believed? */
	believesProxy(address: string): boolean;
	contextsFor(address: string): ContextMap;
	/** Is there a device at this address? */
	isKnown(address: string): boolean;
	/** Begins the session. Gives a way to end it without a word. */
	admit(entrant: Entrant): { endUnheard(refusal: Refusal): void };
	/** No session came about. */
	refused(client: ProxiedClient, refusal: Refusal): void;
	handshakeFailed(client: ProxiedClient, firstOfTls: Buffer, failure: HandshakeError): void;
	/** Too many sockets wait to become sessions; this one was closed. */
	turnedAway(address: string): void;
	/** A fault of ours. */
	fault(error: unknown): void;
}

/** How long a client that begins with TLS is waited for before we speak. */
const TLS_WAIT_MS: Readonly<Record<ListenerRole, number>> = {
	relay: 0,
	submission: 0,
	// A client that waits for a greeting must not feel it.
	auto: 300,
	// Whoever is silent for so long here waits for a greeting, or is a probe.
	"implicit-tls": 10_000,
};
const PROXY_HEADER_MS = 5_000;
/** For the last words to reach their reader. */
const LAST_WORDS_MS = 2_000;
const MOST_WAITING = 200;
/** The rest is for the devices' sockets: silence costs a stranger nothing. */
const MOST_WAITING_OF_STRANGERS = 150;
const MOST_WAITING_OF_ONE = 50;
const MOST_REMEMBERED = 256;

export class Door {
	readonly #host: DoorHost;
	/** Accepted, and no session yet: the socket on top, which is the one to destroy. */
	readonly #waiting = new Map<net.Socket, { readonly address: string; top: net.Socket }>();
	readonly #waitingOf = new Map<string, number>();
	/** Addresses that began with TLS where we had greeted in clear, the latest last. */
	readonly #beganWithTls = new Set<string>();

	constructor(host: DoorHost) {
		this.#host = host;
	}

	receive(socket: net.Socket): void {
		// Until a session listens, and for what comes late; 'close' follows and is what counts.
		socket.on("error", () => undefined);
		const address = canonicalAddress(socket.remoteAddress ?? "");
		if (address === undefined) {
			// It has gone already.
			socket.destroy();
			return;
		}
		const peer: ProxiedClient = { address, port: socket.remotePort ?? 0 };
		const proxied = this.#host.believesProxy(address);
		if (!proxied && this.#waitMs(address) === 0) {
			this.#greet(socket, peer);
			return;
		}
		if (this.#isFull(address, proxied)) {
			if (this.#host.role === "auto" && !proxied) this.#greet(socket, peer);
			else this.#turnAway(socket, address);
			return;
		}
		this.#keep(socket, address);
		this.#take(socket, peer, proxied);
	}

	/** A socket that the appliance itself has made: it counts as this client's. */
	receiveAs(socket: net.Socket, client: ProxiedClient): void {
		socket.on("error", () => undefined);
		this.#keep(socket, client.address);
		this.#take(socket, client, false);
	}

	/** Ends everything that is no session yet. */
	close(): void {
		for (const { top } of this.#waiting.values()) top.destroy();
	}

	#take(socket: net.Socket, peer: ProxiedClient, proxied: boolean): void {
		this.#bring(socket, peer, proxied).catch((error: unknown) => {
			this.#host.fault(error);
			socket.destroy();
		});
	}

	async #bring(socket: net.Socket, peer: ProxiedClient, proxied: boolean): Promise<void> {
		const client = proxied ? await this.#readProxyHeader(socket, peer) : peer;
		if (client === undefined) return;
		const first = await peek(socket, this.#waitMs(client.address));
		if (first.outcome === "gone" || socket.destroyed) socket.destroy();
		else if (first.outcome === "found" && beginsTls(first.value)) this.#secure(socket, client, first.value);
		else if (this.#host.role === "implicit-tls")
			this.#sayTlsExpected(socket, client, first.outcome === "found");
		else this.#greet(socket, client);
	}

	async #readProxyHeader(socket: net.Socket, proxy: ProxiedClient): Promise<ProxiedClient | undefined> {
		const first = await firstBytes(socket, PROXY_HEADER_MS, (bytes) => {
			const header: ProxyHeader = readProxyHeader(bytes);
			if (header.state === "incomplete") return undefined;
			return { value: header, consumedBytes: header.state === "complete" ? header.lengthBytes : 0 };
		});
		if (first.outcome === "found" && first.value.state === "complete") return first.value.client ?? proxy;
		if (first.outcome !== "gone") {
			const why = first.outcome === "found" && first.value.state === "refused" ? first.value.why : "";
			this.#host.refused(proxy, {
				reply: REPLIES.proxyHeaderInvalid,
				reason: why === "" ? "no PROXY header in time" : why,
				ownerText: say(RECEIVING.noProxyHeader, { address: proxy.address }),
			});
		}
		socket.destroy();
		return undefined;
	}

	#secure(socket: net.Socket, client: ProxiedClient, firstOfTls: Buffer): void {
		const secureContext = this.#host.contextsFor(client.address).get("*");
		const tlsSocket = new TLSSocket(socket, { isServer: true, ...(secureContext && { secureContext }) });
		const waiting = this.#waiting.get(socket);
		if (waiting !== undefined) waiting.top = tlsSocket;
		watchHandshake(tlsSocket, HANDSHAKE_TIMEOUT_MS, (failure) => {
			if (failure !== undefined) this.#host.handshakeFailed(client, firstOfTls, failure);
			else this.#admit(socket, { socket: tlsSocket, client, secure: true });
		});
	}

	#greet(socket: net.Socket, client: ProxiedClient): void {
		let endUnheard: ((refusal: Refusal) => void) | undefined;
		// Before the session's own listener, which then is given nothing of it.
		socket.once("data", (first: Buffer) => {
			if (!beginsTls(first)) return;
			this.#remember(client.address);
			endUnheard?.(tlsTooLate(first));
		});
		const session = this.#admit(socket, { socket, client, secure: false });
		endUnheard = (refusal) => session.endUnheard(refusal);
	}

	#admit(socket: net.Socket, entrant: Entrant): ReturnType<DoorHost["admit"]> {
		this.#release(socket);
		return this.#host.admit(entrant);
	}

	/** To a client that speaks SMTP in clear, or waits to hear it, where TLS comes first. */
	#sayTlsExpected(socket: net.Socket, client: ProxiedClient, spoke: boolean): void {
		this.#host.refused(client, {
			reply: REPLIES.tlsExpected,
			reason: spoke ? "plain text where TLS is expected" : "silence where TLS is expected",
			ownerText: RECEIVING.tlsExpected,
		});
		socket.end(`${formatReply(REPLIES.tlsExpected)}\r\n`);
		socket.resume();
		setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
	}

	#waitMs(address: string): number {
		const { role } = this.#host;
		return this.#beganWithTls.has(address)
			? Math.max(TLS_WAIT_MS[role], TLS_WAIT_MS.auto)
			: TLS_WAIT_MS[role];
	}

	#remember(address: string): void {
		this.#beganWithTls.delete(address);
		this.#beganWithTls.add(address);
		if (this.#beganWithTls.size <= MOST_REMEMBERED) return;
		for (const oldest of this.#beganWithTls) {
			this.#beganWithTls.delete(oldest);
			return;
		}
	}

	#isFull(address: string, proxied: boolean): boolean {
		// A proxy has all its clients' connections under its own address.
		const ofOne = proxied ? 0 : (this.#waitingOf.get(address) ?? 0);
		const most = proxied || this.#host.isKnown(address) ? MOST_WAITING : MOST_WAITING_OF_STRANGERS;
		return this.#waiting.size >= most || ofOne >= MOST_WAITING_OF_ONE;
	}

	#keep(socket: net.Socket, address: string): void {
		this.#waiting.set(socket, { address, top: socket });
		this.#waitingOf.set(address, (this.#waitingOf.get(address) ?? 0) + 1);
		socket.once("close", () => this.#release(socket));
	}

	#release(socket: net.Socket): void {
		const waiting = this.#waiting.get(socket);
		if (waiting === undefined) return;
		this.#waiting.delete(socket);
		const left = (this.#waitingOf.get(waiting.address) ?? 0) - 1;
		if (left > 0) this.#waitingOf.set(waiting.address, left);
		else this.#waitingOf.delete(waiting.address);
	}

	#turnAway(socket: net.Socket, address: string): void {
		this.#host.turnedAway(address);
		socket.destroy();
	}
}

function tlsTooLate(first: Buffer): Refusal {
	return {
		reply: REPLIES.tlsTooLate,
		reason: `TLS began on a port that greets in clear; offered ${describeOffer(readClientHello(first))}`,
		ownerText: RECEIVING.tlsTooEarly,
	};
}
