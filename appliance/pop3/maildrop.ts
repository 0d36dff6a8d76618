/**
 * The seam between the POP3 server and where the mail lies: a mailbox at Microsoft 365, over Graph or over POP3
 * with XOAUTH2. A source never throws for what the cloud, the network or the card can cause; a message that is
 * being read may end with `MaildropBroken`, and then the client must not take it for whole.
 */
import { asError } from "../errors.ts";

/** Who fetches, and what; from the configuration (accounts/mailboxes.ts). */
export interface MaildropOwner {
	readonly username: string;
	/** Address of the mailbox, and which of its folders: one session at a time has it. */
	readonly mailbox: string;
	readonly folder: string;
}

export interface MaildropMessage {
	/** RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E, the same for ever. */
	readonly uid: string;
	/** Octets that RETR sends, the dots that it stuffs apart. An estimate until they are known. */
	readonly sizeOctets: number;
}

export interface MaildropFailure {
	/** RFC 3206, RFC 2449 §8. */
	readonly code: "SYS/TEMP" | "SYS/PERM" | "IN-USE";
	/** For the program that fetches: one line, ASCII. */
	readonly text: string;
	/** For the owner: what happened, what to do next. */
	readonly ownerText: string;
	/** For the log. */
	readonly reason: string;
}

export type Result<Value> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly failure: MaildropFailure };

/** A message in the middle of being read came to an end before its end. */
export class MaildropBroken extends Error {
	override readonly name = "MaildropBroken";
}

/** A source's own error becomes the seam's. */
export async function* brokenWhenItBreaks(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	try {
		yield* stream;
	} catch (error) {
		throw new MaildropBroken(asError(error).message, { cause: error });
	}
}

/** What one session sees: a list that does not change, as RFC 1939 §8 wants it. */
export interface Maildrop {
	readonly messages: readonly MaildropMessage[];
	/**
	 * The message as it lies there; read to its end or left. Reading throws `MaildropBroken` when it breaks off.
	 */
	read(index: number, signal: AbortSignal): Promise<Result<AsyncIterable<Buffer>>>;
	/** RETR has sent all of it, so many octets. */
	wasRead(index: number, sizeOctets: number): void;
	/** UPDATE: removes these, as the owner has set. Says which of them are still there. */
	remove(indexes: readonly number[], signal: AbortSignal): Promise<Result<{ readonly left: number }>>;
	/** The session is over. */
	close(): Promise<void>;
}

export interface MaildropSource<Owner extends MaildropOwner> {
	open(owner: Owner, signal: AbortSignal): Promise<Result<Maildrop>>;
}
