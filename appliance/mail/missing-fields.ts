/**
 * Adds what every message must have and a device left out (RFC 6409 §8 lets a submission server do
 * so): HP MFPs send no Date, AVM's FRITZ!Box neither From nor To, PLCs no header at all. For
 * header-repair.ts. Pure but for the random part of a Message-ID.
 *
 * A field that says nothing counts as missing. One whose value is of no use stays readable as
 * `X-Original-NAME`.
 */
import { headerAddress } from "./address.ts";
import { scanAddressList } from "./address-list.ts";
import { formatDate, parseDate } from "./date.ts";
import { type Field, isBlank, latin1Value, makeField, rawValue, renamed } from "./field.ts";
import { makeMessageId } from "./message-id.ts";

export interface Origin {
	/** MAIL FROM without brackets; empty for the null reverse-path. */
	readonly reversePath: string;
	/** From, when the reverse-path cannot be: the address the device sends as. May be empty. */
	readonly fallbackSender: string;
	/** Undefined when the box does not know what time it is: then late-date.ts adds what is missing. */
	readonly receivedAt: Date | undefined;
	/** For a Message-ID that has to be made: unique, and the host it is made at. */
	readonly queueId: string;
	readonly hostName: string;
}

/** A device without a clock begins in 1970, 1980 or 1999. */
const OLDEST_SANE_MS = Date.UTC(2000, 0);
const FURTHEST_AHEAD_MS = 24 * 60 * 60 * 1000;

/** The fields to put in front, and the others; these are the same array when they can stay as they are. */
export interface Completed {
	readonly added: readonly Field[];
	readonly fields: readonly Field[];
}

interface Message extends Origin {
	/** Of a body beyond ASCII that no Content-Type describes. */
	readonly bodyCharset: string | undefined;
}

type Step = (fields: readonly Field[], message: Message, repairs: string[]) => Completed;

export function addMissing(fields: readonly Field[], message: Message, repairs: string[]): Completed {
	let completed: Completed = { added: [], fields };
	for (const step of STEPS) {
		const { added, fields: others } = step(completed.fields, message, repairs);
		completed = {
			added: added.length === 0 ? completed.added : [...completed.added, ...added],
			fields: others,
		};
	}
	return completed;
}

const date: Step = (fields, { receivedAt }, repairs) => {
	const field = find(fields, "date");
	const says = field !== undefined && !isBlank(field);
	if (says && isSane(latin1Value(field), receivedAt)) return { added: NONE, fields };
	const others = says ? asOriginal(fields, field, "Date") : without(fields, "date");
	if (says) repairs.push("replaced Date");
	if (receivedAt === undefined) return { added: NONE, fields: others };
	const made = makeField("Date", formatDate(receivedAt));
	return says ? { added: [made], fields: others } : missing(made, others, repairs);
};

function isSane(value: string, receivedAt: Date | undefined): boolean {
	const dateMs = parseDate(value);
	const newestMs =
		receivedAt === undefined ? Number.POSITIVE_INFINITY : receivedAt.getTime() + FURTHEST_AHEAD_MS;
	return dateMs !== undefined && dateMs >= OLDEST_SANE_MS && dateMs <= newestMs;
}

/** The Message-ID is also how a doubtful delivery is looked up later. */
const messageId: Step = (fields, { queueId, hostName }, repairs) => {
	const field = find(fields, "message-id");
	if (field !== undefined && !isBlank(field)) return { added: NONE, fields };
	const made = makeField("Message-ID", makeMessageId(queueId, hostName));
	return missing(made, without(fields, "message-id"), repairs);
};

const from: Step = (fields, { reversePath, fallbackSender }, repairs) => {
	const field = find(fields, "from");
	const names = field !== undefined && namesSomebody(field);
	const sender = names ? undefined : (headerAddress(reversePath) ?? headerAddress(fallbackSender));
	if (sender === undefined) return { added: NONE, fields };
	const made = makeField("From", sender);
	if (field === undefined || isBlank(field)) return missing(made, without(fields, "from"), repairs);
	repairs.push("replaced From");
	return { added: [made], fields: asOriginal(fields, field, "From") };
};

/** `a@b.example` or `Name <a@b.example>`: what nearly all write needs no reading. */
const PLAIN_MAILBOX = /^ (?:[\w.-]+(?: [\w.-]+)* <[\w.+-]+@[\w.-]+>|<?[\w.+-]+@[\w.-]+>?)\r?\n$/;

function namesSomebody(field: Field): boolean {
	const value = rawValue(field);
	return PLAIN_MAILBOX.test(value.toString("latin1")) || scanAddressList(value).mailboxes.length > 0;
}

const RECIPIENT_KEYS = ["to", "cc", "bcc"];

/** RFC 5322 §3.6 allows none of them, but Graph and older readers do not expect that. */
const to: Step = (fields, _message, repairs) => {
	if (fields.some((field) => RECIPIENT_KEYS.includes(field.key) && !isBlank(field))) {
		return { added: NONE, fields };
	}
	return missing(
		makeField("To", "undisclosed-recipients:;"),
		RECIPIENT_KEYS.reduce(without, fields),
		repairs,
	);
};

/** RFC 2045 §4: without it, readers need not look at the other MIME fields. */
const mimeVersion: Step = (fields, { bodyCharset }, repairs) => {
	const isMime = fields.some(({ key }) => key === "content-type" || key === "content-transfer-encoding");
	if (find(fields, "mime-version") !== undefined || (!isMime && bodyCharset === undefined)) {
		return { added: NONE, fields };
	}
	return missing(makeField("MIME-Version", "1.0"), fields, repairs);
};

/** RFC 6532 §1: bytes beyond ASCII in a body that says nothing of itself mean nothing to a reader. */
const contentType: Step = (fields, { bodyCharset }, repairs) => {
	if (bodyCharset === undefined) return { added: NONE, fields };
	repairs.push("added Content-Type");
	const made = [makeField("Content-Type", `text/plain; charset=${bodyCharset}`)];
	if (find(fields, "content-transfer-encoding") === undefined) {
		made.push(makeField("Content-Transfer-Encoding", "8bit"));
	}
	return { added: made, fields };
};

const STEPS: readonly Step[] = [date, messageId, from, to, mimeVersion, contentType];
const NONE: readonly Field[] = [];

function missing(made: Field, fields: readonly Field[], repairs: string[]): Completed {
	repairs.push(`added ${made.bytes.toString("latin1", 0, made.key.length)}`);
	return { added: [made], fields };
}

function find(fields: readonly Field[], key: string): Field | undefined {
	return fields.find((field) => field.key === key);
}

function without(fields: readonly Field[], key: string): readonly Field[] {
	return find(fields, key) === undefined ? fields : fields.filter((field) => field.key !== key);
}

function asOriginal(fields: readonly Field[], field: Field, name: string): readonly Field[] {
	return fields.map((other) => (other === field ? renamed(field, `X-Original-${name}`) : other));
}
