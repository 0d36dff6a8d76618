/**
 * Does a message go round in circles? Judged by its trace fields (RFC 5321 §6.3): too many of
 * anybody's, or several of ours, as when a mailbox forwards to a device that sends to the mailbox.
 */
import { fieldValue, type HeaderField, isNamed } from "./header.ts";
import { traceMark } from "./received.ts";

/** RFC 5321 §6.3 asks for at least 100; Exchange and Postfix give up at 30 to 50. */
const MOST_RECEIVED_FIELDS = 50;
/** A box may rightly see a message again (a list, a forward), but not time after time. */
const MOST_OWN_FIELDS = 4;

export function isLooping(message: Buffer, fields: readonly HeaderField[], hostName: string): boolean {
	const traces = fields.filter((field) => isNamed(field, "Received"));
	if (traces.length >= MOST_RECEIVED_FIELDS) return true;
	const mark = ` ${traceMark(hostName)} `;
	const ours = traces.filter((field) => fieldValue(message, field).replaceAll(/\s+/g, " ").includes(mark));
	return ours.length >= MOST_OWN_FIELDS;
}
