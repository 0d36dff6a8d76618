/**
 * How the JSON API answers: refusals as `{error:{code,message,hint}}`, streams as NDJSON (one JSON
 * value a line). For its routes.
 *
 * A `UserError` becomes a 4xx that its owner can read; anything else is a fault of ours: 500, its
 * text only in the log. In a stream that has begun, the refusal is the last line.
 */
import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import { asError, UserError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import type { Caller } from "./scopes.ts";

export interface Refusal {
	readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** What `listenControl` and `listenHttp` hand to the routes beside the request. */
export interface ServerBindings {
	/** Aborts when the server is closing: streams end then. Absent in tests without a server. */
	readonly closing?: AbortSignal;
	/** Who asks, where that was found out before (network-api.ts). */
	readonly caller?: Caller;
	/** Absent on the control socket and in tests without a server. */
	readonly connection?: {
		/** Of the peer, as the kernel says. */
		readonly address: string;
		readonly isTls: boolean;
	};
	/**
	 * The body of this request may come for as long as it keeps coming. Only for whom the route knows, as
	 * it holds a connection. Absent in tests without a server.
	 */
	readonly bodyMayTakeLong?: () => void;
}
export type ApiEnvironment = { Bindings: ServerBindings };

export function refusal(code: string, message: string, hint = ""): Refusal {
	return { error: { code, message, hint } };
}

const INTERNAL_FAULT = refusal(
	"internal-fault",
	"Postern met a fault of its own; nothing is known to have changed.",
	"Its log says more: journalctl -u postern.",
);

/**
 * The body of the request ended before its end, or was no HTTP: nobody waits for an answer, and it is no fault of ours.
 * Anybody on the network can do that, so it leaves nothing in the log either.
 */
export function isBrokenOff(thrown: unknown, context: Context): boolean {
	return (asError(thrown) as NodeJS.ErrnoException).code === "ECONNRESET" && context.req.raw.signal.aborted;
}

/** The error handler of the API. */
export function answerErrors(log: Log): ErrorHandler<ApiEnvironment> {
	return (thrown, context) => {
		if (isBrokenOff(thrown, context)) return context.body(null, 400);
		const { body, status } = describe(thrown, context, log);
		return context.json(body, status);
	};
}

function describe(
	thrown: unknown,
	context: Context<ApiEnvironment>,
	log: Log,
): { body: Refusal; status: ContentfulStatusCode } {
	if (thrown instanceof UserError) {
		return { body: refusal(thrown.code, thrown.message, thrown.hint), status: statusOf(thrown.code) };
	}
	if (thrown instanceof HTTPException) {
		return { body: refusal("bad-request", thrown.message), status: thrown.status as ContentfulStatusCode };
	}
	const error = asError(thrown);
	log.error("control-fault", {
		method: context.req.method,
		path: context.req.path,
		error: error.stack ?? error.message,
	});
	return { body: INTERNAL_FAULT, status: 500 };
}

/** Anything else is the caller's to mend: 400. */
const STATUSES: readonly (readonly [code: RegExp, status: ContentfulStatusCode])[] = [
	[/^time-unknown$/, 409],
	[/unknown/, 404],
	[/-gone$/, 410],
	[/^key-forbids$/, 403],
	[/^wrong-content-type$/, 415],
	[/-(?:exists|locked|busy|state|impossible|not-waiting|in-file)$/, 409],
	[
		/^(?:last-owner|no-lights|no-certificate|not-the-firmware|network-(?:no-trial|trial-soon)|wifi-absent)$/,
		409,
	],
];

function statusOf(code: string): ContentfulStatusCode {
	return STATUSES.find(([pattern]) => pattern.test(code))?.[1] ?? 400;
}

/** Reads the body as JSON of this shape. Throws `UserError` `wrong-content-type`, and `invalid-input` naming what is wrong. */
export async function readInput<Schema extends z.ZodType>(
	context: Context<ApiEnvironment>,
	schema: Schema,
): Promise<z.output<Schema>> {
	if (!/^application\/json\s*(?:;|$)/i.test(context.req.header("content-type") ?? "")) {
		throw new UserError(
			"wrong-content-type",
			"The request is not said to be JSON.",
			"Send it with the header Content-Type: application/json.",
		);
	}
	const text = await context.req.text();
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new UserError("invalid-input", "The request is not JSON.", "", { cause: error });
	}
	return checked(schema, value);
}

/** Throws `UserError` `invalid-input` naming what is wrong. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const faults = result.error.issues.map(({ path, message }) =>
		path.length === 0 ? message : `${path.join(".")}: ${message}`,
	);
	throw new UserError("invalid-input", faults.join("; "));
}

/**
 * Streams `open(signal)` as NDJSON. What it throws before its first value is answered as an
 * ordinary refusal. The signal aborts when the client goes away or the server closes.
 */
export async function answerStream<Value>(
	context: Context<ApiEnvironment>,
	log: Log,
	open: (signal: AbortSignal) => AsyncIterable<Value>,
): Promise<Response> {
	const clientGone = new AbortController();
	const signals = [context.req.raw.signal, context.env?.closing, clientGone.signal];
	const signal = AbortSignal.any(signals.filter((candidate) => candidate !== undefined));
	const values = open(signal)[Symbol.asyncIterator]();
	let next = await values.next();

	const encoder = new TextEncoder();
	const lines = new ReadableStream<Uint8Array>({
		async pull(controller) {
			try {
				if (next.done === true) {
					if (context.env?.closing?.aborted === true) controller.enqueue(encoder.encode(CLOSING_LINE));
					controller.close();
					return;
				}
				controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
				next = await values.next();
			} catch (thrown) {
				if (!clientGone.signal.aborted) {
					const body = signal.aborted ? CLOSING : describe(thrown, context, log).body;
					controller.enqueue(encoder.encode(`${JSON.stringify(body)}\n`));
					controller.close();
				}
			}
		},
		async cancel() {
			clientGone.abort();
			await values.return?.();
		},
	});
	return context.body(lines, 200, {
		"Content-Type": "application/x-ndjson",
		// Compressed, a line would wait until there is enough to compress.
		"Cache-Control": "no-store, no-transform",
	});
}

const CLOSING = refusal("closing", "Postern is being stopped.", "Try again when it runs.");
const CLOSING_LINE = `${JSON.stringify(CLOSING)}\n`;
