/**
 * Turns the small readers (`readSize`, `readListen`, …) into zod fields, for the schema. A `Refusal`
 * becomes an issue of code `custom` whose message is the end of a sentence that starts with the value.
 *
 * What a field is, beyond its type, stands in its `meta`: see `FieldMeta`.
 */
import * as z from "zod";
import { Secret } from "../secret.ts";
import { Refusal } from "./refusal.ts";

// A schema is used a few times in the life of a process; compiling it first takes longer than all of them.
z.config({ jitless: true });

/** Read back from the schema by `schema-keys.ts`. */
export interface FieldMeta {
	/** What the owner reads above the key. */
	readonly description: string;
	/** Shown where there is no default; a valid value in file form. */
	readonly example?: string | readonly string[] | boolean;
	/** Never printed. */
	readonly secret?: boolean;
	/** A file or folder; a relative one counts from the folder of the configuration file. */
	readonly path?: boolean;
	/** The key that this one stands in for; only one of the two may be set. */
	readonly insteadOf?: string;
}

/** Checks the meta's shape; zod's own `meta` takes anything. */
export function documented(meta: FieldMeta): FieldMeta & Record<string, unknown> {
	return { ...meta };
}

const MOST_LIST_ITEMS = 1000;

type Reader<Input, Output> = (value: Input) => Output | Refusal;

function reading<Input, Output>(read: Reader<Input, Output>) {
	return (value: Input, context: z.RefinementCtx): Output => {
		const result = read(value);
		if (!(result instanceof Refusal)) return result;
		context.addIssue({ code: "custom", message: result.why });
		return z.NEVER;
	};
}

export function text<Output>(read: Reader<string, Output>) {
	return z.string().transform(reading(read));
}

/** A key that is absent or empty when not wanted. */
export function optionalText<Output>(read: Reader<string, Output>) {
	return z
		.string()
		.transform(reading((value: string) => (value === "" ? undefined : read(value))))
		.optional();
}

export function textOrNumber<Output>(read: Reader<string | number, Output>) {
	return z.union([z.string(), z.number()]).transform(reading(read));
}

export function listOf<Output>(read: Reader<string, Output>) {
	return z.array(text(read)).max(MOST_LIST_ITEMS);
}

export function listOfTextOrNumber<Output>(read: Reader<string | number, Output>) {
	return z.array(textOrNumber(read)).max(MOST_LIST_ITEMS);
}

/** A text that is never printed, checked by `read` first; absent or empty when not wanted. */
export function optionalSecret(read: Reader<string, unknown>) {
	return optionalText((value) => {
		const result = read(value);
		return result instanceof Refusal ? result : new Secret(value);
	});
}

/** Matches `pattern`, else refused with `why`. Surrounding blanks are not part of the value. */
export function matching(pattern: RegExp, why: string): Reader<string, string> {
	return (value) => (pattern.test(value.trim()) ? value.trim() : new Refusal(why));
}
