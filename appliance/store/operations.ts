/**
 * What the threads are asked to do, as plain data that crosses a thread boundary. One union of
 * writes (each becomes part of a group commit) and one of reads, with the answers' shapes.
 */
import type { DsnRequest } from "../mail/envelope.ts";
import type { MessageRows } from "./message-rows.ts";
import type { Seal } from "./message-seal.ts";

/** As stored; the order is part of the file format. */
export const MESSAGE_STATES = ["incoming", "active", "deferred", "held", "failed"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export const RECIPIENT_STATES = ["pending", "delivered", "failed"] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

export interface RecipientRecord {
	readonly address: string;
	readonly state: RecipientState;
	/** The last reply about it as one line, or empty. */
	readonly reply: string;
	readonly ownerText: string;
}

export interface EventRecord {
	readonly atMs: number;
	readonly event: string;
	readonly detail: string;
}

/** A message's row without its recipients. */
export interface MessageRecord {
	/** Ascending in the order of acceptance; `mail/queue-id` gives its text form. */
	readonly id: number;
	readonly device: string;
	readonly account: string;
	readonly reversePath: string;
	readonly smtpUtf8: boolean;
	readonly sizeBytes: number;
	/** The body is a file of the spool folder rather than a row. */
	readonly inFile: boolean;
	readonly receivedAtMs: number;
	readonly state: MessageState;
	readonly dueAtMs: number;
	readonly attempts: number;
	/** An earlier attempt may have got through. */
	readonly maybeSent: boolean;
	readonly lastError: string;
	/** Decoded; empty where subjects are not kept (`queue.keep_subjects`). */
	readonly subject: string;
}

export interface Enqueue {
	readonly type: "enqueue";
	readonly message: MessageRecord;
	readonly recipients: readonly string[];
	/** Null when the body is in a file. */
	readonly body: Uint8Array<ArrayBuffer> | null;
	/** Of a body in a file (message-seal.ts). */
	readonly bodySum?: number;
	/** Null when nothing was asked for (RFC 3461). */
	readonly dsn: DsnRequest | null;
	/** Of what the device sent; null when nobody looks for repeats of it. */
	readonly digest: Uint8Array<ArrayBuffer> | null;
	/** The first line of its history, where there is something to tell. */
	readonly event?: EventRecord;
}

/** Marks messages as being attempted: durable before the first byte leaves. */
export interface Lease {
	readonly type: "lease";
	readonly ids: readonly number[];
}

/** Takes the mark of `Lease` back: none of these was attempted. */
export interface Unlease {
	readonly type: "unlease";
	readonly ids: readonly number[];
}

/** Attempts of these were cut off: they wait again, and are looked up before they are sent. */
export interface Doubt {
	readonly type: "doubt";
	readonly ids: readonly number[];
}

/** Held messages of a stranger become a device's, and wait for their turn. */
export interface Adopt {
	readonly type: "adopt";
	readonly ids: readonly number[];
	readonly device: string;
	readonly account: string;
}

/** Messages that wait go through another account. */
export interface Reroute {
	readonly type: "reroute";
	readonly ids: readonly number[];
	readonly account: string;
}

/** How far a transport has come with a message; null when that is of no use any more. */
export interface NoteProgress {
	readonly type: "note-progress";
	readonly id: number;
	readonly document: string | null;
}

/** What a message's sender has been told, and the message that tells it: both or neither. */
export interface Announce {
	readonly type: "announce";
	readonly id: number;
	readonly document: string;
	readonly bounce: Enqueue | null;
}

/** A message stays in the queue, changed. */
export interface Update {
	readonly type: "update";
	readonly id: number;
	readonly state: MessageState;
	readonly dueAtMs: number;
	readonly attempts: number;
	readonly maybeSent: boolean;
	readonly lastError: string;
	readonly recipients: readonly (RecipientRecord & { readonly ordinal: number })[];
	readonly event: EventRecord | null;
}

/** A message leaves the queue; one line of history stays. */
export interface Finish {
	readonly type: "finish";
	readonly id: number;
	readonly finishedAtMs: number;
	readonly outcome: FinishedOutcome;
	/** JSON of `HistoryDocument`. */
	readonly document: string;
}

/** Messages leave the queue as if they had never been in it. Only for the box's own (self-test.ts). */
export interface Withdraw {
	readonly type: "withdraw";
	readonly ids: readonly number[];
}

export interface PutDocument {
	readonly type: "put-document";
	readonly kind: string;
	readonly key: string;
	readonly value: string;
}

/** All of these or none; null removes. */
export interface ChangeDocuments {
	readonly type: "change-documents";
	readonly kind: string;
	readonly entries: readonly (readonly [key: string, value: string | null])[];
}

export interface RemoveDocument {
	readonly type: "remove-document";
	readonly kind: string;
	readonly key: string;
}

export type Write =
	| Enqueue
	| Lease
	| Unlease
	| Doubt
	| Adopt
	| Reroute
	| NoteProgress
	| Announce
	| Update
	| Finish
	| Withdraw
	| PutDocument
	| ChangeDocuments
	| RemoveDocument;

export type FinishedOutcome = "delivered" | "deleted" | "coalesced" | "expired";

/** What history keeps of a message that has left. */
export interface HistoryDocument {
	readonly device: string;
	readonly account: string;
	readonly sender: string;
	readonly sizeBytes: number;
	readonly receivedAtMs: number;
	readonly attempts: number;
	readonly recipients: readonly RecipientRecord[];
	readonly events: readonly EventRecord[];
	/** As `ShownMessage.digest`. */
	readonly digest?: string;
	/** As `MessageRecord.subject`, where there is one. */
	readonly subject?: string;
	/** Numbers of the reports made about it, where there are any. */
	readonly reports?: readonly number[];
}

export type Read =
	| { readonly type: "last-id" }
	| { readonly type: "spare-bytes" }
	| { readonly type: "digests"; readonly sinceMs: number }
	| { readonly type: "index"; readonly afterId: number; readonly uptoId: number; readonly limit: number }
	| { readonly type: "body"; readonly id: number }
	| { readonly type: "show"; readonly id: number }
	| { readonly type: "list"; readonly afterId: number; readonly limit: number }
	| ({ readonly type: "search" } & Search)
	| { readonly type: "documents"; readonly kind: string }
	| { readonly type: "all-documents" }
	| { readonly type: "rows"; readonly id: number }
	| { readonly type: "schema" };

export interface DocumentRow {
	readonly kind: string;
	readonly key: string;
	/** JSON. */
	readonly value: string;
}

/** A page of queue and history together. Everything given must hold. */
export interface Search {
	/** As search-text.ts makes it of what was typed; empty for any. */
	readonly text: string;
	readonly device: string | null;
	readonly account: string | null;
	/** Accepted at or after, and before, by the wall clock. */
	readonly sinceMs: number | null;
	readonly untilMs: number | null;
	/** Null for any. */
	readonly outcomes: readonly FinishedOutcome[] | null;
	/** Null for any. */
	readonly queued: QueuedStates | null;
	/** Only older, or only newer than this message; null for the newest. */
	readonly from: { readonly before: number } | { readonly after: number } | null;
	readonly limit: number;
}

/** Which queued messages are in the wanted states by the scheduler's word, or, where it has none, by the card's. */
export interface QueuedStates {
	readonly ids: readonly number[];
	/** Known to the scheduler, and in other states. */
	readonly otherIds: readonly number[];
	readonly states: readonly MessageState[];
}

/** A message of the queue, or finished. */
export interface FoundMail {
	readonly id: number;
	readonly state: MessageState | FinishedOutcome;
	readonly device: string;
	readonly account: string;
	readonly sender: string;
	readonly subject: string;
	/** The first few. */
	readonly recipients: readonly string[];
	readonly recipientCount: number;
	readonly sizeBytes: number;
	readonly receivedAtMs: number;
	/** Null while it is in the queue. */
	readonly finishedAtMs: number | null;
	readonly attempts: number;
	readonly lastError: string;
}

export interface FoundPage {
	/** Newest first. */
	readonly rows: readonly FoundMail[];
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
}

/** Columns of one page of queued messages, compact enough for tens of thousands. */
export interface QueueIndex {
	readonly ids: Float64Array;
	readonly dueAtMs: Float64Array;
	readonly states: Uint8Array;
	/** Index into `lanes`. */
	readonly laneOf: Uint32Array;
	readonly lanes: readonly { readonly account: string; readonly device: string }[];
}

export interface ShownMessage {
	readonly message: MessageRecord;
	readonly recipients: readonly RecipientRecord[];
	readonly events: readonly EventRecord[];
	readonly dsn: DsnRequest | null;
	/** As `NoteProgress` wrote it. */
	readonly progress: string | null;
	/** As `Announce` wrote it. */
	readonly notice: string | null;
	/** As it came. */
	readonly seal: Seal;
	/** Hexadecimal; null where repeats are not looked for. */
	readonly digest: string | null;
}

export interface ShownHistory {
	readonly outcome: FinishedOutcome;
	readonly finishedAtMs: number;
	readonly document: HistoryDocument;
}

export interface ReadAnswers {
	/** The highest id ever given, in queue or history. */
	readonly "last-id": number;
	/** Of the latest messages, accepted since then by the wall clock; oldest first. */
	readonly digests: readonly { readonly id: number; readonly digest: string }[];
	/** Room for rows that the file already has. */
	readonly "spare-bytes": number;
	readonly index: QueueIndex;
	readonly body: Uint8Array | null;
	readonly show: ShownMessage | ShownHistory | null;
	readonly list: readonly (MessageRecord & { readonly recipients: readonly string[] })[];
	readonly search: FoundPage;
	readonly documents: readonly { readonly key: string; readonly value: string }[];
	/** Of every kind, as they were at one moment. */
	readonly "all-documents": readonly DocumentRow[];
	/** Of one queued message, as they were at one moment. */
	readonly rows: MessageRows | null;
	/** The last step of the file's schema. */
	readonly schema: number;
}
