/**
 * TLS of the SMTP ports: TLS 1.2 and up for everybody, and TLS 1.0 with old ciphers for the devices
 * whose owner allowed it; and waiting for a handshake, for a bounded time. For listener.ts, door.ts and
 * device-connection.ts.
 *
 * The two kinds share no session: each context makes tickets under keys of its own, and sessions are
 * not cached, so that neither kind of client can resume into the other.
 */
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from "node:tls";

/** PEM texts. */
export interface TlsMaterial {
	readonly key: string;
	readonly cert: string;
}

/** As long as the greeting may take; a Pi or a PLC needs seconds at most. */
export const HANDSHAKE_TIMEOUT_MS = 30_000;

const MODERN: SecureContextOptions = { minVersion: "TLSv1.2", sessionIdContext: "postern-modern" };
/** `minVersion` alone fails: OpenSSL 3 allows SHA-1 signatures, which TLS 1.0 needs, at level 0 only. */
const LEGACY: SecureContextOptions = {
	minVersion: "TLSv1",
	ciphers: "DEFAULT@SECLEVEL=0",
	sessionIdContext: "postern-legacy",
};

/** One name stands for all, as the engine looks contexts up. */
export type ContextMap = Map<string, SecureContext>;

export class TlsContexts {
	#material: TlsMaterial;
	#modern: ContextMap;
	/** Made when a device first needs it: most boxes never do. */
	#legacy: ContextMap | undefined;

	/** Throws OpenSSL's error for a key or certificate that is none. */
	constructor(material: TlsMaterial) {
		this.#material = material;
		this.#modern = contextMap(material, MODERN);
	}

	/** For handshakes from now on. Throws, and keeps what it has, when the material is no good. */
	renew(material: TlsMaterial): void {
		this.#modern = contextMap(material, MODERN);
		this.#material = material;
		this.#legacy = undefined;
	}

	of(kind: "modern" | "legacy"): ContextMap {
		if (kind === "modern") return this.#modern;
		this.#legacy ??= contextMap(this.#material, LEGACY);
		return this.#legacy;
	}
}

export class HandshakeError extends Error {
	/** Node's or OpenSSL's code; `closed` when the peer just left. */
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/**
 * Calls `settled` once, with the reason when no TLS session came about; the socket is destroyed then,
 * its raw one below it too. To be called as soon as the socket is made.
 */
export function watchHandshake(
	socket: TLSSocket,
	timeoutMs: number,
	settled: (failure: HandshakeError | undefined) => void,
): void {
	const settle = (failure?: HandshakeError) => {
		clearTimeout(timer);
		socket.off("secure", succeed);
		socket.off("_tlsError", fail);
		socket.off("end", leave);
		socket.off("close", leave);
		settled(failure);
	};
	const succeed = () => {
		socket.off("error", fail);
		settle();
	};
	let failed = false;
	const fail = (error: Error & { readonly code?: string }) => {
		// 'error' may come behind the rest, and must find somebody who listens.
		if (failed) return;
		failed = true;
		settle(new HandshakeError(error.code ?? error.message, error.message));
		socket.destroy();
	};
	const leave = () => fail(new HandshakeError("closed", "the peer closed the connection"));
	// On the TLS socket, as Node's own servers do: the raw one goes with it, and in good order.
	const timer = setTimeout(() => {
		fail(new HandshakeError("ERR_TLS_HANDSHAKE_TIMEOUT", "TLS handshake timeout"));
	}, timeoutMs);
	socket.once("secure", succeed);
	// What OpenSSL says comes by this event alone before the handshake is done.
	socket.on("_tlsError", fail);
	socket.on("error", fail);
	// With half-open sockets, a client that leaves in the middle ends and does not close.
	socket.on("end", leave);
	socket.on("close", leave);
}

/** For the session's notes: `TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256`. */
export function describeTls(socket: TLSSocket): string {
	const version =
		socket
			.getProtocol()
			?.replace(/^TLSv1$/, "TLS 1.0")
			.replace("TLSv", "TLS ") ?? "TLS";
	return `${version}, ${socket.getCipher().name}`;
}

function contextMap({ key, cert }: TlsMaterial, options: SecureContextOptions): ContextMap {
	return new Map([["*", createSecureContext({ key, cert, ...options })]]);
}
