/**
 * A form with a file in it, read as it comes (RFC 7578): the fields in the order in which they stand in the page, the file
 * never in memory. For routes that take uploads; other forms are small and read whole (form.ts).
 *
 * Throws `UserError` `upload-broken` for what is no such form, ends too early, or whose heads are longer than any browser's;
 * also inside `content`.
 */
import { UserError } from "../appliance/errors.ts";

export interface FormPart {
	readonly name: string;
	/** As the browser calls it; undefined for a field, empty where no file was chosen. */
	readonly fileName: string | undefined;
	/** To be read before the next part is asked for; what is left of it is skipped. */
	readonly content: AsyncIterable<Uint8Array>;
}

const MOST_HEAD_BYTES = 8 * 1024;
const BREAK = Buffer.from("\r\n");
const HEAD_END = Buffer.from("\r\n\r\n");

export async function* partsOf(
	body: AsyncIterable<Uint8Array>,
	contentType: string | undefined,
): AsyncGenerator<FormPart> {
	const reader = new PartReader(body, boundaryOf(contentType));
	try {
		await reader.skipPart();
		for (let head = await reader.head(); head !== undefined; head = await reader.head()) {
			yield { ...nameOf(head), content: reader.content() };
			await reader.skipPart();
		}
	} finally {
		await reader.close();
	}
}

/** Of a field; longer than `mostBytes` it is none that a page of ours has sent. */
export async function textOf({ content }: FormPart, mostBytes: number): Promise<string> {
	const chunks: Uint8Array[] = [];
	let sizeBytes = 0;
	for await (const chunk of content) {
		sizeBytes += chunk.length;
		if (sizeBytes > mostBytes) throw broken();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

class PartReader {
	readonly #chunks: AsyncIterator<Uint8Array>;
	/** Ends a part. */
	readonly #delimiter: Buffer;
	/** The first delimiter has no line before it. */
	#held: Buffer = BREAK;
	#isInPart = true;

	constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
		this.#chunks = body[Symbol.asyncIterator]();
		this.#delimiter = Buffer.from(`\r\n--${boundary}`);
	}

	/** Undefined after the last part. */
	async head(): Promise<string | undefined> {
		await this.#hold(2);
		if (this.#held.subarray(0, 2).toString("latin1") === "--") return undefined;
		let end = this.#held.indexOf(HEAD_END);
		while (end === -1) {
			if (this.#held.length > MOST_HEAD_BYTES) throw broken();
			await this.#more();
			end = this.#held.indexOf(HEAD_END);
		}
		const head = this.#held.subarray(0, end).toString("utf8");
		this.#held = this.#held.subarray(end + HEAD_END.length);
		this.#isInPart = true;
		return head;
	}

	/** What is left of the part. */
	async *content(): AsyncGenerator<Uint8Array> {
		while (this.#isInPart) {
			const end = this.#held.indexOf(this.#delimiter);
			if (end !== -1) this.#isInPart = false;
			// At the end of what is held there may be a part of the delimiter.
			const sizeBytes = end === -1 ? Math.max(0, this.#held.length - this.#delimiter.length + 1) : end;
			const piece = this.#held.subarray(0, sizeBytes);
			this.#held = this.#held.subarray(end === -1 ? sizeBytes : end + this.#delimiter.length);
			if (piece.length > 0) yield piece;
			if (this.#isInPart) await this.#more();
		}
	}

	async skipPart(): Promise<void> {
		for await (const piece of this.content()) if (piece.length === 0) continue;
	}

	async close(): Promise<void> {
		await this.#chunks.return?.();
	}

	async #hold(sizeBytes: number): Promise<void> {
		while (this.#held.length < sizeBytes) await this.#more();
	}

	async #more(): Promise<void> {
		const { value, done } = await this.#next();
		if (done === true) throw broken();
		this.#held = Buffer.concat([this.#held, value]);
	}

	/** A sender that has gone is no fault of ours. */
	async #next(): Promise<IteratorResult<Uint8Array>> {
		try {
			return await this.#chunks.next();
		} catch (error) {
			throw broken(error);
		}
	}
}

function boundaryOf(contentType = ""): string {
	const found = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
		contentType,
	);
	const boundary = found?.[1] ?? found?.[2];
	if (boundary === undefined) throw broken();
	return boundary;
}

function nameOf(head: string): Pick<FormPart, "name" | "fileName"> {
	const line = head.split("\r\n").find((one) => /^content-disposition\s*:/i.test(one)) ?? "";
	const name = /;\s*name="([^"]*)"/i.exec(line)?.[1];
	if (name === undefined) throw broken();
	return { name, fileName: /;\s*filename="([^"]*)"/i.exec(line)?.[1] };
}

function broken(cause?: unknown): UserError {
	const text = "The upload broke off. Nothing was changed.";
	return new UserError("upload-broken", text, "Send the file again.", { cause });
}
