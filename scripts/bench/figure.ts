/**
 * What is measured, as data: a `Measurement` gives named values for one contender; a `Figure` is a
 * line of the table made of one of them, with what is wanted of Postern.
 */
import type { Contender, ContenderName } from "./contender.ts";
import type { Bench } from "./subject.ts";

export type Values = Readonly<Record<string, number>>;

export interface Measurement {
	/** For `--only`. */
	readonly name: string;
	readonly contenders: readonly ContenderName[];
	/** It counts the bytes that reach the disk, so it needs a disk of its own. */
	readonly countsBytes?: true;
	readonly figures: readonly Figure[];
	/** Said below the table. */
	readonly notes?: readonly string[];
	measure(bench: Bench, contender: Contender): Promise<Values>;
}

export interface Figure {
	readonly title: string;
	readonly unit: string;
	/** Key in the measurement's values. */
	readonly value: string;
	readonly decimals: number;
	/** All of them, or it is not met; none: it is only printed. */
	readonly wanted: readonly Wanted[];
}

/** Of Postern's median: times a reference's, or a number of its own. */
export type Wanted =
	| { readonly atLeastTimes: number; readonly of: Exclude<ContenderName, "postern"> }
	| { readonly atMost: number }
	| { readonly atLeast: number };
