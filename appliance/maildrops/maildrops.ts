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
import type { Maildrop, MaildropSource, Result } from "../pop3/maildrop.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { ofResult } from "./graph-failures.ts";
import { listFolder } from "./graph-listing.ts";
import { GraphMaildrop } from "./graph-maildrop.ts";
import { KnownSizes } from "./known-sizes.ts";

export interface MaildropsOptions {
	readonly accounts: Accounts;
	readonly graph: GraphClient;
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
}

export class Maildrops implements MaildropSource<Mailbox> {
	readonly #options: MaildropsOptions;
	readonly #stopping = new AbortController();
	readonly #background = new Set<Promise<void>>();

	constructor(options: MaildropsOptions) {
		this.#options = options;
	}

	async open(mailbox: Mailbox, signal: AbortSignal): Promise<Result<Maildrop>> {
		const { accounts, graph, documents, clock, time, log } = this.#options;
		const account = accounts.forDevice(mailbox)?.address;
		if (account === undefined) return { ok: false, failure: noAccount(mailbox) };
		const nowMs = time.nowMs() ?? clock.now();
		const listing = await listFolder({ graph, account, mailbox, nowMs, signal });
		if (!listing.ok) return { ok: false, failure: ofResult(listing.result) };
		let sizes: KnownSizes;
		try {
			sizes = await KnownSizes.open(`${mailbox.mailbox} ${mailbox.folder}`, documents, log);
		} catch (error) {
			return { ok: false, failure: cardTrouble(asError(error)) };
		}
		const maildrop = new GraphMaildrop({
			...{ graph, clock, log, account, mailbox, sizes },
			listed: listing.messages,
			stopping: this.#stopping.signal,
			inBackground: (work) => this.#keep(work),
		});
		if (mailbox.exactSizes) await maildrop.learnSizes(signal);
		return { ok: true, value: maildrop };
	}

	/** Ends what goes on in the background; resolves when what it had to save is saved. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		await Promise.all(this.#background);
	}

	#keep(work: Promise<void>): void {
		this.#background.add(work);
		void work.finally(() => this.#background.delete(work));
	}
}

function noAccount({ username, account }: Mailbox) {
	const ownerText =
		account === ""
			? `The mailbox login "${username}" names no account, and there is not exactly one. Set its \`account\`.`
			: `The mailbox login "${username}" uses the account ${account}, which does not exist.`;
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
		ownerText: "The card could not be read; check it.",
		reason: error.message,
	} as const;
}
