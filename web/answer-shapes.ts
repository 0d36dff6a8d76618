/** The kinds of answers of the API: a JSON value, news line by line, a file. For its routes. */
import type { Context } from "hono";
import type * as z from "zod";
import type { Log } from "../appliance/log.ts";
import { type ApiEnvironment, answerStream } from "./answers.ts";
import type { Described } from "./api-schema.ts";
import { streamOf } from "./byte-stream.ts";

/** `Value`: what a route gives for it to be sent. */
export interface AnswerShape<Value> {
	readonly status: 200 | 201;
	readonly type: string;
	/** Of the value, or of each line; a file has none. */
	readonly schema: z.ZodType | undefined;
	/** For the document. */
	readonly about: string;
	send(
		context: Context<ApiEnvironment>,
		log: Log,
		open: (signal: AbortSignal) => Value,
	): Response | Promise<Response>;
}

export interface AnswerFile {
	readonly fileName: string;
	readonly content: AsyncIterable<Uint8Array> | string;
	readonly sizeBytes?: number;
}

export function json<Schema extends z.ZodType>(
	schema: Schema,
	status: 200 | 201 = 200,
): AnswerShape<Described<Schema> | Promise<Described<Schema>>> {
	return {
		...{ status, schema, type: "application/json", about: status === 201 ? "Made." : "Done." },
		async send(context, _log, open) {
			const value = await open(context.req.raw.signal);
			return context.json(value as object, status, { "Cache-Control": "no-store" });
		},
	};
}

/** NDJSON, for what takes its time; hanging up ends it. */
export function lines<Schema extends z.ZodType>(
	schema: Schema,
): AnswerShape<AsyncIterable<Described<Schema>>> {
	return {
		...{ status: 200, schema, type: "application/x-ndjson" },
		about:
			"One JSON value a line, as it comes; the schema is that of a line. What fails midway is told in the last line, " +
			"as a Refusal. Hanging up ends it.",
		send(context, log, open) {
			if (context.req.method !== "HEAD") return answerStream(context, log, open);
			return context.body(null, 200, { "Content-Type": "application/x-ndjson" });
		},
	};
}

export function file(type: string): AnswerShape<Promise<AnswerFile>> {
	return {
		...{ status: 200, schema: undefined, type, about: "The file." },
		async send(context, _log, open) {
			const { fileName, content, sizeBytes } = await open(context.req.raw.signal);
			const headers = {
				"Content-Type": type,
				"Content-Disposition": `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "_")}"`,
				...(sizeBytes === undefined ? {} : { "Content-Length": String(sizeBytes) }),
				"Cache-Control": "no-store",
			};
			// Not begun: nobody would read it to its end.
			if (context.req.method === "HEAD") return context.body(null, 200, headers);
			return context.body(typeof content === "string" ? content : streamOf(content), 200, headers);
		},
	};
}
