/**
 * What the replies of Microsoft's SMTP submission mean, as data; the first row that fits counts. For
 * classify.ts.
 *
 * Sources: learn.microsoft.com/exchange/mail-flow-best-practices (fix issues with printers, SMTP AUTH
 * submissions, continuous error throttling, non-delivery reports) and replies seen in public logs.
 */

import { DELIVERY } from "../words/delivery.ts";
import { DAILY_LIMIT_WAIT_MS, type Ruling } from "./outcome-table.ts";

/** Where in the dialogue a reply came: before any message, in the envelope, after the message. */
export type SmtpPhase = "greeting" | "auth" | "sender" | "recipient" | "message";

export interface SmtpRule extends Ruling {
	readonly code?: readonly number[];
	/** Matched against the enhanced code, `5.7.139`. */
	readonly enhanced?: RegExp;
	readonly text?: RegExp;
	readonly phase?: readonly SmtpPhase[];
}

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
		ownerText: DELIVERY.smtpSwitchedOff,
	},
	// 5.7.139 "… did not meet the criteria to be authenticated successfully": a policy.
	{
		phase: ["auth"],
		enhanced: /^5\.7\.139$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.smtpPolicy,
	},
	// 535 5.7.3 with a token fresh from Microsoft: the user has no right, or the switch is off.
	{
		phase: ["auth"],
		code: [535],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: `${DELIVERY.smtpSignInRefused} ${DELIVERY.smtpSwitchedOff} ${DELIVERY.smtpSwitchedOn}`,
	},
	{
		phase: ["auth"],
		code: [504, 534, 538, 500, 501, 502, 503, 530, 550, 554],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.noModernSignIn,
	},
	// More than 3 connections for a mailbox: "Concurrent connections limit exceeded", "sender thread limit exceeded".
	{
		code: [432],
		text: /concurrent|thread limit/i,
		outcome: "deferred",
		trouble: "throttled",
		tooManyAtOnce: true,
		source: EXCHANGE,
		ownerText: DELIVERY.throttled,
	},
	// Too fast.
	{
		code: [432],
		outcome: "deferred",
		trouble: "throttled",
		source: EXCHANGE,
		ownerText: DELIVERY.throttled,
	},
	// RFC 5321 §4.2.3: the server closes the connection.
	{
		code: [421],
		outcome: "deferred",
		trouble: "throttled",
		source: RFC_5321,
		ownerText: DELIVERY.temporary,
	},
	// 5.2.251 to 255: "Sender throttled due to continuous … errors".
	{
		enhanced: /^5\.2\.25(1|3|4|5)$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: THROTTLING,
		ownerText: DELIVERY.stoppedForFailures,
	},
	{
		enhanced: /^5\.2\.252$/,
		text: /throttled/i,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: THROTTLING,
		ownerText: `${DELIVERY.stoppedForSender} ${DELIVERY.sendAsDenied}`,
	},
	{
		text: /SendAsDenied|does not have permissions to send as this sender/i,
		outcome: "failed",
		source: EXCHANGE,
		ownerText: DELIVERY.sendAsDenied,
	},
	{
		enhanced: /^5\.7\.60$/,
		outcome: "failed",
		source: EXCHANGE,
		ownerText: DELIVERY.sendAsDenied,
	},
	{
		text: /QuotaExceeded|mailbox (is )?full/i,
		phase: ["sender", "message"],
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.mailboxFull,
	},
	// "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients".
	{
		enhanced: /^[45]\.1\.90$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: DELIVERY.dailyLimit,
	},
	{
		text: /submission quota exceeded|daily limit/i,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: DELIVERY.dailyLimit,
	},
	{
		enhanced: /^5\.1\.8$/,
		outcome: "deferred",
		trouble: "blocked",
		source: RFC_5321,
		ownerText: DELIVERY.accountBlocked,
	},
	{
		enhanced: /^5\.7\.(705|708|750)$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.tenantBlocked,
	},
	// 5.7.232 and 233: the tenant's external recipients of a day (TERRL).
	{
		enhanced: /^5\.7\.23[23]$/,
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		source: EXCHANGE,
		ownerText: DELIVERY.tenantDaily,
	},
	// "Relay Access Denied", "Direct Send not allowed for this organization from unauthorized sources".
	{
		enhanced: /^5\.7\.6[48]$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.directSend,
	},
	// 5.7.57 "Client not authenticated to send mail"; 5.7.30 "Basic authentication is not supported".
	{
		enhanced: /^5\.7\.(57|30)$/,
		outcome: "deferred",
		trouble: "blocked",
		source: EXCHANGE,
		ownerText: DELIVERY.smtpSwitchedOff,
	},
	// RFC 5321 §4.5.3.1.10: the rest of the recipients next time.
	{
		code: [452],
		phase: ["recipient"],
		outcome: "deferred",
		source: RFC_5321,
		ownerText: DELIVERY.othersNext,
	},
	{
		enhanced: /^5\.5\.3$/,
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.tooManyRecipients,
	},
	{
		text: /RecipientLimit|too many recipients/i,
		code: [550, 552, 554],
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.tooManyRecipients,
	},
	{
		enhanced: /^5\.3\.4$/,
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.tooLarge,
	},
	{
		code: [552],
		phase: ["sender", "message"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.tooLarge,
	},
	{
		enhanced: /^5\.6\./,
		phase: ["message"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.unreadable,
	},
	{
		enhanced: /^5\.1\.\d+$/,
		phase: ["recipient"],
		outcome: "failed",
		source: RFC_5321,
		ownerText: DELIVERY.recipientUnknown,
	},
];

/** Whole classes, when no row fits (RFC 5321 §4.2.1). Before the envelope they concern everybody. */
export const SMTP_DEFAULTS = {
	everybodyLater: {
		outcome: "deferred",
		trouble: "throttled",
		source: RFC_5321,
		ownerText: DELIVERY.temporary,
	},
	everybodyRefused: {
		outcome: "deferred",
		trouble: "blocked",
		source: RFC_5321,
		ownerText: DELIVERY.serverRefuses,
	},
	later: { outcome: "deferred", source: RFC_5321, ownerText: DELIVERY.temporary },
	refused: { outcome: "failed", source: RFC_5321, ownerText: DELIVERY.refused },
} as const satisfies Record<string, Ruling>;
