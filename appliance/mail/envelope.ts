/**
 * The envelope of RFC 5321 §2.3.1: who a message is from and for, as the sessions say it, whatever
 * its header claims.
 */

export interface Envelope {
	/** Without brackets; empty for the null reverse-path. */
	readonly reversePath: string;
	/** Without brackets, in the order they were given. */
	readonly recipients: readonly string[];
	/** RFC 6531: addresses or header fields in UTF-8. */
	readonly smtpUtf8: boolean;
	/** Undefined when the device asked for none. */
	readonly dsn?: DsnRequest;
}

/** What a device asked to be told of its message's fate (RFC 3461), kept for the bounce. */
export interface DsnRequest {
	readonly ret: "FULL" | "HDRS" | null;
	readonly envid: string | null;
	/** By recipient, for those that asked for something. */
	readonly recipients: Readonly<Record<string, RecipientDsn>>;
}

export interface RecipientDsn {
	/** `NEVER`, or some of `SUCCESS FAILURE DELAY`; empty when not said. */
	readonly notify: readonly string[];
	/** `type;address`, decoded, or empty. */
	readonly orcpt: string;
}
