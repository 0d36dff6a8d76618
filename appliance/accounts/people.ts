/**
 * Who may use the console: the first owner, signing in and out, the people and their passwords. For the
 * console's pages, its API and `postern console password`.
 *
 * Look-ups are in memory; what changes anything is on the card when it resolves. Throws `UserError` for what
 * a person can mend. Signing in takes as long for unknown names as for known ones; guessing is slowed and
 * locked by address and name. Every change and every sign-in leaves a line in the log, without secrets.
 */
import type {
	ClaimState,
	Peer,
	PeopleService,
	Person,
	Role,
	Session,
	SessionRow,
	SignedIn,
	SignInDraft,
	TotpSetup,
} from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import type { ConsoleClaim } from "./console-claim.ts";
import type { ConsoleSessions, SessionHolder } from "./console-sessions.ts";
import type { ConsoleSignIns } from "./console-sign-ins.ts";
import { InTurn } from "./in-turn.ts";
import type { OneTimeCodes } from "./one-time-codes.ts";
import { assertStrong } from "./password-rules.ts";
import { generatePassword, type Passwords } from "./passwords.ts";
import { credentialStamp, OWNER, type PersonRecord, ROLES, readPersonName } from "./person-records.ts";
import type { PersonRegister } from "./person-register.ts";
import { wrongError } from "./sign-in-errors.ts";

export interface PeopleParts {
	readonly register: PersonRegister;
	readonly sessions: ConsoleSessions;
	readonly claim: ConsoleClaim;
	readonly codes: OneTimeCodes;
	readonly signIns: ConsoleSignIns;
	readonly passwords: Passwords;
	readonly nowMs: () => number;
	readonly log: Log;
	readonly boxName: () => string;
}

export class People implements PeopleService {
	readonly #parts: PeopleParts;
	readonly #changes = new InTurn();

	constructor(parts: PeopleParts) {
		this.#parts = parts;
	}

	claimState(): ClaimState {
		const { register, claim, nowMs } = this.#parts;
		const openForMs = register.isClaimed ? 0 : claim.openForMs();
		return {
			claimed: register.isClaimed,
			openUntil: openForMs > 0 ? new Date(nowMs() + openForMs).toISOString() : null,
			hasCode: !register.isClaimed && claim.hasCode,
		};
	}

	claim({ password, code, peer }: Parameters<PeopleService["claim"]>[0]): Promise<SignedIn> {
		const { register, claim, sessions, log } = this.#parts;
		return this.#changes.run(async () => {
			if (register.isClaimed)
				throw new UserError("console-claimed", "Postern has an owner already.", "Sign in.");
			claim.assertMay(peer, code);
			this.#assertStrong(password, OWNER);
			const owner = await register.put({
				...(await this.#newPerson(OWNER, "owner", password)),
				lastSignInAt: this.#now(),
			});
			log.notice("console-claimed", { name: owner.name, address: peer.address });
			return sessions.begin(holderOf(owner), peer);
		});
	}

	async signIn({ name, password, totp = "", peer }: SignInDraft): Promise<SignedIn | "totp"> {
		const { signIns, register, codes, sessions, log } = this.#parts;
		return signIns.attempt<SignedIn | "totp">(
			{ name, password, peer, person: register.find(name) },
			(known) =>
				this.#changes.run(async () => {
					const person = this.#unchanged(known);
					if (person.totp !== undefined && totp.trim() === "") return { outcome: "undecided", value: "totp" };
					const used = person.totp && (await codes.use(person, person.totp, totp));
					if (person.totp !== undefined && used === undefined) return "wrong";
					// Before anybody is let in: a code that was used must be used for good.
					if (person.origin === "saved") {
						await register.put({ ...person, totp: used, lastSignInAt: this.#now() });
					}
					log.notice("console-signed-in", { name: person.name, address: peer.address });
					return { outcome: "right", value: await sessions.begin(holderOf(person), peer) };
				}),
		);
	}

	session(token: string, peer: Peer): Session | undefined {
		return this.#parts.sessions.find(token, peer);
	}

	async signOut(token: string): Promise<void> {
		const ended = await this.#parts.sessions.signOut(token);
		if (ended !== undefined) this.#parts.log.info("console-signed-out", { name: ended.name });
	}

	sessions(name: string): readonly SessionRow[] {
		return this.#parts.sessions.list(name);
	}

	async endSession(name: string, id: string): Promise<void> {
		if (await this.#parts.sessions.end(name, id)) this.#parts.log.notice("console-session-ended", { name });
	}

	list(): readonly Person[] {
		return this.#parts.register.list().map((record) => this.#toPerson(record));
	}

	add({ name: text, role }: { readonly name: string; readonly role: Role }) {
		const { register, log } = this.#parts;
		return this.#changes.run(async () => {
			const name = readPersonName(text);
			const before = register.find(name);
			if (before !== undefined) {
				throw new UserError(
					"person-exists",
					say(REFUSING.personExists, { name: before.name }),
					REFUSING.chooseOtherName,
				);
			}
			const password = generatePassword();
			const record = await register.put(await this.#newPerson(name, role, password));
			log.notice("person-added", { name, role });
			return { person: this.#toPerson(record), password };
		});
	}

	changeRole(name: string, role: Role): Promise<void> {
		const { register, sessions, log } = this.#parts;
		return this.#changes.run(async () => {
			const person = register.getSaved(name);
			if (person.role === role) return;
			register.assertNotLastOwner(person);
			await register.put({ ...person, role });
			log.notice("person-role-changed", { name: person.name, role, before: person.role });
			if (ROLES.indexOf(role) > ROLES.indexOf(person.role)) await sessions.endAll(person.name);
		});
	}

	resetPassword(name: string): Promise<Secret> {
		return this.#changes.run(() => this.#reset(this.#parts.register.getSaved(name)));
	}

	/** For whoever has the box itself: a new password for `owner`, who is made an owner, and made if need be. */
	rescueOwner(): Promise<{ readonly name: string; readonly password: Secret }> {
		const { register, log } = this.#parts;
		return this.#changes.run(async () => {
			if (register.find(OWNER) !== undefined) {
				const owner = register.getSaved(OWNER);
				return { name: owner.name, password: await this.#reset({ ...owner, role: "owner" }) };
			}
			const password = generatePassword();
			await register.put(await this.#newPerson(OWNER, "owner", password));
			log.notice("person-added", { name: OWNER, role: "owner" });
			return { name: OWNER, password };
		});
	}

	/**
	 * For whoever stands before the box and has lost the way in: owners are owners no longer, and whoever reads the new setup
	 * code claims it. Others, and the mail, stay as they are. Throws `person-locked` where the configuration names the owner.
	 */
	reopen(renewCode: () => Promise<Secret>): Promise<void> {
		const { register, sessions, codes, claim, log } = this.#parts;
		return this.#changes.run(async () => {
			const owners = register.list().filter(({ role }) => role === "owner");
			for (const { name } of owners) register.getSaved(name);
			claim.renew(await renewCode());
			for (const owner of owners) {
				await register.remove(owner);
				codes.cancel(owner.name);
				await sessions.endAll(owner.name);
			}
			log.notice("console-reopened", { owners: owners.map(({ name }) => name).join(", ") });
		});
	}

	remove(name: string): Promise<void> {
		const { register, sessions, codes, log } = this.#parts;
		return this.#changes.run(async () => {
			const person = register.getSaved(name);
			register.assertNotLastOwner(person);
			await register.remove(person);
			codes.cancel(person.name);
			log.notice("person-removed", { name: person.name });
			await sessions.endAll(person.name);
		});
	}

	async changePassword({
		name,
		current,
		next,
		sessionId,
		peer,
	}: Parameters<PeopleService["changePassword"]>[0]): Promise<void> {
		const { register, sessions, signIns, passwords, log } = this.#parts;
		const person = register.getSaved(name);
		this.#assertStrong(next, person.name);
		await signIns.attempt({ name, password: current, peer, person }, (known) =>
			this.#changes.run(async () => {
				const passwordHash = await passwords.hash(next);
				const changed = await register.put({ ...this.#unchanged(known), passwordHash });
				log.notice("person-password-changed", { name: changed.name, address: peer.address });
				await sessions.endOthers(holderOf(changed), sessionId);
				return { outcome: "right", value: undefined };
			}),
		);
	}

	/** A session alone must not replace what stands: whoever has it would shut its owner out. */
	async beginTotp(name: string): Promise<TotpSetup> {
		return this.#parts.codes.begin(this.#withoutTotp(name));
	}

	confirmTotp(name: string, code: string): Promise<readonly Secret[]> {
		const { register, codes, log } = this.#parts;
		return this.#changes.run(async () => {
			const person = this.#withoutTotp(name);
			const { totp, recoveryCodes } = await codes.confirm(person, code);
			await register.put({ ...person, totp });
			log.notice("person-codes-on", { name: person.name });
			return recoveryCodes;
		});
	}

	async removeTotp(name: string, password: Secret, peer: Peer): Promise<void> {
		const { register, signIns, log } = this.#parts;
		const person = register.getSaved(name);
		await signIns.attempt({ name, password, peer, person }, (known) =>
			this.#changes.run(async () => {
				await register.put({ ...this.#unchanged(known), totp: undefined });
				log.notice("person-codes-off", { name: person.name, address: peer.address });
				return { outcome: "right", value: undefined };
			}),
		);
	}

	/** Resolves when what was begun is on the card or has failed. For an orderly stop. */
	idle(): Promise<void> {
		return this.#changes.idle();
	}

	async #reset(person: PersonRecord): Promise<Secret> {
		const { register, sessions, passwords, codes, log } = this.#parts;
		const password = generatePassword();
		const passwordHash = await passwords.hash(password);
		await register.put({ ...person, passwordHash, totp: undefined });
		codes.cancel(person.name);
		log.notice("person-password-reset", { name: person.name });
		await sessions.endAll(person.name);
		return password;
	}

	/** As they are now, if their password is still the one that was checked. */
	#unchanged(known: PersonRecord): PersonRecord {
		const person = this.#parts.register.find(known.name);
		if (person === undefined || person.passwordHash.reveal() !== known.passwordHash.reveal())
			throw wrongError();
		return person;
	}

	#withoutTotp(name: string): PersonRecord {
		const person = this.#parts.register.getSaved(name);
		if (person.totp === undefined) return person;
		throw new UserError(
			"totp-exists",
			say(REFUSING.totpExists, { name: person.name }),
			REFUSING.totpExistsDo,
		);
	}

	#assertStrong(password: Secret, name: string): void {
		assertStrong(password, [name, this.#parts.boxName()]);
	}

	async #newPerson(name: string, role: Role, password: Secret): Promise<PersonRecord> {
		const passwordHash = await this.#parts.passwords.hash(password);
		const createdAt = this.#now();
		return { name, role, passwordHash, createdAt, lastSignInAt: null, totp: undefined, origin: "saved" };
	}

	#toPerson({ name, role, totp, createdAt, lastSignInAt, origin }: PersonRecord): Person {
		// Of one from the file nothing is kept but the sessions.
		const lastSeen = lastSignInAt ?? this.#parts.sessions.list(name)[0]?.startedAt ?? null;
		return { name, role, hasTotp: totp !== undefined, createdAt, lastSignInAt: lastSeen, origin };
	}

	#now(): string {
		return new Date(this.#parts.nowMs()).toISOString();
	}
}

/** As sessions know a person. */
export function holderOf({ name, role, passwordHash }: PersonRecord): SessionHolder {
	return { name, role, stamp: credentialStamp(passwordHash) };
}
