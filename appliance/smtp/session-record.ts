/**
 * What a session tells of itself while it runs, so that its owner can read later what a device said
 * and why it was refused. The connection and the policy tell; transcript.ts keeps. Telling never throws and
 * costs no I/O.
 */
import type { Reply } from "../mail/reply.ts";

/** Three readers, three texts: the peer's is the reply, the log's is `reason`. */
export interface Refusal {
	readonly reply: Reply;
	/** For the log, such as `from <a@b>`. */
	readonly reason: string;
	/** For the owner: what happened, why, what to change on the device. */
	readonly ownerText: string;
}

export interface SessionRecord {
	/** A command line as it came, without its line end. Credentials are masked by the record itself. */
	client(line: Buffer): void;
	/** A reply as it was sent, without its last line end. */
	server(text: string): void;
	/** Something that is no line: `TLS 1.2 (ECDHE-…)`, `message of 20,153 bytes`. */
	note(text: string): void;
	/** Which device it was found to be, also later than at the start. */
	isDevice(name: string): void;
	refused(refusal: Refusal): void;
	accepted(queueId: string): void;
	/** The connection has closed. Called once. */
	ended(): void;
}

/** Keeps nothing: for tests. */
export const NO_RECORD: SessionRecord = {
	client: () => undefined,
	server: () => undefined,
	note: () => undefined,
	isDevice: () => undefined,
	refused: () => undefined,
	accepted: () => undefined,
	ended: () => undefined,
};

/** Where and from whom a session began. */
export interface SessionOpening {
	/** Of the client itself, also behind a proxy. */
	readonly address: string;
	/** `relay`, `submission`, `implicit-tls`, `auto`. */
	readonly role: string;
	/** Our port. */
	readonly port: number;
}

export interface SessionRecords {
	open(opening: SessionOpening): SessionRecord;
}
