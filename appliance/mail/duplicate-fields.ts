/**
 * Makes one field of those that RFC 5322 §3.6 and RFC 2045 allow once and a device wrote twice:
 * Microsoft refuses such messages or picks one (devices: some Brother and Zebra firmware, scripts that
 * set From on top of their library's). For header-repair.ts. Pure.
 *
 * The first that says anything is kept; the others stay readable as `X-Duplicate-NAME`. To, Cc and Bcc
 * are joined, unless that would lose an address.
 */
import { scanAddressList } from "./address-list.ts";
import { type Field, latin1Value, rawValue, renamed, withoutBlanks, withValue } from "./field.ts";

const ONCE = new Map(
	[
		...["From", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"],
		...["MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"],
		...["To", "Cc", "Bcc"],
	].map((name) => [name.toLowerCase(), name]),
);
const JOINED: ReadonlySet<string> = new Set(["to", "cc", "bcc"]);

/** The same array when nothing is there twice. */
export function resolveDuplicates(fields: readonly Field[], repairs: string[]): readonly Field[] {
	const kept = new Map<string, Field>();
	const replaced = new Map<Field, Field | undefined>();
	for (const field of fields) {
		const name = ONCE.get(field.key);
		if (name === undefined) continue;
		const first = kept.get(field.key);
		if (first === undefined) {
			kept.set(field.key, field);
			continue;
		}
		if (isBlank(first)) {
			replaced.set(first, undefined);
			kept.set(field.key, field);
			repairs.push(`removed an empty ${name}`);
			continue;
		}
		const soFar = replaced.get(first) ?? first;
		const joined = JOINED.has(field.key) ? join(soFar, field) : undefined;
		if (joined !== undefined) replaced.set(first, joined);
		replaced.set(field, joined === undefined ? renamed(field, `X-Duplicate-${name}`) : undefined);
		repairs.push(joined === undefined ? `kept the first ${name}` : `joined ${name}`);
	}
	if (replaced.size === 0) return fields;
	return fields.flatMap((field) => (replaced.has(field) ? (replaced.get(field) ?? []) : field));
}

export function isBlank(field: Field): boolean {
	return latin1Value(field) === "";
}

/** Both in one field; undefined when it would not name the same mailboxes. */
function join(first: Field, second: Field): Field | undefined {
	const values = [first, second].map((field) => withoutBlanks(rawValue(field).toString("latin1")));
	const value = Buffer.from(values.filter(Boolean).join(",\r\n "), "latin1");
	const apart = [first, second].flatMap((field) => addressesIn(rawValue(field)));
	const together = addressesIn(value);
	return String(together) === String(apart) ? withValue(first, value) : undefined;
}

function addressesIn(value: Buffer): readonly string[] {
	return scanAddressList(value).mailboxes.map(({ address }) => address);
}
