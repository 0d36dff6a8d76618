/**
 * `Services` in memory, for the tests of web/ and cli/: the seam at which they meet the appliance.
 * Behaves as services.ts promises (unknown names throw, aborting ends a sign-in); delivers nothing.
 */

import type {
	BackupService,
	BackupSummary,
	MachineService,
	PairService,
	TakenExport,
} from "../../appliance/console-services.ts";
import { UserError } from "../../appliance/errors.ts";
import { Secret } from "../../appliance/secret.ts";
import type {
	AccountDraft,
	AccountStatus,
	Authority,
	ConfigOrigin,
	DeviceDraft,
	DeviceSettings,
	KindHints,
	NetworkService,
	QueueAction,
	QueueEntry,
	QueueRow,
	SessionLog,
	SignInNews,
	Status,
	StrangerRow,
	TestStep,
	UpdateService,
} from "../../appliance/services.ts";
import type { ApiServices } from "../api.ts";
import {
	CERTIFICATE,
	type Device,
	device,
	MAILBOX,
	type Mailbox,
	NETWORK,
	POP3_PORTS,
	PROMPT,
	UPDATE,
	WELL_STATUS,
} from "./samples.ts";

/** What tests set and look at. */
export interface FakeState {
	status: Status | Error;
	queue: QueueRow[];
	devices: Device[];
	strangers: StrangerRow[];
	/** The latest first. */
	sessions: SessionLog[];
	accounts: AccountStatus[];
	mailboxes: Mailbox[];
	/** Told by `account add`, in turn; after them it waits for the abort when `signInHangs`. */
	signInNews: SignInNews[];
	signInHangs: boolean;
	testSteps: TestStep[];
	changes: string[];
	authority: Authority | null;
	origins: ConfigOrigin[];
	reloadFault: Error | undefined;
	/** What `make` gives, piece by piece; an error ends it there. */
	backup: (string | Error)[];
	/** Of what `receive` took in; an error refuses it after its first piece. */
	backupSummary: BackupSummary | Error;
	applyFault: Error | undefined;
	readonly calls: string[];
	/** Resolves when a good address was pasted; the sign-in waits for it after an `open`. */
	readonly pasted: PromiseWithResolvers<void>;
}

const BACKUP_SUMMARY: BackupSummary = {
	madeAt: "2026-11-20T11:00:00.000Z",
	name: "postern",
	version: "0.1.0",
	accounts: 1,
	devices: 2,
	mailboxes: 1,
	people: 1,
	messages: 3,
	hasSignIns: false,
};

export function fakeServices(change: Partial<FakeState> = {}): { services: ApiServices; state: FakeState } {
	const state: FakeState = {
		status: WELL_STATUS,
		queue: [],
		devices: [],
		strangers: [],
		sessions: [],
		accounts: [],
		mailboxes: [],
		signInNews: [PROMPT, { type: "signed-in", who: "alerts@contoso.com" }],
		signInHangs: false,
		testSteps: [{ ok: true, text: "Sent." }],
		changes: [],
		authority: null,
		origins: [],
		reloadFault: undefined,
		backup: ["POSTERN-BACKUP\n", "sealed"],
		backupSummary: BACKUP_SUMMARY,
		applyFault: undefined,
		calls: [],
		pasted: Promise.withResolvers(),
		...change,
	};
	return { services: servicesOver(state), state };
}

function servicesOver(state: FakeState): ApiServices {
	return {
		backups: backupsOver(state),
		network: networkOver(state),
		updates: updatesOver(state),
		// Its requests are tried on the network's side.
		machine: {} as MachineService,
		lights: {
			state: () => Promise.resolve({ names: [], shows: "working", legend: [] } as const),
			async *test() {
				yield { meaning: "working", says: "working", looks: "steady" } as const;
			},
		},
		moving: {
			async move({ source, items, next }, { isTrial }) {
				state.calls.push(`move ${source} ${items.length} ${isTrial}`);
				const rows = items.map((item) => ({
					what: item.what,
					as: item.kind === "left" ? "" : item.as,
					outcome: item.kind === "left" ? ("not-taken" as const) : ("taken" as const),
					note: item.kind === "left" ? item.why : item.note,
				}));
				return { isTrial, rows, needRestart: [], next };
			},
		},
		pair: pairOver(state),
		appliance: {
			status: async () => {
				if (state.status instanceof Error) throw state.status;
				return state.status;
			},
			authority: async () => state.authority,
			reload: async () => {
				if (state.reloadFault !== undefined) throw state.reloadFault;
				return { changes: state.changes };
			},
			configOrigins: async () => state.origins,
			async *selfTest() {
				yield { ok: true, text: "A message of its own was taken." };
			},
		},
		queue: {
			list: async () => state.queue,
			counts: async () => WELL_STATUS.queue,
			show: async (id) => entryOf(known(state.queue, (row) => row.id === id, "queue-unknown-id", id)),
			act: async (action, ids) => actOn(state, action, ids),
		},
		devices: {
			list: async () => state.devices,
			kinds: async () => [KIND_HINTS],
			show: async (name) => settingsOf(knownDevice(state, name), null),
			add: async (draft) => addDevice(state, draft),
			remove: async (name) => {
				const found = knownDevice(state, name);
				state.devices = state.devices.filter((other) => other !== found);
			},
			strangers: async () => state.strangers,
			allow: async (address, draft) => {
				const { heldMessages } = takeStranger(state, address);
				return { ...addDevice(state, { ...draft, addresses: [address] }), released: heldMessages };
			},
			refuse: async (address) => ({ deleted: takeStranger(state, address).heldMessages }),
			log: async (name) =>
				state.sessions.filter(({ device: of, address }) => of === name || address === name),
			async *test(draft) {
				state.calls.push(`test ${JSON.stringify(draft)}`);
				yield* state.testSteps;
			},
		},
		deviceRules: {
			rules: async (name) => {
				const { addresses, username } = knownDevice(state, name);
				return { addresses, username: username || null };
			},
			change: async (name, rules) => {
				knownDevice(state, name);
				state.calls.push(`rules ${name} ${JSON.stringify(rules)}`);
			},
			rename: async (name, newName) => {
				const found = knownDevice(state, name);
				state.devices = state.devices.map((one) => (one === found ? { ...one, name: newName } : one));
			},
			newPassword: async (name) => {
				knownDevice(state, name);
				return new Secret("type-me-5678");
			},
		},
		mailboxes: {
			place: () => Promise.resolve({ server: "192.168.1.20", ports: POP3_PORTS }),
			list: async () => state.mailboxes,
			add: async (draft) => {
				state.calls.push(`mailbox ${JSON.stringify(draft)}`);
				return { mailbox: MAILBOX, server: "192.168.1.2", ports: POP3_PORTS, password: "fetch-me-1234" };
			},
			remove: async (username) => {
				const found = known(state.mailboxes, (one) => one.username === username, "mailbox-unknown", username);
				state.mailboxes = state.mailboxes.filter((other) => other !== found);
			},
			async *test({ username, password }) {
				state.calls.push(`mailbox test ${username} ${password}`);
				yield* state.testSteps;
			},
		},
		console: {
			resetPassword: async () => {
				state.calls.push("console password");
				return { name: "owner", password: "kv7m-p2xd-9qrt-w4nh" };
			},
		},
		accounts: {
			list: async () => state.accounts,
			add: (draft, signal) => signIn(state, draft, signal),
			paste: async (address, pasted) => {
				state.calls.push(`paste ${address} ${pasted}`);
				if (!pasted.includes("code=")) throw new UserError("paste-unusable", "That address holds no code.");
				state.pasted.resolve();
			},
			returned: async (query) => {
				state.calls.push(`returned ${query}`);
				if (!query.includes("state=good")) throw new UserError("sign-in-not-waiting", "No sign-in waits.");
				return "alerts@contoso.com";
			},
			certificate: async (address, renew) => {
				state.calls.push(`certificate ${address} ${renew}`);
				return CERTIFICATE;
			},
			async *test() {
				yield* state.testSteps;
			},
			remove: async (address) => {
				const found = known(
					state.accounts,
					({ account }) => account.address === address,
					"account-unknown",
					address,
				);
				state.accounts = state.accounts.filter((other) => other !== found);
			},
		},
	};
}

function backupsOver(state: FakeState): BackupService {
	return {
		async make(passphrase, { signIns, queue }) {
			state.calls.push(`backup ${passphrase.reveal()} ${signIns} ${queue}`);
			return { fileName: "postern-2026-11-20.postern-backup", content: pieces(state.backup) };
		},
		async receive(content, passphrase) {
			let sizeBytes = 0;
			for await (const chunk of content) {
				sizeBytes += chunk.length;
				if (state.backupSummary instanceof Error) throw state.backupSummary;
			}
			if (state.backupSummary instanceof Error) throw state.backupSummary;
			state.calls.push(`receive ${sizeBytes} ${passphrase.reveal()}`);
			return state.backupSummary;
		},
		async apply() {
			state.calls.push("apply");
			if (state.applyFault !== undefined) throw state.applyFault;
		},
	};
}

const NO_CHANGES = { added: [], changed: [], removed: [] };
const TAKEN: TakenExport = {
	...{ from: "postern-a", madeAt: "2026-11-20T11:00:00.000Z", isChanged: true },
	...{ accounts: NO_CHANGES, mailboxes: NO_CHANGES, settings: [], signIns: [], needRestart: [] },
	devices: { added: ["Copier"], changed: [], removed: ["Old camera"] },
	left: ["The setting queue.retry stands in this box's own file: file /etc/postern/postern.toml:3."],
};

function pairOver(state: FakeState): PairService {
	return {
		async export(passphrase, { signIns }) {
			state.calls.push(`export ${passphrase.reveal()} ${signIns}`);
			return { fileName: "box.postern-config", content: pieces(["POSTERN-CONFIG\n", "sealed"]) };
		},
		async take(content, passphrase) {
			let sizeBytes = 0;
			for await (const chunk of content) sizeBytes += chunk.length;
			state.calls.push(`take ${passphrase.reveal()} ${sizeBytes}`);
			return TAKEN;
		},
		async follow(name) {
			state.calls.push(`follow ${name}`);
			return { follows: name, inStepAt: null };
		},
		async lead() {
			state.calls.push("lead");
			return { follows: null, inStepAt: null };
		},
		state: () => ({ follows: null, inStepAt: null }),
	};
}

async function* pieces(of: readonly (string | Error)[]): AsyncGenerator<Buffer> {
	for (const piece of of) {
		if (piece instanceof Error) throw piece;
		yield Buffer.from(piece);
	}
}

function known<Item>(
	items: readonly Item[],
	matches: (item: Item) => boolean,
	code: string,
	name: string,
): Item {
	const found = items.find(matches);
	if (found === undefined) throw new UserError(code, `There is no ${name}.`, "Look at the list.");
	return found;
}

function knownDevice(state: FakeState, name: string): Device {
	return known(state.devices, (other) => other.name === name, "device-unknown", name);
}

function takeStranger(state: FakeState, address: string): StrangerRow {
	const found = known(state.strangers, (row) => row.address === address, "stranger-unknown", address);
	state.strangers = state.strangers.filter((row) => row !== found);
	return found;
}

function actOn(state: FakeState, action: QueueAction, ids: readonly string[] | "all"): { changed: number } {
	const named = ids === "all" ? state.queue.map(({ id }) => id) : ids;
	for (const id of named) known(state.queue, (row) => row.id === id, "queue-unknown-id", id);
	state.calls.push(`${action} ${named.join(",")}`);
	if (action === "delete") state.queue = state.queue.filter(({ id }) => !named.includes(id));
	return { changed: named.length };
}

function entryOf(row: QueueRow): QueueEntry {
	return {
		...row,
		recipientStates: row.recipients.map((address, index) => ({
			address,
			state: index === 0 ? "pending" : "delivered",
			reply: index === 0 ? "" : "250 2.1.5 OK",
			ownerText: "",
		})),
		history: [{ at: row.receivedAt, event: "accepted", detail: `from ${row.device}` }],
		dsn: null,
	};
}

function addDevice(state: FakeState, draft: DeviceDraft): DeviceSettings {
	if (state.devices.some(({ name }) => name === draft.name)) {
		throw new UserError(
			"device-exists",
			`There is a device "${draft.name}" already.`,
			"Choose another name.",
		);
	}
	const added = device({
		name: draft.name,
		addresses: draft.addresses,
		username: draft.username ?? "",
		account: draft.account ?? "",
		kind: draft.kind ?? "",
	});
	state.calls.push(`add ${JSON.stringify(draft)}`);
	state.devices.push(added);
	return settingsOf(added, added.username === "" ? null : "kv7m-p2xd-9qrt-w4nh");
}

const KIND_HINTS: KindHints = {
	kind: "brother",
	title: "Brother printers",
	make: "Brother",
	family: "printer",
	words: { server: "SMTP Server Address" },
	securityWords: { none: "None" },
	tryIf: [{ turnOn: "legacy_tls", when: "it is old" }],
	notes: ["A note."],
};

function settingsOf(of: Device, password: string | null): DeviceSettings {
	return {
		device: of,
		hints: of.kind === "" ? null : KIND_HINTS,
		server: "postern.local",
		ports: [
			{ role: "relay", port: 25, security: "none" },
			{ role: "submission", port: 587, security: "STARTTLS" },
			{ role: "implicit-tls", port: 465, security: "TLS" },
		],
		username: of.username,
		password,
		sender: "alerts@contoso.com",
	};
}

async function* signIn(
	state: FakeState,
	draft: AccountDraft,
	signal: AbortSignal,
): AsyncGenerator<SignInNews> {
	state.calls.push(`sign-in ${JSON.stringify(draft)}`);
	for (const news of state.signInNews) {
		yield news;
		if (news.type === "open") await Promise.race([state.pasted.promise, aborted(signal)]);
		if (signal.aborted) break;
	}
	if (!state.signInHangs && !signal.aborted) return;
	await aborted(signal);
	state.calls.push("sign-in cancelled");
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
}

/** Takes what comes, whatever it is. */
function updatesOver(state: FakeState): UpdateService {
	return {
		state: async () => UPDATE,
		async receive(content) {
			let sizeBytes = 0;
			for await (const chunk of content) sizeBytes += chunk.length;
			state.calls.push(`update of ${sizeBytes} octets`);
			return { sizeBytes };
		},
		async goBack() {
			state.calls.push("update back");
			return { version: "0.0.9" };
		},
		async *install({ onlyNewer, restart }) {
			state.calls.push(`update install ${onlyNewer} ${restart}`);
			yield { type: "progress", percent: 50, text: "Writing" };
			yield { type: "installed", version: "0.2.0", restarts: restart };
		},
		async acknowledge() {
			state.calls.push("update seen");
		},
	};
}

/** The firmware's, with nothing behind it. */
function networkOver(state: FakeState): NetworkService {
	return {
		state: async () => NETWORK,
		async tryOut(draft, names) {
			state.calls.push(`network try ${JSON.stringify({ ...draft, ...names })}`);
			return { secondsLeft: 120, needRestart: [] };
		},
		async keep() {
			state.calls.push("network keep");
		},
		async goBack() {
			state.calls.push("network return");
		},
		scan: async () => [{ ssid: "Office", signalDbm: -50, security: "wpa2" }],
	};
}
