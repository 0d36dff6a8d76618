/**
 * Holds the sender that a header claims against what its device may claim (design §5, From policy): puts
 * another in its place, or finds what is not allowed. For smtp/incoming-header.ts. Pure; every other
 * byte of the message stays.
 */
import { addressKey } from "./address.ts";
import { scanAddressList } from "./address-list.ts";
import { type Field, latin1Value, makeField, rawValue, renamed } from "./field.ts";
import { readLooseHeader } from "./loose-header.ts";

export type SenderRule =
	| { readonly kind: "keep" }
	/** From becomes this address, whatever the device wrote. */
	| { readonly kind: "force"; readonly address: string }
	| { readonly kind: "allow"; readonly allows: (address: string) => boolean };

export type SenderLook =
	| { readonly allowed: true; readonly message: Buffer }
	/** What stands there, for the owner's text. */
	| { readonly allowed: false; readonly claimed: string };

/** `message` holds the header whole, as `repairHeader` leaves it. */
export function applySenderRule(message: Buffer, rule: SenderRule): SenderLook {
	if (rule.kind === "keep") return { allowed: true, message };
	const { fields, rest } = readLooseHeader(message);
	if (rule.kind === "allow") {
		const claimed = forbiddenSender(fields, rule.allows);
		return claimed === undefined ? { allowed: true, message } : { allowed: false, claimed };
	}
	const forced = force(fields, rule.address);
	if (forced === fields) return { allowed: true, message };
	return { allowed: true, message: Buffer.concat([...forced.map(({ bytes }) => bytes), rest]) };
}

/** Sender too: Outlook shows "S on behalf of F". */
const SENDER_KEYS = ["from", "sender"];

function forbiddenSender(fields: readonly Field[], allows: (address: string) => boolean): string | undefined {
	for (const field of fields.filter(({ key }) => SENDER_KEYS.includes(key))) {
		const { mailboxes, clean } = scanAddressList(rawValue(field));
		const forbidden = mailboxes.find(({ address }) => !allows(address));
		if (forbidden !== undefined) return forbidden.address;
		// What two readers may read differently is not allowed to anybody.
		if (mailboxes.length === 0 || !clean) return latin1Value(field).slice(0, LONGEST_CLAIM);
	}
	return fields.some(({ key }) => key === "from") ? undefined : "nobody";
}

const LONGEST_CLAIM = 200;

function force(fields: readonly Field[], address: string): readonly Field[] {
	const from = fields.find(({ key }) => key === "from");
	if (from === undefined) return [makeField("From", address), ...fields];
	const { mailboxes, clean } = scanAddressList(rawValue(from));
	const hasSender = fields.some(({ key }) => key === "sender");
	// What another parser may read as somebody else is not left standing: `boss @ contoso.com, alerts@…`.
	const isAsWanted =
		clean &&
		mailboxes.length === 1 &&
		mailboxes.every((mailbox) => addressKey(mailbox.address) === addressKey(address));
	if (isAsWanted && !hasSender) return fields;
	// Answers go where they would have gone, unless the device said where.
	const wantsReplies =
		clean && mailboxes.length > 0 && !isAsWanted && !fields.some(({ key }) => key === "reply-to");
	return fields.flatMap((field) => {
		if (field.key === "sender") return [renamed(field, "X-Original-Sender")];
		if (field !== from || isAsWanted) return [field];
		return [named(from, address), renamed(from, wantsReplies ? "Reply-To" : "X-Original-From")];
	});
}

/** From with the address and the name that stood there, if no reader can take that for anything else. */
function named(from: Field, address: string): Field {
	const value = rawValue(from);
	const [mailbox] = scanAddressList(value).mailboxes;
	if (mailbox === undefined || !mailbox.plain) return makeField("From", address);
	const written = value.subarray(mailbox.start, mailbox.end);
	const bracket = written.lastIndexOf("<");
	if (bracket <= 0) return makeField("From", address);
	return makeField("From", Buffer.concat([written.subarray(0, bracket), Buffer.from(`<${address}>`)]));
}
