/**
 * Where the mail that programs fetch lies: the way from a POP3 login to the mailbox of its account. Implements
 * `MaildropSource` for pop3/. Never throws for what the cloud, the network or the card can cause.
 */
import type { Accounts } from "../accounts/accounts.ts";
import type { Mailbox } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { GraphClient } from "../microsoft/graph-client.ts";
import type { TokenSource } from "../microsoft/token-source.ts";
import type { Maildrop, MaildropSource, Result } from "../pop3/maildrop.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { FETCHING } from "../words/fetching.ts";
import { say } from "../words/saying.ts";
import { ofResult, ofTrouble } from "./graph-failures.ts";
import { listFolder } from "./graph-listing.ts";
import { GraphMaildrop } from "./graph-maildrop.ts";
import { KeptMaildrop } from "./kept-maildrop.ts";
import { KnownSizes } from "./known-sizes.ts";
import { isGone, MailboxClient } from "./mailbox-client.ts";
import { OfflineMaildrop } from "./offline-maildrop.ts";
import { Pop3Maildrop } from "./pop3-maildrop.ts";
import { Pop3Refused, type Pop3Server, UpstreamPop3 } from "./upstream-pop3.ts";

export interface MaildropsOptions {
	readonly accounts: Accounts;
	readonly graph: GraphClient;
	readonly tokens: TokenSource;
	/** In force now. */
	readonly popServer: () => Pop3Server;
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly stateDir: string;
	/** Is there room on the card for so many bytes? */
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
}

/** Between tries to carry out what was deleted without internet. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60_000;

export class Maildrops implements MaildropSource<Mailbox> {
	readonly #options: MaildropsOptions;
	readonly #stopping = new AbortController();
	readonly #background = new Set<Promise<void>>();
	/** By username, as the next. */
	readonly #kept = new Map<string, Promise<KeptMaildrop>>();
	readonly #removing = new Set<string>();

	constructor(options: MaildropsOptions) {
		this.#options = options;
	}

	async open(mailbox: Mailbox, signal: AbortSignal): Promise<Result<Maildrop>> {
		const { accounts } = this.#options;
		const account = accounts.forDevice(mailbox);
		if (account === undefined) return { ok: false, failure: noAccount(mailbox) };
		try {
			const { address, fetchOver } = account;
			if (fetchOver === "pop3") return await this.#openOverPop3(mailbox, address, signal);
			return await this.#open(mailbox, address, signal);
		} catch (error) {
			// Whatever Microsoft and the network can cause is data; this is the card.
			return { ok: false, failure: cardTrouble(asError(error)) };
		}
	}

	/** Carries out what was deleted without internet in an earlier run. */
	start(mailboxes: readonly Mailbox[]): void {
		for (const mailbox of mailboxes) if (mailbox.cacheBytes !== undefined) this.#removeLater(mailbox);
	}

	/** The login is gone: so is what was kept for it, and what it deleted without internet is carried out no more. */
	async forget(mailbox: Mailbox): Promise<void> {
		const kept = await this.#keptOf(mailbox);
		this.#kept.delete(mailbox.username);
		await kept?.erase();
	}

	/** Ends what goes on in the background; resolves when what it had to save is saved. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		await Promise.all(this.#background);
	}

	/** Over Microsoft's POP3, with a token that is made anew once when it is refused. */
	async #openOverPop3(mailbox: Mailbox, account: string, signal: AbortSignal): Promise<Result<Maildrop>> {
		const { tokens, popServer } = this.#options;
		const first = await tokens.accessToken(account, "outlook", { signal });
		if (!first.ok) return { ok: false, failure: ofTrouble(first.trouble) };
		const open = async (called: AbortSignal) => {
			const credentials = { user: mailbox.mailbox };
			try {
				return await UpstreamPop3.open(popServer(), { ...credentials, token: first.token }, called);
			} catch (error) {
				if (!(error instanceof Pop3Refused)) throw error;
				const fresh = await tokens.accessToken(account, "outlook", { forceRefresh: true, signal: called });
				if (!fresh.ok) throw error;
				return await UpstreamPop3.open(popServer(), { ...credentials, token: fresh.token }, called);
			}
		};
		const { onDelete, mostMessages: most } = mailbox;
		return await Pop3Maildrop.open(open, { onDelete, most }, signal);
	}

	async #open(mailbox: Mailbox, account: string, signal: AbortSignal): Promise<Result<Maildrop>> {
		const { graph, documents, clock, time, log } = this.#options;
		const client = new MailboxClient({ graph, clock, account, mailbox });
		const sizes = await KnownSizes.open(keyOf(mailbox), documents, log);
		const kept = await this.#keptOf(mailbox);
		if (kept !== undefined) await this.#removeKept(mailbox, kept, client, signal);
		const nowMs = time.nowMs() ?? clock.now();
		const listing = await listFolder({ graph, account, mailbox, nowMs, signal });
		if (!listing.ok) {
			const failure = ofResult(listing.result);
			const listed = failure.code === "SYS/TEMP" ? kept?.listed : undefined;
			if (kept === undefined || listed === undefined) return { ok: false, failure };
			const onRemoval = () => this.#removeLater(mailbox);
			return { ok: true, value: new OfflineMaildrop({ mailbox, listed, kept, sizes, onRemoval }) };
		}
		await kept?.see(listing.messages);
		const maildrop = new GraphMaildrop({
			...{ client, log, mailbox, sizes, kept },
			listed: listing.messages.filter(({ id }) => kept?.removals.includes(id) !== true),
			stopping: this.#stopping.signal,
			inBackground: (work) => this.#keep(work),
		});
		if (mailbox.exactSizes) await maildrop.learnSizes(signal);
		return { ok: true, value: maildrop };
	}

	async #keptOf(mailbox: Mailbox): Promise<KeptMaildrop | undefined> {
		const { documents, stateDir, hasRoom } = this.#options;
		const { cacheBytes: limitBytes } = mailbox;
		if (limitBytes === undefined) return undefined;
		// A login's own: two may see the folder through other filters.
		const key = mailbox.username;
		let kept = this.#kept.get(key);
		if (kept === undefined) {
			kept = KeptMaildrop.open({ key, stateDir, documents, hasRoom, limitBytes });
			this.#kept.set(key, kept);
			kept.catch(() => this.#kept.delete(key));
		}
		return await kept;
	}

	/** Each once: what is gone, by whomever, is forgotten. True when nothing is left to remove. */
	async #removeKept(
		{ username }: Mailbox,
		kept: KeptMaildrop,
		client: MailboxClient,
		signal: AbortSignal,
	): Promise<boolean> {
		for (const id of kept.removals) {
			const result = await client.remove(id, signal);
			const isHopeless = result.kind === "answer" && result.status === 400;
			if (!isGone(result) && !isHopeless) return false;
			if (isHopeless) this.#options.log.warning("removal-given-up", { user: username });
			await kept.removed(id);
		}
		return true;
	}

	/** Until it is done: the program may not come again for a day. */
	#removeLater(mailbox: Mailbox): void {
		const key = mailbox.username;
		if (this.#removing.has(key)) return;
		this.#removing.add(key);
		const { log } = this.#options;
		const work = this.#keepRemoving(mailbox)
			.catch((error: unknown) => {
				log.error("maildrop-fault", { user: mailbox.username, error: asError(error).stack ?? "" });
			})
			.finally(() => this.#removing.delete(key));
		this.#keep(work);
	}

	async #keepRemoving(mailbox: Mailbox): Promise<void> {
		const { graph, clock, accounts } = this.#options;
		const { signal } = this.#stopping;
		for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
			const kept = await this.#keptOf(mailbox);
			const account = accounts.forDevice(mailbox)?.address;
			if (kept === undefined || kept.removals.length === 0 || account === undefined) return;
			const client = new MailboxClient({ graph, clock, account, mailbox });
			if (await this.#removeKept(mailbox, kept, client, signal)) return;
			await clock.sleep(waitMs, signal);
		}
	}

	#keep(work: Promise<void>): void {
		this.#background.add(work);
		void work.finally(() => this.#background.delete(work));
	}
}

function keyOf({ mailbox, folder }: Mailbox): string {
	return `${mailbox} ${folder}`;
}

function noAccount({ username, account }: Mailbox) {
	const ownerText =
		account === ""
			? say(FETCHING.namesNoAccount, { username })
			: say(FETCHING.accountMissing, { username, account });
	return {
		code: "SYS/PERM",
		text: "the mailbox has no account: see the console of this box",
		ownerText,
		reason: "no account",
	} as const;
}

function cardTrouble(error: Error) {
	return {
		code: "SYS/TEMP",
		text: "this box cannot read its card just now",
		ownerText: FETCHING.cardUnread,
		reason: error.message,
	} as const;
}
