/** One of each thing that the services give, for tests to change where it matters to them. */
import type {
	AccountStatus,
	AppCertificate,
	DeviceSettings,
	MailboxSettings,
	NetworkState,
	QueueRow,
	SessionLog,
	SignInNews,
	Status,
	StrangerRow,
	UpdateState,
} from "../../appliance/services.ts";

export type Device = DeviceSettings["device"];
export type Mailbox = MailboxSettings["mailbox"];

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
	storage: { freeBytes: 12_345_000_000, reserveBytes: 64_000_000, accepting: true, sick: false },
	memoryBytes: 61_000_000,
	clock: { isSynchronised: true, errorMs: 3, source: "ntp" },
	pair: { follows: null, inStepAt: null },
	crashes: { total: 0, lastDay: 0, reboots: 0, lastAt: null, lastResult: "" },
	problems: [],
	matters: [],
};

/** Of a firmware that nobody has updated yet. */
export const UPDATE: UpdateState = {
	...{ keeper: "firmware", version: "0.1.0", builtAt: "2026-11-20T00:00:00.000Z", slot: "A" },
	...{ phase: "idle", progress: null, last: null, refusal: null, before: null, crashes: WELL_STATUS.crashes },
};

/** Of a firmware whose owner has said nothing about it. */
export const NETWORK: NetworkState = {
	...{ keeper: "firmware", name: "postern", proxy: "", trial: null, wifi: null },
	links: [
		{
			name: "end0",
			isUp: true,
			mac: "02:00:00:00:00:05",
			addresses: ["192.168.1.20/24", "fe80::5/64"],
			speedMbits: 1000,
		},
		{ name: "wlan0", isUp: false, mac: "02:00:00:00:00:06", addresses: [], speedMbits: null },
	],
	gateways: ["192.168.1.1"],
	nameServers: ["192.168.1.1"],
	settings: {
		...{ ipv4: { method: "dhcp" }, ipv6: { method: "auto" } },
		...{ dns: [], ntp: [], vlan: null, wifi: null },
	},
	can: { wifi: true, vlan: true },
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

export const POP3_PORTS = [
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
