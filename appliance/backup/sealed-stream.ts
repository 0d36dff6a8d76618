/**
 * The encrypted part of a backup: chunks of 64 KiB, each sealed with AES-256-GCM under the file's own key, a
 * counter and a mark on the last one for a nonce (the STREAM construction), so that a chunk that is changed,
 * missing, moved or added is told, and so is an end that comes too early. Bounded memory, whatever the size.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { ByteSource } from "./byte-source.ts";
import type { OpenedHeader } from "./file-header.ts";
import { damaged } from "./refusals.ts";

const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const CIPHER = "aes-256-gcm";
/** The counter has six octets of the nonce; 18 exabytes. */
const COUNTER_AT = 5;
const COUNTER_BYTES = 6;
const LAST_AT = NONCE_BYTES - 1;

type StreamKey = Pick<OpenedHeader, "key" | "binding">;

export async function* seal(content: ByteSource, key: StreamKey): AsyncGenerator<Buffer> {
	for (let counter = 0, isLast = false; !isLast; counter += 1) {
		const chunk = await content.take(CHUNK_BYTES);
		isLast = await content.atEnd();
		const cipher = createCipheriv(CIPHER, key.key, nonceOf(counter, isLast)).setAAD(key.binding);
		yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
	}
}

/** Throws `backup-damaged`; all that it gave before that was as it was sealed. */
export async function* unseal(content: ByteSource, key: StreamKey): AsyncGenerator<Buffer> {
	for (let counter = 0, isLast = false; !isLast; counter += 1) {
		const sealed = await content.take(CHUNK_BYTES + TAG_BYTES);
		isLast = await content.atEnd();
		if (sealed.length < TAG_BYTES) throw damaged();
		const nonce = nonceOf(counter, isLast);
		const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
		decipher.setAAD(key.binding).setAuthTag(sealed.subarray(-TAG_BYTES));
		const chunk = decipher.update(sealed.subarray(0, -TAG_BYTES));
		try {
			decipher.final();
		} catch (error) {
			throw damaged(error);
		}
		yield chunk;
	}
}

function nonceOf(counter: number, isLast: boolean): Buffer {
	const nonce = Buffer.alloc(NONCE_BYTES);
	nonce.writeUIntBE(counter, COUNTER_AT, COUNTER_BYTES);
	nonce.writeUInt8(isLast ? 1 : 0, LAST_AT);
	return nonce;
}
