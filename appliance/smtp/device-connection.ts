/**
 * One SMTP connection, on the engine's (`smtp-server`) connection class. Everything that bends the
 * engine for devices is here, each bend with its reason:
 *
 * - it greets at once: the engine waits 100 ms to catch early talkers, which devices would feel and
 *   which hurts boot ROMs that talk early;
 * - DATA streams to the spool without an intermediate stream, and nothing about it is answered 250
 *   before the spool says so;
 * - AUTH is offered in clear only where a device needs it;
 * - STARTTLS looks at the client's offer first, so that a failed handshake can be explained.
 *
 * Policy (who may send what) is session-policy.ts's; this file is the dialogue.
 */
import { isUtf8 } from "node:buffer";
import type net from "node:net";
import { TLSSocket } from "node:tls";
import type { SMTPServer } from "smtp-server";
import { SMTPConnection, type SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";
import type { Reply } from "../mail/reply.ts";
import { DataStream } from "./data-stream.ts";
import { peek } from "./first-bytes.ts";
import type { MessageIntake, Verdict } from "./message-intake.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal, SessionRecord } from "./session-record.ts";
import { describeTls, HANDSHAKE_TIMEOUT_MS, HandshakeError, watchHandshake } from "./tls.ts";

/** What a connection asks the session policy. */
export interface ConnectionHost {
	/** Called once, before anything else: what is told of the session goes into the record. */
	opened(connection: DeviceConnection): SessionRecord;
	/** May a password cross the wire in clear on this connection? */
	clearAuthAllowed(connection: DeviceConnection): boolean;
	/** Is a device behind this connection? Strangers are not waited for long. */
	isKnown(connection: DeviceConnection): boolean;
	/** A connection was refused for want of room. */
	turnedAway(connection: DeviceConnection): void;
	/** Begins a message, or refuses it before its first byte. */
	beginMessage(connection: DeviceConnection, answer: (verdict: Verdict) => void): MessageIntake | Reply;
}

/** Cameras keep a connection open and probe it every few minutes (devices evidence): ten time-outs. */
const KNOWN_SILENCES = 10;
const STATUS_IN_TEXT = /^[245]\.\d{1,3}\.\d{1,3} /;

export class DeviceConnection extends SMTPConnection {
	readonly #host: ConnectionHost;
	readonly #record: SessionRecord;
	#intake: MessageIntake | undefined;
	#leaving = false;
	#hidesAuth = false;
	/** Time-outs in a row without a byte between them. */
	#silences = 0;
	#bytesSeen = 0;
	/** Until the handshake is over. */
	#firstOfTls: Buffer | undefined;

	constructor(
		host: ConnectionHost,
		server: SMTPServer,
		socket: net.Socket,
		options?: SMTPConnectionOptions | null,
	) {
		super(server, socket, options);
		this.#host = host;
		this.#record = host.opened(this);
	}

	/** A message is being received or committed. */
	get busy(): boolean {
		return this.#intake !== undefined;
	}

	/** Ends the session at the next moment at which no message is cut off. */
	leave(): void {
		this.#leaving = true;
		if (!this.busy) this.sendReply(REPLIES.shuttingDown);
	}

	/** Ends the session without a word to the peer: what it speaks is no SMTP, and text would be garbage to it. */
	endUnheard(refusal: Refusal): void {
		this.#record.refused(refusal);
		this.close();
	}

	sendReply({ code, enhanced, text }: Reply): void {
		this.send(code, `${enhanced} ${text}`);
	}

	override init(): void {
		this._setListeners(() => {
			const { maxClients } = this._server.options;
			if (maxClients !== undefined && this._server.connections.size > maxClients) {
				this.#host.turnedAway(this);
				this.sendReply(REPLIES.tooManyConnections);
				return;
			}
			if (this._socket instanceof TLSSocket) this.#record.note(describeTls(this._socket));
			this.connectionReady();
		});
	}

	override _createParser(): DataStream {
		const { maxCommandLength } = this._server.options;
		const parser = new DataStream({ maxCommandLength });
		parser.oncommand = (command, callback) => this._onCommand(command, callback);
		parser.on("error", (error) => this.send(421, `Error: ${error.message}`));
		// A device may close its side after the final dot and still read our answer (`nc -N`, many
		// scripts): the parser finishes only after that answer.
		parser.on("finish", () => {
			if (this._parser === parser) this.close();
		});
		return parser;
	}

	/** Our replies carry their own status code; the engine adds one to the rest. */
	override send(code: number, data?: string | string[] | null, context?: string | false): void {
		const ownStatus = typeof data === "string" && STATUS_IN_TEXT.test(data);
		const statusContext = ownStatus ? false : context;
		// The engine says nothing more to a peer that has closed its side; it may well be listening.
		if (this._socket.readyState === "writeOnly" && !this._upgrading && !Array.isArray(data)) {
			const parts = [String(code), this._getEnhancedStatusCode(code, statusContext), data ?? ""];
			this._socket.write(`${parts.filter((part) => part !== "").join(" ")}\r\n`);
			return;
		}
		super.send(code, data, statusContext);
	}

	/** AUTH before TLS is not offered unless a device needs it: some send the password unasked. */
	override handler_EHLO(command: Buffer, callback: () => void): void {
		this.#hidesAuth = !this.secure && !this.#host.clearAuthAllowed(this);
		super.handler_EHLO(command, callback);
		this.#hidesAuth = false;
	}

	override _isSupported(command: string): boolean {
		return !(this.#hidesAuth && command === "AUTH") && super._isSupported(command);
	}

	override handler_AUTH(command: Buffer, callback: () => void): void {
		// RFC 4954 §4: else one device's sender and recipients could go out as another's.
		if (this.session.envelope.mailFrom !== false) {
			this.sendReply(REPLIES.authInTransaction);
			callback();
			return;
		}
		if (!this.secure && !this.#host.clearAuthAllowed(this)) {
			this.sendReply(REPLIES.encryptionRequired);
			callback();
			return;
		}
		super.handler_AUTH(command, callback);
	}

	/** The address as the device wrote it: the engine rewrites domains to Unicode. */
	override _parseAddressCommand(
		name: string,
		command: Buffer | string,
	): ReturnType<SMTPConnection["_parseAddressCommand"]> {
		// Bytes that are no text would become another address than the device meant.
		if (Buffer.isBuffer(command) && !isUtf8(command)) return false;
		const parsed = super._parseAddressCommand(name, command);
		if (parsed === false || parsed.address === "") return parsed;
		const path = /<(?:@[^<>:]*:)?([^<>]*)>/.exec(command.toString())?.[1];
		return path === undefined ? parsed : { ...parsed, address: path };
	}

	override handler_DATA(_command: Buffer, callback: () => void): void {
		const parser = this._parser;
		if (this.session.envelope.rcptTo.length === 0) {
			this.send(503, "5.5.1 Error: need RCPT command");
			callback();
			return;
		}
		if (!(parser instanceof DataStream)) return;
		const intake = this.#host.beginMessage(this, (verdict) => this.#conclude(parser, verdict));
		if ("code" in intake) {
			this.sendReply(intake);
			callback();
			return;
		}
		this.#intake = intake;
		parser.receive(intake);
		this.send(354, "End data with <CR><LF>.<CR><LF>");
		callback();
	}

	/**
	 * Looks at what the client offers before the engine begins TLS: a handshake that fails says little
	 * about why. Nothing that came in clear behind STARTTLS is obeyed, from here on (RFC 3207 §6).
	 * Emits `handshake-failed` with what came first and a `HandshakeError`.
	 */
	override upgrade(callback: () => void, secureCallback?: () => void): void {
		const { _socket: socket, _parser: parser } = this;
		if (parser === false) return;
		socket.unpipe(parser);
		parser.isClosed = true;
		this._upgrading = true;
		void peek(socket, HANDSHAKE_TIMEOUT_MS).then((first) => {
			if (first.outcome === "found" && this._parser !== false && !socket.destroyed) {
				this.#firstOfTls = first.value;
				super.upgrade(callback, secureCallback);
				return;
			}
			const code = first.outcome === "silence" ? "ERR_TLS_HANDSHAKE_TIMEOUT" : "closed";
			this.emit("handshake-failed", undefined, new HandshakeError(code, "no TLS after STARTTLS"));
			socket.destroy();
		});
	}

	/** The engine arms the socket that it has just made for the handshake, and shows it nowhere else. */
	override _armTimeout(socket?: net.Socket): void {
		super._armTimeout(socket);
		if (!(this._upgrading && socket instanceof TLSSocket)) return;
		watchHandshake(socket, HANDSHAKE_TIMEOUT_MS, (failure) => {
			if (failure === undefined) this.#record.note(describeTls(socket));
			else this.emit("handshake-failed", this.#firstOfTls, failure);
			this.#firstOfTls = undefined;
		});
	}

	override _onError(error: Error): void {
		// A failed handshake is told by `handshake-failed`.
		if (this._upgrading) this.close();
		else super._onError(error);
	}

	override _onTimeout(): void {
		// The device is not idle when it waits for our answer to its final dot.
		const { _parser: parser } = this;
		const waitsForUs = this.busy && parser !== false && !parser._dataMode;
		const { bytesRead } = this._socket;
		this.#silences = bytesRead === this.#bytesSeen ? this.#silences + 1 : 1;
		this.#bytesSeen = bytesRead;
		if (waitsForUs || (this.#silences < KNOWN_SILENCES && this.#host.isKnown(this))) this._armTimeout();
		else super._onTimeout();
	}

	override _onClose(): void {
		if (!this._closed) this.#record.ended();
		this.#intake?.abandon();
		this.#intake = undefined;
		super._onClose();
	}

	#conclude(parser: DataStream, { reply }: Verdict): void {
		this.#intake = undefined;
		this.sendReply(reply);
		this._transactionCounter += 1;
		this._unrecognizedCommands = 0;
		this._resetSession();
		parser.continue();
		if (this.#leaving) this.sendReply(REPLIES.shuttingDown);
	}
}
