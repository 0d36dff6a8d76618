/**
 * The work of two boxes in step: what one exports, and how the other is made the same. Loaded by pair-desk.ts when it is
 * first asked for: most boxes are alone.
 *
 * Kinds are written one after the other, each in a commit. A cut in between leaves some of them as before; the next
 * turn finds the difference and writes the rest. A turn that finds none writes nothing.
 */
import { type OpenedDocument, openDocument, sealDocument } from "../backup/opened-documents.ts";
import { readVault } from "../backup/vault-records.ts";
import type { TakenExport, TakenRecords } from "../console-services/pairing.ts";
import { APP_KEYS_KIND } from "../microsoft/app-keys.ts";
import { SIGN_IN_KIND } from "../microsoft/sign-in-record.ts";
import type { OthersSignIn } from "../microsoft/sign-ins.ts";
import type { Secret } from "../secret.ts";
import { productVersion } from "../version.ts";
import { type Differences, differencesOf, isNothing } from "./differences.ts";
import { type Export, sealExport } from "./export-file.ts";
import type { Following, PairDeskOptions } from "./pair-desk.ts";
import { followsAnother, leaderEmpty, notFollowing, ofExport, tooNew } from "./refusals.ts";
import { takeSettings } from "./settings-in-step.ts";
import { isShared, nameOf, RECORD_KINDS, type RecordKind } from "./shared-parts.ts";

export { checkPassphrase } from "../backup/passphrase.ts";
export { openExport } from "./export-file.ts";
export { onlyLeader } from "./refusals.ts";

const NONE: Differences = { added: [], changed: [], removed: [] };

/** Throws `not-following`, `follows-another`. */
export function assertLeader(following: Following | undefined, { name, id }: Export["box"]): void {
	if (following === undefined) throw notFollowing(name);
	const isIt = following.id === null ? following.name === name : following.id === id;
	if (!isIt) throw followsAnother(following.name, name);
}

/** @param id of this box. */
export async function makeExport(
	options: PairDeskOptions,
	id: string,
	passphrase: Secret,
	{ signIns }: { readonly signIns: boolean },
) {
	const { name, now, place, accounts } = options;
	const madeAt = new Date(now()).toISOString();
	const kept: Export["signIns"] = [];
	for await (const { sort, account, record } of readVault(place, signIns ? accounts() : [])) {
		if (sort === "person" || sort === "app") kept.push({ sort, account, record });
	}
	const content = {
		madeAt,
		box: { id: id, name: name(), version: productVersion() },
		documents: (await ownDocuments(options)).map(({ kind, key, value, opened }) => ({
			...{ kind: kind as Export["documents"][number]["kind"], key, value, opened: [...opened] },
		})),
		signIns: kept,
	};
	return {
		fileName: `${name()}-${madeAt.slice(0, 10)}.postern-config`,
		content: await sealExport(content, passphrase),
	};
}

/** Makes this box's records those of the export; a sign-in that this version could not use is refused before that. */
export async function takeExport(options: PairDeskOptions, theirs: Export): Promise<TakenExport> {
	const { box, madeAt } = theirs;
	const theirSignIns = theirs.signIns.map(signInOf);
	const own = await ownDocuments(options);
	if (hasRecords(own) && !hasRecords(theirs.documents)) throw leaderEmpty(box.name);
	const ofKind = (documents: readonly OpenedDocument[], kind: string) =>
		documents.filter((one) => one.kind === kind);
	const settings = await takeSettings(
		options.settings,
		...([ofKind(own, "setting"), ofKind(theirs.documents, "setting")] as const),
	);
	const left = [...settings.left];
	const differences: Record<RecordKind, Differences> = { account: NONE, device: NONE, mailbox: NONE };
	for (const kind of RECORD_KINDS) {
		const { usable, texts } = usableOf(kind, ofKind(theirs.documents, kind), ofKind(own, kind));
		left.push(...texts);
		differences[kind] = differencesOf(ofKind(own, kind), usable);
	}
	await write(options, differences);
	const signIns = await takeSignIns(options, theirSignIns);
	const taken: TakenExport = {
		...{ from: box.name, madeAt, signIns, left, needRestart: settings.needRestart },
		accounts: namesOf("account", differences.account),
		devices: namesOf("device", differences.device),
		mailboxes: namesOf("mailbox", differences.mailbox),
		settings: settings.changed,
		isChanged: signIns.length + settings.changed.length > 0 || !Object.values(differences).every(isNothing),
	};
	tell(options, taken);
	return taken;
}

/** Only what differs; and puts it in force. */
async function write(
	{ storage, place, signIns, mailboxes, forgetMailbox, reload }: PairDeskOptions,
	differences: Readonly<Record<RecordKind, Differences>>,
): Promise<void> {
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

async function takeSignIns(
	{ accounts, signIns }: PairDeskOptions,
	records: readonly OthersSignIn[],
): Promise<string[]> {
	const known = new Set(accounts());
	const taken: string[] = [];
	for (const record of records) {
		if (!known.has(record.account)) continue;
		if (await signIns.takeOver(record)) taken.push(record.account);
	}
	return taken;
}

async function ownDocuments({ storage, place }: PairDeskOptions): Promise<readonly OpenedDocument[]> {
	const rows = (await storage.read({ type: "all-documents" })).filter(isShared);
	return Promise.all(rows.map((row) => openDocument(row, place)));
}

/** What somebody may look for that is gone stands in the log by its name. */
function tell(
	{ log }: PairDeskOptions,
	{ from, isChanged, accounts, devices, mailboxes, settings, signIns, left }: TakenExport,
): void {
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

function hasRecords(documents: readonly { readonly kind: string }[]): boolean {
	return documents.some(({ kind }) => kind === "account" || kind === "device");
}

/** Throws `export-too-new`. */
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
