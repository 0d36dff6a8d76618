/**
 * Codes from an authenticator app (TOTP: RFC 6238 as every app does it, SHA-1, six digits, 30 s) and the
 * recovery codes for the day the phone is lost. For people.ts.
 *
 * Each code counts once: what is used is in the record that `use` gives back, and the caller saves it
 * before it lets anybody in. A secret that cannot be opened (the vault's key is gone) is logged; recovery
 * codes still work then.
 */
import { createHash } from "node:crypto";
import type { TOTP } from "otpauth";
import type { Clock } from "../clock.ts";
import type { TotpSetup } from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Secret } from "../secret.ts";
import { REFUSING } from "../words/refusing.ts";
import { generatePassword } from "./passwords.ts";
import { foldPersonName, type PersonRecord, type TotpRecord } from "./person-records.ts";
import { ONE_TIME_CODES, RecoverableSecrets, type VaultKey } from "./recoverable-secrets.ts";

export interface OneTimeCodesOptions {
	readonly vaultKey: VaultKey;
	readonly clock: Clock;
	/** The real time where it is known: phones have it. */
	readonly nowMs: () => number;
	readonly log: Log;
	readonly boxName: () => string;
}

const PERIOD_SECONDS = 30;
/** RFC 6238 §5.2: one step either way, for clocks that differ and people who type slowly. */
const WINDOW_STEPS = 1;
const RECOVERY_CODES = 10;
/** RFC 4226 §4: 160 bits. */
const SECRET_BYTES = 20;
/** A setup that nobody finishes. */
const SETUP_MS = 30 * 60_000;

interface Begun {
	readonly secret: Secret;
	readonly untilMs: number;
}

export class OneTimeCodes {
	readonly #options: OneTimeCodesOptions;
	readonly #secrets: RecoverableSecrets;
	/** By folded name: one a person. */
	readonly #begun = new Map<string, Begun>();

	constructor(options: OneTimeCodesOptions) {
		this.#options = options;
		this.#secrets = new RecoverableSecrets(options.vaultKey, ONE_TIME_CODES);
	}

	/** A secret that is not in force yet; takes the place of one begun before. */
	async begin({ name }: PersonRecord): Promise<TotpSetup> {
		const { Secret: OtpSecret } = await import("otpauth");
		const secret = new Secret(new OtpSecret({ size: SECRET_BYTES }).base32);
		const untilMs = this.#options.clock.monotonicMs() + SETUP_MS;
		this.#begun.set(foldPersonName(name), { secret, untilMs });
		return {
			uri: new Secret((await this.#totp(secret, name)).toString()),
			secret: new Secret(
				secret
					.reveal()
					.match(/.{1,4}/g)
					?.join(" ") ?? "",
			),
		};
	}

	/** Forgets what was begun. */
	cancel(name: string): void {
		this.#begun.delete(foldPersonName(name));
	}

	/** What to save of the person, and the codes to show once. Throws `totp-not-begun`, `totp-wrong`. */
	async confirm(
		{ name }: PersonRecord,
		code: string,
	): Promise<{ readonly totp: TotpRecord; readonly recoveryCodes: readonly Secret[] }> {
		const folded = foldPersonName(name);
		const begun = this.#begun.get(folded);
		if (begun === undefined || begun.untilMs < this.#options.clock.monotonicMs()) {
			throw new UserError("totp-not-begun", REFUSING.totpNotBegun, REFUSING.beginAgain);
		}
		const step = await this.#stepOf(begun.secret, code);
		if (step === undefined) {
			throw new UserError(
				"totp-wrong",
				"That is not the code that the app should show now.",
				"Wait for the next code. If it is refused too, the clock of the box or of the phone is wrong.",
			);
		}
		const recoveryCodes = Array.from({ length: RECOVERY_CODES }, generatePassword);
		const totp = {
			sealed: await this.#secrets.seal(begun.secret, folded),
			lastStep: step,
			recoveryHashes: recoveryCodes.map((recovery) => hashOf(recovery.reveal())),
		};
		this.#begun.delete(folded);
		return { totp, recoveryCodes };
	}

	/** The record with this code used up; undefined when it does not count. */
	async use({ name }: PersonRecord, totp: TotpRecord, code: string): Promise<TotpRecord | undefined> {
		if (!/^\s*(?:\d\s*){6}$/.test(code)) return withoutRecoveryCode(totp, code);
		const secret = await this.#secrets.open(totp.sealed, foldPersonName(name));
		if (secret === undefined) {
			this.#options.log.error("totp-unreadable", {
				name,
				advice: "use a recovery code, or reset the password",
			});
			return undefined;
		}
		const step = await this.#stepOf(secret, code);
		return step === undefined || step <= totp.lastStep ? undefined : { ...totp, lastStep: step };
	}

	/** The step whose code it is, if that is about now. */
	async #stepOf(secret: Secret, code: string): Promise<number | undefined> {
		const timestamp = this.#options.nowMs();
		const token = code.replaceAll(/\s/g, "");
		const totp = await this.#totp(secret, "");
		const delta = totp.validate({ token, timestamp, window: WINDOW_STEPS });
		return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
	}

	/** The package is loaded with the first code: most boxes have none. */
	async #totp(secret: Secret, label: string): Promise<TOTP> {
		const { TOTP } = await import("otpauth");
		const issuer = `Postern ${this.#options.boxName()}`;
		return new TOTP({ issuer, label, secret: secret.reveal(), period: PERIOD_SECONDS });
	}
}

function withoutRecoveryCode(totp: TotpRecord, code: string): TotpRecord | undefined {
	const hash = hashOf(code);
	const left = totp.recoveryHashes.filter((other) => other !== hash);
	return left.length === totp.recoveryHashes.length ? undefined : { ...totp, recoveryHashes: left };
}

/** 79 bits of chance need no slow hash. Blanks, hyphens and case do not matter. */
function hashOf(code: string): string {
	const folded = code.slice(0, 100).replaceAll(/[\s-]/g, "").toLowerCase();
	return createHash("sha256").update(`postern recovery code ${folded}`).digest("base64url");
}
