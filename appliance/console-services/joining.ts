/** People who give themselves a login of their own. For console-services.ts. */
import type { Secret } from "../secret.ts";
import type { AccountStatus, DeviceSettings, MailboxSettings, SignInNews } from "../services.ts";
import type { Peer } from "./people.ts";

/** What the rules of `[sign_up]` say of an address. */
export interface SignUpJudgement {
	readonly may: boolean;
	readonly by: "deny" | "allow" | "no-rule" | "no-address";
	/** The pattern that decides; empty where none does. */
	readonly rule: string;
}

export interface JoinDraft {
	/** Names the visit to `paste`: nobody else knows it. */
	readonly visit: string;
	readonly address: string;
	readonly method: "device-code" | "browser";
	/** `join`: a user name and a password, a new one for who has them already. `leave`: to have them no more. */
	readonly wish: "join" | "leave";
	readonly peer: Peer;
}

export type JoinNews =
	| Exclude<SignInNews, { type: "certificate" | "signed-in" }>
	| {
			readonly type: "joined";
			/** Not for somebody who had a login and got a new password. */
			readonly isNew: boolean;
			/** Without the password. */
			readonly settings: DeviceSettings;
			/** Where the same login fetches their mail; null: it does not. */
			readonly fetching: Pick<MailboxSettings, "server" | "ports"> | null;
			/** To be shown once. */
			readonly password: Secret;
	  }
	| { readonly type: "left" };

/** Somebody who came by self-service. */
export interface JoinedPerson {
	readonly address: string;
	/** Null: their account is gone, and the login is left. */
	readonly joinedAt: string | null;
	/** Of the login; empty where the owner has removed that. */
	readonly username: string;
	readonly device: string;
	readonly state: AccountStatus["state"];
	/** A deny rule has come to fit: the login is refused. */
	readonly isDenied: boolean;
	/** The beginning of the minute, the hour or the day of their last message; null: none within 31 days. */
	readonly lastMailAt: string | null;
}

export interface JoinService {
	isOpen(): boolean;
	/** Which rule decides, whether it is open or not. */
	judge(address: string): SignUpJudgement;
	/**
	 * To be read to its end, which comes after `refused`, `joined` or `left`; abort the signal to cancel. Throws at once
	 * `sign-up-closed`, `sign-up-denied`, `sign-up-locked`, `sign-up-busy`; the news end with `sign-up-closed` and
	 * `sign-up-denied` (the rules once more), `sign-up-full`, `sign-up-other` (somebody else signed in than was typed),
	 * `sign-up-taken` (the owner set the address up), `joined-unknown` (nothing to leave), `account-invalid`.
	 */
	begin(draft: JoinDraft, signal: AbortSignal): AsyncIterable<JoinNews>;
	/** Of a browser sign-in. Throws `sign-in-not-waiting`, `paste-unusable`. */
	paste(visit: string, pasted: string): void;
	/** By address. */
	list(): Promise<readonly JoinedPerson[]>;
	/** Their login ends at once, their sign-in is erased. Throws `joined-unknown`. */
	remove(address: string): Promise<void>;
}
