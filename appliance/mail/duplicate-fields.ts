/**
 * Makes one field of those that RFC 5322 §3.6 and RFC 2045 allow once and a device wrote twice:
 * Microsoft refuses such messages or picks one (devices: some Brother and Zebra firmware, scripts that
 * set From on top of their library's). For header-repair.ts. Pure.
 *
 * The first that says anything is kept; the others stay readable as `X-Duplicate-NAME`. To, Cc and Bcc
 * are joined, unless that would lose an address.
 */
import { scanAddressList } from "./address-list.ts";
import { type Field, isBlank, rawValue, renamed, withoutBlanks, withValue } from "./field.ts";

const ONCE = new Map(
	[
		...["From", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"],
		...["MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"],
		...["To", "Cc", "Bcc"],
	].map((name) => [name.toLowerCase(), name]),
);
const JOINED: ReadonlySet<string> = new Set(["to", "cc", "bcc"]);

/** What takes the place of a field; nothing for one that goes. */
type Replacements = Map<Field, readonly Field[]>;

/** The same array when nothing is there twice. */
export function resolveDuplicates(fields: readonly Field[], repairs: string[]): readonly Field[] {
	const replaced: Replacements = new Map();
	for (const [name, group] of Map.groupBy(fields, ({ key }) => ONCE.get(key))) {
		if (name !== undefined && group.length > 1) resolve(name, group, replaced, repairs);
	}
	if (replaced.size === 0) return fields;
	return fields.flatMap((field) => replaced.get(field) ?? [field]);
}

function resolve(name: string, group: readonly Field[], replaced: Replacements, repairs: string[]): void {
	const saying = group.filter((field) => !isBlank(field));
	const [first, ...others] = saying.length === 0 ? group.slice(0, 1) : saying;
	if (first === undefined) return;
	for (const field of group) if (field !== first) replaced.set(field, []);
	if (saying.length < group.length) repairs.push(`removed an empty ${name}`);
	if (others.length === 0) return;
	const joined = JOINED.has(first.key) ? join(first, others) : undefined;
	if (joined !== undefined) {
		replaced.set(first, [joined]);
		repairs.push(`joined ${name}`);
		return;
	}
	for (const field of others) replaced.set(field, [renamed(field, `X-Duplicate-${name}`)]);
	repairs.push(`kept the first ${name}`);
}

/** All in one field; undefined when it would not name the same mailboxes. */
function join(first: Field, others: readonly Field[]): Field | undefined {
	const values = [first, ...others].map((field) => withoutBlanks(rawValue(field).toString("latin1")));
	const value = Buffer.from(values.join(",\r\n "), "latin1");
	const apart = [first, ...others].flatMap((field) => addressesIn(rawValue(field)));
	return String(addressesIn(value)) === String(apart) ? withValue(first, value) : undefined;
}

function addressesIn(value: Buffer): readonly string[] {
	return scanAddressList(value).mailboxes.map(({ address }) => address);
}
