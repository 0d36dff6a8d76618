/**
 * One SMTP connection on the engine's (`smtp-server`) class: the outer form of the dialogue, bent for
 * devices, each bend with its reason. What the commands mean is device-connection.ts's.
 *
 * - It greets at once: the engine waits 100 ms to catch early talkers, which devices would feel and
 *   which hurts boot ROMs that talk early.
 * - Command lines are made presentable before the engine sees them.
 * - A peer that has closed its side is still answered.
 * - STARTTLS looks at the client's offer first, so that a failed handshake can be explained.
 * - Everything said goes into the session's record.
 */
import type net from "node:net";
import { TLSSocket } from "node:tls";
import type { SMTPServer } from "smtp-server";
import { SMTPConnection, type SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";
import type { Reply } from "../mail/reply.ts";
import { readCommandLine } from "./command-line.ts";
import { DataStream } from "./data-stream.ts";
import { peek } from "./first-bytes.ts";
import { readHelloName } from "./hello.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal, SessionRecord } from "./session-record.ts";
import { describeTls, HANDSHAKE_TIMEOUT_MS, HandshakeError, watchHandshake } from "./tls.ts";

const STATUS_IN_TEXT = /^[245]\.\d{1,3}\.\d{1,3} /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;
/** Devices send some between commands; a peer that sends nothing else is not one. */
const MOST_EMPTY_LINES = 1_000;

export abstract class TolerantConnection extends SMTPConnection {
	/** Opened before the engine's class says anything. */
	protected abstract readonly record: SessionRecord;
	#emptyLines = 0;
	/** Until the handshake is over. */
	#firstOfTls: Buffer | undefined;

	constructor(server: SMTPServer, socket: net.Socket, options?: SMTPConnectionOptions | null) {
		super(server, socket, options);
		// RFC 5321 §4.1.4 lets a server take mail without HELO; half the cameras rely on it.
		this.hostNameAppearsAs = this.#nameless();
	}

	/** Why there is no room for this connection, or undefined. */
	protected abstract admission(): Reply | undefined;

	sendReply({ code, enhanced, text }: Reply): void {
		this.send(code, `${enhanced} ${text}`);
	}

	/** The peer's fault or ours, for all three readers. */
	protected refuse(refusal: Refusal): void {
		this.record.refused(refusal);
		this.sendReply(refusal.reply);
	}

	/** Ends the session without a word to the peer: what it speaks is no SMTP, and text would be garbage to it. */
	endUnheard(refusal: Refusal): void {
		this.record.refused(refusal);
		this.close();
	}

	override init(): void {
		this._setListeners(() => {
			const refusal = this.admission();
			if (refusal !== undefined) {
				this.sendReply(refusal);
				return;
			}
			if (this._socket instanceof TLSSocket) this.record.note(describeTls(this._socket));
			this.connectionReady();
		});
	}

	override _createParser(): DataStream {
		const { maxCommandLength } = this._server.options;
		const parser = new DataStream({ maxCommandLength });
		parser.oncommand = (command, callback) => this._onCommand(command, callback);
		// Over 16 kB, and the engine has dropped what stood behind it: there is no going on.
		parser.on("error", () => {
			this.sendReply(REPLIES.lineTooLong);
			this.close();
		});
		// A device may close its side after the final dot and still read our answer (`nc -N`, many
		// scripts): the parser finishes only after that answer.
		parser.on("finish", () => {
			if (this._parser === parser) this.close();
		});
		return parser;
	}

	override _onCommand(command: Buffer, callback?: () => void): void {
		// What came in clear behind STARTTLS is dropped by the engine, unseen.
		if (!this._upgrading) this.record.client(command);
		if (this._upgrading || this._nextHandler !== false) {
			super._onCommand(command, callback);
			return;
		}
		const line = readCommandLine(command);
		if (line.length === 0) {
			this.#emptyLines += 1;
			if (this.#emptyLines > MOST_EMPTY_LINES) this.sendReply(REPLIES.onlyEmptyLines);
			callback?.();
			return;
		}
		super._onCommand(line, callback);
	}

	override _resetSession(): void {
		// STARTTLS makes the engine forget the name (RFC 3207 §4.2).
		if (this.hostNameAppearsAs === false) this.hostNameAppearsAs = this.#nameless();
		super._resetSession();
	}

	/** Our replies carry their own status code; the engine adds one to the rest. */
	override send(code: number, data?: string | string[] | null, context?: string | false): void {
		const payload = this.#payload(code, data ?? "", context);
		// `session.error` is where the engine keeps its last one.
		if (code >= 400) this.session.error = payload;
		if (this.#mayWrite()) {
			this._socket.write(`${payload}\r\n`);
			this.record.server(payload);
		}
		if (code === 421) this.close();
	}

	/**
	 * Looks at what the client offers before the engine begins TLS: a handshake that fails says little
	 * about why. Nothing that came in clear behind STARTTLS is obeyed, from here on (RFC 3207 §6).
	 * Emits `handshake-failed` with what came first and a `HandshakeError`; `socket-wrapped` when TLS has begun
	 * on the raw socket.
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
				// The engine has taken everybody's listeners off it.
				this.emit("socket-wrapped", socket);
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
			if (failure === undefined) this.record.note(describeTls(socket));
			else this.emit("handshake-failed", this.#firstOfTls, failure);
			this.#firstOfTls = undefined;
		});
	}

	override _onError(error: Error): void {
		// A failed handshake is told by `handshake-failed`.
		if (this._upgrading) this.close();
		else super._onError(error);
	}

	override _onClose(): void {
		const first = !this._closed;
		super._onClose();
		if (first) this.record.ended();
	}

	#payload(code: number, data: string | string[], context: string | false | undefined): string {
		const [first = ""] = Array.isArray(data) ? data : [data];
		const status = STATUS_IN_TEXT.test(first) ? "" : this._getEnhancedStatusCode(code, context);
		const lines = (Array.isArray(data) ? data : [data]).map((line) =>
			line.replaceAll(CONTROL_CHARACTERS, " "),
		);
		return lines
			.map((line, index) => {
				const prefix = `${code}${index < lines.length - 1 ? "-" : " "}`;
				return prefix + (status === "" ? line : `${status} ${line}`);
			})
			.join("\r\n");
	}

	/** Nothing is said into a TLS handshake; a peer that has closed its side may well be listening. */
	#mayWrite(): boolean {
		const { destroyed, readyState } = this._socket;
		return !this._upgrading && !destroyed && (readyState === "open" || readyState === "writeOnly");
	}

	#nameless(): string {
		return readHelloName("", this.remoteAddress) ?? "";
	}
}
