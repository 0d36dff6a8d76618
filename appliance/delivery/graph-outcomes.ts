/**
 * What Graph's answers to sendMail mean, as data; the first row that fits counts. For classify.ts.
 *
 * Sources: the error codes of learn.microsoft.com/graph/errors and of Exchange's ResponseCode
 * enumeration (EWS: learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode),
 * Graph's throttling page, and messages seen in public issue trackers. Codes in lower case; any of an
 * error's nested codes may match.
 */

import { DELIVERY } from "../words/delivery.ts";
import { DAILY_LIMIT_WAIT_MS, type Ruling } from "./outcome-table.ts";

export interface GraphRule extends Ruling {
	readonly codes?: readonly string[];
	readonly status?: readonly number[];
	readonly message?: RegExp;
	/** The SMTP reply it stands for in history and bounces. */
	readonly reply: readonly [code: number, enhanced: string];
}

const GRAPH_ERRORS = "learn.microsoft.com/graph/errors";
const RESPONSE_CODES = "learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode";
const SEEN = "public issue trackers";

export const GRAPH_RULES: readonly GraphRule[] = [
	// "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
	{
		message: /\[RAOP\]|AccessPolicy/i,
		outcome: "deferred",
		trouble: "blocked",
		reply: [451, "4.7.0"],
		source: "learn.microsoft.com/graph/auth-limit-mailbox-access; the text was seen in public logs",
		ownerText: DELIVERY.notInScope,
	},
	{
		codes: ["errorsendasdenied"],
		outcome: "failed",
		reply: [550, "5.7.60"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.sendAsDenied,
	},
	// "The recipient limit of the message is exceeded" has been seen under ErrorInvalidRecipients too.
	{
		message: /recipient limit of the message/i,
		outcome: "failed",
		reply: [550, "5.5.3"],
		source: SEEN,
		ownerText: DELIVERY.tooManyRecipients,
	},
	{
		codes: ["errorinvalidrecipients"],
		outcome: "failed",
		reply: [550, "5.1.3"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.recipientUnknown,
	},
	{
		codes: ["errormessagesizeexceeded", "errorattachmentsizelimitexceeded", "errorrequeststreamtoobig"],
		outcome: "failed",
		reply: [552, "5.3.4"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.tooLarge,
	},
	// "The maximum request length supported is 4MB", code BadRequest.
	{
		status: [413],
		outcome: "failed",
		reply: [552, "5.3.4"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.tooLarge,
	},
	// ErrorMimeContentConversionFailed comes with status 500, yet is final.
	{
		codes: [
			"errormimecontentinvalid",
			"errormimecontentinvalidbase64string",
			"errormimecontentconversionfailed",
		],
		outcome: "failed",
		reply: [554, "5.6.0"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.unreadable,
	},
	// Outlook.com's cap comes as 429, 403 or 400.
	{
		codes: ["errorexceededmessagelimit"],
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		reply: [451, "4.7.1"],
		source: RESPONSE_CODES,
		ownerText: `${DELIVERY.dailyLimit} ${DELIVERY.mayNeedProof}`,
	},
	// 10,000 recipients a day; 500 or 429. Nothing was submitted.
	{
		codes: ["errorsubmissionquotaexceeded"],
		outcome: "deferred",
		trouble: "blocked",
		waitMs: DAILY_LIMIT_WAIT_MS,
		reply: [451, "4.7.1"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.dailyLimit,
	},
	{
		codes: ["errorquotaexceeded", "quotalimitreached"],
		outcome: "deferred",
		trouble: "blocked",
		reply: [452, "4.2.2"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.mailboxFull,
	},
	{
		codes: ["erroraccountsuspend", "erroraccountsuspended"],
		outcome: "deferred",
		trouble: "blocked",
		reply: [451, "4.7.0"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.accountBlocked,
	},
	{
		codes: ["erroraccountdisabled"],
		outcome: "deferred",
		trouble: "blocked",
		reply: [451, "4.7.0"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.accountDisabled,
	},
	{
		codes: [
			"mailboxnotenabledforrestapi",
			"mailboxnothostedinexchangeonline",
			"errornonexistentmailbox",
			"errorinvaliduser",
			"request_resourcenotfound",
			"resourcenotfound",
		],
		outcome: "deferred",
		trouble: "blocked",
		reply: [451, "4.7.0"],
		source: RESPONSE_CODES,
		ownerText: DELIVERY.noMailbox,
	},
	{
		status: [401],
		outcome: "deferred",
		trouble: "needs-sign-in",
		reply: [454, "4.7.0"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.signInAgain,
	},
	{
		status: [403],
		outcome: "deferred",
		trouble: "blocked",
		reply: [451, "4.7.0"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.permissionMissing,
	},
	// "Application is over its MailboxConcurrency limit", code ApplicationThrottled.
	{
		status: [429],
		message: /MailboxConcurrency/i,
		outcome: "deferred",
		trouble: "throttled",
		tooManyAtOnce: true,
		reply: [451, "4.7.1"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.throttled,
	},
	// Throttling: the request was not looked at (learn.microsoft.com/graph/throttling).
	{
		status: [429],
		outcome: "deferred",
		trouble: "throttled",
		reply: [451, "4.7.1"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.throttled,
	},
	// A disturbance of the service, which answers: not a dead link. A 504 has been seen after the message
	// had been sent, so the whole family leaves open whether it was.
	{
		status: [502, 503, 504],
		outcome: "unknown",
		trouble: "throttled",
		reply: [451, "4.3.0"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.serviceTrouble,
	},
	// Only of this message perhaps, so the others go on.
	{
		status: [408, 409, 412, 423, 500, 507, 509],
		outcome: "unknown",
		reply: [451, "4.3.0"],
		source: GRAPH_ERRORS,
		ownerText: DELIVERY.serviceTrouble,
	},
];

/** Any other 4xx: refused before anything was sent; unknown codes are tried again, not given up. */
export const GRAPH_REFUSAL: GraphRule = {
	outcome: "deferred",
	reply: [451, "4.3.0"],
	source: GRAPH_ERRORS,
	ownerText: DELIVERY.temporary,
};

/** Any other answer, such as 200: sendMail has answered 200 and sent nothing (microsoft-graph-docs #13979). */
export const GRAPH_RIDDLE: GraphRule = {
	outcome: "unknown",
	reply: [451, "4.3.0"],
	source: "microsoft-graph-docs #13979",
	ownerText: DELIVERY.unknownAnswer,
};
