/**
 * How many reports one address gets: a box whose thousand messages fail must not send a thousand reports.
 * Those withheld are counted, for the next that goes. For bounces.ts. Pure; time is monotonic milliseconds.
 */

const HOUR_MS = 3_600_000;
const MOST_PER_HOUR = 10;
/** Addresses remembered; the one longest without a report is forgotten. */
const MOST_ADDRESSES = 1_000;

interface Account {
	readonly sentAtMs: number[];
	withheld: number;
}

export class ReportBudget {
	readonly #accounts = new Map<string, Account>();

	/** The number withheld so far if a report may go now, which counts as sent; undefined: not now. */
	take(address: string, nowMs: number): number | undefined {
		const account = this.#accounts.get(address) ?? { sentAtMs: [], withheld: 0 };
		this.#accounts.delete(address);
		this.#accounts.set(address, account);
		const [oldest] = this.#accounts.keys();
		if (this.#accounts.size > MOST_ADDRESSES && oldest !== undefined) this.#accounts.delete(oldest);
		while (account.sentAtMs[0] !== undefined && account.sentAtMs[0] <= nowMs - HOUR_MS) {
			account.sentAtMs.shift();
		}
		if (account.sentAtMs.length >= MOST_PER_HOUR) {
			account.withheld += 1;
			return undefined;
		}
		account.sentAtMs.push(nowMs);
		const { withheld } = account;
		account.withheld = 0;
		return withheld;
	}
}
