/**
 * Reads the body of a Graph error (learn.microsoft.com/graph/errors). Never throws: a proxy's HTML page
 * is an error without codes.
 */
import * as z from "zod";

export interface GraphError {
	/** Outermost first, in lower case: Graph's casing varies. */
	readonly codes: readonly string[];
	readonly message: string;
	readonly requestId: string;
}

const Layer = z.looseObject({
	code: z.string().optional().catch(undefined),
	message: z.string().optional().catch(undefined),
	"request-id": z.string().optional().catch(undefined),
	// Both spellings are documented.
	innerError: z.unknown().optional(),
	innererror: z.unknown().optional(),
});
const Body = z.object({ error: Layer });

/** Documented nesting is two or three deep. */
const MOST_LAYERS = 8;
const LONGEST_MESSAGE = 1000;

export function readGraphError(body: unknown): GraphError {
	const parsed = Body.safeParse(body);
	const codes: string[] = [];
	let message = "";
	let requestId = "";
	let layer = parsed.success ? parsed.data.error : undefined;
	for (let depth = 0; layer !== undefined && depth < MOST_LAYERS; depth++) {
		if (layer.code !== undefined && layer.code !== "") codes.push(layer.code.toLowerCase());
		message ||= layer.message ?? "";
		requestId ||= layer["request-id"] ?? "";
		const inner = Layer.safeParse(layer.innerError ?? layer.innererror);
		layer = inner.success ? inner.data : undefined;
	}
	return { codes, message: message.slice(0, LONGEST_MESSAGE), requestId };
}
