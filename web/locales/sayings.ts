/**
 * Finds what the appliance says (appliance/words/) in a text of its, and says it in another language. Such texts are
 * sentences one behind the other, each a saying with its holes filled; they may be years old, out of the database.
 * A text in which anything is not known stays whole, in English. Pure; no text makes it slow.
 */
import type { Language } from "./languages.ts";

type Foreign = Exclude<Language, "en">;

/** A saying in English and in the other languages, with the same holes. */
export interface Saying {
	readonly en: string;
	readonly others: Readonly<Record<Foreign, string>>;
}

/** Those of an area; one that lacks a translation does not compile. */
export function sayings<Key extends string>(
	english: Readonly<Record<Key, string>>,
	others: Readonly<Record<Foreign, Readonly<Record<NoInfer<Key>, string>>>>,
): readonly Saying[] {
	return (Object.keys(english) as Key[]).map((key) => ({
		en: english[key],
		others: { de: others.de[key], fr: others.fr[key], es: others.es[key] },
	}));
}

/** What stands in the holes, by their names with their marks. */
type Values = ReadonlyMap<string, string>;

interface Found {
	readonly saying: Saying;
	readonly values: Values;
	/** Where it ends. */
	readonly end: number;
}

/** A saying taken apart: what stands before each hole, and behind the last. */
interface Pattern {
	readonly saying: Saying;
	readonly holes: readonly string[];
	readonly between: readonly string[];
}

/** Longer than any text of the appliance's: what is longer is somebody's who plays with us. */
const LONGEST_TEXT = 4_000;
/** Of a hole, in each place where it might end, beside the last; enough for a name that holds what stands behind it. */
const MOST_ENDS = 8;
/** Of what is said within what is said. */
const MOST_DEPTH = 3;
/** How one sentence follows on another. */
const JOINTS = [" ", ". ", "; "];
/** What may stand behind the last. */
const ENDS = ["", "."];

export class Sayings {
	readonly #patterns: readonly Pattern[];

	constructor(all: readonly Saying[]) {
		// What says more goes before what says less: "Sign in again." is the end of others, too.
		this.#patterns = all.map(patternOf).sort((a, b) => weightOf(b) - weightOf(a));
	}

	/** Undefined: something in it is not known. */
	translate(text: string, language: Foreign): string | undefined {
		return this.#translate({ text, language, depth: 0, dead: new Set() });
	}

	#translate(reading: Reading): string | undefined {
		const isReadable = reading.text.length <= LONGEST_TEXT && reading.depth <= MOST_DEPTH;
		return isReadable ? this.#rest(reading, 0) : undefined;
	}

	/** What stands from there to the end. */
	#rest(reading: Reading, start: number): string | undefined {
		const { text, dead } = reading;
		if (dead.has(start)) return undefined;
		const joint = start === 0 ? "" : JOINTS.find((each) => text.startsWith(each, start));
		if (joint !== undefined) {
			for (const found of this.#foundAt(text, start + joint.length)) {
				const isLast = ENDS.includes(text.slice(found.end));
				const rest = isLast ? text.slice(found.end) : this.#rest(reading, found.end);
				const sentence = rest === undefined ? undefined : this.#fill(found, reading);
				if (sentence !== undefined) return `${joint}${sentence}${rest}`;
			}
		}
		dead.add(start);
		return undefined;
	}

	*#foundAt(text: string, start: number): Generator<Found> {
		for (const pattern of this.#patterns) yield* matches(pattern, text, start);
	}

	/** Undefined: what should be said in it is not known. */
	#fill({ saying, values }: Found, { language, depth }: Reading): string | undefined {
		let isKnown = true;
		const filled = saying.others[language].replaceAll(HOLE, (hole) => {
			const value = values.get(hole.slice(1, -1)) ?? "";
			const told = hole.startsWith("{~")
				? this.#translate({ text: value, language, depth: depth + 1, dead: new Set() })
				: ownWay(hole, value, language);
			isKnown &&= told !== undefined;
			return told ?? "";
		});
		return isKnown ? filled : undefined;
	}
}

interface Reading {
	readonly text: string;
	readonly language: Foreign;
	readonly depth: number;
	/** Places from which nothing leads to the end. */
	readonly dead: Set<number>;
}

const HOLE = /\{[#@~]?\w+\}/g;

/** The holes of a saying, with their marks, in their order. */
export function holesOf(saying: string): readonly string[] {
	return saying.match(HOLE) ?? [];
}

function patternOf(saying: Saying): Pattern {
	const holes = holesOf(saying.en).map((hole) => hole.slice(1, -1));
	return { saying, holes, between: saying.en.split(HOLE) };
}

function weightOf({ between }: Pattern): number {
	return between.reduce((sum, part) => sum + part.length, 0);
}

function* matches({ saying, holes, between }: Pattern, text: string, start: number): Generator<Found> {
	const [first = ""] = between;
	if (!text.startsWith(first, start)) return;
	for (const { values, end } of fillings({ holes, between }, text, start + first.length, 0)) {
		yield { saying, values: new Map(values), end };
	}
}

interface Filling {
	readonly values: readonly (readonly [string, string])[];
	readonly end: number;
}

/** In which ways the holes from this one on can be filled, the shortest first. */
function* fillings(
	pattern: Pick<Pattern, "holes" | "between">,
	text: string,
	at: number,
	index: number,
): Generator<Filling> {
	const hole = pattern.holes[index];
	if (hole === undefined) {
		yield { values: [], end: at };
		return;
	}
	const behind = pattern.between[index + 1] ?? "";
	for (const end of endsOf(behind, text, at)) {
		const value = text.slice(at, end);
		if (hole.startsWith("#") && Number.isNaN(Number(value.replaceAll(",", "") || "none"))) continue;
		for (const rest of fillings(pattern, text, end + behind.length, index + 1)) {
			yield { values: [[hole, value], ...rest.values], end: rest.end };
		}
	}
}

/** Where a hole may end: before each place of what stands behind it, or with the text. */
function* endsOf(behind: string, text: string, from: number): Generator<number> {
	if (behind === "") {
		yield text.length;
		return;
	}
	let end = text.indexOf(behind, from);
	for (let tries = 0; end !== -1 && tries < MOST_ENDS; tries += 1) {
		yield end;
		end = text.indexOf(behind, end + 1);
	}
	if (end !== -1) yield text.lastIndexOf(behind);
}

/** Numbers and times as the language writes them. */
function ownWay(hole: string, value: string, language: Language): string {
	if (hole.startsWith("{#")) return Number(value.replaceAll(",", "")).toLocaleString(language);
	if (!hole.startsWith("{@") || Number.isNaN(Date.parse(value))) return value;
	return new Date(value).toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
}
