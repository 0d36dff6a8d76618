/** Holds a new passphrase to the rule; one that opens a backup was held to it when the backup was made. */
import { PASSPHRASE_RULE } from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Secret } from "../secret.ts";

/** Throws `passphrase-weak`. */
export function checkPassphrase(passphrase: Secret): void {
	const { leastCharacters, mostCharacters, leastDifferent } = PASSPHRASE_RULE;
	const characters = [...passphrase.reveal().normalize("NFKC")];
	const isGood =
		characters.length >= leastCharacters &&
		characters.length <= mostCharacters &&
		new Set(characters).size >= leastDifferent;
	if (isGood) return;
	throw new UserError(
		"passphrase-weak",
		`A passphrase for a backup has at least ${leastCharacters} characters, ${leastDifferent} of them different.`,
		"Four or five words that have nothing to do with each other are good, and easy to write down.",
	);
}
