/** Puts verdicts together into the report of an attempt: one outcome for each recipient, in order. */
import type { Attempt, AttemptReport, RecipientOutcome } from "../queue/transport.ts";
import type { Verdict } from "./classify.ts";
import type { Finding } from "./verify.ts";

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

/** What looking found, and for the others why they wait, or what sending to them gave. */
export async function reportAfterLooking(
	attempt: Attempt,
	via: string,
	{ known, open }: Finding,
	send: (rest: Attempt) => Promise<AttemptReport>,
): Promise<AttemptReport> {
	const recipients = attempt.recipients.filter((recipient) => !known.has(recipient));
	const rest = { ...attempt, recipients };
	if (open !== undefined) return reportEach(attempt, via, known, open);
	const sent = recipients.length === 0 ? { via, outcomes: [] } : await send(rest);
	if (known.size === 0) return sent;
	const outcomes = new Map(sent.outcomes.map((outcome) => [outcome.recipient, outcome]));
	for (const [recipient, verdict] of known) outcomes.set(recipient, outcomeOf(recipient, verdict));
	return { ...sent, outcomes: attempt.recipients.flatMap((recipient) => outcomes.get(recipient) ?? []) };
}

function outcomeOf(recipient: string, { outcome, reply, reason, ownerText }: Verdict): RecipientOutcome {
	return { recipient, outcome, reply, reason, ownerText };
}
