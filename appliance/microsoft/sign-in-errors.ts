/**
 * From an answer of the sign-in service to what it means: for the refresh (go on, wait, or ask for a
 * sign-in) and for the owner's texts. Judged by error, number and suberror, never by MSAL's classes.
 * What nobody knows counts as transient: a sign-in is not thrown away for an unknown word.
 */

import { SIGN_IN } from "../words/sign-in.ts";
import { type FaultMeaning, MEANING_BY_CODE, MEANING_BY_ERROR } from "./sign-in-error-table.ts";
import { aadstsOf, type StsAnswer, type StsError } from "./sts-answer.ts";

export interface SignInFault extends FaultMeaning {
	/** AADSTS number; 0 where there is none. */
	readonly code: number;
	/** For the log: error, number, Microsoft's own text and trace id. */
	readonly reason: string;
	/** What the service asked to wait, as it said it; empty if it did not. */
	readonly retryAfter: string;
	/** False when the request cannot have reached anybody. */
	readonly reached: boolean;
	/** It is the line's fault (or that of something on it), not the service's word. */
	readonly line: boolean;
	/** False for an error that no table knows; its kind is then `transient`, to be safe. */
	readonly known: boolean;
}

const UNKNOWN: FaultMeaning = {
	kind: "transient",
	ownerText: SIGN_IN.answerUnknown,
	hint: SIGN_IN.answerUnknownDo,
};

const BUSY: FaultMeaning = {
	kind: "transient",
	ownerText: SIGN_IN.busy,
	hint: SIGN_IN.busyDo,
};

const STRANGE: FaultMeaning = {
	kind: "transient",
	ownerText: SIGN_IN.strange,
	hint: SIGN_IN.strangeDo,
};

const UNREACHABLE: FaultMeaning = {
	kind: "transient",
	ownerText: SIGN_IN.unreachable,
	hint: SIGN_IN.unreachableDo,
};

const NO_TLS: FaultMeaning = {
	kind: "transient",
	ownerText: SIGN_IN.notTrusted,
	hint: SIGN_IN.notTrustedDo,
};

const DEAD_BY_SUBERROR: FaultMeaning = {
	kind: "dead-grant",
	ownerText: SIGN_IN.notAccepted,
	hint: SIGN_IN.again,
};

/** What an answer without a token means. */
export function faultOf(answer: StsAnswer): SignInFault {
	switch (answer.kind) {
		case "error": {
			const meaning = meaningOf(answer.error, answer.status);
			const { retryAfter } = answer;
			const reason = describeError(answer.error);
			const known = meaning !== UNKNOWN;
			return {
				...meaning,
				code: aadstsOf(answer.error),
				reason,
				retryAfter,
				reached: true,
				line: false,
				known,
			};
		}
		case "strange": {
			const busy = answer.status === 429 || answer.status >= 500;
			const reason = `HTTP ${answer.status} ${answer.text}`.trim();
			const { retryAfter } = answer;
			return {
				...(busy ? BUSY : STRANGE),
				code: 0,
				reason,
				retryAfter,
				reached: true,
				line: !busy,
				known: true,
			};
		}
		case "answer":
			return {
				...STRANGE,
				code: 0,
				reason: "an answer without a token",
				retryAfter: "",
				reached: true,
				line: true,
				known: true,
			};
		case "failure": {
			const { reason, error, sent } = answer.failure;
			return {
				...(reason === "tls" ? NO_TLS : UNREACHABLE),
				code: 0,
				reason: `${reason}: ${error.message}`,
				retryAfter: "",
				reached: sent === "maybe",
				line: true,
				known: true,
			};
		}
	}
}

function meaningOf(error: StsError, status: number): FaultMeaning {
	const byCode = MEANING_BY_CODE.get(aadstsOf(error));
	// A full service may dress its trouble as anything; the status says that it is not about us.
	if (status === 429 || status >= 500) return byCode?.kind === "transient" ? byCode : BUSY;
	if (byCode !== undefined) return byCode;
	if (error.suberror === "bad_token") return DEAD_BY_SUBERROR;
	return MEANING_BY_ERROR.get(error.error) ?? UNKNOWN;
}

function describeError(error: StsError): string {
	const suberror = error.suberror === "" ? "" : ` (${error.suberror})`;
	const trace = error.traceId === "" ? "" : ` trace ${error.traceId}`;
	return `${error.error}${suberror}: ${error.description}${trace}`.slice(0, 500);
}
