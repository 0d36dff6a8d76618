/**
 * A message that cannot be taken apart, as a draft that carries it whole: the original as an `.eml` file, with a
 * few words that say why. For delivery/graph-draft.ts. Streaming; the message is read once for its size.
 */
import { readDraftFields } from "./draft-fields.ts";
import type { DraftPlan } from "./draft-plan.ts";
import { HEADER_LIMIT_BYTES, scanHeader } from "./header.ts";

/** Of the original, as a part: no entity of its own, but all of them. */
export const WHOLE_MESSAGE = -1;

/** `why`: "it is signed". */
export async function wrappedPlan(
	open: () => AsyncIterable<Buffer>,
	recipients: readonly string[],
	why: string,
): Promise<DraftPlan> {
	let start: Buffer = Buffer.alloc(0);
	let sizeBytes = 0;
	for await (const chunk of open()) {
		sizeBytes += chunk.length;
		if (start.length < HEADER_LIMIT_BYTES) start = Buffer.concat([start, chunk]);
	}
	const { bodyStart } = scanHeader(start);
	const fields = readDraftFields(start.subarray(0, bodyStart), recipients);
	const content = `The original message is attached, as it was sent: it is too large to be sent as it is, and ${why}, so it was not taken apart.`;
	return {
		...fields,
		lost: [],
		body: { contentType: "text", content },
		parts: [
			{
				entity: WHOLE_MESSAGE,
				name: `${fileName(fields.subject) || "message"}.eml`,
				contentType: "message/rfc822",
				encoding: "",
				sizeBytes,
				isInline: false,
				contentId: "",
			},
		],
	};
}

function fileName(subject: string): string {
	return subject
		.replaceAll(/[\p{Cc}\\/:*?"<>|]/gu, "_")
		.trim()
		.slice(0, 100);
}
