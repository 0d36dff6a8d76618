/**
 * Records that come from another program, judged one by one beside those that are here: what is here stays, what
 * cannot be read or stands in another's way is left out with the reason. Pure; for accounts.ts, devices.ts, mailboxes.ts.
 */
import { UserError } from "../errors.ts";

export type Verdict =
	| { readonly outcome: "taken" }
	| { readonly outcome: "already-there" | "not-taken"; readonly why: string };

/** A record in the form of the file. */
export type Wanted = Readonly<Record<string, unknown>>;

export interface Rules<Entry> {
	readonly present: readonly Entry[];
	/** Throws `UserError` when it cannot be. */
	readonly read: (value: Wanted) => Entry;
	/** What it claims that another has, as the end of a sentence. */
	readonly clashOf: (entry: Entry, others: readonly Entry[]) => string | undefined;
}

export interface Judged<Entry> {
	/** One for each that was wanted. */
	readonly verdicts: readonly Verdict[];
	/** Those that were taken, with what they were read from. */
	readonly taken: readonly { readonly entry: Entry; readonly value: Wanted }[];
}

export function judge<Entry>(wanted: readonly Wanted[], rules: Rules<Entry>): Judged<Entry> {
	const taken: { readonly entry: Entry; readonly value: Wanted }[] = [];
	const verdicts = wanted.map((value): Verdict => {
		const entry = readOrWhy(value, rules.read);
		if (typeof entry === "string") return { outcome: "not-taken", why: entry };
		const here = rules.clashOf(entry, rules.present);
		if (here !== undefined) return { outcome: "already-there", why: `${here}; that stays as it is` };
		const twice = rules.clashOf(
			entry,
			taken.map((other) => other.entry),
		);
		if (twice !== undefined) return { outcome: "not-taken", why: `${twice}, taken from another line` };
		taken.push({ entry, value });
		return { outcome: "taken" };
	});
	return { verdicts, taken };
}

function readOrWhy<Entry>(value: Wanted, read: (value: Wanted) => Entry): Entry | string {
	try {
		return read(value);
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return thrown.message;
	}
}
