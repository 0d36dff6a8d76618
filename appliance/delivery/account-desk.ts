/**
 * Microsoft accounts as their owner sees them: state, sign-in, test, removal. Implements
 * `AccountService` for console and command line.
 */
import type { Accounts } from "../accounts/accounts.ts";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { GraphClient } from "../microsoft/graph-client.ts";
import type { SignIns } from "../microsoft/sign-ins.ts";
import type {
	AccountDraft,
	AccountService,
	AccountStatus,
	AccountWaits,
	AppCertificate,
	SignInNews,
	TestStep,
} from "../services.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { say } from "../words/saying.ts";
import { TESTS } from "../words/tests.ts";
import { testAccount } from "./account-test.ts";
import type { Routes } from "./routes.ts";

export interface AccountDeskOptions {
	readonly accounts: Accounts;
	readonly signIns: SignIns;
	readonly routes: Routes;
	readonly graph: GraphClient;
	readonly clock: Clock;
	readonly time: TrustedTime;
	/** What the account's mail waits for that passes by itself. */
	readonly waits: (address: string) => AccountWaits | null;
	/** The box's name, for the test message. */
	readonly name: () => string;
}

export class AccountDesk implements AccountService {
	readonly #options: AccountDeskOptions;

	constructor(options: AccountDeskOptions) {
		this.#options = options;
	}

	async list(): Promise<readonly AccountStatus[]> {
		const { accounts, signIns, waits } = this.#options;
		return Promise.all(
			accounts.list().map(async (account) => {
				const signIn = await signIns.status(account.address);
				return { account, ...signIn, waits: waits(account.address) };
			}),
		);
	}

	/** A new account stays only if somebody signs in to it. */
	async *add(draft: AccountDraft, signal: AbortSignal): AsyncIterable<SignInNews> {
		const { accounts, signIns } = this.#options;
		const isNew = accounts.find(draft.address) === undefined;
		const account = await accounts.save(draft);
		let signedIn = false;
		try {
			for await (const news of signIns.signIn(account, signal)) {
				if (news.type === "signed-in") signedIn = true;
				yield news;
			}
		} finally {
			// A second account that nobody signed in to would leave devices that name none without a way.
			if (isNew && !signedIn) await accounts.remove(account.address);
		}
	}

	/** Straight to Microsoft, past the queue, so that the answer is Microsoft's and comes now. */
	async *test(address: string, signal: AbortSignal): AsyncIterable<TestStep> {
		const { accounts, signIns, routes, graph, clock, time, name } = this.#options;
		const account = accounts.get(address);
		const { state, signedInAs, trouble } = await signIns.status(account.address);
		if (state !== "signed-in") {
			yield {
				ok: false,
				text: trouble || say(TESTS.notSignedIn, { address: account.address }),
			};
			return;
		}
		yield { ok: true, text: signedInText(account, signedInAs) };
		const route = routes.route(account.address, "", "");
		if (!route.ok) {
			yield { ok: false, text: route.trouble.ownerText };
			return;
		}
		const parts = { graph, clock, time, name: name() };
		yield* testAccount(parts, account, route.transport, signal);
	}

	async paste(address: string, pasted: string): Promise<void> {
		const { accounts, signIns } = this.#options;
		signIns.paste(accounts.get(address).address, pasted);
	}

	async returned(query: string): Promise<string> {
		return this.#options.signIns.returned(query);
	}

	certificate(address: string, renew: boolean): Promise<AppCertificate> {
		const { accounts, signIns } = this.#options;
		return signIns.certificate(accounts.get(address), renew);
	}

	async remove(address: string): Promise<void> {
		const { accounts, signIns } = this.#options;
		const { address: known } = accounts.get(address);
		await signIns.forget(known);
		await accounts.remove(known);
	}
}

function signedInText({ method, clientId }: Account, who: string): string {
	return method === "certificate"
		? say(TESTS.signedInAsApp, { id: clientId })
		: say(TESTS.signedInAs, { who });
}
