/**
 * People of the console as they are written down, and what a name may be. Pure; for person-register.ts.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Role } from "../console-services.ts";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";

export const ROLES = ["owner", "operator", "viewer"] as const satisfies readonly Role[];
/** Of the first person, and of `console.password_hash`. */
export const OWNER = "owner";

export interface TotpRecord {
	/** By recoverable-secrets.ts. */
	readonly sealed: string;
	/** The latest step (of 30 s since 1970) whose code was taken; no code counts twice. */
	readonly lastStep: number;
	/** SHA-256 each. */
	readonly recoveryHashes: readonly string[];
}

export interface PersonRecord {
	readonly name: string;
	readonly role: Role;
	readonly passwordHash: Secret;
	readonly createdAt: string;
	readonly lastSignInAt: string | null;
	readonly totp: TotpRecord | undefined;
	readonly origin: "file" | "saved";
}

const document = z.strictObject({
	name: z.string().min(1).max(100),
	role: z.enum(ROLES),
	password_hash: z.string().max(1000),
	created_at: z.iso.datetime(),
	last_sign_in_at: z.iso.datetime().nullable(),
	totp: z
		.strictObject({
			sealed: z.string().max(1000),
			last_step: z.int(),
			recovery_hashes: z.array(z.string().max(100)).max(100),
		})
		.optional(),
});

/** Undefined when it cannot be read. */
export function readPerson(value: unknown): PersonRecord | undefined {
	const parsed = document.safeParse(value);
	if (!parsed.success) return undefined;
	const { name, role, password_hash, created_at, last_sign_in_at, totp } = parsed.data;
	return {
		name,
		role,
		passwordHash: new Secret(password_hash),
		createdAt: created_at,
		lastSignInAt: last_sign_in_at,
		totp: totp && { sealed: totp.sealed, lastStep: totp.last_step, recoveryHashes: totp.recovery_hashes },
		origin: "saved",
	};
}

export function writePerson({ name, role, passwordHash, createdAt, lastSignInAt, totp }: PersonRecord) {
	return {
		name,
		role,
		password_hash: passwordHash.reveal(),
		created_at: createdAt,
		last_sign_in_at: lastSignInAt,
		...(totp && {
			totp: { sealed: totp.sealed, last_step: totp.lastStep, recovery_hashes: [...totp.recoveryHashes] },
		}),
	} satisfies z.input<typeof document>;
}

/** Longer than any that could be right; keeps what a peer sends out of maps. */
const LONGEST_NAME = 64;
// A mail address is a name too. No colon (otpauth://issuer:name), no slash, nothing that is not seen.
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@+'-]*[\p{L}\p{M}\p{N}._+'-])?$/u;

/** Equal names are equal texts. */
export function foldPersonName(name: string): string {
	return name
		.slice(0, 2 * LONGEST_NAME)
		.normalize("NFKC")
		.trim()
		.toLowerCase();
}

/** As it is shown. Throws `person-invalid`. */
export function readPersonName(text: string): string {
	const name = text
		.slice(0, 2 * LONGEST_NAME)
		.normalize("NFKC")
		.trim();
	if (name.length <= LONGEST_NAME && NAME.test(name)) return name;
	throw new UserError(
		"person-invalid",
		say(REFUSING.personName, { most: LONGEST_NAME }),
		REFUSING.personNameDo,
	);
}

/** Another one after each change of the password, so that sessions begun with the old one end. Tells nothing of it. */
export function credentialStamp(passwordHash: Secret): string {
	return createHash("sha256").update(passwordHash.reveal()).digest("base64url").slice(0, 22);
}
