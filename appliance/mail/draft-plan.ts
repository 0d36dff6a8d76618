/**
 * What a message becomes as a draft of Graph's (learn.microsoft.com/graph/api/resources/message): its
 * fields, one body, and every other leaf as an attachment. The form only; draft-reading.ts makes it, and
 * delivery/graph-draft.ts writes it. Sizes are of decoded octets.
 */

export interface DraftAddress {
	/** Decoded; empty for none. */
	readonly name: string;
	readonly address: string;
}

export interface DraftBody {
	readonly contentType: "text" | "html";
	readonly content: string;
}

/** A leaf that goes as a file of its own. */
export interface DraftPart {
	/** Its place among the message's entities, as mime-walk.ts counts them; finds it again in the spool. */
	readonly entity: number;
	readonly name: string;
	/** Of its octets in the message (Content-Transfer-Encoding). */
	readonly encoding: string;
	/** `application/pdf`, with `charset` and the like where Graph needs them. */
	readonly contentType: string;
	readonly sizeBytes: number;
	readonly isInline: boolean;
	/** Without brackets; empty for none. */
	readonly contentId: string;
}

export interface DraftPlan {
	readonly subject: string;
	readonly body: DraftBody;
	/** As the header names them; undefined where it names none that can be read. */
	readonly from: DraftAddress | undefined;
	readonly replyTo: readonly DraftAddress[];
	/** To and Cc of the header, as far as they are recipients of the envelope. */
	readonly to: readonly DraftAddress[];
	readonly cc: readonly DraftAddress[];
	/** Recipients that neither names. */
	readonly bcc: readonly DraftAddress[];
	readonly importance: "low" | "normal" | "high";
	/** With brackets; undefined for none. */
	readonly messageId: string | undefined;
	/** Names beginning with `x-`, five at most (Graph takes no others). */
	readonly headers: readonly { readonly name: string; readonly value: string }[];
	readonly parts: readonly DraftPart[];
	/** Header fields a recipient may miss, by name, for the history. */
	readonly lost: readonly string[];
}

/** Why a message cannot be written as a draft without being broken. */
export interface NotADraft {
	/** For the history and the owner: "it is signed (S/MIME)". */
	readonly why: string;
}

export type DraftReading =
	| { readonly ok: true; readonly plan: DraftPlan }
	| { readonly ok: false; readonly refusal: NotADraft };
