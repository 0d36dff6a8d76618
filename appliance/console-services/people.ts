/** Who may use the console, and how they sign in. For console-services.ts. */
import type { Secret } from "../secret.ts";

/** `viewer` looks; `operator` acts on mail, devices and tests; `owner` does everything. */
export type Role = "owner" | "operator" | "viewer";

/** Where a request comes from. */
export interface Peer {
	/** IP address, after trusted proxies. */
	readonly address: string;
	/** Its User-Agent, cut; to tell sessions apart. */
	readonly agent: string;
}

export interface ClaimState {
	/** There is an owner; nobody can claim the console any more. */
	readonly claimed: boolean;
	/** From the local network without the setup code until then; null: only with the code. */
	readonly openUntil: string | null;
	/** There is a setup code that would be taken (on the image: on its boot partition and its screen). */
	readonly hasCode: boolean;
}

export interface Person {
	/** Unique, case does not matter. The first is `owner`. */
	readonly name: string;
	readonly role: Role;
	readonly hasTotp: boolean;
	readonly createdAt: string;
	readonly lastSignInAt: string | null;
	/** `file`: `console.password_hash`; cannot be changed here. */
	readonly origin: "file" | "saved";
}

export interface Session {
	/** Names the session to people; not the cookie. */
	readonly id: string;
	readonly name: string;
	readonly role: Role;
	/** Keys the CSRF tokens of this session. */
	readonly csrfKey: Secret;
	readonly startedAt: string;
	readonly lastSeenAt: string;
	/** Where it was last seen. */
	readonly peer: Peer;
}

/** A session as others see it. */
export type SessionRow = Omit<Session, "csrfKey">;

export interface SignedIn {
	readonly session: Session;
	/** For the cookie; shown nowhere else, kept as a hash. */
	readonly token: Secret;
}

export interface SignInDraft {
	readonly name: string;
	readonly password: Secret;
	/** The six digits, or a recovery code; where the person has set it up. */
	readonly totp?: string;
	readonly peer: Peer;
}

/** What an authenticator app is given. */
export interface TotpSetup {
	/** `otpauth://…`, for the QR. */
	readonly uri: Secret;
	/** In groups, to type. */
	readonly secret: Secret;
}

export interface PeopleService {
	claimState(): ClaimState;
	/**
	 * The first owner's password. Throws `console-claimed`, `claim-closed` (window over, or not from the local network),
	 * `code-wrong`, `sign-in-locked`, `password-weak`.
	 */
	claim(draft: { readonly password: Secret; readonly code?: string; readonly peer: Peer }): Promise<SignedIn>;
	/**
	 * `totp`: right so far, and a code is asked for. Throws `sign-in-wrong` (never says what), `sign-in-locked`
	 * (too many tries), `sign-in-busy`.
	 */
	signIn(draft: SignInDraft): Promise<SignedIn | "totp">;
	/** Undefined: none, expired, or its person is gone. Notes that it was seen. */
	session(token: string, peer: Peer): Session | undefined;
	signOut(token: string): Promise<void>;
	/** Newest first. */
	sessions(name: string): readonly SessionRow[];
	endSession(name: string, id: string): Promise<void>;
	list(): readonly Person[];
	/** The password is made and shown once. Throws `person-exists`, `person-invalid`. */
	add(draft: { readonly name: string; readonly role: Role }): Promise<{
		readonly person: Person;
		readonly password: Secret;
	}>;
	/** Throws `person-unknown`, `person-locked` (from the file), `last-owner`. Ends its sessions when the role falls. */
	changeRole(name: string, role: Role): Promise<void>;
	/** A new password, shown once; ends the person's sessions and takes its TOTP away. Throws as `changeRole`. */
	resetPassword(name: string): Promise<Secret>;
	/** Ends its sessions. Throws as `changeRole`. */
	remove(name: string): Promise<void>;
	/** One's own. Ends one's other sessions. Throws `sign-in-wrong`, `sign-in-locked`, `password-weak`, `person-locked`. */
	changePassword(draft: {
		readonly name: string;
		readonly current: Secret;
		readonly next: Secret;
		/** Which stays. */
		readonly sessionId: string;
		readonly peer: Peer;
	}): Promise<void>;
	/** Not in force until confirmed. Throws `person-unknown`, `person-locked`, `totp-exists` (it is taken away first). */
	beginTotp(name: string): Promise<TotpSetup>;
	/** Recovery codes, shown once. Throws `totp-wrong`, `totp-not-begun`. */
	confirmTotp(name: string, code: string): Promise<readonly Secret[]>;
	/** Throws `sign-in-wrong`, `sign-in-locked`. */
	removeTotp(name: string, password: Secret, peer: Peer): Promise<void>;
}
