/**
 * Which passwords a person may choose for the console: long enough, not among those that everybody tries
 * first, and not a name that stands on the box. For people.ts and the first owner. Pure.
 *
 * No rule asks for signs or capitals: length is what counts (NIST SP 800-63B §3.1.1.2), and what is
 * demanded beyond it ends on a note under the keyboard.
 */
import { UserError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";

const LEAST_CHARACTERS = 10;
/** `Passwords` looks at no longer one. */
const MOST_CHARACTERS = 256;
const LEAST_DIFFERENT = 5;

/** What remains of the commonest passwords of leaked lists when digits at either end are taken off. */
const COMMON_WORDS = new Set(
	(
		"password passwort motdepasse contrasena contraseña mypassword yourpassword newpassword password password " +
		"passwordpassword passw0rd p4ssw0rd p4ssword admin administrator adminadmin administrador administrateur root " +
		"letmein letmeinnow welcome welcometo willkommen bienvenue bienvenido changeme changemenow changethis secret " +
		"supersecret topsecret geheim qwerty qwertyuiop qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfasdf " +
		"zxcvbnm iloveyou iloveyouso ichliebedich jetaime teamo tequiero hallohallo hello helloworld computer internet " +
		"raspberry raspberrypi default defaultpassword master superman batman football baseball basketball sunshine " +
		"princess princessa dragon monkey starwars pokemon liverpool chocolate michelle jennifer trustnoone " +
		"whatever blink abcabcabc testtest testing testpassword guest user office printer scanner microsoft outlook " +
		"company firma postern posternpostern posternbox mailserver"
	).split(" "),
);
const RUNS = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"].flatMap(
	(run) => [run, [...run].reverse().join("")],
);
const PAIRED_RUN = "1q2w3e4r5t6y7u8i9o0p";

/** Throws `password-weak`. `names`: of the person and the box. */
export function assertStrong(password: Secret, names: readonly string[]): void {
	const why = weakness(password.reveal(), names);
	if (why !== undefined) throw new UserError("password-weak", why, REFUSING.passwordAdvice);
}

/** Owner text; undefined when it will do. Never repeats what was typed. */
function weakness(password: string, names: readonly string[]): string | undefined {
	const characters = [...password];
	if (characters.length < LEAST_CHARACTERS) return say(REFUSING.passwordShort, { least: LEAST_CHARACTERS });
	if (password.length > MOST_CHARACTERS) return say(REFUSING.passwordLong, { most: MOST_CHARACTERS });
	if (new Set(characters).size < LEAST_DIFFERENT) return REFUSING.passwordRepeats;
	const core = lettersAndDigits(password);
	if (names.some((name) => isMadeOf(core, lettersAndDigits(name)))) {
		return REFUSING.passwordIsName;
	}
	const word = core.replaceAll(/^\d+|\d+$/g, "");
	const isRun = [...RUNS, PAIRED_RUN].some((run) => core.length > 0 && run.includes(core));
	if (isRun || COMMON_WORDS.has(word) || COMMON_WORDS.has(core)) {
		return REFUSING.passwordCommon;
	}
	return undefined;
}

/** The name alone, again and again, or with digits around it. */
function isMadeOf(core: string, name: string): boolean {
	if (name === "") return false;
	const rest = core.replaceAll(name, "");
	return rest !== core && /^\d*$/.test(rest);
}

/** So that `P-a-s-s-w-o-r-d 1!` is what it is. */
function lettersAndDigits(text: string): string {
	return text
		.normalize("NFKC")
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]/gu, "");
}
