/**
 * What the commands of a device mean: EHLO, AUTH, MAIL, RCPT, DATA, BDAT. For listener.ts, which gives
 * each connection one of these. The outer form is tolerant-connection.ts's; who may send what is
 * session-policy.ts's.
 *
 * Nothing of a message is answered 250 before the spool says so, and a message that is not whole when
 * the connection ends is forgotten.
 */
import type net from "node:net";
import type { SMTPServer, SMTPServerAddress } from "smtp-server";
import type { SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";
import type { Compatibility } from "../accounts/model.ts";
import { type Reply, reply } from "../mail/reply.ts";
import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { argumentOf, readChunkCommand } from "./command-line.ts";
import { DataStream } from "./data-stream.ts";
import { DIALOGUE } from "./dialogue-refusals.ts";
import { helloLines, type Offer, readHelloName } from "./hello.ts";
import type { MessageIntake, Verdict } from "./message-intake.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal, SessionRecord } from "./session-record.ts";
import { TolerantConnection } from "./tolerant-connection.ts";
import { readMail, readRcpt, type TransactionState } from "./transaction-commands.ts";

/** What a connection asks the session policy. */
export interface ConnectionHost {
	/** Called once, before anything else: what is told of the session goes into the record. */
	opened(connection: DeviceConnection): SessionRecord;
	/** Mechanisms that may be used on this connection as it is now; none: AUTH is not offered. */
	authMechanisms(connection: DeviceConnection): readonly string[];
	/** May this one be used, offered or not? */
	takesMechanism(connection: DeviceConnection, mechanism: string): boolean;
	/** The switches of the device behind this connection, also before it has signed in. */
	compatibility(connection: DeviceConnection): Compatibility | undefined;
	/** For addresses that lack theirs; empty when there is none to add. */
	domain(connection: DeviceConnection): string;
	/** Is a device behind this connection? Strangers are not waited for long. */
	isKnown(connection: DeviceConnection): boolean;
	/** Why there is no room for the connection, or undefined; then `left` is due when it closes. */
	admission(connection: DeviceConnection): Reply | undefined;
	left(connection: DeviceConnection): void;
	/** Begins a message, or refuses it before its first byte. */
	beginMessage(connection: DeviceConnection, answer: (verdict: Verdict) => void): MessageIntake | Reply;
}

/** Cameras keep a connection open and probe it every few minutes (devices evidence): ten time-outs. */
const KNOWN_SILENCES = 10;

/** `HELO` and its like. */
const HELLO_LENGTH = 4;

type Done = () => void;

export class DeviceConnection extends TolerantConnection {
	protected readonly record: SessionRecord;
	readonly #host: ConnectionHost;
	#intake: MessageIntake | undefined;
	/** The message is whole; the device waits for our answer. */
	#concluding = false;
	#leaving = false;
	/** Of this transaction, MAIL or a RCPT. */
	#refusedBefore = false;
	/** It counts against the limits. */
	#admitted = false;
	/** Time-outs in a row without a byte between them. */
	#silences = 0;
	/** We have answered a message, and its device has not shown that it read that. */
	#unheard: (() => void) | undefined;
	#bytesSeen = 0;

	constructor(
		host: ConnectionHost,
		server: SMTPServer,
		socket: net.Socket,
		options?: SMTPConnectionOptions | null,
	) {
		super(server, socket, options);
		this.#host = host;
		this.record = host.opened(this);
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

	override handler_HELO(command: Buffer, callback: Done): void {
		if (this.#greeted(command)) this.send(250, this.name, false);
		callback();
	}

	override handler_EHLO(command: Buffer, callback: Done): void {
		if (this.#greeted(command)) this.send(250, helloLines(this.#offer()), false);
		callback();
	}

	override handler_AUTH(command: Buffer, callback: Done): void {
		const [mechanism = ""] = (argumentOf(command) ?? "").toUpperCase().split(/\s+/);
		// RFC 4954 §4: else one device's sender and recipients could go out as another's.
		if (this.session.envelope.mailFrom !== false) this.sendReply(REPLIES.authInTransaction);
		else if (this.#host.takesMechanism(this, mechanism)) {
			super.handler_AUTH(command, callback);
			return;
		} else if (!this.secure && CLEAR_MECHANISMS.has(mechanism)) this.refuse(DIALOGUE.passwordInClear());
		else this.refuse(DIALOGUE.unknownMechanism(mechanism));
		callback();
	}

	override handler_MAIL(command: Buffer, callback: Done): void {
		const sender = readMail(command, this.#state());
		if ("reply" in sender) {
			this.refuse(sender);
			this.#refusedBefore = true;
			callback();
			return;
		}
		const { envelope } = this.session;
		this._server.onMailFrom(sender.address, this.session, (refusal) => {
			this.#refusedBefore = refusal !== undefined && refusal !== null;
			if (refusal) this.#sendError(refusal);
			else {
				envelope.mailFrom = sender.address;
				envelope.smtpUtf8 = sender.smtpUtf8;
				envelope.dsn = sender.dsn;
				this.send(250, "2.1.0 Ok");
			}
			callback();
		});
	}

	override handler_RCPT(command: Buffer, callback: Done): void {
		const recipient = readRcpt(command, this.#state());
		if ("reply" in recipient) {
			this.#refuseLater(recipient);
			this.#refusedBefore = true;
			callback();
			return;
		}
		this._server.onRcptTo(recipient, this.session, (error) => {
			if (error) {
				this.#refusedBefore = true;
				this.#sendError(error);
			} else {
				this.#addRecipient(recipient);
				this.send(250, "2.1.5 Ok");
			}
			callback();
		});
	}

	override handler_DATA(_command: Buffer, callback: Done): void {
		const parser = this._parser;
		const intake = parser instanceof DataStream ? this.#dataIntake(() => parser.continue()) : undefined;
		if (parser instanceof DataStream && intake !== undefined) {
			const mayEndInLf = this.#host.compatibility(this)?.lfLineEnds === true;
			parser.receive(
				{ write: (bytes) => intake.write(bytes), end: () => this.#whole(intake) },
				{ mayEndInLf },
			);
			this.send(354, "End data with <CR><LF>.<CR><LF>");
		}
		callback();
	}

	/** RFC 3030. Refused or not, the chunk's bytes are read: they must never be taken for commands. */
	handler_BDAT(command: Buffer, callback: Done): void {
		const parser = this._parser;
		const chunk = readChunkCommand(argumentOf(command) ?? "");
		if (chunk === undefined || !(parser instanceof DataStream)) {
			// Where the bytes end is not known, so nothing behind this line can be trusted.
			this.refuse(DIALOGUE.badChunkSize(command));
			this.close();
			callback();
			return;
		}
		const { sizeBytes, last } = chunk;
		const resume = sizeBytes === 0 ? callback : () => parser.continue();
		const intake = this.#chunkIntake(resume);
		const end = () => {
			if (!("code" in intake) && last) {
				this.#whole(intake);
				return;
			}
			if ("code" in intake) this.sendReply(intake);
			else this.#chunkTaken(intake, sizeBytes);
			// Not at once: a packet full of small chunks would nest without end.
			setImmediate(resume);
		};
		if (sizeBytes === 0) {
			end();
			return;
		}
		const write = (bytes: Buffer) => ("code" in intake ? undefined : intake.write(bytes));
		parser.receiveChunk({ write, end }, sizeBytes);
		callback();
	}

	handler_EXPN(_command: Buffer, callback: Done): void {
		this.sendReply(REPLIES.notImplemented);
		callback();
	}

	override handler_HELP(_command: Buffer, callback: Done): void {
		this.send(214, "2.0.0 Postern takes mail (RFC 5321) and hands it on; its owner's page has the rest");
		callback();
	}

	override handler_VRFY(_command: Buffer, callback: Done): void {
		this.send(252, "2.5.2 Send some mail, and Microsoft 365 will tell");
		callback();
	}

	/** RSET, EHLO, HELO and STARTTLS end what BDAT has begun. */
	override _resetSession(): void {
		this.#abandon();
		this.#refusedBefore = false;
		super._resetSession();
	}

	override _onCommand(command: Buffer, callback?: Done): void {
		this.#hear();
		super._onCommand(command, callback);
	}

	override _onError(error: Error): void {
		// What we said last may never have come.
		this.#unheard = undefined;
		super._onError(error);
	}

	override _onTimeout(): void {
		// The device is not idle when it waits for our answer to its final dot.
		const { bytesRead } = this._socket;
		this.#silences = bytesRead === this.#bytesSeen ? this.#silences + 1 : 1;
		this.#bytesSeen = bytesRead;
		if (this.#concluding || (this.#silences < KNOWN_SILENCES && this.#host.isKnown(this))) this._armTimeout();
		else {
			this.#unheard = undefined;
			super._onTimeout();
		}
	}

	override _onClose(): void {
		this.#hear();
		this.#tellOfStall();
		this.#abandon();
		if (this.#admitted) this.#host.left(this);
		this.#admitted = false;
		super._onClose();
	}

	protected override admission(): Reply | undefined {
		const refusal = this.#host.admission(this);
		this.#admitted = refusal === undefined;
		return refusal;
	}

	/** False when the name was refused. */
	#greeted(command: Buffer): boolean {
		const name = readHelloName(command.toString("latin1", HELLO_LENGTH), this.remoteAddress);
		if (name === undefined) {
			this.refuse(DIALOGUE.nameTooLong());
			return false;
		}
		this.hostNameAppearsAs = name;
		this._resetSession();
		return true;
	}

	#offer(): Offer {
		const { size, hideSTARTTLS } = this._server.options;
		return {
			hostName: this.name,
			maxSizeBytes: Number(size),
			startTls: !this.secure && hideSTARTTLS !== true,
			auth: this.session.user ? [] : this.#host.authMechanisms(this),
			hidden: this.#host.compatibility(this)?.hideEhlo ?? [],
		};
	}

	#state(): TransactionState {
		return {
			begun: this.session.envelope.mailFrom !== false,
			chunking: this.#intake !== undefined,
			domain: this.#host.domain(this),
			mostBytes: Number(this._server.options.size),
			mostRecipients: Number(this._server.options.maxRecipients),
			recipients: this._rcptIndex,
		};
	}

	/** A repeated one replaces the earlier. */
	#addRecipient(recipient: SMTPServerAddress): void {
		const { rcptTo } = this.session.envelope;
		const key = recipient.address.toLowerCase();
		const at = this._rcptIndex.get(key) ?? rcptTo.length;
		rcptTo[at] = recipient;
		this._rcptIndex.set(key, at);
	}

	/**
	 * What a client has said behind a command that was refused, as it may (RFC 2920), is no fault of its own:
	 * its owner has been told of the first refusal.
	 */
	#refuseLater(refusal: Refusal): void {
		const isConsequence = refusal.reply === REPLIES.needMail || refusal.reply === REPLIES.needRcpt;
		if (this.#refusedBefore && isConsequence) this.sendReply(refusal.reply);
		else this.refuse(refusal);
	}

	/** A refusal of the policy's, which has told the record already. */
	#sendError(error: Error & { responseCode?: number }): void {
		this.send(error.responseCode ?? 451, error.message);
	}

	#beginMessage(resume: Done): MessageIntake | Reply {
		const intake = this.#host.beginMessage(this, (verdict) => this.#conclude(verdict, resume));
		if (!("code" in intake)) this.#intake = intake;
		return intake;
	}

	/** What takes the message of DATA; undefined when it was refused. */
	#dataIntake(resume: Done): MessageIntake | undefined {
		const { rcptTo } = this.session.envelope;
		if (this.#intake !== undefined) this.refuse(DIALOGUE.afterChunk());
		else if (rcptTo.length === 0) this.#refuseLater(DIALOGUE.needRcpt());
		else {
			const intake = this.#beginMessage(resume);
			if (!("code" in intake)) return intake;
			this.sendReply(intake);
		}
		return undefined;
	}

	/** What takes the chunk's bytes, or the reply that they will get. */
	#chunkIntake(resume: Done): MessageIntake | Reply {
		if (this.#intake !== undefined) {
			this.#intake.answerWith((verdict) => this.#conclude(verdict, resume));
			return this.#intake;
		}
		if (this.session.envelope.rcptTo.length > 0) return this.#beginMessage(resume);
		const refusal = DIALOGUE.needRcpt();
		if (!this.#refusedBefore) this.record.refused(refusal);
		return refusal.reply;
	}

	#chunkTaken(intake: MessageIntake, sizeBytes: number): void {
		const { refusal } = intake;
		if (refusal === undefined) {
			this.sendReply(reply(250, "2.0.0", `${sizeBytes} octets received`));
			return;
		}
		this.sendReply(refusal);
		// RFC 3030 §2: the transaction has failed; chunks that follow are read and refused.
		this._resetSession();
	}

	#whole(intake: MessageIntake): void {
		this.#concluding = true;
		this.record.note(say(RECEIVING.noteMessage, { count: intake.receivedBytes }));
		intake.end();
	}

	#conclude({ reply: answer, heard }: Verdict, resume: Done): void {
		this.#intake = undefined;
		this.#concluding = false;
		this.sendReply(answer);
		this.#unheard = heard;
		this._transactionCounter += 1;
		this._unrecognizedCommands = 0;
		this._resetSession();
		resume();
		if (this.#leaving) this.sendReply(REPLIES.shuttingDown);
	}

	/** The device goes on, or has ended the session well. */
	#hear(): void {
		this.#unheard?.();
		this.#unheard = undefined;
	}

	#abandon(): void {
		this.#intake?.abandon();
		this.#intake = undefined;
		this.#concluding = false;
	}

	/** A message without an end that looks like one of a device that ends its lines with LF. */
	#tellOfStall(): void {
		const stalled = this.#intake !== undefined && !this.#concluding;
		if (stalled && this._parser instanceof DataStream && this._parser.endsInLf) {
			this.record.refused(DIALOGUE.endsInLf());
		}
	}
}

/** They carry the password itself. */
const CLEAR_MECHANISMS = new Set(["PLAIN", "LOGIN"]);
