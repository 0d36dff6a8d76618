/**
 * The file of `postern config export`: begun and encrypted as a backup is, with one JSON document inside. For pair-desk.ts.
 *
 * Read whole before anything is done with it: a file that is cut, changed or of a newer Postern is refused as a whole.
 */
import * as z from "zod";
import { ByteSource } from "../backup/byte-source.ts";
import { CONFIG_FILE, makeHeader, openHeader } from "../backup/file-header.ts";
import { seal, unseal } from "../backup/sealed-stream.ts";
import type { Secret } from "../secret.ts";
import { damaged, ofExport, tooNew } from "./refusals.ts";

const FORMAT = 1;
/** A thousand devices are half of one. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_DOCUMENTS = 20_000;

const key = z.string().min(1).max(1_024);
const EXPORT = z.strictObject({
	format: z.literal(FORMAT),
	madeAt: z.iso.datetime(),
	/** The box that leads; its id outlives a new name. */
	box: z.strictObject({ id: z.uuid(), name: z.string().min(1).max(255), version: z.string().max(100) }),
	documents: z
		.array(
			z.strictObject({
				kind: z.enum(["account", "device", "mailbox", "setting"]),
				key,
				value: z.unknown(),
				/** As `OpenedDocument`. */
				opened: z.array(z.string().max(100)).max(100),
			}),
		)
		.max(MOST_DOCUMENTS),
	/** Of the vault; none where the owner did not want them to leave the box. */
	signIns: z
		.array(z.strictObject({ sort: z.enum(["person", "app"]), account: key, record: z.unknown() }))
		.max(MOST_DOCUMENTS),
});
export type Export = z.output<typeof EXPORT>;

const ANY_FORMAT = z.looseObject({ format: z.int() });

export async function sealExport(
	content: Omit<Export, "format">,
	passphrase: Secret,
): Promise<AsyncIterable<Buffer>> {
	const { madeAt, box } = content;
	const header = await makeHeader(passphrase, { madeAt, program: box.version }, CONFIG_FILE);
	const json = Buffer.from(JSON.stringify({ format: FORMAT, ...content } satisfies Export));
	async function* bytes() {
		yield header.bytes;
		yield* seal(new ByteSource(only(json)), header);
	}
	return bytes();
}

/** Throws `export-damaged`, `export-foreign`, `export-too-new`, `passphrase-wrong`. */
export async function openExport(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<Export> {
	const source = new ByteSource(content);
	try {
		const header = await openHeader(source, passphrase, CONFIG_FILE);
		const pieces: Buffer[] = [];
		let sizeBytes = 0;
		for await (const piece of unseal(source, header)) {
			sizeBytes += piece.length;
			if (sizeBytes > MOST_BYTES) throw damaged();
			pieces.push(piece);
		}
		return parse(Buffer.concat(pieces));
	} catch (thrown) {
		throw ofExport(thrown);
	} finally {
		await source.close();
	}
}

function parse(bytes: Buffer): Export {
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString("utf8"));
	} catch (error) {
		throw damaged(error);
	}
	const { data: any } = ANY_FORMAT.safeParse(value);
	if (any !== undefined && any.format > FORMAT) throw tooNew();
	const parsed = EXPORT.safeParse(value);
	// What it holds was sealed by a Postern: what is not known here is of a later one.
	if (!parsed.success) throw any === undefined ? damaged(parsed.error) : tooNew();
	return parsed.data;
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
	yield bytes;
}
