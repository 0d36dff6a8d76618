/**
 * Logins that fetch mail as their owner sees them: the list, a new one and exactly what to type into the program, a test.
 * Implements `MailboxService` for console and command line.
 */
import type { Accounts } from "../accounts/accounts.ts";
import type { Mailboxes } from "../accounts/mailboxes.ts";
import type { Mailbox } from "../accounts/model.ts";
import { UserError } from "../errors.ts";
import type {
	MailboxDraft,
	MailboxPort,
	MailboxService,
	MailboxSettings,
	MailboxTestDraft,
	TestStep,
} from "../services.ts";
import { TESTS } from "../words/tests.ts";
import { testMailbox } from "./mailbox-test.ts";

export interface MailboxDeskOptions {
	readonly mailboxes: Mailboxes;
	readonly accounts: Accounts;
	/** Why it cannot have its mail just now, for its owner; empty when it can. */
	readonly troubleOf: (username: string) => string;
	/** Erases what was kept of it. */
	readonly forget: (mailbox: Mailbox) => Promise<void>;
	/** Where the box can be reached, as bound just now; ports best first. */
	readonly place: () => Pick<MailboxSettings, "server" | "ports">;
}

export class MailboxDesk implements MailboxService {
	readonly #options: MailboxDeskOptions;

	constructor(options: MailboxDeskOptions) {
		this.#options = options;
	}

	place() {
		return Promise.resolve(this.#options.place());
	}

	list(): Promise<readonly Mailbox[]> {
		return Promise.resolve(this.#options.mailboxes.list());
	}

	async add(draft: MailboxDraft): Promise<MailboxSettings> {
		const { mailboxes, accounts, place } = this.#options;
		// Named, so that a second account does not leave it without a way.
		const [only, ...others] = accounts.ofOwner();
		const account = draft.account ?? (others.length === 0 ? only?.address : undefined);
		const wanted = account === undefined ? draft : { ...draft, account };
		const { mailbox, password } = await mailboxes.add(wanted);
		const { server, ports } = place();
		return { mailbox, server, ports: usable(mailbox, ports), password: password.reveal() };
	}

	async remove(username: string): Promise<void> {
		const { mailboxes, forget } = this.#options;
		const mailbox = mailboxes.get(username);
		await mailboxes.remove(username);
		await forget(mailbox);
	}

	async *test({ username, password }: MailboxTestDraft, signal: AbortSignal): AsyncIterable<TestStep> {
		const { mailboxes, place, troubleOf } = this.#options;
		const mailbox = mailboxes.get(username);
		const { server, ports } = place();
		const [port] = usable(mailbox, ports);
		if (port === undefined) {
			throw new UserError("port-closed", TESTS.noPop3Port, TESTS.noPop3PortDo);
		}
		for await (const step of testMailbox(
			{ username: mailbox.username, password, host: server, port },
			signal,
		)) {
			yield step;
			// What the program reads is short; its owner wants to know what to do.
			const trouble = step.ok ? "" : troubleOf(mailbox.username);
			if (trouble !== "") yield { ok: false, text: trouble };
		}
	}
}

/** Without encryption only where its owner allows it. STLS is on the port in clear. */
function usable({ authWithoutTls }: Mailbox, ports: readonly MailboxPort[]): readonly MailboxPort[] {
	return authWithoutTls ? ports : ports.filter(({ security }) => security !== "none");
}
