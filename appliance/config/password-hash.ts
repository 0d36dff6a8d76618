/**
 * Reads password hashes, for configuration and sign-in: in PHC form, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`,
 * and bcrypt's, `$2b$12$…`, which other programs leave behind. Pure; a bad text gives a `Refusal`.
 *
 * A hash may come from anywhere (the owner's file, a backup, another program), so its cost is bounded: one
 * that asks for gigabytes, or for minutes, must not take the box down at the first sign-in.
 */
import { Refusal } from "./refusal.ts";

/** Of argon2id. */
export interface PasswordHash {
	readonly memoryKib: number;
	readonly passes: number;
	readonly parallelism: number;
	readonly salt: Buffer;
	readonly hash: Buffer;
}

/** Checked by a library that takes the text itself (accounts/bcrypt.ts). */
export interface BcryptHash {
	readonly text: string;
	/** Base-2 logarithm of the rounds. */
	readonly cost: number;
}

// RFC 9106 parameters; the text form is the "PHC string format" (base64 without padding).
const PHC =
	/^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;
/** For documentation: well-formed, and no password is known to fit it. */
export const EXAMPLE_HASH =
	"$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** Versions 2a, 2b and 2y are the same for all who know UTF-8; 2x and 2 are those of old faults. 22 of salt, 31 of hash. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** 14 keeps a Raspberry Pi busy for seconds; programs make 10 to 12. */
const MOST_BCRYPT_COST = 14;
const LEAST_BCRYPT_COST = 4;

const MOST_MEMORY_KIB = 131_072;
const MOST_PASSES = 10;
const MOST_PARALLELISM = 8;

export function readPasswordHash(text: string): PasswordHash | BcryptHash | Refusal {
	return text.trim().startsWith("$2") ? readBcrypt(text.trim()) : readArgon2(text);
}

/** It is checked another way, and replaced once its password has been given. */
export function isBcryptHash(text: string): boolean {
	return BCRYPT.test(text.trim());
}

function readBcrypt(text: string): BcryptHash | Refusal {
	const [, digits] = BCRYPT.exec(text) ?? [];
	if (digits === undefined)
		return new Refusal('is no bcrypt hash that can be checked; "$2b$12$<salt and hash>"');
	const cost = Number(digits);
	if (cost >= LEAST_BCRYPT_COST && cost <= MOST_BCRYPT_COST) return { text, cost };
	return new Refusal(
		`has a cost out of bounds, ${cost}; bcrypt's may be ${LEAST_BCRYPT_COST} to ${MOST_BCRYPT_COST}`,
	);
}

function readArgon2(text: string): PasswordHash | Refusal {
	const [, memory, passes, parallelism, salt, hash] = PHC.exec(text.trim()) ?? [];
	if (salt === undefined || hash === undefined) {
		return new Refusal('is no argon2id hash; write such as "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>"');
	}
	const parsed = {
		memoryKib: Number(memory),
		passes: Number(passes),
		parallelism: Number(parallelism),
		salt: Buffer.from(salt, "base64"),
		hash: Buffer.from(hash, "base64"),
	};
	const tooCheap = parsed.passes < 1 || parsed.parallelism < 1 || parsed.memoryKib < 8 * parsed.parallelism;
	const tooDear =
		parsed.memoryKib > MOST_MEMORY_KIB ||
		parsed.passes > MOST_PASSES ||
		parsed.parallelism > MOST_PARALLELISM;
	if (tooCheap || tooDear) {
		return new Refusal(
			`has a cost out of bounds; at most m=${MOST_MEMORY_KIB},t=${MOST_PASSES},p=${MOST_PARALLELISM}`,
		);
	}
	return parsed;
}

export function formatPasswordHash({ memoryKib, passes, parallelism, salt, hash }: PasswordHash): string {
	const unpadded = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
	return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}
