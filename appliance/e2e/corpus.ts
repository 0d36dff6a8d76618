/**
 * Messages in the shapes that printers, cameras, NAS boxes, PLCs, Outlook and Apple Mail produce: the project's own,
 * in mail/testing/corpus. For tests.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface CorpusMessage {
	/** `23-camera-mp4` */
	readonly name: string;
	readonly bytes: Buffer;
}

const FOLDER = path.join(import.meta.dirname, "../mail/testing/corpus");

export function corpus(): readonly CorpusMessage[] {
	return readdirSync(FOLDER)
		.sort()
		.map((file) => ({ name: path.basename(file, ".eml"), bytes: readFileSync(path.join(FOLDER, file)) }));
}
