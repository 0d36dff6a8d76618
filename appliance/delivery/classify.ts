/**
 * From what the upstream said to what becomes of the message: looks the answer up in the tables. Pure;
 * an answer nobody knows is tried again, never given up in silence.
 */
import { errorCode } from "../errors.ts";
import { parseReply, type Reply, reply } from "../mail/reply.ts";
import type { GraphAnswer } from "../microsoft/graph-client.ts";
import type { HttpFailure } from "../microsoft/http.ts";
import type { AccountTrouble, Outcome } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { GRAPH_REFUSAL, GRAPH_RIDDLE, GRAPH_RULES, type GraphRule } from "./graph-outcomes.ts";
import type { Ruling } from "./outcome-table.ts";
import { SMTP_DEFAULTS, SMTP_RULES, type SmtpPhase, type SmtpRule } from "./smtp-outcomes.ts";

/** One judgement, for all recipients it concerns. */
export interface Verdict {
	readonly outcome: Outcome;
	readonly reply: Reply;
	/** For the log. */
	readonly reason: string;
	/** Empty when delivered. */
	readonly ownerText: string;
	/** Present when the account or the link is at fault. */
	readonly trouble?: AccountTrouble;
}

/** Graph's answer to a sendMail whose body was received whole. */
export function classifyGraph(answer: GraphAnswer): Verdict {
	const { status, codes, message, requestId } = answer;
	const reason = [`status=${status}`, ...codes.map((code) => `code=${code}`), `request-id=${requestId}`].join(
		" ",
	);
	// 202 is the only success there is (learn.microsoft.com/graph/api/user-sendmail).
	if (status === 202) {
		return {
			outcome: "delivered",
			reply: reply(250, "2.0.0", `Accepted ${requestId}`),
			reason,
			ownerText: "",
		};
	}
	if (isNobodyOfMicrosofts(answer)) {
		return accountInTrouble({
			kind: "unreachable",
			reason: `${reason} not JSON`,
			ownerText: DELIVERY.networkAnswers,
		});
	}
	const rule =
		GRAPH_RULES.find((each) => graphRuleFits(each, answer)) ??
		(status >= 400 && status < 500 ? GRAPH_REFUSAL : GRAPH_RIDDLE);
	const said = parseReply(
		`${rule.reply[0]} ${rule.reply[1]} ${[codes[0], message].filter(Boolean).join(": ") || `HTTP ${status}`}`,
	);
	return verdict(rule, said, reason, answer.retryAfterMs);
}

/** A page for people where Graph answers in JSON or with nothing: a captive portal, a proxy that blocks. Nothing was sent. */
function isNobodyOfMicrosofts({ status, bytes, codes }: GraphAnswer): boolean {
	const mayBePage = status < 400 || PAGES.has(status);
	return (
		mayBePage &&
		codes.length === 0 &&
		/^\s*<(?:!doctype|html|head|body)/i.test(bytes.toString("latin1", 0, 200))
	);
}

/** With which portals and proxies refuse; Microsoft's own front ends answer 413, 429 and 5xx with pages too. */
const PAGES: ReadonlySet<number> = new Set([403, 404, 407, 451, 511]);

function graphRuleFits({ codes, status, message }: GraphRule, answer: GraphAnswer): boolean {
	if (codes !== undefined && !codes.some((code) => answer.codes.includes(code))) return false;
	if (status !== undefined && !status.includes(answer.status)) return false;
	return message === undefined || message.test(answer.message);
}

/** A reply of the SMTP server. */
export function classifySmtp(said: Reply, phase: SmtpPhase): Verdict {
	const reason = `phase=${phase} reply=${said.code} ${said.enhanced}`.trim();
	if (said.code < 400) return { outcome: "delivered", reply: said, reason, ownerText: "" };
	const ruling = SMTP_RULES.find((each) => smtpRuleFits(each, said, phase)) ?? smtpDefault(said, phase);
	return verdict(ruling, said, reason);
}

function smtpRuleFits(
	{ code, enhanced, text, phase: phases }: SmtpRule,
	said: Reply,
	phase: SmtpPhase,
): boolean {
	if (phases !== undefined && !phases.includes(phase)) return false;
	if (code !== undefined && !code.includes(said.code)) return false;
	if (enhanced !== undefined && !enhanced.test(said.enhanced)) return false;
	return text === undefined || text.test(said.text);
}

function smtpDefault({ code }: Reply, phase: SmtpPhase): Ruling {
	if (phase === "greeting" || phase === "auth") {
		return code < 500 ? SMTP_DEFAULTS.everybodyLater : SMTP_DEFAULTS.everybodyRefused;
	}
	return code < 500 ? SMTP_DEFAULTS.later : SMTP_DEFAULTS.refused;
}

function verdict(ruling: Ruling, said: Reply, reason: string, retryAfterMs?: number): Verdict {
	const { outcome, trouble, ownerText } = ruling;
	const waitMs = retryAfterMs ?? ruling.waitMs;
	return {
		outcome,
		reply: said,
		reason,
		ownerText,
		...(trouble === undefined
			? {}
			: {
					trouble: {
						kind: trouble,
						reason,
						ownerText,
						...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
						...(ruling.tooManyAtOnce === undefined ? {} : { tooManyAtOnce: true }),
					},
				}),
	};
}

/** No token, no link: nothing was sent, and the account has to wait. */
export function accountInTrouble(trouble: AccountTrouble): Verdict {
	const said = reply(451, "4.4.1", TROUBLE_WORDS[trouble.kind]);
	return { outcome: "deferred", reply: said, reason: trouble.reason, ownerText: trouble.ownerText, trouble };
}

const TROUBLE_WORDS: Readonly<Record<AccountTrouble["kind"], string>> = {
	unreachable: "Not reachable",
	throttled: "Asked to wait",
	"needs-sign-in": "Sign-in needed",
	blocked: "Account blocked",
};

/** Nobody answered. `complete`: the upstream may have got the message whole. */
export function classifyNoAnswer({ sent, reason, error }: HttpFailure, complete: boolean): Verdict {
	const detail = `${reason}: ${error.message}`;
	if (sent === "nothing") {
		if (reason === "aborted") return stopped("deferred", detail);
		const ownerText = reason === "tls" ? trustText(error) : DELIVERY.unreachable;
		return accountInTrouble({ kind: "unreachable", reason: detail, ownerText });
	}
	// A request with Content-Length that ends early is not acted on (RFC 9112 §6.3). It may be this
	// message that breaks the link, so the others go on.
	if (reason === "aborted") return stopped(complete ? "unknown" : "deferred", detail);
	return lost(complete, detail);
}

/** A certificate that is not valid at this time is seldom Microsoft's fault: the box's clock is wrong. */
export function trustText(error: Error): string {
	return /CERT_NOT_YET_VALID|CERT_HAS_EXPIRED|not yet valid|has expired/i.test(
		`${errorCode(error) ?? ""} ${error.message}`,
	)
		? DELIVERY.clockOrCertificate
		: DELIVERY.notTrusted;
}

/** The link broke within the message, or behind it. */
export function lost(complete: boolean, reason: string): Verdict {
	return complete
		? { outcome: "unknown", reply: reply(451, "4.4.2", "No answer"), reason, ownerText: DELIVERY.answerLost }
		: {
				outcome: "deferred",
				reply: reply(451, "4.4.2", "Connection lost"),
				reason,
				ownerText: DELIVERY.uploadBroke,
			};
}

export function stopped(outcome: "deferred" | "unknown", reason: string): Verdict {
	return { outcome, reply: reply(451, "4.3.2", "Stopped"), reason, ownerText: DELIVERY.stopped };
}

/** Final, and decided here. */
export function refusedHere(said: Reply, ownerText: string, reason: string): Verdict {
	return { outcome: "failed", reply: said, reason, ownerText };
}

/** The card failed us, not Microsoft. */
export function spoolUnreadable(maybeSent: boolean, error: Error): Verdict {
	return {
		outcome: maybeSent ? "unknown" : "deferred",
		reply: reply(451, "4.3.0", "Spool not readable"),
		reason: `spool: ${error.message}`,
		ownerText: DELIVERY.spoolUnreadable,
	};
}
