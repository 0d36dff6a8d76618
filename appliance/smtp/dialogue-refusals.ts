/**
 * What is refused because of how it was said, whoever says it: the reply, the log's reason and the
 * owner's text for each. For device-connection.ts; refusals of policy are elsewhere.
 */
import type { Reply } from "../mail/reply.ts";
import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal } from "./session-record.ts";

/** A line of the device's, short and printable, for a text. */
function quoted(command: Buffer): string {
	const text = command.toString("utf8").replaceAll(/[^\x20-\x7e\u00a1-\uffff]/g, "?");
	return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function refusal(refused: Reply, reason: string, ownerText: string): Refusal {
	return { reply: refused, reason, ownerText };
}

export const DIALOGUE = {
	badSender: (command: Buffer) =>
		refusal(
			REPLIES.badSender,
			`bad sender: ${quoted(command)}`,
			say(RECEIVING.badSender, { command: quoted(command) }),
		),
	badRecipient: (command: Buffer) =>
		refusal(
			REPLIES.badRecipient,
			`bad recipient: ${quoted(command)}`,
			say(RECEIVING.badRecipient, { command: quoted(command) }),
		),
	badParameter: (refused: Reply) =>
		refusal(refused, `bad parameter: ${refused.text}`, say(RECEIVING.badParameter, { answer: refused.text })),
	nameTooLong: () => refusal(REPLIES.nameTooLong, "HELO name too long", RECEIVING.nameTooLong),
	nestedMail: () => refusal(REPLIES.nestedMail, "nested MAIL", RECEIVING.order),
	needMail: () => refusal(REPLIES.needMail, "RCPT without MAIL", RECEIVING.order),
	needRcpt: () => refusal(REPLIES.needRcpt, "message without RCPT", RECEIVING.order),
	afterChunk: () => refusal(REPLIES.afterChunk, "command between chunks", RECEIVING.order),
	tooManyRecipients: (most: number) =>
		refusal(REPLIES.tooManyRecipients, "too many recipients", say(RECEIVING.tooManyRecipients, { most })),
	tooLarge: (declaredBytes: number, mostBytes: number) =>
		refusal(
			REPLIES.tooLarge,
			`declared ${declaredBytes} bytes`,
			say(RECEIVING.declaredTooLarge, { declared: megabytes(declaredBytes), most: megabytes(mostBytes) }),
		),
	badChunkSize: (command: Buffer) =>
		refusal(REPLIES.badChunkSize, `bad chunk: ${quoted(command)}`, RECEIVING.badChunk),
	passwordInClear: () =>
		refusal(REPLIES.encryptionRequired, "password in clear", RECEIVING.wantedPasswordInClear),
	unknownMechanism: (mechanism: string) =>
		refusal(REPLIES.mechanismUnknown, `mechanism ${mechanism.slice(0, 20)}`, RECEIVING.unknownMechanism),
	endsInLf: () => refusal(REPLIES.unfinished, "message ended in LF", RECEIVING.endsInLf),
} as const;

function megabytes(bytes: number): string {
	return (bytes / 1_000_000).toFixed(1);
}
