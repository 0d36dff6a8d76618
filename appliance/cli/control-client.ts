/**
 * HTTP over the control socket. Every answer is JSON, or NDJSON for what takes a while.
 *
 * A refusal of the appliance comes back as the `UserError` it was there. Nobody listening, no
 * permission, no answer in time, or a connection that breaks are `UserError`s saying what to do.
 */
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { asError, errorCode, UserError } from "../errors.ts";

/** Listing a queue of 50,000 messages takes a Raspberry Pi seconds; this is silence, not slowness. */
const SILENCE_TIMEOUT_MS = 60_000;
const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024;
const LONGEST_LINE_BYTES = 1024 * 1024;

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export class ControlClient {
	readonly #paths: readonly string[];

	/** @param paths tried in order until somebody listens. */
	constructor(paths: readonly string[]) {
		this.#paths = paths;
	}

	/** The answer, as the API's routes give it (web/api.ts); its shape is the caller's to know. */
	async ask<Answer>(method: Method, path: string, input?: unknown): Promise<Answer> {
		const response = await this.#open(method, path, jsonBody(input), SILENCE_TIMEOUT_MS);
		const text = await readAll(response);
		const answer = parseAnswer(text);
		throwRefusal(answer);
		return answer as Answer;
	}

	/** The lines of a stream. Ends quietly when `signal` aborts, which cancels what the appliance does. */
	async *follow<Line>(path: string, input: unknown, signal: AbortSignal): AsyncGenerator<Line> {
		try {
			const response = await this.#open("POST", path, jsonBody(input), undefined, signal);
			let rest = "";
			for await (const chunk of response.setEncoding("utf8")) {
				const lines = (rest + String(chunk)).split("\n");
				rest = lines.pop() ?? "";
				if (rest.length > LONGEST_LINE_BYTES) throw notUnderstood();
				for (const line of lines) yield parseLine<Line>(line);
			}
			if (rest.trim() !== "") yield parseLine<Line>(rest);
		} catch (thrown) {
			if (signal.aborted) return;
			throw asControlError(thrown, this.#paths);
		}
	}

	/** An answer of bytes, and the file name that goes with it. One that is cut off ends with an error. */
	async download(
		path: string,
		input: unknown,
	): Promise<{ readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }> {
		const response = await this.#open("POST", path, jsonBody(input));
		if (response.statusCode !== 200) throwRefusal(parseAnswer(await readAll(response)));
		const [, fileName = ""] = /filename="([^"]*)"/.exec(response.headers["content-disposition"] ?? "") ?? [];
		return { fileName, content: bytesOf(response) };
	}

	/** Sends bytes of any length. */
	async upload<Answer>(
		path: string,
		content: AsyncIterable<Uint8Array>,
		headers: Readonly<Record<string, string>>,
	): Promise<Answer> {
		const type = { "Content-Type": "application/octet-stream" };
		const response = await this.#open("POST", path, { content, headers: { ...headers, ...type } });
		const answer = parseAnswer(await readAll(response));
		throwRefusal(answer);
		return answer as Answer;
	}

	async #open(
		method: Method,
		path: string,
		body: RequestBody | undefined,
		timeoutMs?: number,
		signal?: AbortSignal,
	): Promise<IncomingMessage> {
		for (const socketPath of this.#paths) {
			try {
				return await send(socketPath, method, path, body, timeoutMs, signal);
			} catch (thrown) {
				if (!NOBODY_THERE.has(errorCode(thrown) ?? "")) throw asControlError(thrown, [socketPath]);
			}
		}
		throw notRunning(this.#paths);
	}
}

const NOBODY_THERE = new Set(["ENOENT", "ECONNREFUSED", "ENOTDIR"]);

interface RequestBody {
	readonly content: string | AsyncIterable<Uint8Array>;
	readonly headers: Readonly<Record<string, string | number>>;
}

function jsonBody(input: unknown): RequestBody | undefined {
	if (input === undefined) return undefined;
	const content = JSON.stringify(input);
	const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(content) };
	return { content, headers };
}

function send(
	socketPath: string,
	method: Method,
	path: string,
	body: RequestBody | undefined,
	timeoutMs: number | undefined,
	signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const outgoing: ClientRequest = request({
			socketPath,
			method,
			path: `/api/v1${path}`,
			agent: false,
			headers: body?.headers ?? {},
			...(signal === undefined ? {} : { signal }),
		});
		if (timeoutMs !== undefined) outgoing.setTimeout(timeoutMs, () => outgoing.destroy(noAnswer()));
		outgoing.once("response", resolve);
		outgoing.once("error", reject);
		if (body === undefined || typeof body.content === "string") {
			outgoing.end(body?.content);
			return;
		}
		// Not before somebody is there to take it: the content can be read once, and there may be another path.
		const content = Readable.from(body.content, { objectMode: false });
		content.once("error", (error) => outgoing.destroy(error));
		outgoing.once("socket", (socket) => socket.once("connect", () => content.pipe(outgoing)));
	});
}

async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
	try {
		yield* response as AsyncIterable<Buffer>;
	} catch (thrown) {
		throw asControlError(thrown, []);
	}
}

async function readAll(response: IncomingMessage): Promise<string> {
	try {
		const chunks: Buffer[] = [];
		let sizeBytes = 0;
		for await (const chunk of response as AsyncIterable<Buffer>) {
			sizeBytes += chunk.length;
			if (sizeBytes > LARGEST_ANSWER_BYTES) throw notUnderstood();
			chunks.push(chunk);
		}
		return Buffer.concat(chunks).toString("utf8");
	} catch (thrown) {
		throw asControlError(thrown, []);
	}
}

function parseAnswer(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw notUnderstood(error);
	}
}

function parseLine<Line>(line: string): Line {
	const value = parseAnswer(line);
	throwRefusal(value);
	return value as Line;
}

/** `{error:{code,message,hint}}` becomes the `UserError` it was on the other side. */
function throwRefusal(value: unknown): void {
	if (typeof value !== "object" || value === null || !("error" in value)) return;
	const { error } = value;
	if (typeof error !== "object" || error === null) return;
	const { code, message, hint } = error as Record<string, unknown>;
	throw new UserError(String(code), String(message), typeof hint === "string" ? hint : "");
}

function asControlError(thrown: unknown, paths: readonly string[]): Error {
	const error = asError(thrown);
	switch (errorCode(thrown)) {
		case "EACCES":
		case "EPERM":
			return new UserError(
				"not-permitted",
				`The control socket ${paths.join(", ")} may not be opened by this user.`,
				"Try with sudo.",
				{ cause: error },
			);
		case "ECONNRESET":
		case "EPIPE":
		case "ABORT_ERR":
			return new UserError(
				"connection-lost",
				"Postern stopped answering in the middle.",
				"See whether it still runs: postern status.",
				{ cause: error },
			);
		default:
			return error;
	}
}

function notRunning(paths: readonly string[]): UserError {
	return new UserError(
		"not-running",
		`Postern is not running here: nobody answers on ${paths.join(" or ")}.`,
		"Start it with `systemctl start postern` or `postern serve`; if it runs with another configuration, name that with --config FILE.",
	);
}

function noAnswer(): UserError {
	return new UserError(
		"no-answer",
		`Postern has not answered for ${SILENCE_TIMEOUT_MS / 1000} seconds.`,
		"It may be very busy: try again, and look at its log (journalctl -u postern).",
	);
}

function notUnderstood(cause?: unknown): UserError {
	return new UserError(
		"answer-not-understood",
		"Postern gave an answer that this command does not understand.",
		"The command and the running appliance may be of different versions: restart the appliance.",
		{ cause },
	);
}
