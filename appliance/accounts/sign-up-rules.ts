/**
 * Self-service (design §5): may the owner of a mail address get a login of their own? Deny rules count
 * first; without an allow rule nobody may. Pure; for people.ts.
 */
import { parseAddress } from "../mail/address.ts";
import { matchesPattern } from "./device-policy.ts";

/** Patterns: `*`, `*@domain`, `a@domain`. */
export interface SignUpRules {
	readonly allow: readonly string[];
	readonly deny: readonly string[];
}

export function allowsSignUp({ allow, deny }: SignUpRules, address: string): boolean {
	const given = address.trim();
	// What is no address would slip past a deny rule and meet `*`.
	if (parseAddress(given) === undefined) return false;
	const matches = (pattern: string) => matchesPattern(pattern, given);
	return !deny.some(matches) && allow.some(matches);
}
