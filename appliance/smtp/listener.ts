/**
 * One SMTP port: the engine's server with our connections, its TLS, its start and its end. For
 * appliance.ts. `close` stops taking connections at once, lets messages in progress end for a
 * bounded time, and tells everybody else 421.
 */
import type net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { SecureVersion } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";
import type { Log } from "../log.ts";
import { DeviceConnection } from "./device-connection.ts";
import { openInnerConnection } from "./inner-connection.ts";
import { REPLIES } from "./replies.ts";
import { answered, asReply, type ListenerRole, type PolicyOptions, SessionPolicy } from "./session-policy.ts";

export interface ListenerOptions {
	readonly role: ListenerRole;
	readonly host: string;
	readonly port: number;
	readonly tls: TlsMaterial;
	readonly policy: PolicyOptions;
	readonly log: Log;
}

/** PEM texts. */
export interface TlsMaterial {
	readonly key: string;
	readonly cert: string;
}

/** For strangers and handshakes; devices have more patience (device-connection.ts). */
const IDLE_TIMEOUT_MS = 60_000;
const MOST_CONNECTIONS = 500;
/** Microsoft's default for one message; a client sends the rest in another after our 452. */
const MOST_RECIPIENTS = 500;
const CLOSE_LOOK_MS = 20;
/** For the last reply to reach its reader. */
const LAST_REPLY_MS = 500;
/** Old commands of the engine's that nobody needs. */
const DISABLED_COMMANDS = ["WIZ", "SHELL", "KILL", "XCLIENT", "XFORWARD"];
const OLDEST_TLS: SecureVersion = "TLSv1.2";

class Server extends SMTPServer {
	readonly #policy: SessionPolicy;
	/** Also those whose session the engine has ended and whose peer has not closed yet. */
	readonly sockets = new Set<net.Socket>();

	constructor(policy: SessionPolicy, options: SMTPServerOptions) {
		super(options);
		this.#policy = policy;
		this.server.on("connection", (socket) => this.keep(socket));
	}

	keep(socket: net.Socket): void {
		this.sockets.add(socket);
		socket.once("close", () => this.sockets.delete(socket));
	}

	override connect(socket: net.Socket, options?: SMTPConnectionOptions | null): void {
		const connection = new DeviceConnection(this.#policy, this, socket, options);
		this.connections.add(connection);
		connection.on("error", (error: Error) => this._onError(error));
		connection.init();
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
		const server = new Server(policy, engineOptions(options, policy));
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(options.port, options.host, () => {
				server.off("error", reject);
				resolve();
			});
		});
		// Broken connections and failed handshakes; never the process's end.
		server.on("error", (error: Error) => {
			options.log.info("smtp-connection-error", { role: options.role, error: error.message });
		});
		return new SmtpListener(options, server);
	}

	/** As bound: with port 0, the port that was given. */
	get address(): { readonly host: string; readonly port: number } {
		const bound = this.#server.server.address();
		if (bound === null || typeof bound === "string") return { host: this.#options.host, port: 0 };
		return { host: bound.address, port: bound.port };
	}

	/** A connection inside the appliance that counts as coming from this address; for tests of a device. */
	async connectAs(address: string): Promise<net.Socket> {
		const { client, server } = await openInnerConnection();
		this.#server.keep(server);
		this.#server.connect(server, { remoteAddress: address });
		return client;
	}

	/** New certificate and limits for connections from now on; sessions in progress keep theirs. */
	reload(tls: TlsMaterial): void {
		const { policy } = this.#options;
		this.#server.options.size = policy.maxSizeBytes();
		this.#server.options.name = policy.hostName();
		this.#server.updateSecureContext({ key: tls.key, cert: tls.cert });
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

function engineOptions(
	{ role, tls, policy: { hostName, maxSizeBytes }, log }: ListenerOptions,
	policy: SessionPolicy,
): SMTPServerOptions {
	return {
		secure: role === "implicit-tls",
		name: hostName(),
		banner: "Postern",
		heloResponse: "%s",
		size: maxSizeBytes(),
		key: tls.key,
		cert: tls.cert,
		minVersion: OLDEST_TLS,
		authMethods: ["PLAIN", "LOGIN"],
		authOptional: true,
		allowInsecureAuth: true,
		hideENHANCEDSTATUSCODES: false,
		disableReverseLookup: true,
		disabledCommands: DISABLED_COMMANDS,
		maxClients: MOST_CONNECTIONS,
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
