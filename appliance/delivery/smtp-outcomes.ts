/**
 * What the replies of Microsoft's SMTP submission mean, as data; the first row that fits counts. For
 * classify.ts.
 *
 * Sources: learn.microsoft.com/exchange/mail-flow-best-practices (fix issues with printers, SMTP AUTH
 * submissions, continuous error throttling, non-delivery reports) and replies seen in public logs.
 */
import { DAILY_LIMIT_WAIT_MS, type Ruling, TEXTS } from "./outcome-table.ts";

/** Where in the dialogue a reply came: before any message, in the envelope, after the message. */
export type SmtpPhase = "greeting" | "auth" | "sender" | "recipient" | "message";

export interface SmtpRule extends Ruling {
	readonly code?: readonly number[];
	/** Matched against the enhanced code, `5.7.139`. */
	readonly enhanced?: RegExp;
	readonly text?: RegExp;
	readonly phase?: readonly SmtpPhase[];
}

const MAILBOX_SWITCH =
	"Sending over SMTP is switched off for this mailbox. Your Microsoft 365 administrator switches it on: admin centre, Users, the user, Mail, Manage email apps, Authenticated SMTP. Or set the account's transport to graph, which needs no such switch.";

const EXCHANGE = "learn.microsoft.com/exchange/mail-flow-best-practices";
const THROTTLING =
	"learn.microsoft.com/exchange/troubleshoot (continuous error throttling of SMTP AUTH submissions)";
const RFC_5321 = "RFC 5321, RFC 3463";

export const SMTP_RULES: readonly SmtpRule[] = [
	// "SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled", or
	// "… for the Mailbox". The switch gates OAuth as well.
	{
		phase: ["auth"],
		text: /SmtpClientAuthentication is disabled|smtp_auth_disabled/i,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: MAILBOX_SWITCH,
	},
	// 5.7.139 "… did not meet the criteria to be authenticated successfully": a policy.
	{
		phase: ["auth"],
		enhanced: /^5\.7\.139$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText:
			"Your organisation's policy does not let this account sign in for SMTP. Ask your Microsoft 365 administrator (Conditional Access, security defaults), or set the account's transport to graph.",
	},
	// 535 5.7.3 with a token fresh from Microsoft: the user has no right, or the switch is off.
	{
		phase: ["auth"],
		code: [535],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: `Microsoft does not accept this account's sign-in for SMTP. Check first: ${MAILBOX_SWITCH} If it is on, sign in again as the owner of the mailbox.`,
	},
	{
		phase: ["auth"],
		code: [504, 534, 538, 500, 501, 502, 503, 530, 550, 554],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText:
			"The mail server does not take the modern sign-in (XOAUTH2) that Postern uses. Check the SMTP server in the configuration, or set the account's transport to graph.",
	},
	// More than 3 connections for a mailbox: "Concurrent connections limit exceeded", "sender thread limit exceeded".
	{
		code: [432],
		text: /concurrent|thread limit/i,
		outcome: "deferred",
		trouble: "throttled",
		tooManyAtOnce: true,
		source: EXCHANGE,
		ownerText: TEXTS.throttled,
	},
	// Too fast.
	{
		code: [432],
		outcome: "deferred",
		trouble: "throttled",
		source: EXCHANGE,
		ownerText: TEXTS.throttled,
	},
	// RFC 5321 §4.2.3: the server closes the connection.
	{
		code: [421],
		outcome: "deferred",
		trouble: "throttled",
		source: RFC_5321,
		ownerText: TEXTS.temporary,
	},
	// 5.2.251 to 255: "Sender throttled due to continuous … errors".
	{
		enhanced: /^5\.2\.25(1|3|4|5)$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: THROTTLING,
		ownerText:
			"Microsoft has stopped this account for some hours because too many of its messages could not be sent. Look at the failed messages, correct what they name, and wait: nobody can lift the stop.",
	},
	{
		enhanced: /^5\.2\.252$/,
		text: /throttled/i,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: THROTTLING,
		ownerText: `Microsoft has stopped this account for some hours because it kept sending with a From address it may not use. ${TEXTS.sendAsDenied}`,
	},
	{
		text: /SendAsDenied|does not have permissions to send as this sender/i,
		outcome: "failed",
		source: EXCHANGE,
		ownerText: TEXTS.sendAsDenied,
	},
	{
		enhanced: /^5\.7\.60$/,
		outcome: "failed",
		source: EXCHANGE,
		ownerText: TEXTS.sendAsDenied,
	},
	{
		text: /QuotaExceeded|mailbox (is )?full/i,
		phase: ["sender", "message"],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: TEXTS.mailboxFull,
	},
	// "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients".
	{
		enhanced: /^[45]\.1\.90$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: TEXTS.dailyLimit,
	},
	{
		text: /submission quota exceeded|daily limit/i,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: TEXTS.dailyLimit,
	},
	{
		enhanced: /^5\.1\.8$/,
		outcome: "deferred",
		trouble: "blocked",
		source: RFC_5321,
		ownerText: TEXTS.accountBlocked,
	},
	{
		enhanced: /^5\.7\.(705|708|750)$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: TEXTS.tenantBlocked,
	},
	// 5.7.232 and 233: the tenant's external recipients of a day (TERRL).
	{
		enhanced: /^5\.7\.23[23]$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: TEXTS.tenantDaily,
	},
	// "Relay Access Denied", "Direct Send not allowed for this organization from unauthorized sources".
	{
		enhanced: /^5\.7\.6[48]$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: TEXTS.directSend,
	},
	// 5.7.57 "Client not authenticated to send mail"; 5.7.30 "Basic authentication is not supported".
	{
		enhanced: /^5\.7\.(57|30)$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: MAILBOX_SWITCH,
	},
	// RFC 5321 §4.5.3.1.10: the rest of the recipients next time.
	{
		code: [452],
		phase: ["recipient"],
		outcome: "deferred",
		source: RFC_5321,
		ownerText: "Microsoft takes only so many recipients at once. Postern sends to the others next.",
	},
	{
		enhanced: /^5\.5\.3$/,
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.tooManyRecipients,
	},
	{
		text: /RecipientLimit|too many recipients/i,
		code: [550, 552, 554],
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.tooManyRecipients,
	},
	{
		enhanced: /^5\.3\.4$/,
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.tooLarge,
	},
	{
		code: [552],
		phase: ["sender", "message"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.tooLarge,
	},
	{
		enhanced: /^5\.6\./,
		phase: ["message"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.unreadable,
	},
	{
		enhanced: /^5\.1\.\d+$/,
		phase: ["recipient"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: TEXTS.recipientUnknown,
	},
];

/** Whole classes, when no row fits (RFC 5321 §4.2.1). Before the envelope they concern everybody. */
export const SMTP_DEFAULTS = {
	everybodyLater: { outcome: "deferred", trouble: "throttled", source: RFC_5321, ownerText: TEXTS.temporary },
	everybodyRefused: {
		outcome: "deferred",
		trouble: "blocked",
		source: RFC_5321,
		ownerText:
			"Microsoft's mail server does not talk to this box at present. What it said stands in the log; Postern tries again by itself.",
	},
	later: { outcome: "deferred", source: RFC_5321, ownerText: TEXTS.temporary },
	refused: { outcome: "failed", source: RFC_5321, ownerText: TEXTS.refused },
} as const satisfies Record<string, Ruling>;
