import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReply, reply } from "../mail/reply.ts";
import type { GraphAnswer } from "../microsoft/graph-client.ts";
import { DELIVERY } from "../words/delivery.ts";
import { classifyGraph, classifyNoAnswer, classifySmtp, type Verdict } from "./classify.ts";
import { GRAPH_RULES } from "./graph-outcomes.ts";
import { SMTP_RULES, type SmtpPhase } from "./smtp-outcomes.ts";

function answer(status: number, code = "", message = "", body = ""): GraphAnswer {
	return {
		kind: "answer",
		status,
		codes: code === "" ? [] : code.toLowerCase().split(" "),
		message,
		requestId: "r",
		body: undefined,
		bytes: Buffer.from(body),
	};
}

type Expected = readonly [Verdict["outcome"], RegExp];
const LATER: Expected = ["deferred", /wait|goes on|tries again/i];
const OPEN: Expected = ["unknown", /whether the message arrived/];

/** What Graph has been documented or seen to say (codes, status, text), and what it means. */
const GRAPH: readonly (readonly [number, string, string, Expected])[] = [
	[202, "", "", ["delivered", /^$/]],
	[200, "", "", ["unknown", /does not know/]],
	[201, "", "", ["unknown", /does not know/]],
	[
		401,
		"InvalidAuthenticationToken",
		"Lifetime validation failed, the token is expired.",
		["deferred", /Sign in again/],
	],
	[
		403,
		"ErrorAccessDenied",
		"Access is denied. Check credentials and try again.",
		["deferred", /Mail\.Send/],
	],
	[
		403,
		"ErrorAccessDenied",
		"Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
		["deferred", /scope/],
	],
	[
		403,
		"ErrorSendAsDenied",
		"The user account which was used to submit this request does not have the right to send mail",
		["failed", /From address/],
	],
	[
		400,
		"ErrorInvalidRecipients",
		"At least one recipient is not valid., Recipient 'x' is not resolved.",
		["failed", /recipient's address/],
	],
	[
		400,
		"ErrorInvalidRecipients",
		"The recipient limit of the message is exceeded.",
		["failed", /more recipients/],
	],
	[
		400,
		"ErrorMessageSizeExceeded",
		"The message exceeds the maximum supported size.",
		["failed", /larger than Microsoft/],
	],
	[400, "ErrorAttachmentSizeLimitExceeded", "", ["failed", /larger than Microsoft/]],
	[400, "ErrorRequestStreamTooBig", "", ["failed", /larger than Microsoft/]],
	[413, "BadRequest", "The maximum request length supported is 4MB.", ["failed", /larger than Microsoft/]],
	[400, "ErrorMimeContentInvalid", "", ["failed", /built it wrongly/]],
	[
		400,
		"ErrorMimeContentInvalidBase64String",
		"Invalid base64 string for MIME content.",
		["failed", /built it wrongly/],
	],
	[500, "ErrorMimeContentConversionFailed", "", ["failed", /built it wrongly/]],
	[404, "ErrorNonExistentMailbox", "", ["deferred", /no Exchange Online mailbox/]],
	[400, "ErrorInvalidUser", "The requested user 'x' is invalid.", ["deferred", /no Exchange Online mailbox/]],
	[404, "Request_ResourceNotFound", "", ["deferred", /no Exchange Online mailbox/]],
	[
		404,
		"MailboxNotEnabledForRESTAPI",
		"The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
		["deferred", /licence/],
	],
	[403, "ErrorAccountDisabled", "", ["deferred", /disabled/]],
	[403, "ErrorAccountSuspend", "account suspended", ["deferred", /blocked this account/]],
	[
		429,
		"ErrorExceededMessageLimit",
		"Cannot send mail. Daily Message/Recipient limit exceeded.",
		["deferred", /within a day/],
	],
	[403, "ErrorExceededMessageLimit", "Cannot send mail.", ["deferred", /within a day/]],
	[400, "ErrorQuotaExceeded", "", ["deferred", /mailbox is full/]],
	[507, "quotaLimitReached", "", ["deferred", /mailbox is full/]],
	[500, "ErrorSubmissionQuotaExceeded", "", ["deferred", /within a day/]],
	[429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", LATER],
	[429, "TooManyRequests", "", LATER],
	[429, "activityLimitReached", "", LATER],
	[503, "ErrorServerBusy", "", OPEN],
	[502, "UnknownError", "", OPEN],
	[504, "ServiceNotAvailable", "", OPEN],
	[408, "ErrorTimeoutExpired", "", OPEN],
	[500, "ErrorInternalServerError", "", OPEN],
	[500, "ErrorInternalServerTransientError", "", OPEN],
	[500, "ErrorMailboxStoreUnavailable", "", OPEN],
	[500, "ErrorMailboxMoveInProgress", "", OPEN],
	[500, "ErrorMailboxFailover", "", OPEN],
	[500, "ErrorADUnavailable", "", OPEN],
	[409, "ErrorIrresolvableConflict", "", OPEN],
	[412, "ErrorIrresolvableConflict", "", OPEN],
	[404, "ErrorItemNotFound", "", LATER],
	[404, "ErrorFolderNotFound", "", LATER],
	[400, "ErrorInvalidIdMalformed", "", LATER],
	[400, "InefficientFilter", "", LATER],
	[400, "generalException", "", LATER],
	[400, "ErrorInvalidRequest", "", LATER],
	[400, "BadRequest", "", LATER],
	[418, "SomethingNew", "", LATER],
	[599, "SomethingNew", "", ["unknown", /does not know/]],
];

/** What Microsoft's submission server has been documented or seen to say, and where. */
const SMTP: readonly (readonly [string, SmtpPhase, Expected])[] = [
	["250 2.0.0 OK <id@x> [Hostname=x]", "message", ["delivered", /^$/]],
	[
		"535 5.7.3 Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]",
		"auth",
		["deferred", /Authenticated SMTP/],
	],
	[
		"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
		"auth",
		["deferred", /switched off for this mailbox/],
	],
	[
		"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
		"auth",
		["deferred", /switched off for this mailbox/],
	],
	[
		"535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
		"auth",
		["deferred", /policy/],
	],
	["504 5.7.4 Unrecognized authentication type", "auth", ["deferred", /XOAUTH2/]],
	[
		"550 5.7.30 Basic authentication is not supported for Client Submission.",
		"sender",
		["deferred", /switched off/],
	],
	["530 5.7.57 Client not authenticated to send mail", "sender", ["deferred", /switched off/]],
	[
		"550 5.7.60 SMTP; Client does not have permissions to send as this sender",
		"sender",
		["failed", /From address/],
	],
	["550 5.7.60 Refused", "sender", ["failed", /From address/]],
	[
		"554 5.2.252 SendAsDenied; a@x not allowed to send as b@x; STOREDRV.Submission.Exception:SendAsDeniedException",
		"message",
		["failed", /From address/],
	],
	[
		"550 5.2.252 Sender throttled due to continuous send as denied errors.",
		"message",
		["deferred", /stopped this account/],
	],
	[
		"550 5.2.251 Sender throttled due to continuous mailbox full errors.",
		"message",
		["deferred", /stopped this account/],
	],
	[
		"550 5.2.254 Sender throttled due to continuous too many recipients errors.",
		"message",
		["deferred", /stopped this account/],
	],
	["432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "message", LATER],
	[
		"432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
		"message",
		LATER,
	],
	["432 4.3.2 Slow down", "message", LATER],
	["421 4.4.2 Connection dropped", "message", LATER],
	["451 4.7.0 Temporary server error. Please try again later. PRX2", "message", LATER],
	["452 4.5.3 Too many recipients", "recipient", ["deferred", /others next/]],
	["554 5.5.3 Too many recipients", "message", ["failed", /more recipients/]],
	["554 5.2.0 RecipientLimitExceeded", "message", ["failed", /more recipients/]],
	["550 5.1.8 Access denied, bad outbound sender", "message", ["deferred", /blocked this account/]],
	[
		"550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
		"message",
		["deferred", /within a day/],
	],
	["554 5.2.2 Submission quota exceeded", "message", ["deferred", /within a day/]],
	[
		"554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException",
		"message",
		["deferred", /mailbox is full/],
	],
	["550 5.7.705 Access denied, tenant has exceeded threshold", "message", ["deferred", /Microsoft support/]],
	[
		"550 5.7.708 Access denied, traffic not accepted from this IP",
		"message",
		["deferred", /Microsoft support/],
	],
	[
		"550 5.7.750 Client blocked from sending from unregistered domains",
		"message",
		["deferred", /Microsoft support/],
	],
	[
		"550 5.7.232 Your message can't be sent because your tenant exceeded its limit",
		"message",
		["deferred", /recipients outside/],
	],
	[
		"550 5.7.233 Your message can't be sent because your trial tenant exceeded its limit",
		"message",
		["deferred", /recipients outside/],
	],
	["550 5.7.64 TenantAttribution; Relay Access Denied", "recipient", ["deferred", /smtp\.office365\.com/]],
	[
		"550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization",
		"recipient",
		["deferred", /smtp\.office365\.com/],
	],
	[
		"552 5.3.4 Message size exceeds fixed maximum message size",
		"message",
		["failed", /larger than Microsoft/],
	],
	["552 Too large", "message", ["failed", /larger than Microsoft/]],
	["554 5.6.11 Invalid characters", "message", ["failed", /built it wrongly/]],
	["550 5.1.1 User unknown", "recipient", ["failed", /recipient's address/]],
	["550 5.9.9 Something new", "message", ["failed", /refused the message/]],
	["450 4.9.9 Something new", "message", LATER],
	["554 5.9.9 Something new", "greeting", ["deferred", /tries again/]],
];

describe("what Graph says", () => {
	it.each(GRAPH)("%i %s %s", (status, code, message, [outcome, text]) => {
		const verdict = classifyGraph(answer(status, code, message));
		expect(verdict.outcome).toBe(outcome);
		expect(verdict.trouble?.ownerText ?? verdict.ownerText).toMatch(text);
	});

	it("a portal's or proxy's page instead of an answer is the network's doing", () => {
		for (const status of [200, 302, 403, 407, 511]) {
			const verdict = classifyGraph(answer(status, "", "", "<!DOCTYPE html><html><title>Sign in</title>"));
			expect(verdict).toMatchObject({ outcome: "deferred", trouble: { kind: "unreachable" } });
			expect(verdict.trouble?.ownerText).toMatch(/Something on your network/);
		}
		expect(classifyGraph(answer(413, "", "", "<html><title>413</title>")).outcome).toBe("failed");
	});

	it("whatever it is: never delivered but for 202, never failed for an unknown code", () => {
		void fc.assert(
			fc.property(fc.integer({ min: 100, max: 599 }), fc.string(), fc.string(), (status, code, message) => {
				const { outcome } = classifyGraph(
					answer(status, `new-${code}`, `x ${message.replaceAll("recipient", "")}`),
				);
				expect(outcome === "delivered").toBe(status === 202);
				if (status !== 413) expect(outcome).not.toBe("failed");
			}),
		);
	});
});

describe("what the submission server says", () => {
	it.each(SMTP)("%s (%s)", (line, phase, [outcome, text]) => {
		const verdict = classifySmtp(parseReply(line), phase);
		expect(verdict.outcome).toBe(outcome);
		expect(verdict.trouble?.ownerText ?? verdict.ownerText).toMatch(text);
	});

	it("in thousands of characters, or in several lines, means the same", () => {
		const long = `554 5.2.252 SendAsDenied; a@x not allowed to send as b@x; ${"0.35250:4A000000, ".repeat(200)}`;
		expect(classifySmtp(parseReply(long), "message").outcome).toBe("failed");
	});
});

describe("the tables", () => {
	it("have no row that nothing reaches", () => {
		const graphRows = new Set(
			GRAPH.map(([status, code, message]) => classifyGraph(answer(status, code, message))).map(
				({ ownerText, trouble }) => trouble?.ownerText ?? ownerText,
			),
		);
		for (const { ownerText } of GRAPH_RULES) expect([...graphRows].join("\n")).toContain(ownerText);
		const smtpRows = new Set(
			SMTP.map(([line, phase]) => classifySmtp(parseReply(line), phase)).map(
				({ ownerText, trouble }) => trouble?.ownerText ?? ownerText,
			),
		);
		for (const { ownerText } of SMTP_RULES) expect([...smtpRows].join("\n")).toContain(ownerText);
	});

	it("name a source for each row, and speak no jargon to owners", () => {
		for (const { source, ownerText } of [...GRAPH_RULES, ...SMTP_RULES]) {
			expect(source).not.toBe("");
			expect(ownerText).toMatch(/[.)]$/);
			expect(ownerText).not.toMatch(/\bHTTP\b|AADSTS|enhanced|\b[45]\.\d+\.\d+\b|(?<!:)\b[45]\d\d\b/);
		}
	});
});

describe("a certificate that is not valid now", () => {
	it("is not blamed on Microsoft: the box's clock is", () => {
		const error = Object.assign(new Error("certificate is not yet valid"), { code: "CERT_NOT_YET_VALID" });
		const verdict = classifyNoAnswer({ ok: false, sent: "nothing", reason: "tls", error }, false);
		expect(verdict.trouble?.ownerText).toBe(DELIVERY.clockOrCertificate);
		expect(verdict.reply).toEqual(reply(451, "4.4.1", "Not reachable"));
	});
});
