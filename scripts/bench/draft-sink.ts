/**
 * As much of Graph's large messages as the sink needs (learn.microsoft.com/graph/outlook-large-attachments):
 * drafts, small attachments, upload sessions and their chunks, sending. Bytes are counted by the ranges that
 * they claim, and dropped. For cloud-sink.ts.
 */
import type { LightAnswer, LightRequest } from "./light-http.ts";

const OK = "200 OK";
const CREATED = "201 Created";

export class DraftSink {
	readonly #sent = new Set<string>();
	#drafts = 0;
	#uploads = 0;
	readonly #port: () => number;
	readonly #onSent: () => void;

	constructor(port: () => number, onSent: () => void) {
		this.#port = port;
		this.#onSent = onSent;
	}

	/** Undefined when the request is none of these. */
	answer({ method, target, range, body }: LightRequest): LightAnswer | undefined {
		const path = target.split("?", 1)[0] ?? "";
		if (method === "PUT" && path.startsWith("/upload/")) return chunkAnswer(range);
		if (!/\/messages(?:\/|$)/.test(path)) return undefined;
		if (method === "DELETE") return { status: "204 No Content" };
		if (method === "PATCH") return { status: OK, body: this.#draft(idIn(path)) };
		if (method === "POST" && path.endsWith("/createUploadSession")) return this.#openUpload();
		if (method === "POST" && path.endsWith("/attachments")) {
			this.#uploads += 1;
			return { status: CREATED, body: { id: `attachment-${this.#uploads}` } };
		}
		if (method === "POST" && path.endsWith("/send")) return this.#send(idIn(path));
		if (method === "POST" && body !== undefined && path.endsWith("/messages")) {
			this.#drafts += 1;
			return { status: CREATED, body: this.#draft(`draft-${this.#drafts}`) };
		}
		const id = idIn(path);
		return method === "GET" && id.startsWith("draft-") ? { status: OK, body: this.#draft(id) } : undefined;
	}

	#draft(id: string): object {
		return { id, isDraft: !this.#sent.has(id), parentFolderId: "drafts", attachments: [] };
	}

	#openUpload(): LightAnswer {
		this.#uploads += 1;
		const expirationDateTime = new Date(Date.now() + 3_600_000).toISOString();
		const uploadUrl = `http://127.0.0.1:${this.#port()}/upload/${this.#uploads}`;
		return { status: CREATED, body: { uploadUrl, expirationDateTime, nextExpectedRanges: ["0-"] } };
	}

	#send(id: string): LightAnswer {
		if (!this.#sent.has(id)) this.#onSent();
		this.#sent.add(id);
		return { status: "202 Accepted" };
	}
}

function chunkAnswer(range: string): LightAnswer {
	const [, last, total] = /^bytes \d+-(\d+)\/(\d+)$/.exec(range) ?? [];
	if (last === undefined || total === undefined) return { status: "416 Range Not Satisfiable" };
	const next = Number(last) + 1;
	if (next === Number(total)) return { status: CREATED };
	return { status: OK, body: { nextExpectedRanges: [String(next)] } };
}

function idIn(path: string): string {
	return /\/messages\/([^/]+)/.exec(path)?.[1] ?? "";
}
