/**
 * How far a large message has come as a draft in the mailbox: what `Attempt.progress` holds for
 * graph-draft.ts, so that an upload goes on where it was after a broken link and after a restart. Pure.
 * What cannot be read counts as nothing: then the draft is made anew.
 */
import * as z from "zod";

const Part = z.discriminatedUnion("state", [
	z.object({ entity: z.number(), state: z.literal("attached") }),
	z.object({ entity: z.number(), state: z.literal("uploading"), url: z.string(), nextByte: z.number() }),
	/** Its last octets were on their way: it may be there. */
	z.object({ entity: z.number(), state: z.literal("finishing") }),
	z.object({ entity: z.number(), state: z.literal("missing") }),
]);
export type PartProgress = z.infer<typeof Part>;

const Progress = z.object({
	version: z.literal(1),
	/** Immutable: the same in Drafts and in Sent Items. Empty while there is no draft. */
	draftId: z.string(),
	/** Whom the draft is for. */
	recipients: z.array(z.string()),
	parts: z.array(Part),
	/** The order to send it was given, or was about to be. */
	sending: z.boolean(),
	/** Recipients of earlier drafts of the same message, which went. */
	sentTo: z.array(z.string()),
});
export type DraftProgress = z.infer<typeof Progress>;

export const NO_PROGRESS: DraftProgress = {
	version: 1,
	draftId: "",
	recipients: [],
	parts: [],
	sending: false,
	sentTo: [],
};

/** Undefined: no attempt has begun a draft, as far as anybody knows. */
export function readProgress(document: string | null): DraftProgress | undefined {
	if (document === null) return undefined;
	try {
		return Progress.safeParse(JSON.parse(document)).data;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** The same with one part's state replaced or added. */
export function withPart(progress: DraftProgress, part: PartProgress): DraftProgress {
	return { ...progress, parts: [...progress.parts.filter(({ entity }) => entity !== part.entity), part] };
}
