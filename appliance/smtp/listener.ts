/**
 * One SMTP port: the engine's server with our door and our connections, its start and its end. For
 * listeners.ts. `close` stops taking connections at once, lets messages in progress end for a
 * bounded time, and tells everybody else 421.
 */
import type net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { Log } from "../log.ts";
import { RefusalLog } from "../refusal-log.ts";
import { DeviceConnection } from "./device-connection.ts";
import { Door, type Entrant } from "./door.ts";
import { answered, asReply } from "./engine-answers.ts";
import { openInnerConnection } from "./inner-connection.ts";
import { Reception } from "./reception.ts";
import { REPLIES } from "./replies.ts";
import { type ListenerRole, type PolicyOptions, SessionPolicy } from "./session-policy.ts";
import type { ContextMap, TlsContexts } from "./tls.ts";

export interface ListenerOptions {
	readonly role: ListenerRole;
	readonly host: string;
	readonly port: number;
	/** A socket that already listens there. */
	readonly fd?: number;
	/** Shared by all ports; renewing it there counts for handshakes from then on. */
	readonly tls: TlsContexts;
	/** Is a PROXY header expected from this address, and believed? */
	readonly believesProxy: (address: string) => boolean;
	readonly policy: PolicyOptions;
	readonly log: Log;
}

/** For strangers and handshakes; devices have more patience (device-connection.ts). */
const IDLE_TIMEOUT_MS = 60_000;
/** Microsoft's default for one message; a client sends the rest in another after our 452. */
const MOST_RECIPIENTS = 500;
const CLOSE_LOOK_MS = 20;
/** For the last reply to reach its reader. */
const LAST_REPLY_MS = 500;
/** Old commands of the engine's that nobody needs. */
const DISABLED_COMMANDS = ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"];

class Server extends SMTPServer {
	readonly #policy: SessionPolicy;
	readonly #door: Door;
	/** Also those whose session the engine has ended and whose peer has not closed yet. */
	readonly sockets = new Set<net.Socket>();

	constructor(listener: ListenerOptions, policy: SessionPolicy) {
		super(engineOptions(listener, policy));
		this.#policy = policy;
		const reception = new Reception({
			...listener,
			begin: (entrant, contexts) => this.#begin(entrant, contexts),
			boundPort: () => portOf(this.server.address()),
		});
		this.#door = new Door(reception);
		this.server.on("connection", (socket) => this.keep(socket));
	}

	keep(socket: net.Socket): void {
		this.sockets.add(socket);
		socket.once("close", () => this.sockets.delete(socket));
	}

	receiveAs(socket: net.Socket, address: string): void {
		this.keep(socket);
		this.#door.receiveAs(socket, { address, port: 0 });
	}

	/** The engine's way in knows one kind of port and PROXY version 1; ours is door.ts. */
	override _acceptSocket(socket: net.Socket): false {
		this.#door.receive(socket);
		return false;
	}

	/** The certificate is in `TlsContexts`; the engine would put in one of its own, whose key is public. */
	override updateSecureContext(): void {
		this.secureContext = new Map();
	}

	override close(callback: () => void): void {
		super.close(callback);
		this.#door.close();
	}

	/** The engine asks its server whether a session is encrypted and by what: each has a view with its own. */
	#begin({ socket, client, secure }: Entrant, contexts: () => ContextMap): DeviceConnection {
		const options: unknown = Object.create(this.options, { secure: { value: secure } });
		const view = Object.create(this, { options: { value: options }, secureContext: { get: contexts } });
		const connection = new DeviceConnection(this.#policy, view as SMTPServer, socket, {
			remoteAddress: client.address,
			remotePort: client.port,
		});
		this.connections.add(connection);
		connection.on("error", (error: Error) => this._onError(error));
		connection.on("socket-wrapped", (raw: net.Socket) => this.keep(raw));
		return connection;
	}
}

export class SmtpListener {
	readonly role: ListenerRole;
	readonly #server: Server;
	readonly #options: ListenerOptions;

	private constructor(options: ListenerOptions, server: Server) {
		this.role = options.role;
		this.#options = options;
		this.#server = server;
	}

	/** Rejects with the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had. */
	static async open(options: ListenerOptions): Promise<SmtpListener> {
		const policy = new SessionPolicy(options.role, options.policy);
		const server = new Server(options, policy);
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen({ port: options.port, host: options.host, fd: options.fd }, () => {
				server.off("error", reject);
				resolve();
			});
		});
		const broken = new RefusalLog(options.policy.clock, options.log);
		// Broken connections; never the process's end.
		server.on("error", (error: Error & { readonly remoteAddress?: string }) => {
			const client = error.remoteAddress ?? "";
			broken.tell(client, () =>
				options.log.info("smtp-connection-error", { role: options.role, client, error: error.message }),
			);
		});
		return new SmtpListener(options, server);
	}

	/** As bound: with port 0, the port that was given. */
	get address(): { readonly host: string; readonly port: number } {
		const bound = this.#server.server.address();
		const host = bound === null || typeof bound === "string" ? this.#options.host : bound.address;
		return { host, port: portOf(bound) };
	}

	/** A connection inside the appliance that counts as coming from this address; for tests of a device. */
	async connectAs(address: string): Promise<net.Socket> {
		const { client, server } = await openInnerConnection();
		this.#server.receiveAs(server, address);
		return client;
	}

	/** New limits for sessions from now on. */
	reload(): void {
		const { policy } = this.#options;
		this.#server.options.size = policy.maxSizeBytes();
		this.#server.options.name = policy.hostName();
	}

	async close(graceMs: number): Promise<void> {
		const { server, sockets } = this.#server;
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		for (const connection of this.#connections()) connection.leave();
		const endMs = performance.now() + graceMs;
		while (sockets.size > 0 && performance.now() < endMs && this.#connections().some(({ busy }) => busy)) {
			await delay(CLOSE_LOOK_MS);
		}
		// Everybody has had an answer; who has not read it by now will not.
		if (sockets.size > 0) await Promise.race([closed, delay(LAST_REPLY_MS, undefined, { ref: false })]);
		for (const socket of sockets) socket.destroy();
		await closed;
	}

	#connections(): DeviceConnection[] {
		return [...this.#server.connections].filter((connection) => connection instanceof DeviceConnection);
	}
}

function portOf(bound: ReturnType<net.Server["address"]>): number {
	return bound === null || typeof bound === "string" ? 0 : bound.port;
}

function engineOptions(
	{ policy: { hostName, maxSizeBytes }, log }: ListenerOptions,
	policy: SessionPolicy,
): SMTPServerOptions {
	return {
		name: hostName(),
		banner: "Postern",
		heloResponse: "%s",
		size: maxSizeBytes(),
		authMethods: ["PLAIN", "LOGIN", "CRAM-MD5"],
		authOptional: true,
		allowInsecureAuth: true,
		hideENHANCEDSTATUSCODES: false,
		hideDSN: false,
		disableReverseLookup: true,
		disabledCommands: DISABLED_COMMANDS,
		maxRecipients: MOST_RECIPIENTS,
		maxAllowedUnauthenticatedCommands: false,
		socketTimeout: IDLE_TIMEOUT_MS,
		// See DeviceConnection._createParser.
		allowHalfOpen: true,
		logger: false,
		onAuth: (auth, session, callback) => {
			policy.onAuth(auth, session).then(
				(response) => callback(null, response),
				(thrown: unknown) => callback(asReply(thrown, REPLIES.authenticationFault, log)),
			);
		},
		onConnect: (_session, callback) => callback(),
		onSecure: (_socket, _session, callback) => callback(),
		onMailFrom: (address, session, callback) => answered(policy.onMailFrom(address, session), callback, log),
		onRcptTo: (address, session, callback) => {
			try {
				policy.onRcptTo(address, session);
				callback();
			} catch (thrown) {
				callback(asReply(thrown, REPLIES.cardSick, log));
			}
		},
	};
}
