/**
 * What one session said, in bounded memory: its first and its last lines, a note between them of what
 * was left out, and what became of it. For transcript.ts, which keeps the last ones of each address.
 */
import { isUtf8 } from "node:buffer";
import type { Clock } from "../clock.ts";
import type { SessionLog, SessionLogLine } from "../services.ts";
import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { CredentialMask } from "./credential-mask.ts";
import type { Refusal, SessionOpening, SessionRecord } from "./session-record.ts";

/** What a session may hold: enough for a message to fifty recipients on either side. */
export const MOST_HEAD_BYTES = 32 * 1024;
export const MOST_TAIL_BYTES = 32 * 1024;
const LONGEST_LINE = 1_000;
/** Of an object, its place in a list, and a text's head. */
const LINE_OVERHEAD_BYTES = 80;
/** Without any line: the session itself. */
const SESSION_BYTES = 1_000;
const MOST_OWNER_TEXTS = 10;
const LONGEST_OWNER_TEXT = 1_000;
const MOST_QUEUE_IDS = 100;

/** To whom a session tells that it has grown or ended. */
export interface TranscriptKeeper {
	/** May ask it to shrink. */
	grew(transcript: SessionTranscript): void;
	refused(transcript: SessionTranscript): void;
	ended(transcript: SessionTranscript): void;
}

type Lines = { lines: SessionLogLine[]; bytes: number };

export class SessionTranscript implements SessionRecord {
	readonly address: string;
	readonly #opening: SessionOpening;
	readonly #clock: Clock;
	readonly #keeper: TranscriptKeeper;
	readonly #startedAtMs: number;
	readonly #startedAt: number;
	readonly #mask = new CredentialMask();
	readonly #head: Lines = { lines: [], bytes: 0 };
	readonly #tail: Lines = { lines: [], bytes: 0 };
	#mostHeadBytes = MOST_HEAD_BYTES;
	#leftOut = 0;
	#endedAt: number | null = null;
	#device = "";
	#result: "accepted" | "refused" | undefined;
	#broken = false;
	#inTransaction = false;
	readonly #queueIds: string[] = [];
	readonly #ownerTexts: string[] = [];
	#ownerTextBytes = 0;
	/** Of a probe: how many like it there were, this being the last. */
	times = 1;
	/** What its keeper has counted of it, bytes. */
	countedBytes = 0;

	constructor(
		opening: SessionOpening & { readonly address: string },
		clock: Clock,
		keeper: TranscriptKeeper,
	) {
		this.address = opening.address;
		this.#opening = opening;
		this.#clock = clock;
		this.#keeper = keeper;
		this.#startedAtMs = clock.monotonicMs();
		this.#startedAt = clock.now();
	}

	get device(): string {
		return this.#device;
	}

	get isOpen(): boolean {
		return this.#endedAt === null;
	}

	get outcome(): SessionLog["outcome"] {
		return this.#broken ? "broken" : (this.#result ?? "probe");
	}

	get sizeBytes(): number {
		return SESSION_BYTES + this.#ownerTextBytes + this.#head.bytes + this.#tail.bytes;
	}

	client(line: Buffer): void {
		const cut = line.length > LONGEST_LINE ? line.subarray(0, LONGEST_LINE) : line;
		const text = this.#mask.client(cut.toString(isUtf8(cut) ? "utf8" : "latin1"));
		this.#follow(text);
		this.#add("client", line.length > LONGEST_LINE ? `${text}… (${line.length} bytes)` : text);
	}

	server(text: string): void {
		this.#mask.server(text);
		if (!text.includes("\n")) this.#add("server", text.slice(0, LONGEST_LINE));
		else for (const line of text.split("\r\n")) this.#add("server", line.slice(0, LONGEST_LINE));
	}

	note(text: string): void {
		this.#add("note", text.slice(0, LONGEST_LINE));
	}

	isDevice(name: string): void {
		this.#device = name;
	}

	refused({ ownerText }: Refusal): void {
		this.#result = "refused";
		this.#inTransaction = false;
		this.#tellOwner(ownerText);
		this.#keeper.refused(this);
	}

	accepted(queueId: string): void {
		this.#result = "accepted";
		this.#inTransaction = false;
		// A device that hangs up behind its final dot has ended the session before the card had its message.
		if (this.#broken) {
			this.#broken = false;
			const at = this.#ownerTexts.indexOf(RECEIVING.broken);
			if (at !== -1) this.#ownerTextBytes -= this.#ownerTexts.splice(at, 1)[0]?.length ?? 0;
		}
		this.#queueIds.push(queueId);
		if (this.#queueIds.length > MOST_QUEUE_IDS) this.#queueIds.shift();
	}

	ended(): void {
		if (this.#endedAt !== null) return;
		this.#endedAt = this.#clock.now();
		if (this.#inTransaction) {
			this.#broken = true;
			this.#tellOwner(RECEIVING.broken);
		}
		this.#keeper.ended(this);
	}

	/** Gives up lines, the oldest of the last ones first, down to a few; for when memory is short. */
	shrink(bytes: number): void {
		this.#mostHeadBytes = Math.min(this.#mostHeadBytes, this.#head.bytes);
		let toFree = bytes;
		while (toFree > 0 && this.#tail.lines.length > LEAST_LINES) toFree -= this.#dropOldest();
	}

	/** Sessions that say the same say it in the same words, whatever the time. */
	saysTheSameAs(other: SessionTranscript): boolean {
		const [a, b] = [this.#head.lines, other.#head.lines];
		return (
			this.#opening.role === other.#opening.role &&
			this.#device === other.#device &&
			a.length === b.length &&
			a.every((line, index) => line.from !== "client" || line.text === b[index]?.text)
		);
	}

	log(): SessionLog {
		const leftOut =
			this.#leftOut === 0
				? []
				: [note(this.#tail.lines[0]?.afterMs ?? 0, say(RECEIVING.noteLeftOut, { count: this.#leftOut }))];
		return {
			address: this.address,
			device: this.#device,
			role: this.#opening.role,
			startedAt: new Date(this.#startedAt).toISOString(),
			endedAt: this.#endedAt === null ? null : new Date(this.#endedAt).toISOString(),
			outcome: this.outcome,
			times: this.times,
			queueIds: [...this.#queueIds],
			ownerTexts: [...this.#ownerTexts],
			lines: [...this.#head.lines, ...leftOut, ...this.#tail.lines],
		};
	}

	/** Only enough of the dialogue to know whether a message was begun. */
	#follow(text: string): void {
		if (BEGINS.test(text)) this.#inTransaction = true;
		else if (this.#inTransaction && ENDS.test(text)) this.#inTransaction = false;
	}

	#add(from: SessionLogLine["from"], raw: string): void {
		const line = {
			afterMs: Math.round(this.#clock.monotonicMs() - this.#startedAtMs),
			from,
			text: escaped(raw),
		};
		const bytes = sizeOf(line);
		const toHead =
			this.#leftOut === 0 && this.#tail.lines.length === 0 && this.#head.bytes + bytes <= this.#mostHeadBytes;
		const part = toHead ? this.#head : this.#tail;
		part.lines.push(line);
		part.bytes += bytes;
		while (this.#tail.bytes > MOST_TAIL_BYTES) this.#dropOldest();
		this.#keeper.grew(this);
	}

	/** Of the last lines; gives its size. */
	#dropOldest(): number {
		const dropped = this.#tail.lines.shift();
		if (dropped === undefined) return 0;
		const bytes = sizeOf(dropped);
		this.#tail.bytes -= bytes;
		this.#leftOut += 1;
		return bytes;
	}

	#tellOwner(text: string): void {
		const short = text.slice(0, LONGEST_OWNER_TEXT);
		if (this.#ownerTexts.includes(short)) return;
		this.#ownerTexts.push(short);
		if (this.#ownerTexts.length > MOST_OWNER_TEXTS) this.#ownerTexts.shift();
		this.#ownerTextBytes = this.#ownerTexts.reduce((sum, one) => sum + one.length, 0);
	}
}

const LEAST_LINES = 4;
const BEGINS = /^\s*mail\s+from/i;
const ENDS = /^\s*(?:rset|quit|ehlo|helo)\b/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HAS_CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function escaped(text: string): string {
	if (!HAS_CONTROL.test(text)) return text;
	return text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function note(afterMs: number, text: string): SessionLogLine {
	return { afterMs, from: "note", text };
}

/** Texts of the wire are one byte a character, nearly always. */
function sizeOf({ text }: SessionLogLine): number {
	return text.length + LINE_OVERHEAD_BYTES;
}
