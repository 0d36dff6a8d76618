/**
 * The first look at a message as it streams in: holds back its header until it is whole, so that what
 * a device did wrong in it is mended, our trace field goes on top, and a message that goes round in
 * circles is refused. The rest passes untouched. For message-intake.ts.
 */
import { scanAddressList } from "../mail/address-list.ts";
import { HEADER_LIMIT_BYTES, isNamed, scanHeader } from "../mail/header.ts";
import { repairHeader } from "../mail/header-repair.ts";
import { isLooping } from "../mail/loop.ts";
import { LONGEST_NAME_BYTES } from "../mail/loose-header.ts";
import { receivedField, type Trace } from "../mail/received.ts";
import { applySenderRule, type SenderRule } from "../mail/sender-header.ts";
import { subjectOf } from "../mail/subject.ts";
import { ChunkList } from "../queue/chunk-list.ts";

const EMPTY = Buffer.alloc(0);
const HEADER_END = Buffer.from("\r\n\r\n");
/** As much of a body that no field describes tells its character set. */
const BODY_SAMPLE_BYTES = 16 * 1024;

export interface HeaderFacts {
	readonly trace: Trace;
	/** MAIL FROM without brackets; empty for the null reverse-path. */
	readonly reversePath: string;
	/** From, where the message has none and the reverse-path cannot be it. May be empty. */
	readonly fallbackSender: string;
	readonly smtpUtf8: boolean;
	readonly senderRule: SenderRule;
	/** Somebody asks for `from`. */
	readonly wantsFrom: boolean;
	/** `queue.keep_subjects` */
	readonly wantsSubject: boolean;
}

export type HeaderLook =
	| { readonly refused: "loop" }
	/** From or Sender is not what the device may say; `claimed` is what it says. */
	| { readonly refused: "sender"; readonly claimed: string }
	| { readonly refused: undefined; readonly head: Buffer; readonly repairs: readonly string[] };

export class IncomingHeader {
	readonly #facts: HeaderFacts;
	readonly #held = new ChunkList();
	/** The start of the message, until it is long enough to tell whether it begins with a field. */
	#start: Buffer = Buffer.alloc(0);
	/** The last bytes seen, because the header's end may straddle two chunks. */
	#tail: Buffer = Buffer.alloc(0);
	/** Known once the header's end has been seen: looked at when so much is held. */
	#neededBytes: number | undefined;
	#repairs: readonly string[] = [];
	#from = "";
	#subject = "";

	constructor(facts: HeaderFacts) {
		this.#facts = facts;
	}

	/** What was mended, for the log; empty until the look. */
	get repairs(): readonly string[] {
		return this.#repairs;
	}

	/** The first address of From, if it was wanted and there is one; empty until the look. */
	get from(): string {
		return this.#from;
	}

	/** If it was wanted and there is one; empty until the look. */
	get subject(): string {
		return this.#subject;
	}

	/** Takes a chunk; gives the look once the header is whole, with everything held so far behind it. */
	add(chunk: Buffer): HeaderLook | undefined {
		const hasEnded = this.#neededBytes === undefined && this.#endsHeader(chunk);
		this.#held.add(chunk);
		if (hasEnded) this.#neededBytes = this.#held.sizeBytes + this.#sampleBytes();
		const neededBytes = this.#neededBytes ?? HEADER_LIMIT_BYTES + 1;
		return this.#held.sizeBytes >= neededBytes ? this.end() : undefined;
	}

	/** The message ended within its header, or was empty. */
	end(): HeaderLook {
		const held = this.#joined();
		const { trace, reversePath, fallbackSender, smtpUtf8, senderRule } = this.#facts;
		const { hostName, queueId } = trace;
		const receivedAt = trace.dateIsGuess ? undefined : trace.date;
		const oversized = isOversized(held);
		const { message, repairs } = oversized
			? { message: held, repairs: [] }
			: repairHeader(held, {
					...{ reversePath, fallbackSender, smtpUtf8, receivedAt, queueId, hostName },
					legacyCharset: LEGACY_CHARSET,
				});
		if (isLooping(message, scanHeader(message).fields, hostName)) return { refused: "loop" };
		// What cannot be looked at whole may hide a sender.
		if (oversized && senderRule.kind !== "keep")
			return { refused: "sender", claimed: "a header too long to read" };
		const look = applySenderRule(message, senderRule);
		if (!look.allowed) return { refused: "sender", claimed: look.claimed };
		this.#repairs = repairs;
		if (this.#facts.wantsFrom) this.#from = fromAddress(look.message);
		if (this.#facts.wantsSubject) this.#subject = subjectOf(look.message);
		const head = Buffer.concat([Buffer.from(receivedField(trace)), look.message]);
		return { refused: undefined, head, repairs };
	}

	#endsHeader(chunk: Buffer): boolean {
		// Most messages have their header whole in the first chunk.
		if (this.#held.sizeBytes === 0 && chunk.length >= START_BYTES && chunk.includes(HEADER_END)) return true;
		// Judged while it is short; a first line that is no field means there is no header to wait for.
		if (this.#start.length < START_BYTES) {
			this.#start = Buffer.concat([this.#start, chunk.subarray(0, START_BYTES)]);
			if (!startsLikeHeader(this.#start)) return true;
		}
		const seen = Buffer.concat([this.#tail, chunk]);
		this.#tail = seen.subarray(-(HEADER_END.length - 1));
		return seen.includes(HEADER_END);
	}

	#joined(): Buffer {
		const [first, ...others] = this.#held.takeAll();
		return first !== undefined && others.length === 0 ? first : Buffer.concat([first ?? EMPTY, ...others]);
	}

	/** How much of the body is to be seen as well. */
	#sampleBytes(): number {
		const held = this.#joined();
		this.#held.add(held);
		const isDescribed = scanHeader(held).fields.some((field) => isNamed(field, "Content-Type"));
		return isDescribed ? 0 : BODY_SAMPLE_BYTES;
	}
}

function fromAddress(message: Buffer): string {
	const field = scanHeader(message).fields.find((candidate) => isNamed(candidate, "From"));
	if (field === undefined) return "";
	return scanAddressList(message.subarray(field.valueStart, field.end)).mailboxes[0]?.address ?? "";
}

/** What text that is no UTF-8 mostly is in Europe and America. */
const LEGACY_CHARSET = "windows-1252";

/** Beyond the limit nobody knows what follows: such a header is passed on as it is. */
function isOversized(held: Buffer): boolean {
	if (held.length <= HEADER_LIMIT_BYTES) return false;
	const { ending } = scanHeader(held);
	return ending === "oversized" || ending === "open";
}

/** Field names are printable ASCII without a colon (RFC 5322 §2.2); anything else begins a body. */
const FIELD_START = /^[!-9;-~]+[ \t]*(?::|$)/;
/** What loose-header.ts takes from in front of a header, as far as it has come. */
const LEADING_LINES = /^\r?\n?(?:>?(?:$|F$|Fr$|Fro$|From$|From .*(?:\n|$)))?/;
const START_BYTES = 2 * LONGEST_NAME_BYTES;

function startsLikeHeader(start: Buffer): boolean {
	const text = start.toString("latin1").replace(LEADING_LINES, "");
	const line = text.slice(0, LONGEST_NAME_BYTES).split("\n", 1)[0] ?? "";
	return text === "" || FIELD_START.test(line.replace(/\r$/, ""));
}
