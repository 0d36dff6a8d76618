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
}
