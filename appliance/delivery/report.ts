/** Puts verdicts together into the report of an attempt: one outcome for each recipient, in order. */
import type { Attempt, AttemptReport, RecipientOutcome } from "../queue/transport.ts";
import type { Verdict } from "./classify.ts";

/** One verdict for everybody. */
export function reportAll(attempt: Attempt, via: string, verdict: Verdict): AttemptReport {
	return reportEach(attempt, via, new Map(), verdict);
}

/** Their own verdicts, and `others` for whom there is none. The first trouble found is the account's. */
export function reportEach(
	attempt: Attempt,
	via: string,
	verdicts: ReadonlyMap<string, Verdict>,
	others: Verdict,
): AttemptReport {
	const all = attempt.recipients.map((recipient) => verdicts.get(recipient) ?? others);
	const trouble = all.find((verdict) => verdict.trouble !== undefined)?.trouble;
	return {
		via,
		outcomes: attempt.recipients.map((recipient, index) => outcomeOf(recipient, all[index] ?? others)),
		...(trouble === undefined ? {} : { trouble }),
	};
}

function outcomeOf(recipient: string, { outcome, reply, reason, ownerText }: Verdict): RecipientOutcome {
	return { recipient, outcome, reply, reason, ownerText };
}
