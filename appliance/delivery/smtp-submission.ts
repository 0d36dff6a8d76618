/**
 * Sends over Microsoft's SMTP submission with XOAUTH2 (learn.microsoft.com/exchange/client-developer/
 * legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth): envelope and bytes
 * as they are, each recipient with an outcome of its own. For route.ts.
 *
 * A kept connection that turns out dead costs nothing: the message goes over a fresh one. A token that
 * is refused is refreshed once. A link that breaks behind the last byte leaves the outcome `unknown`.
 */
import type { SecureContext } from "node:tls";
import { asError } from "../errors.ts";
import { findMessageId } from "../mail/message-id.ts";
import { formatReply } from "../mail/reply.ts";
import { ProxyRefusedError } from "../microsoft/proxy-tunnel.ts";
import type { TokenSource } from "../microsoft/token-source.ts";
import { type Cost, type Meter, NO_METER } from "../queue/limits.ts";
import type { Attempt, AttemptReport, Transport } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import {
	accountInTrouble,
	classifySmtp,
	lost,
	spoolUnreadable,
	stopped,
	trustText,
	type Verdict,
} from "./classify.ts";
import { reportAfterLooking, reportAll, reportEach } from "./report.ts";
import type { SmtpPhase } from "./smtp-outcomes.ts";
import { readSpooled, spooledBytesWithId } from "./spooled-message.ts";
import type {
	DialogueFailure,
	OpenResult,
	SendResult,
	SubmissionConnection,
} from "./submission-connection.ts";
import { SubmissionPool } from "./submission-pool.ts";
import type { Finding, Verifier } from "./verify.ts";

export interface SubmissionTiming {
	readonly connectTimeoutMs: number;
	readonly answerTimeoutMs: number;
	readonly idleConnectionMs: number;
}

/**
 * RFC 5321 §4.5.3.2.6 would wait ten minutes after the final dot; Exchange answers or drops within five.
 */
const SUBMISSION_TIMING: SubmissionTiming = {
	connectTimeoutMs: 30_000,
	answerTimeoutMs: 300_000,
	idleConnectionMs: 30_000,
};

/** Exchange allows three for a mailbox; the third is left to the owner's other programs. */
const CONNECTIONS_PER_ACCOUNT = 2;
const MESSAGES_PER_CONNECTION = 100;

export interface SmtpTransportOptions {
	readonly tokens: TokenSource;
	readonly verifier: Verifier;
	/** Runs the sending of each message: Microsoft counts them. */
	readonly meter?: Meter;
	readonly server: () => { readonly host: string; readonly port: number };
	readonly secureContext: () => SecureContext | undefined;
	/** The site's proxy for a host; undefined: reached directly. */
	readonly proxyOf?: (host: string) => URL | undefined;
	/** For EHLO. */
	readonly hostName: string;
	readonly timing?: SubmissionTiming;
}

export class SmtpTransport implements Transport {
	readonly concurrency = CONNECTIONS_PER_ACCOUNT;
	readonly #options: SmtpTransportOptions;
	readonly #timing: SubmissionTiming;
	readonly #pool: SubmissionPool;

	constructor(options: SmtpTransportOptions) {
		this.#options = options;
		this.#timing = options.timing ?? SUBMISSION_TIMING;
		this.#pool = new SubmissionPool({
			limit: CONNECTIONS_PER_ACCOUNT,
			idleMs: this.#timing.idleConnectionMs,
			messagesPerConnection: MESSAGES_PER_CONNECTION,
		});
	}

	costOf(): Cost {
		return { messages: 1 };
	}

	async deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		const send = (to: Attempt) => this.#deliverInTurn(to, signal);
		if (!attempt.maybeSent) return send(attempt);
		return reportAfterLooking(attempt, "smtp", await this.#lookFirst(attempt, signal), send);
	}

	async close(): Promise<void> {
		this.#pool.close();
	}

	async #lookFirst(attempt: Attempt, signal: AbortSignal): Promise<Finding> {
		const { verifier, tokens } = this.#options;
		// While nothing could be sent, nothing is gained by giving up the doubt.
		const token = await tokens.accessToken(attempt.account, "outlook", { signal });
		if (!token.ok) return leftOpen(accountInTrouble(token.trouble));
		let messageId: string | undefined;
		try {
			const { start, scan } = await readSpooled(attempt);
			messageId = findMessageId(start, scan.fields);
		} catch (error) {
			return leftOpen(spoolUnreadable(true, asError(error)));
		}
		const finding = await verifier.look(attempt, messageId, "smtp", signal);
		return finding.refusalsUnknown === true ? this.#askRefusals(attempt, finding, signal) : finding;
	}

	/** It was sent, to those whom the server took as recipients; whom it refuses now, it refused then. */
	async #askRefusals(attempt: Attempt, { known }: Finding, signal: AbortSignal): Promise<Finding> {
		let finding = leftOpen(stopped("unknown", "stopped before its turn"));
		await this.#pool.turn(attempt.account, signal, async () => {
			// A kept one would count against the limit.
			this.#pool.take(attempt.account)?.quit();
			const opened = await this.#open(attempt.account, signal);
			if ("outcome" in opened) {
				finding = leftOpen(opened);
				return;
			}
			const result = await opened.askRecipients(attempt, attempt.sizeBytes, signal);
			const { refused, outcome } = result;
			if (!outcome.ok && !ASKED_ALL.includes(outcome.failure.stage)) {
				finding = leftOpen(sendingFailed(outcome.failure, false));
				return;
			}
			const refusals = [...refused].map(
				([recipient, reply]) => [recipient, classifySmtp(reply, "recipient")] as const,
			);
			finding = { known: new Map([...known, ...refusals]) };
		});
		return finding;
	}

	async #deliverInTurn(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		const { verifier, meter = NO_METER } = this.#options;
		let report = reportAll(attempt, "smtp", stopped("deferred", "stopped before its turn"));
		await this.#pool.turn(attempt.account, signal, async () => {
			report = await meter.run(attempt.account, this.costOf(), signal, async () => {
				verifier.begins(attempt);
				const sent = await this.#deliver(attempt, signal);
				verifier.ends(attempt.queueId, sent);
				return sent;
			});
		});
		return report;
	}

	async #deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport> {
		const kept = this.#pool.take(attempt.account);
		if (kept !== undefined) {
			const result = await this.#send(kept, attempt, signal);
			if (!wasStale(result)) return reportOf(attempt, result);
		}
		const opened = await this.#open(attempt.account, signal);
		if ("outcome" in opened) return reportAll(attempt, "smtp", opened);
		return reportOf(attempt, await this.#send(opened, attempt, signal));
	}

	async #send(connection: SubmissionConnection, attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
		const { verifier } = this.#options;
		const tell = (messageId: string | undefined) => verifier.carries(attempt.queueId, messageId);
		const openBody = () => spooledBytesWithId(attempt, tell);
		const result = await connection.send(attempt, attempt.sizeBytes, openBody, signal);
		this.#pool.giveBack(attempt.account, connection);
		return result;
	}

	/** A connection that is signed in, or why there is none. */
	async #open(account: string, signal: AbortSignal): Promise<SubmissionConnection | Verdict> {
		let opened = await this.#openWithToken(account, false, signal);
		// 535 may mean an expired or withdrawn token: a fresh one settles it.
		if ("ok" in opened && !opened.ok && opened.failure.reply?.code === 535) {
			opened = await this.#openWithToken(account, true, signal);
		}
		if ("outcome" in opened) return opened;
		return opened.ok ? opened.connection : openingFailed(opened.failure);
	}

	async #openWithToken(
		account: string,
		forceRefresh: boolean,
		signal: AbortSignal,
	): Promise<OpenResult | Verdict> {
		const { tokens, server, secureContext, hostName, proxyOf } = this.#options;
		const place = server();
		const token = await tokens.accessToken(account, "outlook", { forceRefresh, signal });
		if (!token.ok) return accountInTrouble(token.trouble);
		const { connectTimeoutMs, answerTimeoutMs } = this.#timing;
		const { openSubmission } = await import("./submission-connection.ts");
		return openSubmission(
			{
				...place,
				proxy: proxyOf?.(place.host),
				secureContext: secureContext(),
				hostName,
				connectTimeoutMs,
				answerTimeoutMs,
			},
			{ user: account, token: token.token },
			signal,
		);
	}
}

/** How far a transaction came when every recipient has had its answer. */
const ASKED_ALL: readonly DialogueFailure["stage"][] = ["spool", "recipients", "data"];

/** It could not be found out now; the message is as doubtful as before. */
function leftOpen(verdict: Verdict): Finding {
	return { known: new Map(), open: { ...verdict, outcome: "unknown" } };
}

/** The connection had died, or was being closed, before it took anything of the message. */
function wasStale({ outcome, bodySent }: SendResult): boolean {
	if (outcome.ok || bodySent || outcome.failure.stage === "stopped") return false;
	const { reply, stage } = outcome.failure;
	return reply === undefined ? stage === "message" : reply.code === 421 && stage !== "message";
}

function openingFailed({ stage, reply, error }: DialogueFailure): Verdict {
	if (stage === "stopped") return stopped("deferred", error.message);
	if (stage === "tls" && reply !== undefined && reply.code >= 500) {
		const reason = `STARTTLS refused: ${formatReply(reply)}`;
		return accountInTrouble({ kind: "blocked", reason, ownerText: DELIVERY.notEncrypted });
	}
	if (reply !== undefined) return classifySmtp(reply, stage === "auth" ? "auth" : "greeting");
	const ownerText = openingText(stage, error);
	return accountInTrouble({ kind: "unreachable", reason: `smtp ${stage}: ${error.message}`, ownerText });
}

function openingText(stage: DialogueFailure["stage"], error: Error): string {
	if (error instanceof ProxyRefusedError) return DELIVERY.proxyRefuses;
	return stage === "tls" ? trustText(error) : DELIVERY.unreachable;
}

function reportOf(attempt: Attempt, { refused, outcome, bodySent }: SendResult): AttemptReport {
	const verdicts = new Map<string, Verdict>();
	for (const [recipient, reply] of refused) verdicts.set(recipient, classifySmtp(reply, "recipient"));
	const others = outcome.ok
		? classifySmtp(outcome.reply, "message")
		: sendingFailed(outcome.failure, bodySent);
	return reportEach(attempt, "smtp", verdicts, others);
}

function sendingFailed({ stage, reply, error }: DialogueFailure, bodySent: boolean): Verdict {
	if (stage === "stopped") return stopped(bodySent ? "unknown" : "deferred", error.message);
	if (stage === "spool") return spoolUnreadable(false, error);
	if (reply !== undefined) return classifySmtp(reply, PHASES[stage] ?? "message");
	return lost(bodySent, `smtp ${stage}: ${error.message}`);
}

const PHASES: Readonly<Partial<Record<DialogueFailure["stage"], SmtpPhase>>> = {
	sender: "sender",
	recipients: "recipient",
	data: "message",
};
