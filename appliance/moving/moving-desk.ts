/**
 * Takes in what another program leaves behind, beside what is here. Implements `MovingService` for `postern import`;
 * where no appliance runs, on its state folder (offline-moving.ts).
 *
 * One call at a time. What is here stays as it is, so that a second call takes nothing twice, and one that was cut
 * off is finished by the next. A setting that cannot be had (its port is in use) is told and leaves the others alone.
 */
import type { Accounts } from "../accounts/accounts.ts";
import type { Devices } from "../accounts/devices.ts";
import { InTurn } from "../accounts/in-turn.ts";
import type { Mailboxes } from "../accounts/mailboxes.ts";
import type { Verdict } from "../accounts/taking.ts";
import type {
	FoundRecord,
	FoundSettings,
	MovingDraft,
	MovingItem,
	MovingReport,
	MovingRow,
	MovingService,
} from "../console-services/moving.ts";
import type { Setting } from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type SettingChanges, wantedChange } from "./found-settings.ts";

export interface MovingDeskOptions {
	readonly accounts: Pick<Accounts, "list" | "take">;
	readonly devices: Pick<Devices, "list" | "take">;
	readonly mailboxes: Pick<Mailboxes, "take">;
	readonly settings: {
		list(): Promise<readonly Setting[]>;
		/** Throws `UserError` as `change` would, but for ports. */
		check(changes: SettingChanges): Promise<void>;
		change(changes: SettingChanges): Promise<{ readonly needRestart: readonly string[] }>;
	};
	/** Throws `UserError` where the files are no certificate and its key that this process can serve. */
	readonly assertCertificate: (files: {
		readonly certificateFile: string;
		readonly keyFile: string;
	}) => Promise<unknown>;
	readonly log: Log;
}

interface Settled {
	readonly verdict: Verdict;
	readonly needRestart?: readonly string[];
}

const KINDS = ["account", "device", "mailbox"] as const;

export class MovingDesk implements MovingService {
	readonly #options: MovingDeskOptions;
	readonly #calls = new InTurn();

	constructor(options: MovingDeskOptions) {
		this.#options = options;
	}

	move(draft: MovingDraft, { isTrial }: { readonly isTrial: boolean }): Promise<MovingReport> {
		return this.#calls.run(() => this.#move(draft, isTrial));
	}

	async #move({ source, items, next }: MovingDraft, isTrial: boolean): Promise<MovingReport> {
		const hadOneAccount = this.#options.accounts.list().length === 1;
		const settled = new Map<MovingItem, Settled>();
		for (const kind of KINDS) {
			const records = items.filter(isRecord).filter((item) => item.kind === kind);
			for (const [record, verdict] of await this.#take(kind, records, settled, isTrial)) {
				settled.set(record, { verdict });
			}
		}
		const pending: Record<string, unknown> = {};
		for (const item of items) {
			if (item.kind === "settings") settled.set(item, await this.#set(item, pending, isTrial));
		}
		const rows = items.map((item) => rowOf(item, settled.get(item)?.verdict));
		const taken = [...settled].filter(([, { verdict }]) => verdict.outcome === "taken").map(([item]) => item);
		if (!isTrial) {
			this.#options.log.notice("moved-in", { source, taken: taken.length, left: rows.length - taken.length });
		}
		const newAccounts = taken
			.filter(isRecord)
			.flatMap((item) => (item.kind === "account" ? addressOf(item) : []));
		return {
			isTrial,
			rows,
			needRestart: [...settled.values()].flatMap(({ needRestart = [] }) => needRestart),
			next: [
				...newAccounts.map((address) => `Sign in to ${address}: postern account add ${address}`),
				...(hadOneAccount && newAccounts.length > 0 ? this.#devicesWithoutAccount() : []),
				...next,
			],
		};
	}

	/** Accounts go first: devices and mailboxes name them. */
	async #take(
		kind: (typeof KINDS)[number],
		found: readonly FoundRecord[],
		settled: ReadonlyMap<MovingItem, Settled>,
		isTrial: boolean,
	): Promise<readonly (readonly [FoundRecord, Verdict])[]> {
		const known = new Set(this.#options.accounts.list().map(({ address }) => address));
		for (const [item, { verdict }] of settled) {
			if (item.kind === "account" && verdict.outcome === "taken") known.add(addressOf(item));
		}
		const needsUnknown = ({ record: { account } }: FoundRecord) =>
			typeof account === "string" && account !== "" && !known.has(account.toLowerCase());
		const strays = found.filter(needsUnknown);
		const others = found.filter((item) => !strays.includes(item));
		const registry = { account: "accounts", device: "devices", mailbox: "mailboxes" } as const;
		const verdicts = await this.#options[registry[kind]].take(
			others.map(({ record }) => record),
			{ isTrial },
		);
		const unknown: Verdict = { outcome: "not-taken", why: "the account that it needs was not taken" };
		return [
			...strays.map((item) => [item, unknown] as const),
			...others.map((item, index) => [item, verdicts[index] ?? unknown] as const),
		];
	}

	/** `pending`: what a trial has found good so far; not written where all is in force at once. */
	async #set(item: FoundSettings, pending: Record<string, unknown>, isTrial: boolean): Promise<Settled> {
		const { settings } = this.#options;
		const wanted = wantedChange(item, await settings.list(), pending);
		if ("here" in wanted) return { verdict: { outcome: "already-there", why: wanted.here } };
		if ("refused" in wanted) return { verdict: { outcome: "not-taken", why: wanted.refused } };
		try {
			await this.#assertUsable(item.put);
			if (!isTrial) {
				const { needRestart } = await settings.change(wanted.changes);
				return { verdict: { outcome: "taken" }, needRestart };
			}
			await settings.check({ ...pending, ...wanted.changes });
			Object.assign(pending, wanted.changes);
			return { verdict: { outcome: "taken" } };
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			return { verdict: { outcome: "not-taken", why: [thrown.message, thrown.hint].join(" ").trim() } };
		}
	}

	async #assertUsable(put: Readonly<Record<string, string>>): Promise<void> {
		const { "tls.certificate_file": certificateFile, "tls.key_file": keyFile } = put;
		if (certificateFile === undefined || keyFile === undefined) return;
		await this.#options.assertCertificate({ certificateFile, keyFile });
	}

	/** As long as there was one account, they needed none. */
	#devicesWithoutAccount(): readonly string[] {
		const names = this.#options.devices.list().flatMap(({ account, name }) => (account === "" ? [name] : []));
		if (names.length === 0) return [];
		return [
			`There are several accounts now. These devices name none, so give each the one it sends through: ${names.join(", ")}.`,
		];
	}
}

function isRecord(item: MovingItem): item is FoundRecord {
	return item.kind !== "settings" && item.kind !== "left";
}

function addressOf({ record }: FoundRecord): string {
	return String(record["address"]).toLowerCase();
}

function rowOf(item: MovingItem, verdict: Verdict | undefined): MovingRow {
	if (item.kind === "left" || verdict === undefined) {
		return { what: item.what, as: "", outcome: "not-taken", note: item.kind === "left" ? item.why : "" };
	}
	const { what, as, note } = item;
	return verdict.outcome === "taken"
		? { what, as, outcome: "taken", note }
		: { what, as, outcome: verdict.outcome, note: verdict.why };
}
