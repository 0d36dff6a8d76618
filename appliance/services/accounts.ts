/** Microsoft accounts and how they sign in. For services.ts. */
import type { Account, SignInMethod, TransportKind } from "../accounts/model.ts";
import type { TestStep } from "./trying.ts";

export type SignInState = "signed-in" | "needs-sign-in" | "signing-in";

/** Why an account sends nothing for a while although nothing is wrong with it. */
export interface AccountWaits {
	/** To the millisecond; ISO 8601. */
	readonly until: string;
	/** `Microsoft's limit of 10,000 recipients a day`, or what Microsoft asked for. */
	readonly why: string;
}

export interface AccountStatus {
	readonly account: Account;
	readonly state: SignInState;
	/** Who signed in, as Microsoft calls them, or empty. */
	readonly signedInAs: string;
	readonly signedInAt: string | null;
	/** When the sign-in lapses if the box never reaches Microsoft again; null when unknown. */
	readonly lapsesAt: string | null;
	/** What the last refusal meant and what to do, or empty. */
	readonly trouble: string;
	/** Null when it does not wait, or for less than a minute. */
	readonly waits: AccountWaits | null;
}

/** What `account add` reports as it goes. The stream ends after `signed-in` or `refused`. */
export type SignInNews =
	| {
			readonly type: "prompt";
			readonly verificationUri: string;
			readonly userCode: string;
			readonly expiresAt: string;
			readonly message: string;
	  }
	/** Open the address, sign in, and hand the address at which the browser then is to `paste`. */
	| { readonly type: "open"; readonly url: string; readonly endsAt: string; readonly expiresAt: string }
	/** Upload it to the app registration; Postern tries meanwhile. */
	| { readonly type: "certificate"; readonly certificate: AppCertificate; readonly isNew: boolean }
	| { readonly type: "waiting"; readonly text: string }
	| { readonly type: "signed-in"; readonly who: string }
	| {
			readonly type: "refused";
			readonly ownerText: string;
			readonly hint: string;
			/** Absent: trying again. `other-method`: a rule forbids this one. */
			readonly wayOut?: "other-method" | "registration";
	  };

export interface AccountDraft {
	readonly address: string;
	readonly method?: SignInMethod;
	readonly transport?: TransportKind;
	/** Its own app registration, and the organisation that it is in. */
	readonly clientId?: string;
	readonly tenant?: string;
}

/** The public half of the certificate by which an account signs in. */
export interface AppCertificate {
	readonly address: string;
	/** The app registration that it is for. */
	readonly clientId: string;
	readonly transport: TransportKind;
	readonly pem: string;
	/** Hexadecimal, in capitals. */
	readonly thumbprintSha256: string;
	/** As Entra lists it. */
	readonly thumbprintSha1: string;
	readonly expiresAt: string;
	/** Null until Microsoft has accepted it. */
	readonly acceptedAt: string | null;
	/** An older one beside it that serves until this one is accepted: when that one expires. */
	readonly olderServesUntil: string | null;
	/** The owner's own file, or empty. */
	readonly file: string;
}

export interface AccountService {
	list(): Promise<readonly AccountStatus[]>;
	/** Saves the account if new, and signs in. Aborting the signal cancels the sign-in. */
	add(draft: AccountDraft, signal: AbortSignal): AsyncIterable<SignInNews>;
	/**
	 * The address at which the browser of a sign-in ended, or its part behind the question mark, or the code.
	 * Throws `sign-in-not-waiting`, and `paste-unusable` (the sign-in then waits for another).
	 */
	paste(address: string, pasted: string): Promise<void>;
	/** The query with which a browser came back to the console itself; gives the account's address. Throws as `paste`. */
	returned(query: string): Promise<string>;
	/**
	 * With `renew` a new one, beside the old until Microsoft accepts it. Throws `account-unknown`,
	 * `no-certificate`, `certificate-in-file`, `time-unknown`.
	 */
	certificate(address: string, renew: boolean): Promise<AppCertificate>;
	/** Sends a message from the account to itself and follows it to Microsoft's answer. */
	test(address: string, signal: AbortSignal): AsyncIterable<TestStep>;
	/** Forgets the sign-in, and the account if it was saved. Throws `account-unknown`. */
	remove(address: string): Promise<void>;
}
