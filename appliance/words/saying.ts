/**
 * A saying: a sentence that the appliance says to its owner, in English, with holes for what only the moment knows. For
 * whoever says one, and for the console, which finds it again and says it in the owner's language.
 *
 * `{name}` is a hole for a name or an address, `{#name}` for a number, `{@name}` for a time (mail/date.ts), `{~name}` for
 * what is itself said. What was said is plain text from there on, in the database, the log and the API alike:
 * decisions/0029.
 */

type NameIn<Hole extends string> = Hole extends `${"#" | "@" | "~"}${infer Name}` ? Name : Hole;

type Holes<Saying extends string> = Saying extends `${string}{${infer Hole}}${infer Rest}`
	? NameIn<Hole> | Holes<Rest>
	: never;

type Values<Saying extends string> = Readonly<Record<Holes<Saying>, string | number>>;

/** The sentence, its holes filled. One that has none is said as it stands. */
export function say<Saying extends string>(saying: Saying, values: Values<Saying>): string {
	const known: Readonly<Record<string, string | number>> = values;
	return saying.replaceAll(/\{[#@~]?(\w+)\}/g, (_, name: string) => String(known[name] ?? ""));
}
