/** What a passphrase must be: the file may lie in a cloud for years, and is all that stands between it and a finder. */
import { UserError } from "../errors.ts";
import type { Secret } from "../secret.ts";

const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 1_000;
/** `aaaaaaaaaaaa` and `121212121212` are not. */
const LEAST_DIFFERENT = 5;

/** Throws `passphrase-weak`. */
export function checkPassphrase(passphrase: Secret): void {
	const characters = [...passphrase.reveal().normalize("NFKC")];
	const isGood =
		characters.length >= LEAST_CHARACTERS &&
		characters.length <= MOST_CHARACTERS &&
		new Set(characters).size >= LEAST_DIFFERENT;
	if (isGood) return;
	throw new UserError(
		"passphrase-weak",
		`A passphrase for a backup has at least ${LEAST_CHARACTERS} characters, ${LEAST_DIFFERENT} of them different.`,
		"Four or five words that have nothing to do with each other are good, and easy to write down.",
	);
}
