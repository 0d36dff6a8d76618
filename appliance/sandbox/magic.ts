/**
 * Recipients that provoke a failure, by their local part in any domain: `throttle@example.com`. One
 * row each says what Graph answers, what SMTP answers, and what a person is told about it.
 */

export interface MagicRecipient {
	readonly localPart: string;
	/** For the table on the mailbox page. */
	readonly graphText: string;
	readonly smtpText: string;
	readonly effect: MagicEffect;
}

export type MagicEffect =
	/** Refused; `times` for each message id, then taken. Absent: always. */
	| { readonly kind: "refuse"; readonly graph: GraphRefusal; readonly smtp: string; readonly times?: number }
	/** The bytes are read, nothing is sent, nothing is answered. */
	| { readonly kind: "hang" }
	/** Sent, but the answer never arrives: the connection is reset. The first time for each message id. */
	| { readonly kind: "lose-answer" }
	/** Refused for this recipient alone over SMTP, for all over Graph. */
	| { readonly kind: "refuse-recipient"; readonly graph: GraphRefusal; readonly smtp: string };

export interface GraphRefusal {
	readonly status: 400 | 403 | 413 | 429 | 503;
	readonly code: string;
	readonly message: string;
	readonly retryAfterSeconds?: number;
}

/** Microsoft's own is one line of some thousand characters; clients must cope with it. */
export function sendAsDeniedReply(account: string, from: string): string {
	const diagnostics = "Cannot submit message. 0.35250:4A000000, 1.36674:0A000000, ".repeat(40);
	return `554 5.2.252 SendAsDenied; ${account} not allowed to send as ${from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]${diagnostics}[EndDiagnosticData] [Hostname=SANDBOX0001.eurprd00.prod.outlook.com]`;
}

export const SEND_AS_DENIED: GraphRefusal = {
	status: 403,
	code: "ErrorSendAsDenied",
	message:
		"The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account. Cannot submit message.",
};

export const MAGIC_RECIPIENTS: readonly MagicRecipient[] = [
	{
		localPart: "throttle",
		graphText: "429 with Retry-After 2, twice for each message; then taken",
		smtpText: "432 4.3.2 after the message, twice; then taken",
		effect: {
			kind: "refuse",
			times: 2,
			graph: {
				status: 429,
				code: "ApplicationThrottled",
				message: "Application is over its MailboxConcurrency limit.",
				retryAfterSeconds: 2,
			},
			smtp: "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
		},
	},
	{
		localPart: "timeout",
		graphText: "no answer, and nothing sent",
		smtpText: "no answer after the message, and nothing sent",
		effect: { kind: "hang" },
	},
	{
		localPart: "lost",
		graphText: "sent, but the connection breaks before the answer (once for each message)",
		smtpText: "the same",
		effect: { kind: "lose-answer" },
	},
	{
		localPart: "senddenied",
		graphText: "403 ErrorSendAsDenied",
		smtpText: "554 5.2.252 SendAsDenied, one very long line",
		effect: { kind: "refuse", graph: SEND_AS_DENIED, smtp: sendAsDeniedReply("you", "this sender") },
	},
	{
		localPart: "invalid",
		graphText: "400 ErrorInvalidRecipients, nobody gets it",
		smtpText: "550 5.1.1 at RCPT; the other recipients get it",
		effect: {
			kind: "refuse-recipient",
			graph: {
				status: 400,
				code: "ErrorInvalidRecipients",
				message:
					"At least one recipient is not valid., Recipient 'invalid' is not resolved. All recipients must be resolved before a message can be submitted.",
			},
			smtp: "550 5.1.1 The recipient address does not exist",
		},
	},
	{
		localPart: "nameless",
		graphText: "400 ErrorInvalidRecipients that does not say who is meant, nobody gets it",
		smtpText: "550 5.1.1 at RCPT; the other recipients get it",
		effect: {
			kind: "refuse-recipient",
			graph: {
				status: 400,
				code: "ErrorInvalidRecipients",
				message: "At least one recipient is not valid.",
			},
			smtp: "550 5.1.1 The recipient address does not exist",
		},
	},
	{
		localPart: "servererror",
		graphText: "503 ServiceNotAvailable",
		smtpText: "451 4.7.0 Temporary server error",
		effect: {
			kind: "refuse",
			graph: { status: 503, code: "ServiceNotAvailable", message: "The service is unavailable." },
			smtp: "451 4.7.0 Temporary server error. Please try again later. PRX2",
		},
	},
	{
		localPart: "toolarge",
		graphText: "413, as a request over 4 MB gets",
		smtpText: "552 5.3.4 after the message",
		effect: {
			kind: "refuse",
			graph: { status: 413, code: "BadRequest", message: "The maximum request length supported is 4MB." },
			smtp: "552 5.3.4 Message size exceeds fixed maximum message size",
		},
	},
	{
		localPart: "full",
		graphText: "400 ErrorQuotaExceeded: the sending mailbox is full",
		smtpText: "554 5.2.2, the same",
		effect: {
			kind: "refuse",
			graph: {
				status: 400,
				code: "ErrorQuotaExceeded",
				message: "The mailbox has exceeded its size quota., Cannot save changes made to an item to store.",
			},
			smtp: "554 5.2.2 STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; mailbox full",
		},
	},
];

const BY_LOCAL_PART = new Map(MAGIC_RECIPIENTS.map((row) => [row.localPart, row]));
const KEPT_MESSAGES = 100_000;

/** The first recipient that is magic, if one is. */
export function magicRecipient(recipients: readonly string[]): MagicRecipient | undefined {
	for (const recipient of recipients) {
		const row = BY_LOCAL_PART.get(recipient.slice(0, recipient.indexOf("@")).toLowerCase());
		if (row !== undefined) return row;
	}
	return undefined;
}

/** Remembers how often each message met its fate, for effects that end. */
export class MagicMemory {
	readonly #times = new Map<string, number>();

	/** True for the first `times` calls with this message. */
	within(times: number, localPart: string, messageId: string): boolean {
		const key = `${localPart} ${messageId}`;
		const used = (this.#times.get(key) ?? 0) + 1;
		if (this.#times.size >= KEPT_MESSAGES) this.#times.clear();
		this.#times.set(key, used);
		return used <= times;
	}

	clear(): void {
		this.#times.clear();
	}
}
