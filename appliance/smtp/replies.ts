/**
 * What Postern says to a device that it does not take something from: each reply once, with the
 * code that makes a device behave (4xx: keep it and try again; 5xx: give up) and nothing that tells
 * a stranger about the box (RFC 5321 §4.2, RFC 3463).
 */
import { formatReply, type Reply, reply } from "../mail/reply.ts";

export const REPLIES = {
	authenticationRequired: reply(530, "5.7.0", "Authentication required"),
	startTlsRequired: reply(530, "5.7.0", "Must issue a STARTTLS command first"),
	encryptionRequired: reply(538, "5.7.11", "Encryption required for requested authentication mechanism"),
	credentialsInvalid: reply(535, "5.7.8", "Authentication credentials invalid"),
	authenticationBusy: reply(454, "4.7.0", "Too many sign-ins at once, try again in a moment"),
	authenticationLocked: reply(454, "4.7.0", "Too many failed sign-ins, try again later"),
	senderNotAllowed: reply(550, "5.7.1", "This device may not send with that sender address"),
	recipientNotAllowed: reply(550, "5.7.1", "This device may not send to that recipient"),
	cardFull: reply(452, "4.3.1", "Insufficient storage, try again later"),
	cardSick: reply(451, "4.3.0", "The message could not be stored, try again later"),
	tooLarge: reply(552, "5.3.4", "The message is larger than this Postern accepts"),
	noAccount: reply(451, "4.3.5", "No account to send as is set up, try again later"),
	tooMuch: reply(451, "4.7.1", "Too much for now, try again later"),
	askingOwner: reply(450, "4.7.1", "Waiting for the owner's permission, try again later"),
	loop: reply(554, "5.4.6", "Too many hops: this message is going round in circles"),
	tooManyRefusals: reply(421, "4.7.0", "Too many refused commands"),
	authenticationFault: reply(454, "4.7.0", "Temporary authentication failure"),
	authInTransaction: reply(503, "5.5.1", "AUTH not permitted during a mail transaction"),
	tooManyConnections: reply(421, "4.7.0", "Too many connections from your address, try again in a moment"),
	nameTooLong: reply(501, "5.5.2", "That name is too long"),
	lineTooLong: reply(500, "5.5.6", "Line too long"),
	badSender: reply(501, "5.1.7", "Bad sender address syntax"),
	badRecipient: reply(501, "5.1.3", "Bad recipient address syntax"),
	nestedMail: reply(503, "5.5.1", "Nested MAIL command"),
	needMail: reply(503, "5.5.1", "Need MAIL command first"),
	needRcpt: reply(503, "5.5.1", "Need RCPT command first"),
	afterChunk: reply(503, "5.5.1", "Not between the chunks of a message"),
	tooManyRecipients: reply(452, "4.5.3", "Too many recipients, send the rest in another message"),
	badChunkSize: reply(501, "5.5.4", "BDAT needs a size in octets"),
	mechanismUnknown: reply(504, "5.5.4", "Unrecognized authentication mechanism"),
	notImplemented: reply(502, "5.5.1", "Command not implemented"),
	onlyEmptyLines: reply(421, "4.7.0", "Too many empty lines"),
	unfinished: reply(421, "4.4.2", "The message did not end"),
	tlsFailed: reply(454, "4.7.0", "No TLS session came about"),
	tlsExpected: reply(421, "4.7.10", "This port begins with TLS (SSL/TLS), not with plain text"),
	tlsTooLate: reply(421, "4.7.0", "TLS began before STARTTLS"),
	proxyHeaderInvalid: reply(421, "4.7.0", "No valid PROXY header"),
	shuttingDown: reply(421, "4.3.2", "Service shutting down, try again in a moment"),
} as const satisfies Record<string, Reply>;

/** A reply as the engine's callbacks take it. */
export class ReplyError extends Error {
	readonly responseCode: number;
	readonly reply: Reply;

	constructor(refusal: Reply) {
		super(formatReply(refusal).slice(4));
		this.responseCode = refusal.code;
		this.reply = refusal;
	}
}
