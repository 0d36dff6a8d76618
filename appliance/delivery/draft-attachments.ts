/**
 * Puts the parts of a large message onto its draft: small ones in one request each, large ones by upload
 * session in chunks (learn.microsoft.com/graph/outlook-large-attachments), streamed from the spool. For
 * graph-draft.ts. An upload goes on where it was, also after a restart; where nobody knows whether a part
 * is there, the draft is asked, so that none is there twice. What goes wrong is a verdict; nothing has
 * been sent then.
 */
import * as z from "zod";
import type { DraftPart } from "../mail/draft-plan.ts";
import { passed } from "../memory.ts";
import type { GraphClient, GraphResult } from "../microsoft/graph-client.ts";
import type { Attempt } from "../queue/transport.ts";
import type { Verdict } from "./classify.ts";
import { CHUNK_BYTES } from "./draft-cost.ts";
import { attachmentJson, sessionJson } from "./draft-json.ts";
import type { DraftProgress, PartProgress } from "./draft-progress.ts";
import { spooledBytes } from "./spooled-message.ts";

/** Smaller ones are refused by upload sessions, larger ones by single requests (Graph documents 3 MB for both). */
const SESSION_BYTES = 3 * 1000 * 1000;
/** The card is told of an upload's progress this often; a restart repeats no more. */
const NOTED_BYTES = 4 * CHUNK_BYTES;
/** A chunk that broke is tried again at once this often, before the message waits for its next attempt. */
const CHUNK_TRIES = 3;

export interface AttachmentParts {
	readonly graph: GraphClient;
	readonly attempt: Attempt;
	readonly signal: AbortSignal;
	readonly idleTimeoutMs: number;
	readonly progress: () => DraftProgress;
	/** On the card when it resolves. */
	readonly note: (part: PartProgress) => Promise<void>;
	/** What an answer that is no success means before anything was sent. */
	readonly judge: (result: GraphResult) => Verdict;
}

/** `gone`: the draft is not there any more, or not as it should be; it has to be made anew. */
export type Attached = "all" | "gone" | Verdict;

interface Chunk {
	readonly url: string;
	readonly chunk: Buffer;
	readonly nextByte: number;
	/** Of the whole part. */
	readonly sizeBytes: number;
	readonly isLast: boolean;
	/** May have been sent by an earlier attempt. */
	readonly isRepeated: boolean;
}

const Listed = z.object({ value: z.array(z.object({ id: z.string() })) });
const Session = z.object({ uploadUrl: z.string() });

export class DraftAttachments {
	readonly #parts: AttachmentParts;

	constructor(parts: AttachmentParts) {
		this.#parts = parts;
	}

	/** Attaches what is not attached yet, in the order of the message. */
	async attachAll(files: readonly DraftPart[]): Promise<Attached> {
		const unclear = await this.#clearUp();
		if (unclear !== undefined) return unclear;
		for (const file of files) {
			const state = this.#stateOf(file);
			if (state?.state === "attached") continue;
			const attached = file.sizeBytes < SESSION_BYTES ? await this.#post(file) : await this.#upload(file);
			if (attached !== "all") return attached;
		}
		return "all";
	}

	#stateOf({ entity }: DraftPart): PartProgress | undefined {
		return this.#parts.progress().parts.find((part) => part.entity === entity);
	}

	/** A part of which nobody knows whether it is there: one more than known of means that it is. */
	async #clearUp(): Promise<"gone" | Verdict | undefined> {
		const { progress, note, judge } = this.#parts;
		const { parts, draftId } = progress();
		const doubtful = parts.find(({ state }) => state === "finishing");
		if (doubtful === undefined) return undefined;
		const result = await this.#ask(
			"GET",
			`/messages/${encodeURIComponent(draftId)}/attachments?$select=id&$top=500`,
		);
		if (isMissing(result)) return "gone";
		const listed =
			result.kind === "answer" && result.status === 200 ? Listed.safeParse(result.body) : undefined;
		if (listed?.success !== true) return judge(result);
		const more = listed.data.value.length - parts.filter(({ state }) => state === "attached").length;
		if (more < 0 || more > 1) return "gone";
		await note({ entity: doubtful.entity, state: more === 0 ? "missing" : "attached" });
		return undefined;
	}

	async #post(file: DraftPart): Promise<Attached> {
		const { progress, note, judge } = this.#parts;
		const content = Buffer.concat(await Array.fromAsync(this.#content(file, 0)));
		await note({ entity: file.entity, state: "finishing" });
		const path = `/messages/${encodeURIComponent(progress().draftId)}/attachments`;
		const result = await this.#ask("POST", path, attachmentJson(file, content));
		if (isMissing(result)) return "gone";
		if (result.kind !== "answer" || result.status !== 201) return judge(result);
		await note({ entity: file.entity, state: "attached" });
		return "all";
	}

	async #upload(file: DraftPart): Promise<Attached> {
		const before = this.#stateOf(file);
		if (before?.state === "uploading") {
			const went = await this.#sendFrom(file, before.url, before.nextByte);
			if (went !== "expired") return went;
		}
		const { progress, note, judge } = this.#parts;
		const path = `/messages/${encodeURIComponent(progress().draftId)}/attachments/createUploadSession`;
		const result = await this.#ask("POST", path, sessionJson(file));
		if (isMissing(result)) return "gone";
		const session =
			result.kind === "answer" && result.status === 201 ? Session.safeParse(result.body) : undefined;
		if (session?.success !== true) return judge(result);
		await note({ entity: file.entity, state: "uploading", url: session.data.uploadUrl, nextByte: 0 });
		const went = await this.#sendFrom(file, session.data.uploadUrl, 0);
		// A session that expires as it is opened: the next attempt opens another.
		return went === "expired" ? judge(result) : went;
	}

	/** Chunk after chunk. `expired`: the session is not known any more, or has come elsewhere. */
	async #sendFrom(file: DraftPart, url: string, fromByte: number): Promise<Attached | "expired"> {
		const { note } = this.#parts;
		const { entity, sizeBytes } = file;
		let nextByte = fromByte;
		let notedByte = fromByte;
		for await (const chunk of chunks(this.#content(file, fromByte))) {
			const isLast = nextByte + chunk.length === sizeBytes;
			if (isLast) await note({ entity, state: "finishing" });
			const isRepeated = fromByte > 0 && nextByte === fromByte;
			const went = await this.#sendChunk({ url, chunk, nextByte, sizeBytes, isLast, isRepeated });
			if (went === "expired") return went;
			if (went === "whole") {
				await note({ entity, state: "attached" });
				return "all";
			}
			if (typeof went === "object") {
				if (nextByte > notedByte && !isLast) await note({ entity, state: "uploading", url, nextByte });
				return went;
			}
			nextByte += chunk.length;
			passed(chunk.length);
			if (nextByte - notedByte < NOTED_BYTES) continue;
			await note({ entity, state: "uploading", url, nextByte });
			notedByte = nextByte;
		}
		throw new Error(`part ${entity} has ${nextByte} octets and not ${sizeBytes}`);
	}

	async #sendChunk(sent: Chunk): Promise<"taken" | "whole" | "expired" | Verdict> {
		const { graph, attempt, signal, idleTimeoutMs, judge } = this.#parts;
		const { account } = attempt;
		const { url, chunk, nextByte, sizeBytes, isLast } = sent;
		const range = `bytes ${nextByte}-${nextByte + chunk.length - 1}/${sizeBytes}`;
		for (let tries = 1; ; tries += 1) {
			const result = await graph.upload({ account, url, range, body: chunk, signal, idleTimeoutMs });
			const meaning = result.kind === "answer" ? chunkMeaning(result.status, sent, tries) : undefined;
			if (meaning !== undefined) return meaning;
			// After the last chunk nobody knows whether the file is there: the draft is asked first.
			if (tries >= CHUNK_TRIES || isLast || signal.aborted || !isBroken(result)) return judge(result);
		}
	}

	async *#content(file: DraftPart, fromByte: number): AsyncGenerator<Buffer> {
		const { openPart } = await import("../mail/draft-reading.ts");
		yield* openPart(() => spooledBytes(this.#parts.attempt), file, fromByte);
	}

	#ask(method: "GET" | "POST", path: string, body?: Buffer): Promise<GraphResult> {
		const { graph, attempt, signal, idleTimeoutMs } = this.#parts;
		return graph.request({
			...{ account: attempt.account, method, path, signal, idleTimeoutMs },
			headers: {
				prefer: 'IdType="ImmutableId"',
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			...(body === undefined ? {} : { body: () => body, bodyLength: body.length }),
		});
	}
}

/** "Ranges strictly in order": this one is not the next. */
const OUT_OF_ORDER: ReadonlySet<number> = new Set([400, 409, 416]);
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 404, 409, 410, 412, 416]);

/** Undefined when it has to be judged. */
function chunkMeaning(
	status: number,
	{ isRepeated, isLast }: Chunk,
	tries: number,
): "taken" | "whole" | "expired" | undefined {
	if (status === 201) return "whole";
	if (status === 200 || status === 202) return "taken";
	// Of a chunk that was sent before, the answer may have been lost: then the next one is expected.
	if (OUT_OF_ORDER.has(status) && (isRepeated || tries > 1) && !isLast) return "taken";
	return EXPIRED.has(status) ? "expired" : undefined;
}

function isMissing(result: GraphResult): boolean {
	return result.kind === "answer" && result.status === 404;
}

function isBroken(result: GraphResult): boolean {
	return result.kind === "no-answer" || (result.kind === "answer" && result.status >= 500);
}

/** Of `CHUNK_BYTES` each, the last as long as it is. */
async function* chunks(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let held: Buffer[] = [];
	let heldBytes = 0;
	for await (const bytes of content) {
		held.push(bytes);
		heldBytes += bytes.length;
		while (heldBytes >= CHUNK_BYTES) {
			const joined = Buffer.concat(held);
			yield joined.subarray(0, CHUNK_BYTES);
			held = [joined.subarray(CHUNK_BYTES)];
			heldBytes -= CHUNK_BYTES;
		}
	}
	if (heldBytes > 0) yield Buffer.concat(held);
}
