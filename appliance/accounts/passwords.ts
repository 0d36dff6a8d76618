/**
 * Hashes and checks passwords with argon2id (RFC 9106), off the event loop, for devices, POP3 and the
 * console alike. Hashes that came from other programs may be bcrypt's (bcrypt.ts).
 *
 * A check costs 19 MiB and tens of milliseconds by intent, so: a few at once, a short queue, then
 * `busy` (ask the peer to come again); a right password is remembered for a while, under a keyed hash
 * that also covers the stored hash, so a changed password is forgotten by itself. A wrong password
 * takes as long whether its user is unknown, has a hash of either kind, or a password in the file, so that names
 * cannot be told apart. Nothing here throws for what a peer can send.
 */
import { argon2, createHmac, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Clock } from "../clock.ts";
import {
	type BcryptHash,
	formatPasswordHash,
	type PasswordHash,
	readPasswordHash,
} from "../config/password-hash.ts";
import { Refusal } from "../config/refusal.ts";
import { Secret } from "../secret.ts";
import { fitsBcrypt, wrongBcrypt } from "./bcrypt.ts";
import { Turns } from "./turns.ts";

/** What a password is held against: its hash, or itself as the owner wrote it in the file. */
export type Credential =
	| { readonly kind: "hash"; readonly hash: Secret }
	| { readonly kind: "plain"; readonly password: Secret };

export type CheckResult = "right" | "wrong" | "busy";

export interface PasswordCheck {
	readonly username: string;
	readonly password: Secret;
	/** Undefined: the user is unknown, or has no password. */
	readonly credential: Credential | undefined;
	/** Who asks, for a fair share of the queue: a peer's address. */
	readonly source: string;
}

const argon2Async = promisify(argon2);

/** OWASP's second choice: 19 MiB, two passes, one lane. */
const COST = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Each check holds a thread of the pool that file and name look-ups share, and 19 MiB. */
const LIMITS = { atOnce: 2, waiting: 32, waitingPerSource: 2 };
const MOST_REMEMBERED = 500;
const REMEMBERED_MS = 10 * 60_000;
const LONGEST_PASSWORD = 256;

export class Passwords {
	readonly #clock: Clock;
	/** New in every process, so that what is remembered is worth nothing elsewhere. */
	readonly #memoryKey = randomBytes(32);
	/** Right passwords: keyed hash to when it is forgotten, oldest first. */
	readonly #remembered = new Map<string, number>();
	readonly #underway = new Map<string, Promise<CheckResult>>();
	readonly #turns = new Turns(LIMITS);
	/** The dearest bcrypt hash of each of those who keep hashes. */
	readonly #bcryptCosts = new Map<string, number>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/**
	 * The hashes that `keeper` (devices, mailboxes) has now. While any of anybody's is bcrypt's, all that is wrong takes as
	 * long as that one.
	 */
	expect(keeper: string, hashes: readonly Secret[]): void {
		const costs = hashes.map((hash) => bcryptOf(readPasswordHash(hash.reveal()))?.cost ?? 0);
		this.#bcryptCosts.set(keeper, Math.max(0, ...costs));
	}

	/** The PHC text to store. */
	async hash(password: Secret): Promise<Secret> {
		const salt = randomBytes(SALT_BYTES);
		const wanted: PasswordHash = { ...COST, salt, hash: Buffer.alloc(HASH_BYTES) };
		return new Secret(formatPasswordHash({ ...wanted, hash: await derive(password.reveal(), wanted) }));
	}

	async check({ username, password, credential, source }: PasswordCheck): Promise<CheckResult> {
		const given = password.reveal();
		if (given.length > LONGEST_PASSWORD) return "wrong";
		if (credential?.kind === "plain" && this.#isSameText(given, credential.password.reveal())) return "right";
		// A wrong text goes on as for an unknown user, for the time it takes.
		const stored = credential?.kind === "hash" ? credential.hash.reveal() : "";
		const memory = this.#digest([username, given, stored]).toString("base64");
		if (this.#isRemembered(memory)) return "right";
		// Devices that share a login and wake together cost one check.
		const underway = this.#underway.get(memory);
		if (underway !== undefined) return underway;
		const checking = this.#turns.run(source, () => this.#checkHash(given, stored, memory));
		this.#underway.set(memory, checking);
		try {
			return await checking;
		} finally {
			this.#underway.delete(memory);
		}
	}

	/** Equal for equal names and passwords, within one process; tells neither. */
	fingerprint({ username, password }: Pick<PasswordCheck, "username" | "password">): string {
		return this.#digest([username, password.reveal()]).toString("base64");
	}

	/** One after the other, so that what is right and argon2id's is quick, and what is wrong takes both. */
	async #checkHash(given: string, stored: string, memory: string): Promise<CheckResult> {
		const parsed = readPasswordHash(stored);
		const bcrypt = bcryptOf(parsed);
		const argon2 = parsed instanceof Refusal || "text" in parsed ? undefined : parsed;
		const isRight = (await fitsArgon2(given, argon2)) || (await this.#fitsBcrypt(given, bcrypt));
		if (!isRight) return "wrong";
		this.#remember(memory);
		return "right";
	}

	async #fitsBcrypt(given: string, hash: BcryptHash | undefined): Promise<boolean> {
		const cost = hash?.cost ?? Math.max(0, ...this.#bcryptCosts.values());
		if (cost === 0) return false;
		return (await fitsBcrypt(given, hash?.text ?? wrongBcrypt(cost))) && hash !== undefined;
	}

	/** Digests have one length, so that neither length nor content shows in the time it takes. */
	#isSameText(a: string, b: string): boolean {
		return timingSafeEqual(this.#digest([a]), this.#digest([b]));
	}

	#digest(parts: readonly string[]): Buffer {
		return createHmac("sha256", this.#memoryKey).update(JSON.stringify(parts)).digest();
	}

	#isRemembered(memory: string): boolean {
		const forgetAtMs = this.#remembered.get(memory);
		if (forgetAtMs === undefined) return false;
		if (forgetAtMs > this.#clock.monotonicMs()) return true;
		this.#remembered.delete(memory);
		return false;
	}

	#remember(memory: string): void {
		const [oldest] = this.#remembered.keys();
		if (this.#remembered.size >= MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
		this.#remembered.set(memory, this.#clock.monotonicMs() + REMEMBERED_MS);
	}
}

/** Takes its time without a hash too. */
async function fitsArgon2(given: string, hash: PasswordHash | undefined): Promise<boolean> {
	const wanted = hash ?? { ...COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };
	return timingSafeEqual(await derive(given, wanted), wanted.hash) && hash !== undefined;
}

function bcryptOf(parsed: ReturnType<typeof readPasswordHash>): BcryptHash | undefined {
	return parsed instanceof Refusal || !("text" in parsed) ? undefined : parsed;
}

function derive(password: string, wanted: PasswordHash): Promise<Buffer> {
	return argon2Async("argon2id", {
		message: password,
		nonce: wanted.salt,
		parallelism: wanted.parallelism,
		tagLength: wanted.hash.length,
		memory: wanted.memoryKib,
		passes: wanted.passes,
	});
}

/** No 0/o, 1/l/i: to be read off a screen and typed on a printer's panel, whose keyboard is lower case. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** Such as `k7mp-x2qr-9fhs-w4tb`: 79 bits of chance. */
export function generatePassword(): Secret {
	const letter = () => ALPHABET[randomInt(ALPHABET.length)] ?? "";
	const group = () => Array.from({ length: GROUP_LENGTH }, letter).join("");
	return new Secret(Array.from({ length: GROUPS }, group).join("-"));
}
