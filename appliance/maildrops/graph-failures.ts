/** What Graph's answers to a reading program's requests mean, for the program, the owner and the log. Pure. */

import type { GraphResult } from "../microsoft/graph-client.ts";
import type { MaildropFailure } from "../pop3/maildrop.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { FETCHING } from "../words/fetching.ts";

const NEEDS_OWNER = "the account needs its owner: see the console of this box";

/** The account cannot be used just now. */
export function ofTrouble({ kind, reason, ownerText }: AccountTrouble): MaildropFailure {
	const isPassing = kind === "unreachable" || kind === "throttled";
	const text = isPassing
		? "Microsoft 365 cannot be reached just now; nothing is lost, try later"
		: NEEDS_OWNER;
	return { code: isPassing ? "SYS/TEMP" : "SYS/PERM", text, ownerText, reason };
}

export function ofResult(result: GraphResult): MaildropFailure {
	switch (result.kind) {
		case "no-token":
			return ofTrouble(result.trouble);
		case "no-answer":
			return {
				code: "SYS/TEMP",
				text: "Microsoft 365 cannot be reached just now; nothing is lost, try later",
				ownerText: FETCHING.unreachable,
				reason: `${result.failure.reason}: ${result.failure.error.message}`,
			};
		case "answer":
			return ofAnswer(result.status, `HTTP ${result.status} ${result.codes.join(" ")}: ${result.message}`);
	}
}

function ofAnswer(status: number, reason: string): MaildropFailure {
	// A fresh token was refused as well.
	if (status === 401) {
		return {
			code: "SYS/PERM",
			text: NEEDS_OWNER,
			ownerText: DELIVERY.signInAgain,
			reason,
		};
	}
	if (status === 403) {
		return {
			code: "SYS/PERM",
			text: "this mailbox may not be read: see the console of this box",
			ownerText: FETCHING.notPermitted,
			reason,
		};
	}
	if (status === 404) {
		return {
			code: "SYS/PERM",
			text: "it is not there (any more)",
			ownerText: FETCHING.notThere,
			reason,
		};
	}
	return {
		code: "SYS/TEMP",
		text: "Microsoft 365 is busy or disturbed; nothing is lost, try later",
		ownerText: FETCHING.busy,
		reason,
	};
}
