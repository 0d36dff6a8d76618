/**
 * How an encrypted file of Postern's begins: what it is, of which version, and how its key is made of the passphrase.
 *
 *     POSTERN-BACKUP LF (or POSTERN-CONFIG LF)   version (1 octet)   length (2 octets)   JSON of that length   SHA-256 of all before
 *
 * Nothing in it is secret, and all of it is authenticated by each chunk after it (sealed-stream.ts). What a
 * stranger may have written is bounded before any work is done with it.
 */
import { argon2, createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";
import type { Secret } from "../secret.ts";
import type { ByteSource } from "./byte-source.ts";
import { damaged, foreign, passphraseWrong, tooNew } from "./refusals.ts";

/** What a file is, so that one sort is not taken for another. */
const BACKUP_FILE = Buffer.from("POSTERN-BACKUP\n");
/** Of `postern config export`. */
export const CONFIG_FILE = Buffer.from("POSTERN-CONFIG\n");
const VERSION = 1;
const LENGTH_BYTES = 2;
const SUM_BYTES = 32;
const MOST_HEADER_BYTES = 4_096;
const SALT_BYTES = 32;
const KEY_BYTES = 32;

const HEADER = z.strictObject({
	madeAt: z.iso.datetime(),
	/** Version of the program. */
	program: z.string().max(100),
	kdf: z.strictObject({
		name: z.literal("argon2id"),
		// Bounded: a file that asks for gigabytes must not take the box down.
		memoryKib: z.int().min(8_192).max(262_144),
		passes: z.int().min(1).max(10),
		parallelism: z.int().min(1).max(8),
		salt: z.base64().length(44),
	}),
	/** Tells a wrong passphrase from a damaged file, and binds the file to one key. */
	check: z.base64().length(44),
});
type Header = z.output<typeof HEADER>;

/** RFC 9106 §4, the second choice: for machines with little memory. */
const COST = { name: "argon2id", memoryKib: 65_536, passes: 3, parallelism: 4 } as const;

export interface OpenedHeader {
	readonly madeAt: string;
	/** Of the file's content. */
	readonly key: Buffer;
	/** What each chunk is bound to. */
	readonly binding: Buffer;
}

/** The first bytes of a new file, and its key. */
export async function makeHeader(
	passphrase: Secret,
	about: Pick<Header, "madeAt" | "program">,
	magic = BACKUP_FILE,
): Promise<OpenedHeader & { readonly bytes: Buffer }> {
	const kdf = { ...COST, salt: randomBytes(SALT_BYTES).toString("base64") };
	const { key, check } = await derive(passphrase, kdf);
	const json = Buffer.from(
		JSON.stringify({ ...about, kdf, check: check.toString("base64") } satisfies Header),
	);
	const length = Buffer.alloc(LENGTH_BYTES);
	length.writeUInt16BE(json.length);
	const head = Buffer.concat([magic, Buffer.from([VERSION]), length, json]);
	const binding = sumOf(head);
	return { madeAt: about.madeAt, key, binding, bytes: Buffer.concat([head, binding]) };
}

/** Throws `backup-foreign`, `backup-too-new`, `backup-damaged`, `passphrase-wrong`. */
export async function openHeader(
	source: ByteSource,
	passphrase: Secret,
	magic = BACKUP_FILE,
): Promise<OpenedHeader> {
	const fixed = await source.take(magic.length + 1 + LENGTH_BYTES);
	if (!fixed.subarray(0, magic.length).equals(magic)) throw startsLike(fixed, magic) ? damaged() : foreign();
	if (fixed.length < magic.length + 1 + LENGTH_BYTES) throw damaged();
	// Before the sum, which is this version's own.
	if (fixed.readUInt8(magic.length) > VERSION) throw tooNew();
	const sizeBytes = fixed.readUInt16BE(magic.length + 1);
	if (sizeBytes > MOST_HEADER_BYTES) throw damaged();
	const json = await source.take(sizeBytes);
	const binding = sumOf(Buffer.concat([fixed, json]));
	if (!(await source.take(SUM_BYTES)).equals(binding)) throw damaged();
	const header = parse(json);
	const { key, check } = await derive(passphrase, header.kdf);
	if (!timingSafeEqual(check, Buffer.from(header.check, "base64"))) throw passphraseWrong();
	return { madeAt: header.madeAt, key, binding };
}

/** Cut off within the first word. */
function startsLike(bytes: Buffer, magic: Buffer): boolean {
	return bytes.length > 0 && bytes.length < magic.length && magic.subarray(0, bytes.length).equals(bytes);
}

function parse(json: Buffer): Header {
	let value: unknown;
	try {
		value = JSON.parse(json.toString("utf8"));
	} catch (error) {
		throw damaged(error);
	}
	const parsed = HEADER.safeParse(value);
	if (!parsed.success) throw damaged(parsed.error);
	return parsed.data;
}

function sumOf(bytes: Buffer): Buffer {
	return createHash("sha256").update(bytes).digest();
}

const argon2Async = promisify(argon2);

async function derive(passphrase: Secret, kdf: Header["kdf"]): Promise<{ key: Buffer; check: Buffer }> {
	const made = await argon2Async("argon2id", {
		// The same letters may come as other code points from another keyboard.
		message: passphrase.reveal().normalize("NFKC"),
		nonce: Buffer.from(kdf.salt, "base64"),
		memory: kdf.memoryKib,
		passes: kdf.passes,
		parallelism: kdf.parallelism,
		tagLength: 2 * KEY_BYTES,
	});
	const check = createHmac("sha256", made.subarray(KEY_BYTES)).update("postern backup").digest();
	return { key: made.subarray(0, KEY_BYTES), check };
}
