/** What a session asks of the box around it. For session.ts and its command groups; listener.ts puts it together. */
import type { SecureContext } from "node:tls";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { Secret } from "../secret.ts";
import type { MaildropLocks } from "./locks.ts";
import type { Maildrop, MaildropOwner, Result } from "./maildrop.ts";
import type { Troubles } from "./troubles.ts";

export type SignedIn =
	| { readonly ok: true; readonly owner: MaildropOwner }
	| { readonly ok: false; readonly reason: "wrong" | "locked" | "busy" | "clear" };

export interface Pop3Host {
	readonly clock: Clock;
	readonly log: Log;
	readonly locks: MaildropLocks;
	readonly troubles: Troubles;
	/** Lines about strangers, bounded. */
	readonly refusals: RefusalLog;
	/** Name of the box, for the greeting. */
	name(): string;
	/** Undefined: this port offers no STLS. */
	secureContext(): SecureContext | undefined;
	/** May anybody show a password without encryption here? */
	takesPasswordsInClear(): boolean;
	/** Is anybody's password kept so that APOP can be answered? */
	takesApop(): boolean;
	/** `clear`: right or wrong, this user may not sign in without encryption. */
	authenticate(username: string, password: Secret, peer: Peer): Promise<SignedIn>;
	/** `digest`: MD5 of the greeting's stamp and the password, hexadecimal (RFC 1939 §7). */
	authenticateByApop(username: string, stamp: string, digest: string, peer: Peer): SignedIn;
	open(owner: MaildropOwner, signal: AbortSignal): Promise<Result<Maildrop>>;
}

export interface Peer {
	readonly address: string;
	readonly isSecure: boolean;
}
