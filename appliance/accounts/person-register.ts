/**
 * The people who may use the console: those that were saved, and `owner` where the configuration file has
 * `console.password_hash`, which then hides a saved `owner`. For people.ts.
 *
 * Look-ups are in memory. `put` and `remove` are on the card when they resolve. Records that cannot be
 * read are left out and logged, and never make a claimed box claimable again.
 */
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import type { DocumentStore } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { foldPersonName, OWNER, type PersonRecord, readPerson, writePerson } from "./person-records.ts";

export interface PersonRegisterOptions {
	readonly documents: DocumentStore;
	readonly log: Log;
	/** `console.password_hash` as it is in force. */
	readonly filePassword: () => Secret | undefined;
	/** When that person is said to have come. */
	readonly startedAt: string;
	/** Somebody owns the box, since now or long since. */
	readonly onClaimed: () => void;
}

const MOST_PEOPLE = 200;

export class PersonRegister {
	readonly #options: PersonRegisterOptions;
	/** By folded name. */
	readonly #saved = new Map<string, PersonRecord>();
	#unreadable = 0;

	private constructor(options: PersonRegisterOptions) {
		this.#options = options;
	}

	/** Rejects when the store does. */
	static async open(options: PersonRegisterOptions): Promise<PersonRegister> {
		const register = new PersonRegister(options);
		for (const { key, value } of await options.documents.list("person")) {
			const person = readPerson(value);
			if (person !== undefined) register.#saved.set(key, person);
			else {
				register.#unreadable += 1;
				options.log.warning("person-left-out", { name: key, reason: "cannot be read" });
			}
		}
		if (register.isClaimed) options.onClaimed();
		return register;
	}

	/** It has an owner, or had one that cannot be read. */
	get isClaimed(): boolean {
		const hasOwner = [...this.#saved.values()].some(({ role }) => role === "owner");
		return hasOwner || this.#unreadable > 0 || this.#ofFile() !== undefined;
	}

	/** By name. */
	list(): readonly PersonRecord[] {
		const ofFile = this.#ofFile();
		const all = new Map(this.#saved);
		if (ofFile !== undefined) all.set(OWNER, ofFile);
		return [...all.values()].sort((a, b) => a.name.localeCompare(b.name));
	}

	find(name: string): PersonRecord | undefined {
		const folded = foldPersonName(name);
		return (folded === OWNER ? this.#ofFile() : undefined) ?? this.#saved.get(folded);
	}

	/** One that can be changed here. Throws `person-unknown`, `person-locked`. */
	getSaved(name: string): PersonRecord {
		const person = this.find(name);
		if (person === undefined) throw new UserError("person-unknown", REFUSING.personUnknown);
		if (person.origin === "saved") return person;
		throw new UserError(
			"person-locked",
			say(REFUSING.personLocked, { name: person.name }),
			REFUSING.changeInFile,
		);
	}

	/** Throws `last-owner` where nobody else could do what an owner does. */
	assertNotLastOwner(person: PersonRecord): void {
		const owners = this.list().filter(({ role }) => role === "owner");
		if (person.role === "owner" && owners.length <= 1) {
			throw new UserError(
				"last-owner",
				`"${person.name}" is the only owner.`,
				"Make somebody else an owner first.",
			);
		}
	}

	/** Throws `person-invalid` when there are too many. */
	async put(person: PersonRecord): Promise<PersonRecord> {
		const key = foldPersonName(person.name);
		if (!this.#saved.has(key) && this.#saved.size >= MOST_PEOPLE) {
			throw new UserError("person-invalid", say(REFUSING.peopleMost, { most: MOST_PEOPLE }));
		}
		await this.#options.documents.put("person", key, writePerson(person));
		this.#saved.set(key, person);
		if (this.isClaimed) this.#options.onClaimed();
		return person;
	}

	async remove({ name }: PersonRecord): Promise<void> {
		const key = foldPersonName(name);
		await this.#options.documents.remove("person", key);
		this.#saved.delete(key);
	}

	#ofFile(): PersonRecord | undefined {
		const passwordHash = this.#options.filePassword();
		if (passwordHash === undefined) return undefined;
		const { startedAt: createdAt } = this.#options;
		return {
			name: OWNER,
			role: "owner",
			passwordHash,
			createdAt,
			lastSignInAt: null,
			totp: undefined,
			origin: "file",
		};
	}
}
