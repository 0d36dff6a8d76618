/**
 * Says in a header that the message stands for others that were not sent: before the subject, where a
 * recipient sees it, and in a field of its own for programs. For smtp/incoming-header.ts. Pure.
 */
import { isNamed, scanHeader } from "./header.ts";

/** `message` holds its header whole. */
export function withSuppressed(message: Buffer, count: number): Buffer {
	if (count === 0) return message;
	const { fields } = scanHeader(message);
	const subject = fields.find((field) => isNamed(field, "Subject"));
	const mark = Buffer.from(` [+${count}]`);
	const field = Buffer.from(`X-Postern-Suppressed: ${count}\r\n`);
	if (subject === undefined) return Buffer.concat([field, Buffer.from(`Subject:${mark}\r\n`), message]);
	return Buffer.concat([
		field,
		message.subarray(0, subject.valueStart),
		mark,
		message.subarray(subject.valueStart),
	]);
}
