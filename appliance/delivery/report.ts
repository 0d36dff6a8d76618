/** Puts verdicts together into the report of an attempt: one outcome for each recipient, in order. */
import { reply } from "../mail/reply.ts";
import type { Attempt, AttemptReport, RecipientOutcome } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { say } from "../words/saying.ts";
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
	finding: Finding,
	send: (rest: Attempt) => Promise<AttemptReport>,
): Promise<AttemptReport> {
	const { known, open, unseen } = finding;
	const recipients = attempt.recipients.filter((recipient) => !known.has(recipient));
	const rest = { ...attempt, recipients };
	if (open !== undefined) return reportEach(attempt, via, known, open);
	if (unseen === "ask") return { ...reportEach(attempt, via, known, ASK_THE_OWNER), asks: true };
	const sent = recipients.length === 0 ? { via, outcomes: [] } : await send(rest);
	const outcomes = new Map(sent.outcomes.map((outcome) => [outcome.recipient, outcome]));
	for (const [recipient, verdict] of known) outcomes.set(recipient, outcomeOf(recipient, verdict));
	const note = [lookingNote(finding, recipients.length), sent.note].filter((text) => text !== undefined);
	return {
		...sent,
		outcomes: attempt.recipients.flatMap((recipient) => outcomes.get(recipient) ?? []),
		note: note.join("; "),
	};
}

/** For the history: what was known when it was sent again. */
function lookingNote({ known, unseen }: Finding, sentAgain: number): string {
	if (unseen !== undefined) {
		return DELIVERY.noteMayComeTwice;
	}
	const found = known.size > 0;
	if (sentAgain === 0) return found ? DELIVERY.noteFound : DELIVERY.noteNotThere;
	if (sentAgain === 1) return found ? DELIVERY.noteFoundOne : DELIVERY.noteNotThereOne;
	return say(found ? DELIVERY.noteFoundMany : DELIVERY.noteNotThereMany, { count: sentAgain });
}

const ASK_THE_OWNER: Verdict = {
	outcome: "unknown",
	reply: reply(451, "4.4.2", "Not known whether it was sent"),
	reason: "nobody may look whether it was sent",
	ownerText: DELIVERY.askTheOwner,
};

function outcomeOf(recipient: string, { outcome, reply, reason, ownerText }: Verdict): RecipientOutcome {
	return { recipient, outcome, reply, reason, ownerText };
}
