/**
 * Two boxes behind one address (`PairService`): the one that leads is exported, the other takes what was exported, over and
 * over. One leads, so nothing is ever merged: what the other has and that one has not goes. For console-parts.ts.
 *
 * Kinds are written one after the other, each in a commit. A cut in between leaves some of them as before; the next
 * turn finds the difference and writes the rest. A turn that finds none writes nothing.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { InTurn } from "../accounts/in-turn.ts";
import type { Mailbox } from "../accounts/model.ts";
import { type OpenedDocument, openDocument, sealDocument } from "../backup/opened-documents.ts";
import { checkPassphrase } from "../backup/passphrase.ts";
import { readVault } from "../backup/vault-records.ts";
import type { PairService, PairState, TakenExport, TakenRecords } from "../console-services/pairing.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { APP_KEYS_KIND } from "../microsoft/app-keys.ts";
import { SIGN_IN_KIND } from "../microsoft/sign-in-record.ts";
import type { OthersSignIn } from "../microsoft/sign-ins.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import type { Secret } from "../secret.ts";
import type { Storage } from "../store/storage.ts";
import { productVersion } from "../version.ts";
import { type Differences, differencesOf, isNothing } from "./differences.ts";
import { type Export, openExport, sealExport } from "./export-file.ts";
import { followsAnother, leaderEmpty, notFollowing, ofExport, onlyLeader, tooNew } from "./refusals.ts";
import { type SharedSettings, takeSettings } from "./settings-in-step.ts";
import { isShared, nameOf, RECORD_KINDS, type RecordKind } from "./shared-parts.ts";

export interface PairDeskOptions {
	readonly storage: Pick<Storage, "list" | "read" | "put" | "change" | "remove">;
	readonly place: KeyPlace;
	/** Of the box. */
	readonly name: () => string;
	/** Addresses of all accounts, also of those in the file. */
	readonly accounts: () => readonly string[];
	readonly settings: SharedSettings;
	readonly signIns: {
		/** True when it took the place of what was here. */
		takeOver(theirs: OthersSignIn): Promise<boolean>;
		forget(address: string): Promise<void>;
	};
	readonly mailboxes: () => readonly Mailbox[];
	/** Erases what was kept of a login that is gone. */
	readonly forgetMailbox: (mailbox: Mailbox) => Promise<void>;
	/** Puts in force what the card holds. */
	readonly reload: () => Promise<void>;
	/** Wall clock. */
	readonly now: () => number;
	readonly log: Log;
}

const BOX = "box";
const FOLLOWING = "following";
const BOX_DOCUMENT = z.object({ id: z.uuid() });
const FOLLOWING_DOCUMENT = z.object({
	name: z.string().min(1).max(255),
	/** Of the box of that name, from its first export on; another box of the same name is not it. */
	id: z.uuid().nullable(),
});
type Following = z.output<typeof FOLLOWING_DOCUMENT>;

const NAME = /^[^\p{Cc}]{1,255}$/u;
const NONE: Differences = { added: [], changed: [], removed: [] };

export class PairDesk implements PairService {
	readonly #options: PairDeskOptions;
	readonly #turns = new InTurn();
	#following: Following | undefined;
	#inStepAtMs: number | undefined;

	private constructor(options: PairDeskOptions, following: Following | undefined) {
		this.#options = options;
		this.#following = following;
	}

	static async open(options: PairDeskOptions): Promise<PairDesk> {
		const found = (await options.storage.list("pair")).find(({ key }) => key === FOLLOWING);
		return new PairDesk(options, FOLLOWING_DOCUMENT.safeParse(found?.value).data);
	}

	state(): PairState {
		const at = this.#inStepAtMs;
		return {
			follows: this.#following?.name ?? null,
			inStepAt: at === undefined ? null : new Date(at).toISOString(),
		};
	}

	follow(name: string): Promise<PairState> {
		return this.#turns.run(async () => {
			if (!NAME.test(name)) throw new UserError("name-invalid", "This is no name of a box.");
			await this.#save({ name, id: null });
			this.#inStepAtMs = undefined;
			this.#options.log.notice("pair-follows", { box: name });
			return this.state();
		});
	}

	lead(): Promise<PairState> {
		return this.#turns.run(async () => {
			if (this.#following === undefined) return this.state();
			await this.#options.storage.remove("pair", FOLLOWING);
			this.#following = undefined;
			this.#inStepAtMs = undefined;
			this.#options.log.notice("pair-leads");
			return this.state();
		});
	}

	async export(passphrase: Secret, { signIns }: { readonly signIns: boolean }) {
		checkPassphrase(passphrase);
		if (this.#following !== undefined) throw onlyLeader(this.#following.name);
		const { name, now, place, accounts } = this.#options;
		const madeAt = new Date(now()).toISOString();
		const kept: Export["signIns"] = [];
		for await (const { sort, account, record } of readVault(place, signIns ? accounts() : [])) {
			if (sort === "person" || sort === "app") kept.push({ sort, account, record });
		}
		const content = {
			madeAt,
			box: { id: await this.#id(), name: name(), version: productVersion() },
			documents: (await this.#ownDocuments()).map(({ kind, key, value, opened }) => ({
				...{ kind: kind as Export["documents"][number]["kind"], key, value, opened: [...opened] },
			})),
			signIns: kept,
		};
		return {
			fileName: `${name()}-${madeAt.slice(0, 10)}.postern-config`,
			content: await sealExport(content, passphrase),
		};
	}

	take(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<TakenExport> {
		return this.#turns.run(async () => {
			const theirs = await openExport(content, passphrase);
			this.#assertLeader(theirs.box);
			return await this.#take(theirs, theirs.signIns.map(signInOf));
		});
	}

	async #take(theirs: Export, theirSignIns: readonly OthersSignIn[]): Promise<TakenExport> {
		const { box, madeAt } = theirs;
		const own = await this.#ownDocuments();
		if (hasRecords(own) && !hasRecords(theirs.documents)) throw leaderEmpty(box.name);
		const ofKind = (documents: readonly OpenedDocument[], kind: string) =>
			documents.filter((one) => one.kind === kind);
		const settings = await takeSettings(
			this.#options.settings,
			...([ofKind(own, "setting"), ofKind(theirs.documents, "setting")] as const),
		);
		const left = [...settings.left];
		const differences: Record<RecordKind, Differences> = { account: NONE, device: NONE, mailbox: NONE };
		for (const kind of RECORD_KINDS) {
			const { usable, texts } = usableOf(kind, ofKind(theirs.documents, kind), ofKind(own, kind));
			left.push(...texts);
			differences[kind] = differencesOf(ofKind(own, kind), usable);
		}
		await this.#write(differences);
		const signIns = await this.#takeSignIns(theirSignIns);
		if (this.#following?.id !== box.id) await this.#save({ name: box.name, id: box.id });
		this.#inStepAtMs = this.#options.now();
		const taken: TakenExport = {
			...{ from: box.name, madeAt, signIns, left, needRestart: settings.needRestart },
			accounts: namesOf("account", differences.account),
			devices: namesOf("device", differences.device),
			mailboxes: namesOf("mailbox", differences.mailbox),
			settings: settings.changed,
			isChanged: signIns.length + settings.changed.length > 0 || !Object.values(differences).every(isNothing),
		};
		this.#tell(taken);
		return taken;
	}

	/** Only what differs; and puts it in force. */
	async #write(differences: Readonly<Record<RecordKind, Differences>>): Promise<void> {
		const { storage, place, signIns, mailboxes, forgetMailbox, reload } = this.#options;
		if (Object.values(differences).every(isNothing)) return;
		// While their records are there.
		for (const { key } of differences.account.removed) await signIns.forget(key);
		const gone = new Set(differences.mailbox.removed.map(({ key }) => key));
		const goneMailboxes = mailboxes().filter(
			({ username, origin }) => origin === "saved" && gone.has(username),
		);
		for (const kind of RECORD_KINDS) {
			const { added, changed, removed } = differences[kind];
			const puts: [string, unknown][] = [];
			for (const document of [...added, ...changed]) {
				const { key, value } = await sealDocument(document, place).catch((thrown: unknown) => {
					throw ofExport(thrown);
				});
				puts.push([key, JSON.parse(value)]);
			}
			const removals = removed.map(({ key }): [string, unknown] => [key, null]);
			if (puts.length + removals.length > 0) await storage.change(kind, [...removals, ...puts]);
		}
		await reload();
		for (const mailbox of goneMailboxes) await forgetMailbox(mailbox);
	}

	async #takeSignIns(records: readonly OthersSignIn[]): Promise<string[]> {
		const known = new Set(this.#options.accounts());
		const taken: string[] = [];
		for (const record of records) {
			if (!known.has(record.account)) continue;
			if (await this.#options.signIns.takeOver(record)) taken.push(record.account);
		}
		return taken;
	}

	#assertLeader({ name, id }: Export["box"]): void {
		const following = this.#following;
		if (following === undefined) throw notFollowing(name);
		const isIt = following.id === null ? following.name === name : following.id === id;
		if (!isIt) throw followsAnother(following.name, name);
	}

	async #ownDocuments(): Promise<readonly OpenedDocument[]> {
		const { storage, place } = this.#options;
		const rows = (await storage.read({ type: "all-documents" })).filter(isShared);
		return Promise.all(rows.map((row) => openDocument(row, place)));
	}

	/** Made when it is first asked for; a box that was restored on another card has the one it had. */
	async #id(): Promise<string> {
		const { storage } = this.#options;
		const found = (await storage.list("pair")).find(({ key }) => key === BOX);
		const known = BOX_DOCUMENT.safeParse(found?.value).data;
		if (known !== undefined) return known.id;
		const id = randomUUID();
		await storage.put("pair", BOX, { id });
		return id;
	}

	async #save(following: Following): Promise<void> {
		await this.#options.storage.put("pair", FOLLOWING, following);
		this.#following = following;
	}

	/** What somebody may look for that is gone stands in the log by its name. */
	#tell({ from, isChanged, accounts, devices, mailboxes, settings, signIns, left }: TakenExport): void {
		const { log } = this.#options;
		for (const text of left) log.warning("pair-left-out", { from, text });
		if (!isChanged) return;
		const kinds = [accounts, devices, mailboxes];
		log.notice("pair-taken", {
			from,
			changes: kinds.reduce((sum, { added, changed }) => sum + added.length + changed.length, 0),
			removed: kinds.flatMap(({ removed }) => removed).join(", "),
			...{ settings: settings.length, signIns: signIns.length },
		});
	}
}

function hasRecords(documents: readonly { readonly kind: string }[]): boolean {
	return documents.some(({ kind }) => kind === "account" || kind === "device");
}

/** A sign-in that this version could not use is refused before anything is written. */
function signInOf({ sort, account, record }: Export["signIns"][number]): OthersSignIn {
	if (sort === "person") {
		const { data } = SIGN_IN_KIND.record.safeParse(record);
		if (data !== undefined) return { sort, account, record: data };
	} else {
		const { data } = APP_KEYS_KIND.record.safeParse(record);
		if (data !== undefined) return { sort, account, record: data };
	}
	throw tooNew();
}

/** Those that this version can read. In place of the others what is here stays. */
function usableOf(kind: RecordKind, theirs: readonly OpenedDocument[], own: readonly OpenedDocument[]) {
	const usable: OpenedDocument[] = [];
	const texts: string[] = [];
	for (const document of theirs) {
		if (nameOf(kind, document.key, document.value) !== undefined) {
			usable.push(document);
			continue;
		}
		const here = own.find(({ key }) => key === document.key);
		if (here !== undefined) usable.push(here);
		texts.push(`The ${kind} "${document.key}" cannot be read by this version: update this box too.`);
	}
	return { usable, texts };
}

function namesOf(kind: RecordKind, { added, changed, removed }: Differences): TakenRecords {
	const names = (documents: readonly OpenedDocument[]) =>
		documents.map(({ key, value }) => nameOf(kind, key, value) ?? key);
	return { added: names(added), changed: names(changed), removed: names(removed) };
}
