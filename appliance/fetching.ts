/** The POP3 side, put together: who may fetch, where the mail lies, and what sessions ask of the box. For appliance.ts. */
import type { Accounts } from "./accounts/accounts.ts";
import type { Devices } from "./accounts/devices.ts";
import { Mailboxes, type MailboxSignIn } from "./accounts/mailboxes.ts";
import type { Mailbox } from "./accounts/model.ts";
import { ownMailbox } from "./accounts/own-mailbox.ts";
import type { Passwords } from "./accounts/passwords.ts";
import type { VaultKey } from "./accounts/recoverable-secrets.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { Log } from "./log.ts";
import { Maildrops } from "./maildrops/maildrops.ts";
import type { Pop3Server } from "./maildrops/upstream-pop3.ts";
import type { GraphClient } from "./microsoft/graph-client.ts";
import type { TokenSource } from "./microsoft/token-source.ts";
import type { Peer, Pop3Host, SignedIn } from "./pop3/host.ts";
import { MaildropLocks } from "./pop3/locks.ts";
import { Troubles } from "./pop3/troubles.ts";
import { RefusalLog } from "./refusal-log.ts";
import type { Secret } from "./secret.ts";
import type { DocumentStore } from "./store/documents.ts";
import type { TrustedTime } from "./trusted-time.ts";

export interface FetchingOptions {
	readonly config: () => Config;
	readonly documents: DocumentStore;
	readonly accounts: Accounts;
	/** Some are of people who may fetch with them too (`sign_up.fetch_mail`). */
	readonly devices: Devices;
	readonly passwords: Passwords;
	readonly vaultKey: VaultKey;
	readonly graph: GraphClient;
	readonly tokens: TokenSource;
	readonly popServer: () => Pop3Server;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly stateDir: string;
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
}

export interface Fetching {
	readonly mailboxes: Mailboxes;
	readonly host: Omit<Pop3Host, "secureContext">;
	/** Owner texts. */
	problems(): readonly string[];
	/** Why the login cannot have its mail just now, for its owner; empty when it can. */
	troubleOf(username: string): string;
	/** Erases what was kept of a login that is gone. */
	forget(mailbox: Mailbox): Promise<void>;
	/** To be called when the sign-ins are there. */
	start(): void;
	stop(): Promise<void>;
}

export async function openFetching(options: FetchingOptions): Promise<Fetching> {
	const { config, documents, accounts, passwords, vaultKey, clock, log } = options;
	const mailboxes = await Mailboxes.open({
		...{ documents, passwords, vaultKey, clock, log },
		config: config(),
		findAccount: (address) => accounts.find(address),
	});
	/** Of who came by self-service; a login of the owner's of the same name goes first. */
	const ownOf = (username: string): Mailbox | undefined => {
		if (!config().sign_up.fetch_mail || mailboxes.find(username) !== undefined) return undefined;
		const device = options.devices.byUsername(username);
		return device && ownMailbox(device, (address) => accounts.find(address));
	};
	const authenticate = async (
		username: string,
		password: Secret,
		address: string,
	): Promise<MailboxSignIn> => {
		if (ownOf(username) === undefined) return mailboxes.authenticate(username, password, address);
		const result = await options.devices.authenticate(username, password, address);
		if (!result.ok) return result;
		// Looked up anew: it may have ended during the check.
		const mailbox = ownOf(username);
		return mailbox === undefined ? { ok: false, reason: "wrong" } : { ok: true, mailbox };
	};
	const maildrops = new Maildrops(options);
	const some = (has: "authWithoutTls" | "apop") => mailboxes.list().some((mailbox) => mailbox[has]);
	const troubles = new Troubles(log);
	return {
		mailboxes,
		problems: () => troubles.problems(),
		troubleOf: (username) => troubles.of(username)?.ownerText ?? "",
		host: {
			...{ clock, log, troubles, locks: new MaildropLocks(), refusals: new RefusalLog(clock, log) },
			name: () => config().name,
			takesPasswordsInClear: () => some("authWithoutTls"),
			takesApop: () => some("apop"),
			authenticate: async (username, password, peer) =>
				signedIn(await authenticate(username, password, peer.address), peer),
			authenticateByApop: (username, stamp, digest, peer) => {
				const result = mailboxes.authenticateByApop(username, stamp, digest, peer.address);
				return result.ok ? { ok: true, owner: result.mailbox } : result;
			},
			open: (owner, signal) => maildrops.open(ownOf(owner.username) ?? mailboxes.get(owner.username), signal),
		},
		async forget(mailbox) {
			troubles.forget(mailbox.username);
			await maildrops.forget(mailbox);
		},
		start: () => maildrops.start(mailboxes.list()),
		async stop() {
			await maildrops.stop();
			await mailboxes.settled();
		},
	};
}

/** A password that was shown without encryption counts only where its owner allows that. */
function signedIn(result: MailboxSignIn, { isSecure }: Peer): SignedIn {
	if (!result.ok) return result;
	if (!isSecure && !result.mailbox.authWithoutTls) return { ok: false, reason: "clear" };
	return { ok: true, owner: result.mailbox };
}
