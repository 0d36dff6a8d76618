/**
 * What anyone on the LAN may see before there is a sign-in: how many and how well, never who. For the
 * status page and /healthz. Mailbox addresses are taken out of the owner texts here and nowhere
 * else, so no page can forget to.
 */
import type { QueueState, Status } from "../../appliance/services.ts";

interface PublicAccount {
	/** "Account 1", in the order of the configuration. */
	readonly label: string;
	readonly signIn: string;
	readonly flow: string;
	readonly well: boolean;
}

interface PublicListener {
	readonly port: string;
	readonly purpose: string;
}

export interface PublicStatus {
	readonly name: string;
	readonly version: string;
	readonly startedAt: string;
	readonly now: string;
	/** Owner texts without addresses, most urgent first; empty when all is well. */
	readonly problems: readonly string[];
	/** Ports of the network; the control socket is nobody's business there. */
	readonly listeners: readonly PublicListener[];
	readonly queue: Readonly<Record<QueueState, number>>;
	readonly accounts: readonly PublicAccount[];
	readonly storage: Status["storage"];
}

const SIGN_IN_TEXTS = {
	"signed-in": "signed in",
	"needs-sign-in": "needs sign-in",
	"signing-in": "sign-in under way",
} as const satisfies Record<Status["accounts"][number]["state"], string>;

const FLOW_TEXTS = {
	closed: "mail flows",
	open: "mail waits",
	probing: "trying again",
} as const satisfies Record<Status["accounts"][number]["circuit"], string>;

/** Listener roles in the owner's words; a role without words here is shown as it is called. */
const PURPOSES: Readonly<Record<string, string>> = {
	relay: "devices, plain or STARTTLS",
	smtp: "devices, plain or STARTTLS",
	submission: "devices that sign in, STARTTLS",
	"implicit-tls": "devices that sign in, TLS",
	smtps: "devices that sign in, TLS",
	auto: "devices, any of these",
	console: "this page",
	"console-tls": "this page, encrypted",
};

export function publicStatus(status: Status): PublicStatus {
	return {
		name: status.name,
		version: status.version,
		startedAt: status.startedAt,
		now: status.now,
		problems: status.problems.map(withoutAddresses),
		listeners: status.listeners.flatMap(({ role, address }) => {
			const port = /:(\d+)$/.exec(address)?.[1];
			return port === undefined ? [] : [{ port, purpose: PURPOSES[role] ?? role }];
		}),
		queue: status.queue,
		accounts: status.accounts.map(({ state, circuit }, index) => ({
			label: `Account ${index + 1}`,
			signIn: SIGN_IN_TEXTS[state],
			flow: FLOW_TEXTS[circuit],
			well: state === "signed-in" && circuit === "closed",
		})),
		storage: status.storage,
	};
}

/** Quoted local parts may hold spaces (RFC 5321 §4.1.2), so they are matched as a whole. */
const MAILBOX_ADDRESS = /(?:"[^"]*")?[^\s<>()[\],;:"]*@[^\s<>(),;"]*/gu;

/** The text with every mailbox address replaced; nothing holding an `@` is left. */
export function withoutAddresses(text: string): string {
	return text.replace(MAILBOX_ADDRESS, "[address]");
}
