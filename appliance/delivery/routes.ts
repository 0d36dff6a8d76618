/**
 * Which way a device's mail goes: from the account that a queued message names to the transport that
 * carries it. For the runner, which asks before each attempt, so that a reload takes effect at once.
 */
import type { Accounts } from "../accounts/accounts.ts";
import type { Devices } from "../accounts/devices.ts";
import type { Account } from "../accounts/model.ts";
import type { Route } from "../queue/admission.ts";
import type { AccountTrouble, Transport } from "../queue/transport.ts";
import { DELIVERY } from "../words/delivery.ts";
import { say } from "../words/saying.ts";

export interface RoutesOptions {
	readonly accounts: Accounts;
	readonly devices: Devices;
	readonly transportOf: (account: Account) => Transport;
}

export class Routes {
	readonly #options: RoutesOptions;

	constructor(options: RoutesOptions) {
		this.#options = options;
	}

	/** `account` is empty when there was none as the message was taken: then device and sender decide now. */
	route(account: string, device: string, reversePath: string): Route {
		const found =
			account === "" ? this.#accountOfDevice(device, reversePath) : this.#options.accounts.find(account);
		if (found === undefined) return { ok: false, trouble: this.#noAccount(account) };
		return { ok: true, account: found.address, transport: this.#options.transportOf(found) };
	}

	#accountOfDevice(name: string, reversePath: string): Account | undefined {
		const { accounts, devices } = this.#options;
		const device = devices.list().find((candidate) => candidate.name === name);
		return accounts.forMessage(device ?? { account: "" }, [reversePath]);
	}

	#noAccount(account: string): AccountTrouble {
		const several = this.#options.accounts.ofOwner().length > 1;
		const ownerText =
			account !== ""
				? say(DELIVERY.accountGone, { account })
				: several
					? DELIVERY.severalAccounts
					: DELIVERY.noAccount;
		return { kind: "needs-sign-in", reason: "no account", ownerText };
	}
}
