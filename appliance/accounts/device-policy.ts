/**
 * What a device may send (design §5): from which reverse-path, to which recipients. Pure; for smtp/.
 * Addresses are compared as Microsoft 365 does, without regard to case.
 */
import { addressKey } from "../mail/address.ts";
import type { SenderRule } from "../mail/sender-header.ts";
import type { Device } from "./model.ts";

/**
 * With `keep` any, with `force` any too (it is replaced by the account's). With a list only what it
 * names, and so never the null reverse-path: the From header would then speak unchecked.
 */
export function mayBeReversePath({ from }: Device, reversePath: string): boolean {
	return typeof from === "string" || from.some((pattern) => matchesPattern(pattern, reversePath));
}

export function mayReceive({ recipients }: Device, recipient: string): boolean {
	return recipients.some((pattern) => matchesPattern(pattern, recipient));
}

/** What the header may say of the sender; `account` is the address that takes its place with `force`. */
export function senderRuleOf({ from }: Device, account: string): SenderRule {
	if (from === "keep") return { kind: "keep" };
	if (from === "force") return { kind: "force", address: account };
	return { kind: "allow", allows: (address) => from.some((pattern) => matchesPattern(pattern, address)) };
}

/** Patterns: `*`, `*@domain`, `a@domain`. Nothing matches the empty address. */
export function matchesPattern(pattern: string, address: string): boolean {
	if (address === "") return false;
	if (pattern === "*") return true;
	if (!pattern.startsWith("*@")) return addressKey(pattern) === addressKey(address);
	// The key of any address in the domain ends as the domain is compared.
	return domainOf(addressKey(`a${pattern.slice(1)}`)) === domainOf(addressKey(address));
}

function domainOf(key: string): string | undefined {
	const at = key.lastIndexOf("@");
	return at === -1 ? undefined : key.slice(at);
}
