/**
 * Schemas of what the API says, and the parts of them that its document names (api-document.ts). For the files in routes/,
 * which keep them beside the routes. Objects are strict: an answer with a field that nobody described is found by the tests.
 */
import * as z from "zod";

const schemas = new Map<string, z.ZodType>();
/** By their names in the document. */
export const NAMED_SCHEMAS: ReadonlyMap<string, z.ZodType> = schemas;

/** Under this name the schema stands in the document once, however often it is used. */
export function named<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
	schemas.set(name, schema);
	return schema;
}

/** What a service gives where the schema describes the answer: the same, and never changed by anybody. */
export type Described<Schema extends z.ZodType> = Unchanging<z.output<Schema>>;

type Unchanging<Value> = Value extends readonly (infer Item)[]
	? readonly Unchanging<Item>[]
	: Value extends object
		? { readonly [Key in keyof Value]: Unchanging<Value[Key]> }
		: Value;

export const TIME = named("Time", z.iso.datetime().describe("ISO 8601 in UTC."));
export const COUNT = z.int().min(0);

/** Fields of what is said about the box's clock. */
export const CLOCK = {
	isSynchronised: z.boolean().nullable(),
	errorMs: z.number().describe("The box's clock less the real time."),
	source: z.enum(["ntp", "microsoft"]).nullable().describe("Who says what time it is."),
} as const;

export const REFUSAL = named(
	"Refusal",
	z.strictObject({
		error: z.strictObject({
			code: z.string().describe("Stable, for programs: device-unknown, invalid-input, …"),
			message: z.string().describe("For people."),
			hint: z.string().describe("What to do next; may be empty."),
		}),
	}),
);

export const TEST_STEP = named("TestStep", z.strictObject({ ok: z.boolean(), text: z.string() }));
