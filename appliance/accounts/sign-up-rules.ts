/**
 * Self-service (design §5): may the owner of a mail address get a login of their own? Deny rules count
 * first; without an allow rule nobody may. Pure; for sign-up-gate.ts.
 */
import type { SignUpJudgement } from "../console-services.ts";
import { parseAddress } from "../mail/address.ts";
import { matchesPattern } from "./device-policy.ts";

/** Patterns: `*`, `*@domain`, `a@domain`. */
export interface SignUpRules {
	readonly allow: readonly string[];
	readonly deny: readonly string[];
}

export function judgeSignUp({ allow, deny }: SignUpRules, address: string): SignUpJudgement {
	const given = address.trim();
	// What is no address would slip past a deny rule and meet `*`.
	if (parseAddress(given) === undefined) return { may: false, by: "no-address", rule: "" };
	const matches = (pattern: string) => matchesPattern(pattern, given);
	const denied = deny.find(matches);
	if (denied !== undefined) return { may: false, by: "deny", rule: denied };
	const allowed = allow.find(matches);
	if (allowed !== undefined) return { may: true, by: "allow", rule: allowed };
	return { may: false, by: "no-rule", rule: "" };
}
