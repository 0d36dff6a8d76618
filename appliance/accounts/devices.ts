/**
 * The devices that may send: from the configuration file and saved by console or command line. Finds
 * one by address or by username and password; for smtp/ and the services.
 *
 * Look-ups are in memory. `add` and `remove` are on the card when they resolve, and throw `UserError`
 * for what the owner can mend. A failing store at a reload leaves everything as it was.
 */
import type { Clock } from "../clock.ts";
import { nearest } from "../config/nearest.ts";
import type { Config } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import type { DeviceDraft } from "../services.ts";
import type { DocumentStore } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { assertMayUse } from "./accounts.ts";
import { AddressTable } from "./addresses.ts";
import { findKind } from "./device-kinds.ts";
import {
	type DeviceRecord,
	documentKeyOf,
	findClash,
	foldName,
	mergeDevices,
	parseDevice,
	suggestUsername,
	toRecord,
} from "./device-records.ts";
import { assertNotOpen, assertSwitchesFit, logWarnings } from "./device-warnings.ts";
import { FilePasswords } from "./file-passwords.ts";
import { HashUpgrades } from "./hash-upgrades.ts";
import type { Account, Device, FromPolicy } from "./model.ts";
import { type Credential, generatePassword, Passwords } from "./passwords.ts";
import { DEVICE_PASSWORDS, RecoverableSecrets, type VaultKey } from "./recoverable-secrets.ts";
import { SignIns } from "./sign-ins.ts";
import { judge, type Verdict, type Wanted } from "./taking.ts";

export interface DevicesOptions {
	readonly config: Pick<Config, "device">;
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly log: Log;
	/** For the account a new device names. */
	readonly findAccount: (address: string) => Account | undefined;
	/** For passwords that CRAM-MD5 needs back. */
	readonly vaultKey: VaultKey;
	/** Shared with other listeners, so that they share its limits; made when not given. */
	readonly passwords?: Passwords;
	/** A rule of self-service shuts this person out, whose login may be there still. */
	readonly isDenied?: (person: string) => boolean;
}

export type Authentication =
	| { readonly ok: true; readonly device: Device }
	| { readonly ok: false; readonly reason: "wrong" | "locked" | "busy" };

export interface AddedDevice {
	readonly device: Device;
	/** To be shown once; null when the device is known by address alone. */
	readonly password: Secret | null;
}

/** What is not asked of an owner who adds one. */
interface NewDevice extends DeviceDraft {
	readonly from?: FromPolicy;
	/** Whose it is, by self-service. */
	readonly person?: string;
}

/** Longer than any that could be right; keeps what a peer sends out of maps and logs. */
const LONGEST_USERNAME = 256;

export class Devices {
	readonly #options: DevicesOptions;
	readonly #passwords: Passwords;
	readonly #filePasswords: FilePasswords;
	readonly #signIns: SignIns;
	readonly #recoverable: RecoverableSecrets;
	readonly #upgrades: HashUpgrades;
	#records: readonly DeviceRecord[] = [];
	#list: readonly Device[] = [];
	#leftOut: readonly string[] = [];
	#unreadable: readonly string[] = [];
	#byName: ReadonlyMap<string, DeviceRecord> = new Map();
	#byUsername: ReadonlyMap<string, DeviceRecord> = new Map();
	#byAddress = new AddressTable<Device>([]);
	/** Passwords of saved devices with `cram_md5`, by username. */
	#opened: ReadonlyMap<string, Secret> = new Map();
	/** Changes one at a time: each judges what the one before has left. */
	#changes: Promise<unknown> = Promise.resolve();

	private constructor(options: DevicesOptions) {
		this.#options = options;
		this.#passwords = options.passwords ?? new Passwords(options.clock);
		this.#filePasswords = new FilePasswords("device", options.documents, this.#passwords, options.log);
		this.#signIns = new SignIns(options.clock, this.#passwords);
		this.#recoverable = new RecoverableSecrets(options.vaultKey, DEVICE_PASSWORDS);
		this.#upgrades = new HashUpgrades({
			...{ passwords: this.#passwords, log: options.log },
			save: (username, before, after) => this.#rehash(username, before, after),
		});
	}

	/** Reads what was saved. Rejects when the store does. */
	static async open(options: DevicesOptions): Promise<Devices> {
		const devices = new Devices(options);
		await devices.reload(options.config);
		return devices;
	}

	/** Takes over a new configuration; sessions in progress keep the device they have. */
	reload(config: Pick<Config, "device">): Promise<void> {
		return this.#inTurn(async () => {
			const documents = await this.#options.documents.list("device");
			const { records, problems } = mergeDevices(config.device, documents);
			for (const problem of problems) this.#options.log.warning("device-left-out", { problem });
			this.#leftOut = problems;
			await this.#install(records);
			logWarnings(this.#list, this.#options.log);
			this.#filePasswords.adopt(fileLogins(records), documents);
		});
	}

	list(): readonly Device[] {
		return this.#list;
	}

	/** Owner texts: saved devices that could not be used. */
	problems(): readonly string[] {
		return [...this.#leftOut, ...this.#unreadable];
	}

	find(name: string): Device | undefined {
		return this.#byName.get(foldName(name))?.device;
	}

	/** Throws `device-unknown`. */
	get(name: string): Device {
		const record = this.#byName.get(foldName(name));
		if (record !== undefined) return record.device;
		const meant = nearest(
			name,
			this.#list.map((device) => device.name),
		);
		throw new UserError(
			"device-unknown",
			say(REFUSING.deviceUnknown, { name }),
			meant === undefined ? REFUSING.seeDevices : say(REFUSING.didYouMean, { near: meant }),
		);
	}

	/** The device whose addresses hold this one; the most specific range wins. */
	byAddress(address: string): Device | undefined {
		return this.#byAddress.find(address);
	}

	byUsername(username: string): Device | undefined {
		return this.#byUsername.get(foldUsername(username))?.device;
	}

	/** What its password is held against, as it is written: another one after the device was added anew. */
	loginOf(username: string): Secret | undefined {
		const written = this.#byUsername.get(foldUsername(username))?.written;
		return written?.password_hash ?? written?.password;
	}

	/**
	 * The password itself, for CRAM-MD5; only of a device whose owner turned `cram_md5` on. Undefined too
	 * when only its hash is kept, or the key that sealed it is gone.
	 */
	recoverable(username: string): Secret | undefined {
		const record = this.#byUsername.get(foldUsername(username));
		if (record === undefined || !record.device.compatibility.cramMd5) return undefined;
		return record.written.password ?? this.#opened.get(record.device.username);
	}

	/** `busy` and `locked` mean: not now. Takes as long for unknown users as for known ones. */
	async authenticate(username: string, password: Secret, remoteAddress: string): Promise<Authentication> {
		const name = foldUsername(username);
		const credential = this.#credential(name);
		const result = await this.#signIns.check({
			...this.#knocker(name, remoteAddress),
			password,
			credential,
		});
		if (result !== "right") return { ok: false, reason: result };
		// Looked up anew: it may have been removed during the check.
		const device = this.byUsername(name);
		if (device?.origin === "saved") this.#upgrades.signedIn(name, password, credential);
		return this.#admit(device);
	}

	/**
	 * The same by an answer to a challenge, for a device with `cram_md5`, whose password can be had. `answers`
	 * tells whether the answer is that of a password.
	 */
	authenticateByAnswer(
		username: string,
		answers: (password: string) => boolean,
		remoteAddress: string,
	): Authentication {
		const name = foldUsername(username);
		const device = this.byUsername(name);
		const password = this.recoverable(name);
		const result = this.#signIns.challenge(this.#knocker(name, remoteAddress), () => {
			// An unknown user costs what a known one does.
			const isRight = answers(password?.reveal() ?? "");
			return isRight && password !== undefined;
		});
		if (result !== "right") return { ok: false, reason: result };
		return this.#admit(device);
	}

	/**
	 * Saves a new device. Throws `device-exists`, `device-invalid`, `device-kind-unknown`, `account-unknown`,
	 * `account-personal`.
	 */
	add(draft: NewDevice): Promise<AddedDevice> {
		return this.#inTurn(async () => {
			const wanted = this.#complete(draft);
			const { device } = toRecord(parseDevice(wanted), "saved");
			assertNotOpen(device);
			assertSwitchesFit(device);
			this.#assertFree(device);
			const password = device.username === "" ? null : generatePassword();
			const value = { ...wanted, ...(password === null ? {} : await this.#toSave(device, password)) };
			const record = { ...toRecord(parseDevice(value), "saved"), raw: value };
			await this.#options.documents.put("device", documentKeyOf(device.name), value);
			await this.#install([...this.#records, record]);
			return { device: record.device, password };
		});
	}

	/**
	 * Saves those of the records that fit beside what is there, hashes and all, in one commit; a trial saves none. Whether
	 * their accounts are there is for the caller to know.
	 */
	take(wanted: readonly Wanted[], { isTrial }: { readonly isTrial: boolean }): Promise<readonly Verdict[]> {
		return this.#inTurn(async () => {
			const { verdicts, taken } = judge(wanted, {
				present: this.#records,
				read: (value) => {
					const record = { ...toRecord(parseDevice(value), "saved"), raw: value };
					assertKnown(record.device);
					assertNotOpen(record.device);
					assertSwitchesFit(record.device);
					return record;
				},
				clashOf: ({ device }, others: readonly DeviceRecord[]) => findClash(device, others),
			});
			if (isTrial || taken.length === 0) return verdicts;
			const documents = taken.map(({ entry, value }) => [documentKeyOf(entry.device.name), value] as const);
			await this.#options.documents.change("device", documents);
			await this.#install([...this.#records, ...taken.map(({ entry }) => entry)]);
			return verdicts;
		});
	}

	/** Throws `device-unknown`, `device-locked` (it stands in the configuration file). */
	remove(name: string): Promise<void> {
		return this.#inTurn(async () => {
			const { device } = this.#saved(name);
			await this.#options.documents.remove("device", documentKeyOf(device.name));
			await this.#install(this.#records.filter((record) => record.device !== device));
		});
	}

	/**
	 * Puts another record in the place of a saved one, in the form of the file and without its password, which stays as
	 * long as it has a username. Throws `device-unknown`, `device-locked`, `device-invalid`, `device-exists`,
	 * `device-kind-unknown`, `account-unknown`.
	 */
	rewrite(name: string, edit: (written: Wanted) => Wanted): Promise<void> {
		return this.#inTurn(async () => {
			const before = this.#saved(name);
			const { password_hash, recoverable_password, ...written } = before.raw ?? {};
			const edited = edit(written);
			const { device } = toRecord(parseDevice(edited), "saved");
			assertKnown(device);
			assertNotOpen(device);
			assertSwitchesFit(device);
			this.#assertFree(device, before.device);
			const hash = device.username === "" || password_hash === undefined ? {} : { password_hash };
			const sealed = await this.#sealedFor(device, before.device, recoverable_password);
			await this.#replace(before, { ...edited, ...hash, ...sealed });
		});
	}

	/** Throws `device-unknown`, `device-locked`, and `device-invalid` when it has no username. */
	renewPassword(name: string): Promise<Secret> {
		return this.#inTurn(async () => {
			const before = this.#saved(name);
			if (before.device.username === "") {
				throw new UserError(
					"device-invalid",
					say(REFUSING.deviceHasNoPassword, { name: before.device.name }),
					REFUSING.giveUsername,
				);
			}
			const password = generatePassword();
			const { recoverable_password: _, ...written } = before.raw ?? {};
			await this.#replace(before, { ...written, ...(await this.#toSave(before.device, password)) });
			return password;
		});
	}

	/** Resolves when passwords found in the file, and hashes that are replaced, are saved. For an orderly stop and for tests. */
	async settled(): Promise<void> {
		await Promise.all([this.#filePasswords.settled(), this.#upgrades.settled()]);
	}

	#rehash(username: string, before: Secret, after: Secret): Promise<void> {
		return this.#inTurn(async () => {
			const record = this.#byUsername.get(username);
			// It may have got another password since.
			if (record?.written.password_hash?.reveal() !== before.reveal() || record.device.origin === "file")
				return;
			await this.#replace(record, { ...record.raw, password_hash: after.reveal() });
		});
	}

	/** The password was right. */
	#admit(device: Device | undefined): Authentication {
		if (device === undefined || this.#isDenied(device)) return { ok: false, reason: "wrong" };
		return { ok: true, device };
	}

	#isDenied({ person }: Device): boolean {
		return person !== undefined && this.#options.isDenied?.(person) === true;
	}

	#saved(name: string): DeviceRecord {
		const { name: known, origin } = this.get(name);
		const record = this.#byName.get(foldName(known));
		if (origin === "saved" && record !== undefined) return record;
		throw new UserError(
			"device-locked",
			`The device "${known}" stands in the configuration file.`,
			REFUSING.changeInFile,
		);
	}

	/** On the card in one commit, under its new name too. */
	async #replace(before: DeviceRecord, value: Wanted): Promise<void> {
		const record = { ...toRecord(parseDevice(value), "saved"), raw: value };
		const [from, to] = [documentKeyOf(before.device.name), documentKeyOf(record.device.name)];
		const gone = from === to ? [] : [[from, null] as const];
		await this.#options.documents.change("device", [...gone, [to, value]]);
		await this.#install(this.#records.map((one) => (one === before ? record : one)));
	}

	/** What is kept for CRAM-MD5: nothing once that is off; bound to the username, so sealed anew for another one. */
	async #sealedFor(device: Device, before: Device, sealed: unknown): Promise<Wanted> {
		if (!device.compatibility.cramMd5 || device.username === "" || sealed === undefined) return {};
		if (device.username === before.username) return { recoverable_password: sealed };
		const password = this.#opened.get(before.username);
		if (password === undefined) return {};
		return { recoverable_password: await this.#recoverable.seal(password, device.username) };
	}

	async #install(records: readonly DeviceRecord[]): Promise<void> {
		const { passwords, problems } = await this.#openPasswords(records);
		this.#opened = passwords;
		this.#unreadable = problems;
		this.#records = records;
		this.#list = records.map(({ device }) => device);
		this.#byName = new Map(records.map((record) => [foldName(record.device.name), record]));
		const named = records.filter(({ device }) => device.username !== "");
		this.#byUsername = new Map(named.map((record) => [record.device.username, record]));
		this.#byAddress = new AddressTable(
			this.#list.flatMap((device) => device.addresses.map((range) => [range, device] as const)),
		);
		this.#passwords.expect(
			"devices",
			records.flatMap(({ written }) => written.password_hash ?? []),
		);
	}

	#knocker(username: string, address: string) {
		return { username, address, atHome: username !== "" && this.byAddress(address)?.username === username };
	}

	#credential(username: string): Credential | undefined {
		const record = this.#byUsername.get(username);
		if (record === undefined) return undefined;
		if (record.device.origin === "file") return this.#filePasswords.credential(username);
		const hash = record.written.password_hash;
		return hash === undefined ? undefined : { kind: "hash", hash };
	}

	/** Its password, as it is saved. */
	async #toSave({ username, compatibility }: Device, password: Secret) {
		const hash = await this.#passwords.hash(password);
		if (!compatibility.cramMd5) return { password_hash: hash.reveal() };
		return {
			password_hash: hash.reveal(),
			recoverable_password: await this.#recoverable.seal(password, username),
		};
	}

	async #openPasswords(records: readonly DeviceRecord[]) {
		const passwords = new Map<string, Secret>();
		const problems: string[] = [];
		for (const { device, written } of records) {
			if (!device.compatibility.cramMd5 || written.recoverable_password === undefined) continue;
			const password = await this.#recoverable.open(written.recoverable_password, device.username);
			if (password !== undefined) passwords.set(device.username, password);
			else
				problems.push(
					`The password of "${device.name}" cannot be read back, so CRAM-MD5 fails. Give it a new password.`,
				);
		}
		return { passwords, problems };
	}

	/** In the form of the file. Without an address, or with CRAM-MD5, it needs a username, so it gets one. */
	#complete({ name, addresses, username, account, kind, switches, from, person }: NewDevice) {
		const taken = (candidate: string) => this.#byUsername.has(candidate);
		const asked = username === "" ? undefined : username;
		const needsOne = addresses.length === 0 || switches?.cram_md5 === true;
		const signsIn = asked ?? (needsOne ? suggestUsername(name, taken) : undefined);
		return {
			name: name.trim(),
			addresses,
			...(signsIn === undefined ? {} : { username: signsIn }),
			...(account === undefined ? {} : { account }),
			...(kind === undefined ? {} : { kind: findKind(kind).name }),
			...(from === undefined ? {} : { from }),
			...(person === undefined ? {} : { person }),
			...switches,
		};
	}

	/** `before`: what it takes the place of. */
	#assertFree(device: Device, before?: Device): void {
		const others = this.#records.filter((record) => record.device !== before);
		const clash = findClash(device, others);
		if (clash !== undefined)
			throw new UserError("device-exists", say(REFUSING.deviceUnusable, { why: clash }));
		// A device whose account has gone can still be changed otherwise.
		if (device.account === (before?.account ?? "")) return;
		if (device.account === "") return;
		const account = this.#options.findAccount(device.account);
		if (account === undefined) {
			throw new UserError(
				"account-unknown",
				say(SIGN_IN.accountUnknown, { address: device.account }),
				say(REFUSING.accountMissing, { address: device.account }),
			);
		}
		assertMayUse(account, device.person);
	}

	#inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
		const turn = this.#changes.then(change);
		// The next change waits for this one and does not share its failure.
		this.#changes = turn.catch(() => undefined);
		return turn;
	}
}

function assertKnown({ addresses, username }: Device): void {
	if (addresses.length > 0 || username !== "") return;
	throw new UserError("device-invalid", REFUSING.devicePlaceless, REFUSING.devicePlacelessDo);
}

function foldUsername(username: string): string {
	return username.slice(0, LONGEST_USERNAME).trim().toLowerCase();
}

function fileLogins(records: readonly DeviceRecord[]) {
	return records
		.filter(({ device }) => device.origin === "file" && device.username !== "")
		.map(({ device, written }) => ({
			username: device.username,
			owner: device.name,
			password: written.password,
			passwordHash: written.password_hash,
		}));
}
