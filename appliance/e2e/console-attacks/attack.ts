/**
 * One attack on the console: what is sent, and how it must be refused. For the tables beside, which
 * 39-console-attacks.e2e.test.ts carries out. After each nothing may have changed, nobody may be signed in who was not, no
 * secret may have been told, and the console still answers without a fault.
 */
import type { BesiegedConsole } from "../besieged-console.ts";
import type { RawAnswer } from "../raw-http.ts";

export interface Attack {
	readonly name: string;
	/** What happens before, by right; gives what the attacker has got hold of. */
	readonly prepare?: (siege: BesiegedConsole) => Promise<string>;
	/** Gives the answer that would tell of a success. */
	readonly attack: (siege: BesiegedConsole, got: string) => Promise<RawAnswer>;
	/** The statuses of a refusal; 0: the box hangs up, or says nothing. */
	readonly refused: readonly number[];
	/** Where a redirect that is no success leads. */
	readonly location?: RegExp;
	/** What the refusal says, where its status says too little. */
	readonly says?: RegExp;
	/** The attacker may see as much as that: somebody who is signed in. */
	readonly isInside?: true;
}

/** Who is not signed in is sent to sign in. */
export const TO_SIGN_IN = { refused: [303], location: /^\/sign-in(?:\?|$)/ } as const;
/** 403, and the page says that it was not sent from here. */
export const FROM_ELSEWHERE = {
	refused: [403],
	says: /This form came from elsewhere/,
	isInside: true,
} as const;
/** 403, and the page says that it is an old one. */
export const STALE = { refused: [403], says: /This page had grown old/, isInside: true } as const;
/** Not for this role. */
export const NOT_YOURS = { refused: [403], says: /Not for your role/, isInside: true } as const;
