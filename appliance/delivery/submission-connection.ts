/**
 * One connection to Microsoft's SMTP submission (RFC 6409): STARTTLS always, XOAUTH2, and message after
 * message. The SMTP dialogue is nodemailer's; here its callbacks become results. For submission-pool.ts.
 *
 * Bytes: what the spool holds goes out with dots doubled and nothing else changed. DATA cannot carry a
 * lone CR or LF, nor a last line without an end (RFC 5321 §2.3.8); these become CRLF.
 */
import { once } from "node:events";
import net from "node:net";
import { Readable } from "node:stream";
import type { SecureContext } from "node:tls";
import SMTPConnection, { type SMTPConnectionEnvelope } from "nodemailer/lib/smtp-connection";
import XOAuth2 from "nodemailer/lib/xoauth2";
import { isLoopback } from "../config/endpoint.ts";
import { asError } from "../errors.ts";
import type { Envelope } from "../mail/envelope.ts";
import { parseReply, type Reply, reply } from "../mail/reply.ts";
import { TO_THIS_MACHINE } from "../microsoft/http-agents.ts";
import { openTunnel } from "../microsoft/proxy-tunnel.ts";
import type { Secret } from "../secret.ts";
import { announceUtf8 } from "./smtputf8.ts";

export interface SubmissionServer {
	readonly host: string;
	readonly port: number;
	/** Undefined: Node's own roots. */
	readonly secureContext: SecureContext | undefined;
	/** The site's proxy; undefined: the server is reached directly. */
	readonly proxy: URL | undefined;
	/** Our own name for EHLO. */
	readonly hostName: string;
	readonly connectTimeoutMs: number;
	/** Longest silence of the server; RFC 5321 §4.5.3.2.6 wants patience after the final dot. */
	readonly answerTimeoutMs: number;
}

export interface Credentials {
	readonly user: string;
	readonly token: Secret;
}

/** How far a dialogue came when it failed, and what the server said, if it did. */
export interface DialogueFailure {
	readonly stage:
		| "connect"
		| "greeting"
		| "tls"
		| "auth"
		| "sender"
		| "recipients"
		| "data"
		| "message"
		/** The message could not be read from where it lies. */
		| "spool"
		| "stopped";
	/** Absent when the link failed or time ran out. */
	readonly reply?: Reply;
	readonly error: Error;
}

export type OpenResult =
	| { readonly ok: true; readonly connection: SubmissionConnection }
	| { readonly ok: false; readonly failure: DialogueFailure };

export interface SendResult {
	/** What the server said to recipients that it refused. */
	readonly refused: ReadonlyMap<string, Reply>;
	/** Its answer to the message, or how the dialogue failed. */
	readonly outcome:
		| { readonly ok: true; readonly reply: Reply }
		| { readonly ok: false; readonly failure: DialogueFailure };
	/** All of the message was handed over, so the final dot may have arrived. */
	readonly bodySent: boolean;
}

/** Connects, secures, signs in. Never rejects. */
export async function openSubmission(
	server: SubmissionServer,
	{ user, token }: Credentials,
	signal: AbortSignal,
): Promise<OpenResult> {
	let socket: net.Socket;
	try {
		socket = await connect(server, signal);
	} catch (error) {
		const stage = signal.aborted ? "stopped" : "connect";
		return { ok: false, failure: { stage, error: asError(error) } };
	}
	const dialogue = new SMTPConnection({
		connection: socket,
		host: server.host,
		port: server.port,
		secure: false,
		requireTLS: true,
		name: server.hostName,
		greetingTimeout: server.connectTimeoutMs,
		connectionTimeout: server.connectTimeoutMs,
		socketTimeout: server.answerTimeoutMs,
		tls: {
			minVersion: "TLSv1.2",
			...(server.secureContext === undefined ? {} : { secureContext: server.secureContext }),
			...(isLoopback(server.host) ? TO_THIS_MACHINE : {}),
		},
	});
	const connection = new SubmissionConnection(dialogue);
	const failure =
		(await connection.handshake(signal)) ??
		(await connection.signIn(new XOAuth2({ user, accessToken: token.reveal() }), signal));
	if (failure === undefined) return { ok: true, connection };
	connection.destroy();
	return { ok: false, failure };
}

async function connect(
	{ host, port, proxy, connectTimeoutMs }: SubmissionServer,
	signal: AbortSignal,
): Promise<net.Socket> {
	const timeout = AbortSignal.timeout(connectTimeoutMs);
	if (proxy !== undefined) return await openTunnel(proxy, { host, port }, AbortSignal.any([signal, timeout]));
	const socket = net.connect({
		host,
		port,
		autoSelectFamily: true,
		autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
	});
	try {
		await once(socket, "connect", { signal: AbortSignal.any([signal, timeout]) });
	} catch (error) {
		socket.on("error", () => undefined);
		socket.destroy();
		throw timeout.aborted ? new Error(`no connection after ${connectTimeoutMs} ms`, { cause: error }) : error;
	}
	return socket;
}

/** As for HTTPS: Node's 250 ms are too short for mobile and satellite links. */
const ADDRESS_ATTEMPT_MS = 1500;

export class SubmissionConnection {
	readonly #dialogue: SMTPConnection;
	/** The link broke, or the server hung up. */
	#broken: Error | undefined;
	readonly #onBroken = new Set<(error: Error) => void>();
	messages = 0;

	constructor(dialogue: SMTPConnection) {
		this.#dialogue = dialogue;
		dialogue.on("error", (error: Error) => this.#breaks(error));
		dialogue.on("end", () => this.#breaks(new Error("the server closed the connection")));
	}

	get isUsable(): boolean {
		return this.#broken === undefined;
	}

	handshake(signal: AbortSignal): Promise<DialogueFailure | undefined> {
		return this.#step("greeting", signal, (done) => this.#dialogue.connect(done));
	}

	signIn(oauth2: XOAuth2, signal: AbortSignal): Promise<DialogueFailure | undefined> {
		return this.#step("auth", signal, (done) => this.#dialogue.login({ method: "XOAUTH2", oauth2 }, done));
	}

	/** Sends one message. After a failure the connection is of no more use and is closed. */
	async send(
		{ reversePath, recipients, smtpUtf8 }: Envelope,
		sizeBytes: number,
		openBody: () => AsyncIterable<Buffer>,
		signal: AbortSignal,
	): Promise<SendResult> {
		const body = Readable.from(openBody(), { objectMode: false });
		let bodySent = false;
		body.once("end", () => {
			bodySent = true;
		});
		// nodemailer keeps its book of the recipients in this object, also when the message fails.
		const envelope: EnvelopeBook = {
			from: reversePath,
			to: [...recipients],
			size: sizeBytes,
			use8BitMime: true,
		};
		let said = "";
		announceUtf8(this.#dialogue, smtpUtf8);
		const failure = await this.#step("message", signal, (done) => {
			this.#dialogue.send(envelope, body, (error, info) => {
				said = info?.response ?? "";
				done(error);
			});
		});
		body.destroy();
		this.messages += 1;
		const refused = refusedRecipients(envelope);
		if (failure === undefined) return { refused, bodySent, outcome: { ok: true, reply: parseReply(said) } };
		this.destroy();
		// The server refused the sender and hung up, before it answered the commands sent along.
		const refusal = failure.reply === undefined && !bodySent ? envelope.mailError : undefined;
		const known = refusal === undefined ? failure : failureOf("message", refusal);
		return { refused, bodySent, outcome: { ok: false, failure: known } };
	}

	/**
	 * Asks whom the server refuses, by a transaction that ends before its message: nothing is sent, and
	 * the connection is closed by it. The failure's stage is `spool` when all went as wanted.
	 */
	askRecipients(envelope: Envelope, sizeBytes: number, signal: AbortSignal): Promise<SendResult> {
		const nothing = { next: () => Promise.reject(new Error("only asked for the recipients")) };
		return this.send(envelope, sizeBytes, () => ({ [Symbol.asyncIterator]: () => nothing }), signal);
	}

	/** Takes leave, as SMTP wants it; does not wait. */
	quit(): void {
		if (this.isUsable) this.#dialogue.quit();
	}

	destroy(): void {
		this.#dialogue.close();
	}

	#breaks(error: Error): void {
		if (this.#broken !== undefined) return;
		this.#broken = error;
		// nodemailer announces the end before it answers the step under way, which knows better why.
		setImmediate(() => {
			for (const tell of this.#onBroken) tell(error);
		});
	}

	/** Runs one step; its own answer, a broken link or the signal ends it, whichever is first. */
	async #step(
		stage: DialogueFailure["stage"],
		signal: AbortSignal,
		run: (done: (error?: Error | null) => void) => void,
	): Promise<DialogueFailure | undefined> {
		if (this.#broken !== undefined) return failureOf(stage, this.#broken);
		if (signal.aborted) return { stage: "stopped", error: new Error("called off") };
		const { promise, resolve } = Promise.withResolvers<DialogueFailure | undefined>();
		const broken = (error: Error) => resolve(failureOf(stage, error));
		const stopped = () => resolve({ stage: "stopped", error: new Error("called off") });
		this.#onBroken.add(broken);
		signal.addEventListener("abort", stopped);
		try {
			run((error) => resolve(error ? failureOf(stage, error) : undefined));
			return await promise;
		} finally {
			this.#onBroken.delete(broken);
			signal.removeEventListener("abort", stopped);
		}
	}
}

interface EnvelopeBook extends Partial<SMTPConnectionEnvelope> {
	/** Kept there by nodemailer, though not in its types. */
	mailError?: DialogueError;
}

interface DialogueError extends Error {
	readonly code?: string;
	/** The system's, where nodemailer put its own in `code`. */
	readonly originalCode?: string;
	readonly command?: string;
	readonly response?: string;
}

/** nodemailer names the step by command and code; what it refuses itself gets the reply it stands for. */
function failureOf(stage: DialogueFailure["stage"], error: DialogueError): DialogueFailure {
	const { code, command, response = "" } = error;
	if (code === "ESTREAM") return { stage: "spool", error };
	const failed = { stage: stageOf(stage, error), error };
	if (response !== "") return { ...failed, reply: parseReply(response) };
	if (code === "EMESSAGE" && command === "MAIL FROM") return { ...failed, reply: OVER_ANNOUNCED_SIZE };
	if (code === "EENVELOPE" && command === "API") return { ...failed, reply: NO_ADDRESS };
	return failed;
}

/** The server announced in its SIZE keyword that it would not take the message (RFC 1870). */
const OVER_ANNOUNCED_SIZE = reply(552, "5.3.4", "Message is over the size that the server announced");
const NO_ADDRESS = reply(501, "5.1.3", "Not an address that SMTP can carry");

/** OpenSSL's and Node's names for certificates and handshakes that failed. */
const TLS_ERROR =
	/^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_)/;

function stageOf(
	stage: DialogueFailure["stage"],
	{ code, originalCode = "", command }: DialogueError,
): DialogueFailure["stage"] {
	if (code === "ETLS" || TLS_ERROR.test(originalCode)) return "tls";
	if (stage !== "message") return stage;
	if (command === "MAIL FROM") return "sender";
	if (command === "RCPT TO") return "recipients";
	return command === "DATA" && code === "EENVELOPE" ? "data" : "message";
}

function refusedRecipients({
	rejectedErrors = [],
}: Partial<SMTPConnectionEnvelope>): ReadonlyMap<string, Reply> {
	return new Map(
		rejectedErrors.map(({ recipient, response, message }) => [
			String(recipient),
			parseReply(typeof response === "string" ? response : message),
		]),
	);
}
