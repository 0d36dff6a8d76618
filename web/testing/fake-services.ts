/**
 * `Services` in memory, for the tests of web/ and cli/: the seam at which they meet the appliance.
 * Behaves as services.ts promises (unknown names throw, aborting ends a sign-in); delivers nothing.
 */

import type { BackupService, BackupSummary } from "../../appliance/console-services.ts";
import { UserError } from "../../appliance/errors.ts";
import { Secret } from "../../appliance/secret.ts";
import type {
	AccountDraft,
	AccountStatus,
	AppCertificate,
	Authority,
	ConfigOrigin,
	DeviceDraft,
	DeviceSettings,
	KindHints,
	MailboxSettings,
	QueueAction,
	QueueEntry,
	QueueRow,
	SessionLog,
	SignInNews,
	Status,
	StrangerRow,
	TestStep,
} from "../../appliance/services.ts";
import type { ApiServices } from "../api.ts";

type Device = DeviceSettings["device"];
type Mailbox = MailboxSettings["mailbox"];

export const WELL_STATUS: Status = {
	name: "postern",
	version: "0.1.0",
	startedAt: "2026-11-20T08:00:00.000Z",
	now: "2026-11-20T11:38:00.000Z",
	listeners: [
		{ role: "relay", address: "[::]:25" },
		{ role: "console", address: "[::]:80" },
	],
	queue: { incoming: 0, active: 1, deferred: 2, held: 0, failed: 0 },
	accounts: [
		{ address: "alerts@contoso.com", state: "signed-in", circuit: "closed", trouble: "", waits: null },
	],
	storage: { freeBytes: 12_345_000_000, reserveBytes: 64_000_000, accepting: true },
	memoryBytes: 61_000_000,
	problems: [],
	matters: [],
};

export function queueRow(change: Partial<QueueRow> = {}): QueueRow {
	return {
		id: "q1",
		state: "deferred",
		device: "Copier",
		account: "alerts@contoso.com",
		sender: "copier@contoso.com",
		recipients: ["boss@example.com"],
		sizeBytes: 2048,
		receivedAt: "2026-11-20T11:00:00.000Z",
		nextAttemptAt: "2026-11-20T11:45:00.000Z",
		attempts: 2,
		lastError: "Microsoft 365 cannot be reached.",
		...change,
	};
}

export function device(change: Partial<Device> = {}): Device {
	return {
		name: "Copier",
		addresses: ["192.168.1.50"],
		username: "copier",
		account: "",
		from: "keep",
		recipients: ["*"],
		rate: undefined,
		quota: undefined,
		coalesceMs: undefined,
		dropRepeats: true,
		urgent: false,
		newestFirst: false,
		compatibility: {
			legacyTls: false,
			lfLineEnds: false,
			authWithoutTls: false,
			acceptAnyCredentials: false,
			cramMd5: false,
			hideEhlo: [],
		},
		kind: "",
		origin: "saved",
		...change,
	};
}

export function sessionLog(change: Partial<SessionLog> = {}): SessionLog {
	return {
		address: "192.168.1.50",
		device: "Copier",
		role: "relay",
		startedAt: "2026-11-20T11:00:00.000Z",
		endedAt: "2026-11-20T11:00:01.000Z",
		outcome: "refused",
		times: 1,
		queueIds: [],
		ownerTexts: ["The sender is not allowed. Type another."],
		lines: [
			{ afterMs: 0, from: "server", text: "220 postern" },
			{ afterMs: 12, from: "client", text: "AUTH PLAIN ***" },
			{ afterMs: 1500, from: "note", text: "TLS 1.2" },
		],
		...change,
	};
}

export function stranger(change: Partial<StrangerRow> = {}): StrangerRow {
	return {
		address: "192.168.1.77",
		helo: "BRW001122",
		senders: ["scan@contoso.com"],
		firstSeenAt: "2026-11-20T10:00:00.000Z",
		lastSeenAt: "2026-11-20T11:00:00.000Z",
		refusals: 3,
		heldMessages: 0,
		heldBytes: 0,
		...change,
	};
}

export function accountStatus(change: Partial<AccountStatus> = {}): AccountStatus {
	return {
		account: {
			address: "alerts@contoso.com",
			transport: "graph",
			method: "device-code",
			clientId: "00000000-0000-0000-0000-000000000001",
			tenant: "common",
			fetchOver: "graph",
			certificateFile: "",
			sharedMailboxes: [],
			senders: [],
			owner: "office@contoso.com",
			spreadOver: [],
			limits: {
				messagesPerMinute: 30,
				recipientsPerDay: 10_000,
				requestsPerTenMinutes: 10_000,
				uploadBytesPerFiveMinutes: 150_000_000,
			},
			origin: "saved",
		},
		state: "signed-in",
		signedInAs: "alerts@contoso.com",
		signedInAt: "2026-11-01T10:00:00.000Z",
		lapsesAt: "2027-02-18T10:00:00.000Z",
		trouble: "",
		waits: null,
		...change,
	};
}

export const PROMPT = {
	type: "prompt",
	verificationUri: "https://microsoft.com/devicelogin",
	userCode: "ABCD-EFGH",
	expiresAt: "2026-11-20T12:00:00.000Z",
	message: "To sign in, open the page and enter the code.",
} as const satisfies SignInNews;

export const MAILBOX: Mailbox = {
	username: "orders",
	mailbox: "orders@contoso.com",
	account: "alerts@contoso.com",
	folder: "inbox",
	onDelete: "trash",
	onlyUnread: false,
	markRead: false,
	newerThanMs: undefined,
	mostMessages: undefined,
	cacheBytes: undefined,
	exactSizes: false,
	authWithoutTls: false,
	apop: false,
	origin: "saved",
};

const POP3_PORTS = [
	{ role: "pop3-tls", port: 995, security: "TLS" },
	{ role: "pop3", port: 110, security: "STLS" },
] as const;

export const OPEN = {
	type: "open",
	url: "https://login.example/authorize?client_id=1",
	endsAt: "https://login.example/common/oauth2/nativeclient",
	expiresAt: "2026-11-20T12:00:00.000Z",
} as const satisfies SignInNews;

export const CERTIFICATE: AppCertificate = {
	address: "alerts@contoso.com",
	clientId: "00000000-0000-0000-0000-000000000001",
	transport: "graph",
	pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
	thumbprintSha256: "AB".repeat(32),
	thumbprintSha1: "CD".repeat(20),
	expiresAt: "2028-11-20T12:00:00.000Z",
	acceptedAt: null,
	olderServesUntil: null,
	file: "",
};

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
