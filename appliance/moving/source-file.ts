/** Files of another program, named by whoever moves in. Throws `UserError`; never writes. */
import { readBounded, readFailure } from "../config/bounded-file.ts";
import { UserError } from "../errors.ts";

/** Throws `file-unreadable`, `moving-foreign` (it is larger than such a file can be). */
export async function readSourceBytes(file: string, mostBytes: number): Promise<Buffer> {
	let bytes: Buffer;
	try {
		bytes = await readBounded(file, mostBytes);
	} catch (error) {
		throw new UserError(
			"file-unreadable",
			`${file}: ${readFailure(error)}.`,
			"Check the path; with sudo, or as a copy, it may be readable.",
			{ cause: error },
		);
	}
	if (bytes.length > mostBytes) throw foreign(file, `it is larger than ${mostBytes / 2 ** 20} MiB`);
	return bytes;
}

/** Throws as `readSourceBytes`, and `moving-foreign` for what is no UTF-8 text. */
export async function readSourceText(file: string, mostBytes: number): Promise<string> {
	const bytes = await readSourceBytes(file, mostBytes);
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		if (!text.includes("\0")) return text;
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
	}
	throw foreign(file, "it is no UTF-8 text");
}

/** Refused whole: `why` is a sentence without its full stop. */
export function foreign(file: string, why: string, cause?: unknown): UserError {
	return new UserError(
		"moving-foreign",
		`${file} is not what is to be moved in: ${why}. Nothing was changed.`,
		"postern help import says which files are meant.",
		{ cause },
	);
}
