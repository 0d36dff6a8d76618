/**
 * Reads mail addresses and the patterns `*`, `*@domain`, `a@domain`, for the configuration. Pure; a
 * bad text gives a `Refusal`.
 */
import { parseAddress } from "../mail/address.ts";
import { CONFIGURING } from "../words/configuring.ts";
import { Refusal } from "./refusal.ts";

/** A mail address, lower case: Microsoft 365 tells mailboxes apart by nothing else. */
export function readMailAddress(text: string): string | Refusal {
	const address = parseAddress(text.trim());
	if (address === undefined || address.localPart === "*") {
		return new Refusal(CONFIGURING.noMailAddress);
	}
	return `${address.localPart}@${address.domain}`.toLowerCase();
}

/** `*`, `*@domain` or an address; the domain in lower case, the local part as written. */
export function readMailPattern(text: string): string | Refusal {
	if (text.trim() === "*") return "*";
	const address = parseAddress(text.trim());
	// A star is allowed in addresses, but whoever writes `boss*@…` means a pattern that there is not.
	if (address === undefined || (address.localPart !== "*" && address.localPart.includes("*"))) {
		return new Refusal(CONFIGURING.noPattern);
	}
	return `${address.localPart}@${address.domain.toLowerCase()}`;
}
