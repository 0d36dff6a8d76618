/**
 * The first look at a message as it streams in: holds back its header until it is whole, so that
 * our trace field goes on top, what every message must have is added, and a message that goes round
 * in circles is refused. The rest passes untouched. For message-intake.ts.
 */
import { formatDate } from "../mail/date.ts";
import { scanHeader } from "../mail/header.ts";
import { isLooping } from "../mail/loop.ts";
import { makeMessageId } from "../mail/message-id.ts";
import { receivedField, type Trace } from "../mail/received.ts";
import { ChunkList } from "../queue/chunk-list.ts";

/** A header longer than this is passed on as it is, without a look at its end. */
const LONGEST_HEADER_BYTES = 256 * 1024;
const HEADER_END = Buffer.from("\r\n\r\n");

export interface HeaderFacts {
	readonly trace: Trace;
	/** For a Message-ID that has to be made: unique, and the host it is made at. */
	readonly queueId: string;
	readonly hostName: string;
	readonly now: Date;
}

export type HeaderLook = { readonly looping: true } | { readonly looping: false; readonly head: Buffer };

export class IncomingHeader {
	readonly #facts: HeaderFacts;
	readonly #held = new ChunkList();
	/** The start of the message, until it is long enough to tell whether it begins with a field. */
	#start: Buffer = Buffer.alloc(0);
	/** The last bytes seen, because the header's end may straddle two chunks. */
	#tail: Buffer = Buffer.alloc(0);

	constructor(facts: HeaderFacts) {
		this.#facts = facts;
	}

	/** Takes a chunk; gives the look once the header is whole, with everything held so far behind it. */
	add(chunk: Buffer): HeaderLook | undefined {
		// Judged while it is short; a first line that is no field means there is no header to wait for.
		let bodyOnly = false;
		if (this.#start.length < LONGEST_FIELD_NAME) {
			this.#start = Buffer.concat([this.#start, chunk.subarray(0, LONGEST_FIELD_NAME)]);
			bodyOnly = !startsLikeHeader(this.#start);
		}
		this.#held.add(chunk);
		const seen = Buffer.concat([this.#tail, chunk]);
		this.#tail = seen.subarray(-(HEADER_END.length - 1));
		const whole = bodyOnly || seen.includes(HEADER_END) || this.#held.sizeBytes > LONGEST_HEADER_BYTES;
		return whole ? this.end() : undefined;
	}

	/** The message ended within its header, or was empty. */
	end(): HeaderLook {
		return this.#look(Buffer.concat(this.#held.takeAll()));
	}

	#look(held: Buffer): HeaderLook {
		const { trace, queueId, hostName, now } = this.#facts;
		const { fields } = scanHeader(held);
		if (isLooping(held, fields, hostName)) return { looping: true };
		const names = new Set(fields.map(({ name }) => name.toLowerCase()));
		let added = receivedField(trace);
		// RFC 6409 §8: a submission server adds these where the device left them out (HP MFP: no Date;
		// AVM FRITZ!Box: neither). The Message-ID is also how a doubtful delivery is looked up later.
		if (!names.has("date")) added += `Date: ${formatDate(now)}\r\n`;
		if (!names.has("message-id")) added += `Message-ID: ${makeMessageId(queueId, hostName)}\r\n`;
		// A body without any header needs the empty line between them.
		if (fields.length === 0 && held.indexOf("\r\n") !== 0) added += "\r\n";
		return { looping: false, head: Buffer.concat([Buffer.from(added, "utf8"), held]) };
	}
}

/** Field names are printable ASCII without a colon (RFC 5322 §2.2); anything else begins a body. */
const FIELD_START = /^[!-9;-~]+[ \t]*(?::|$)/;
const LONGEST_FIELD_NAME = 100;

function startsLikeHeader(start: Buffer): boolean {
	const lineEnd = start.indexOf("\n");
	const end = lineEnd === -1 ? Math.min(start.length, LONGEST_FIELD_NAME) : lineEnd;
	return FIELD_START.test(start.toString("latin1", 0, end).replace(/\r$/, ""));
}
