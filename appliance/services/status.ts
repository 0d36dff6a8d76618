/** How the appliance is, and what needs its owner. For services.ts. */
import type { PairState } from "../console-services/pairing.ts";
import type { AccountWaits, SignInState } from "./accounts.ts";
import type { QueueState } from "./queue.ts";
import type { CrashCount } from "./updates.ts";

export interface ListenerStatus {
	readonly role: string;
	/** `host:port` as bound. */
	readonly address: string;
}

export interface ClockState {
	/** By NTP or by what servers on the internet say; null when unknown. */
	readonly isSynchronised: boolean | null;
	/** The box's clock less the real time. */
	readonly errorMs: number;
	/** Who says what time it is: a time server, or Microsoft's answers where none is reached; null: nobody yet. */
	readonly source: "ntp" | "microsoft" | null;
}

export interface Status {
	readonly name: string;
	readonly version: string;
	readonly startedAt: string;
	readonly now: string;
	readonly listeners: readonly ListenerStatus[];
	readonly queue: Readonly<Record<QueueState, number>>;
	readonly accounts: readonly {
		readonly address: string;
		readonly state: SignInState;
		/** `closed` = mail flows; `open` = waiting for trouble to pass; `probing` = one message is trying. */
		readonly circuit: "closed" | "open" | "probing";
		readonly trouble: string;
		readonly waits: AccountWaits | null;
	}[];
	readonly storage: {
		readonly freeBytes: number;
		readonly reserveBytes: number;
		readonly accepting: boolean;
		/** The card fails: nothing is saved, and it is tried again. */
		readonly sick: boolean;
	};
	readonly memoryBytes: number;
	readonly clock: ClockState;
	/** Of Postern itself. */
	readonly crashes: CrashCount;
	readonly pair: PairState;
	/** Owner texts, most urgent first; empty when all is well. */
	readonly problems: readonly string[];
	/** The same, for who tells it in words of their own. */
	readonly matters: readonly Matter[];
}

export type MatterKind =
	| "card-full"
	/** The card fails: nothing is saved until it is well again. */
	| "card-sick"
	/** The database was damaged: put right, or built anew of what could be read. */
	| "rebuilt"
	| "no-account"
	| "clock"
	| "certificate"
	| "port"
	| "needs-sign-in"
	| "account"
	| "sign-in-lapses"
	| "app-certificate"
	| "fetching"
	| "no-route"
	| "failed"
	| "paused"
	/** An update did not work, and what was before runs again. */
	| "rolled-back"
	/** Postern ends again and again. */
	| "crashes"
	/** What the box has that this one goes by has not come for long (pairing/). */
	| "out-of-step";

/** Something that needs the owner. */
export interface Matter {
	readonly kind: MatterKind;
	/** An account's address, or empty. */
	readonly about: string;
	/** Messages, where it is about messages. */
	readonly count: number;
	/** Owner text: all of it, and what to do on the command line. */
	readonly text: string;
	/** What is known of the cause, without what to do; may be empty. */
	readonly detail: string;
}
