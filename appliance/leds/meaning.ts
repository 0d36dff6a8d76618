/**
 * What the light on the box says, out of what is known: one word, the gravest first. For the console, which mirrors it, and for
 * the light itself. Pure.
 */
export type LightMeaning =
	| "starting"
	| "setup"
	| "working"
	| "sending"
	| "offline"
	| "needs-you"
	| "storage"
	| "updating"
	| "stopped";

export interface LightFacts {
	/** Somebody owns the box. */
	readonly isClaimed: boolean;
	/** New mail is taken: the card has room and can be written. */
	readonly isAccepting: boolean;
	/** Kinds of what needs the owner (services.ts `Matter`). */
	readonly matters: readonly string[];
	/** Attempts under way. */
	readonly isSending: boolean;
	/** No account reaches Microsoft, and there is one. */
	readonly isOffline: boolean;
	/** A new version is being put in place. */
	readonly isUpdating: boolean;
	/** Somebody at the box has asked for a new way into the console, and nobody has come by it yet. */
	readonly isReopened: boolean;
}

/** These pass by themselves, or are told by another light. */
const NOT_YOURS: ReadonlySet<string> = new Set(["account", "card-full", "card-sick", "no-account"]);

export function lightMeaning(facts: LightFacts): LightMeaning {
	// The power must stay: that comes before all else.
	if (facts.isUpdating) return "updating";
	if (!facts.isAccepting) return "storage";
	if (!facts.isClaimed && (facts.isReopened || facts.matters.includes("no-account"))) return "setup";
	if (facts.matters.some((kind) => !NOT_YOURS.has(kind))) return "needs-you";
	if (facts.isOffline) return "offline";
	return facts.isSending ? "sending" : "working";
}
