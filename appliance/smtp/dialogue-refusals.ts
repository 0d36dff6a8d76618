/**
 * What is refused because of how it was said, whoever says it: the reply, the log's reason and the
 * owner's text for each. For device-connection.ts; refusals of policy are elsewhere.
 */
import type { Reply } from "../mail/reply.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal } from "./session-record.ts";

const ORDER =
	"The device sent its commands in an order that SMTP does not know. This is a fault of its program; an update of it may help.";

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
			`The device gave a sender that is no mail address: ${quoted(command)}. Type a whole address, such as scan@contoso.com, into its sender (From) field.`,
		),
	badRecipient: (command: Buffer) =>
		refusal(
			REPLIES.badRecipient,
			`bad recipient: ${quoted(command)}`,
			`The device gave a recipient that is no mail address: ${quoted(command)}. Check the address in its address book.`,
		),
	badParameter: (refused: Reply) =>
		refusal(
			refused,
			`bad parameter: ${refused.text}`,
			`The device asked for something that Postern cannot promise (${refused.text}). Turn off delivery reports on it, or hide the keyword from it (hide_ehlo).`,
		),
	nameTooLong: () =>
		refusal(
			REPLIES.nameTooLong,
			"HELO name too long",
			"The device called itself by a name of more than 512 characters. Give it a short host name in its network settings.",
		),
	nestedMail: () => refusal(REPLIES.nestedMail, "nested MAIL", ORDER),
	needMail: () => refusal(REPLIES.needMail, "RCPT without MAIL", ORDER),
	needRcpt: () => refusal(REPLIES.needRcpt, "message without RCPT", ORDER),
	afterChunk: () => refusal(REPLIES.afterChunk, "command between chunks", ORDER),
	tooManyRecipients: (most: number) =>
		refusal(
			REPLIES.tooManyRecipients,
			"too many recipients",
			`The device named more than ${most} recipients for one message. Most devices send the rest in a second message; if not, use a distribution list.`,
		),
	tooLarge: (declaredBytes: number, mostBytes: number) =>
		refusal(
			REPLIES.tooLarge,
			`declared ${declaredBytes} bytes`,
			`The device wanted to send ${megabytes(declaredBytes)}, and at most ${megabytes(mostBytes)} are taken. Let it send less at a time (lower resolution, fewer pages), or raise smtp.max_message_size.`,
		),
	badChunkSize: (command: Buffer) =>
		refusal(
			REPLIES.badChunkSize,
			`bad chunk: ${quoted(command)}`,
			"The device announced a part of a message without saying how long it is. Hide CHUNKING from it (hide_ehlo), so that it sends the usual way.",
		),
	passwordInClear: () =>
		refusal(
			REPLIES.encryptionRequired,
			"password in clear",
			"The device wanted to send its password without encryption. Turn on TLS or STARTTLS in its mail settings (port 587 or 465). If it has neither, let it send by its address, or set auth_without_tls for it.",
		),
	unknownMechanism: (mechanism: string) =>
		refusal(
			REPLIES.mechanismUnknown,
			`mechanism ${mechanism.slice(0, 20)}`,
			"The device wanted to sign in by a method that Postern does not offer it. Choose PLAIN or LOGIN on it; if it knows CRAM-MD5 alone, set cram_md5 for it.",
		),
	endsInLf: () =>
		refusal(
			REPLIES.unfinished,
			"message ended in LF",
			"The device ended its message with line feeds alone, which the mail standard does not allow, and gave up waiting. Set lf_line_ends for it; it must be known by its address.",
		),
} as const;

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
