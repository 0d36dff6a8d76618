/**
 * Whether a message is still what was taken: looked at before each attempt, because a card may change a byte in weeks of waiting, and what was
 * sent is what must arrive. For runner.ts.
 *
 * A message that cannot be read just now is not decided upon: the card may give it another time.
 */
import { asError, errorCode } from "../errors.ts";
import { reply } from "../mail/reply.ts";
import { envelopeSum, nextBodySum } from "../store/message-seal.ts";
import type { ShownMessage } from "../store/operations.ts";
import { DELIVERY } from "../words/delivery.ts";
import type { Spool } from "./spool.ts";
import type { AttemptReport, RecipientOutcome } from "./transport.ts";

export type Look =
	/** `content`: all of it, where it is small. */
	| { readonly state: "whole"; readonly content: Buffer | undefined }
	| { readonly state: "damaged" }
	| { readonly state: "unreadable"; readonly reason: string };

export async function lookAt(shown: ShownMessage, spool: Pick<Spool, "readBody">): Promise<Look> {
	const { message, recipients, seal } = shown;
	const addresses = recipients.map(({ address }) => address);
	if (seal.envelope !== null && envelopeSum(message.reversePath, addresses) !== seal.envelope)
		return { state: "damaged" };
	let [sum, sizeBytes] = [0, 0];
	let content: Buffer | undefined;
	try {
		for await (const chunk of spool.readBody(message.id, message.inFile)) {
			sum = nextBodySum(sum, chunk);
			sizeBytes += chunk.length;
			if (!message.inFile) content = chunk;
		}
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === undefined) throw thrown;
		if (code === "ENOENT" || code === "NO_BODY") return { state: "damaged" };
		return { state: "unreadable", reason: asError(thrown).message };
	}
	const isWhole = sizeBytes === message.sizeBytes && (seal.body === null || seal.body === sum);
	return isWhole ? { state: "whole", content } : { state: "damaged" };
}

/** Of an attempt that was not made. */
export function notMade(
	recipients: readonly string[],
	look: Exclude<Look, { state: "whole" }>,
): AttemptReport {
	const outcomeOf = (recipient: string): RecipientOutcome =>
		look.state === "damaged"
			? {
					...{ recipient, outcome: "failed", reply: reply(554, "5.3.0", "Damaged in storage") },
					...{ reason: "damaged on the card", ownerText: DELIVERY.damagedOnCard },
				}
			: {
					...{ recipient, outcome: "deferred", reply: reply(451, "4.3.0", "Cannot be read from storage") },
					...{ reason: look.reason, ownerText: DELIVERY.cardTrouble },
				};
	return { via: "none", outcomes: recipients.map(outcomeOf) };
}
