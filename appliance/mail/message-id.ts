/**
 * Message-IDs (RFC 5322 §3.6.4): made for messages that come without one, and read where a message
 * is looked up in Sent Items.
 */
import { randomBytes } from "node:crypto";
import { fieldValue, type HeaderField, isNamed } from "./header.ts";

/** Longer ones are not searched for: they would not fit a request. */
const LONGEST_MESSAGE_ID = 900;

/**
 * A new one, with its brackets. The random part tells boxes of one name apart that both start
 * counting in 1970.
 */
export function makeMessageId(
	queueId: string,
	hostName: string,
	random: string = randomBytes(6).toString("hex"),
): string {
	const host = hostName.toLowerCase().replaceAll(/[^a-z\d.-]/g, "");
	const domain = host === "" ? "postern.local" : host.includes(".") ? host : `${host}.local`;
	return `<${queueId}.${random}@${domain}>`;
}

/** The message's own, with its brackets; undefined when there is none that could be searched for. */
export function findMessageId(message: Buffer, fields: readonly HeaderField[]): string | undefined {
	const field = fields.find((candidate) => isNamed(candidate, "Message-ID"));
	if (field === undefined) return undefined;
	const id = /<[^<>\s]+>/.exec(fieldValue(message, field))?.[0];
	return id === undefined || id.length > LONGEST_MESSAGE_ID ? undefined : id;
}
