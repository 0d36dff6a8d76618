/**
 * One request to Microsoft's sign-in service (the STS) and its answer as data, whatever came back:
 * JSON, a proxy's HTML page, or nothing. For network-module.ts, which feeds MSAL, and for whoever
 * must say afterwards what the service really answered.
 */
import * as z from "zod";
import type { HttpClient, HttpFailure, HttpRequest } from "./http.ts";

/** Error fields as documented (learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const ERROR_BODY = z.object({
	error: z.string(),
	error_description: z.string().catch(""),
	error_codes: z.array(z.number()).catch([]),
	suberror: z.string().catch(""),
	trace_id: z.string().catch(""),
});

export interface StsError {
	/** OAuth error, e.g. `invalid_grant`. */
	readonly error: string;
	/** `AADSTS…: text`, one line. */
	readonly description: string;
	readonly codes: readonly number[];
	readonly suberror: string;
	readonly traceId: string;
}

export type StsBody = Readonly<Record<string, unknown>>;

export type StsAnswer =
	/** A JSON object without `error`, with a 2xx status. */
	| { readonly kind: "answer"; readonly status: number; readonly body: StsBody }
	/** A JSON object with `error`, whatever the status: device code errors come with 200, too. */
	| { readonly kind: "error"; readonly status: number; readonly retryAfter: string; readonly error: StsError }
	/** Not the service's own answer: HTML of a proxy or portal, an empty page, JSON of something else. */
	| { readonly kind: "strange"; readonly status: number; readonly retryAfter: string; readonly text: string }
	| { readonly kind: "failure"; readonly failure: HttpFailure };

/** Longest silence and longest time in all for one request; MSAL itself would wait for ever. */
const STS_TIMEOUT_MS = 30_000;
const KEPT_TEXT_LENGTH = 300;

export interface StsOptions {
	readonly signal?: AbortSignal | undefined;
	readonly timeoutMs?: number | undefined;
}

export async function askSts(
	http: HttpClient,
	request: Pick<HttpRequest, "method" | "url" | "headers" | "body">,
	{ signal, timeoutMs = STS_TIMEOUT_MS }: StsOptions = {},
): Promise<StsAnswer> {
	const result = await http.request({
		...request,
		idleTimeoutMs: timeoutMs,
		totalTimeoutMs: timeoutMs,
		...(signal === undefined ? {} : { signal }),
	});
	if (!result.ok) return { kind: "failure", failure: result };
	const { status, headers } = result;
	const retryAfter = headers["retry-after"] ?? "";
	const text = result.body.toString("utf8");
	const body = parseObject(text);
	const error = body === undefined ? undefined : readError(body);
	if (error !== undefined) return { kind: "error", status, retryAfter, error };
	if (body !== undefined && status >= 200 && status < 300) return { kind: "answer", status, body };
	return { kind: "strange", status, retryAfter, text: oneLine(text).slice(0, KEPT_TEXT_LENGTH) };
}

/** AADSTS number: the first of `error_codes`, else the one in the text; 0 when there is none. */
export function aadstsOf(error: StsError): number {
	const [first] = error.codes;
	return first ?? Number(/AADSTS(\d+)/.exec(error.description)?.[1] ?? 0);
}

function parseObject(text: string): StsBody | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
	return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function readError(body: StsBody): StsError | undefined {
	const parsed = ERROR_BODY.safeParse(body);
	if (!parsed.success) return undefined;
	const { error, error_description, error_codes, suberror, trace_id } = parsed.data;
	return {
		error,
		description: oneLine(error_description),
		codes: error_codes,
		suberror,
		traceId: trace_id,
	};
}

/** Older answers part their lines with CRLF, newer ones with a space. */
function oneLine(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
	return text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
}
