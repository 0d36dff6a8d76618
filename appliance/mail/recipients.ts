/**
 * Makes a header say what the envelope says, for upstreams that have no envelope: Graph's MIME
 * sendMail delivers to whom To, Cc and Bcc name, and to nobody else
 * (learn.microsoft.com/graph/api/user-post-messages). For delivery/graph-send.ts.
 *
 * Afterwards To + Cc + Bcc are exactly the envelope's recipients:
 * - Bcc fields of the message are dropped; recipients that To and Cc do not name go into a new one,
 *   which stands first, and which Exchange removes on delivery.
 * - A To or Cc of which every address is a recipient keeps its bytes.
 * - Otherwise it is written anew with those mailboxes that are recipients, each as it was written;
 *   the others would be sent a copy nobody asked for. What the device had written stays readable in
 *   `X-Postern-Original-To` or `-Cc`. Groups are opened: whether Exchange reads their members is not
 *   documented. A To that ends up empty becomes `undisclosed-recipients:;`.
 * - What cannot be read for certain counts as not named: its recipient goes into Bcc.
 * - A bare CR, which some parsers take for a line end, becomes a space, so that no field hides in
 *   another.
 */
import { addressKey, headerAddress } from "./address.ts";
import { type MailboxSpan, scanAddressList } from "./address-list.ts";
import { type HeaderField, type HeaderScan, isNamed } from "./header.ts";

export interface RecipientHeader {
	/** The whole header with the empty line behind it; the body follows from `scan.bodyStart`. */
	readonly header: Buffer;
	/** Recipients that no header can name, as they were given; they are not in `header`. */
	readonly unnameable: readonly string[];
}

/** `message` must hold the header whole; `recipients` as the envelope gives them. */
export function nameRecipients(
	message: Buffer,
	scan: HeaderScan,
	recipients: readonly string[],
): RecipientHeader {
	const wanted = new Map<string, string>();
	const unnameable: string[] = [];
	for (const recipient of recipients) {
		const address = headerAddress(recipient);
		if (address === undefined) unnameable.push(recipient);
		else wanted.set(addressKey(address), address);
	}
	const source: Source = { message, fields: scan.fields, lineEnd: lineEndOf(message) };
	const to = visibleField(source, "To", wanted);
	const cc = visibleField(source, "Cc", wanted);
	const hidden = [...wanted].filter(([key]) => !to.named.has(key) && !cc.named.has(key));
	const parts = [
		hiddenField(
			hidden.map(([, address]) => address),
			source.lineEnd,
		),
	];
	for (const field of scan.fields) {
		// Resent-Bcc (RFC 5322 §3.6.6) names people whom the others must not see either.
		if (isNamed(field, "Bcc") || isNamed(field, "Resent-Bcc")) continue;
		if (isNamed(field, "To")) parts.push(to.bytesFor(field));
		else if (isNamed(field, "Cc")) parts.push(cc.bytesFor(field));
		else parts.push(wholeField(source, field));
	}
	parts.push(Buffer.from(source.lineEnd));
	return { header: withoutBareReturns(Buffer.concat(parts)), unnameable };
}

interface Source {
	readonly message: Buffer;
	readonly fields: readonly HeaderField[];
	readonly lineEnd: string;
}

interface VisibleField {
	/** Keys of the recipients it names. */
	readonly named: ReadonlySet<string>;
	/** What takes the place of one of the original fields. */
	bytesFor(field: HeaderField): Buffer;
}

function visibleField(source: Source, name: "To" | "Cc", wanted: ReadonlyMap<string, string>): VisibleField {
	const { message, lineEnd } = source;
	const fields = source.fields.filter((field) => isNamed(field, name));
	const named = new Set<string>();
	const kept: Buffer[] = [];
	let faithful = true;
	for (const { valueStart, end } of fields) {
		const value = message.subarray(valueStart, end);
		const { mailboxes, clean } = scanAddressList(value);
		faithful &&= clean;
		for (const mailbox of mailboxes) {
			const key = addressKey(mailbox.address);
			if (!wanted.has(key)) faithful = false;
			else if (!named.has(key)) kept.push(spanOf(value, mailbox));
			if (wanted.has(key)) named.add(key);
		}
	}
	if (faithful && fields.length <= 1) {
		return { named, bytesFor: (field) => wholeField(source, field) };
	}
	// Repeated fields are against RFC 5322 §3.6; which of them Exchange reads is not documented.
	const [first] = fields;
	const written = writtenField(name, kept, lineEnd);
	return {
		named,
		bytesFor: (field) => {
			const original = Buffer.concat([
				Buffer.from(`X-Postern-Original-${name}:`),
				wholeField(source, { ...field, start: field.valueStart }),
			]);
			return Buffer.concat([...(field === first ? [written] : []), ...(faithful ? [] : [original])]);
		},
	};
}

/** As it was written, or the bare address where parsers might differ about the rest. */
function spanOf(value: Buffer, { plain, start, end, address }: MailboxSpan): Buffer {
	return plain ? value.subarray(start, end) : Buffer.from(address, "utf8");
}

function writtenField(name: "To" | "Cc", mailboxes: readonly Buffer[], lineEnd: string): Buffer {
	if (mailboxes.length === 0) {
		return Buffer.from(name === "To" ? `To: undisclosed-recipients:;${lineEnd}` : "");
	}
	const parts = mailboxes.flatMap((mailbox, index) => [
		Buffer.from(index === 0 ? `${name}: ` : `,${lineEnd} `),
		mailbox,
	]);
	return Buffer.concat([...parts, Buffer.from(lineEnd)]);
}

function hiddenField(addresses: readonly string[], lineEnd: string): Buffer {
	return Buffer.from(
		addresses.length === 0 ? "" : `Bcc: ${addresses.join(`,${lineEnd} `)}${lineEnd}`,
		"utf8",
	);
}

/** The field's bytes, with the line end that the last line of a message may lack. */
function wholeField({ message, lineEnd }: Source, { start, end }: HeaderField): Buffer {
	const bytes = message.subarray(start, end);
	return bytes.at(-1) === LF ? bytes : Buffer.concat([bytes, Buffer.from(lineEnd)]);
}

const LF = 0x0a;

function lineEndOf(message: Buffer): "\r\n" | "\n" {
	const lineFeed = message.indexOf(LF);
	return lineFeed > 0 && message[lineFeed - 1] !== 0x0d ? "\n" : "\r\n";
}

function withoutBareReturns(header: Buffer): Buffer {
	const text = header.toString("latin1");
	return BARE_RETURN.test(text) ? Buffer.from(text.replaceAll(BARE_RETURNS, " "), "latin1") : header;
}

const BARE_RETURN = /\r(?!\n)/;
const BARE_RETURNS = /\r(?!\n)/g;
