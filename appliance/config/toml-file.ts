/**
 * Reads the configuration file into a layer. Everything wrong with the file as such (absent though
 * asked for, unreadable, no UTF-8, no TOML) is returned as a problem with its line.
 */
import { parse, TomlError } from "smol-toml";
import { errorCode } from "../errors.ts";
import { readBounded, readFailure } from "./bounded-file.ts";
import type { ConfigProblem } from "./problems.ts";
import type { Layer, Tree } from "./source.ts";
import { locateToml } from "./toml-positions.ts";

export type FileResult =
	| { readonly state: "read"; readonly layer: Layer }
	| { readonly state: "absent" }
	| { readonly state: "bad"; readonly problem: ConfigProblem };

const LARGEST_FILE_BYTES = 1024 * 1024;
const MOST_DEPTH = 20;

export async function readTomlFile(file: string, required: boolean): Promise<FileResult> {
	let bytes: Buffer;
	try {
		bytes = await readBounded(file, LARGEST_FILE_BYTES);
	} catch (error) {
		if (errorCode(error) === "ENOENT" && !required) return { state: "absent" };
		return bad(file, readFailure(error));
	}
	if (bytes.length > LARGEST_FILE_BYTES) return bad(file, "is larger than 1 MiB; this is no configuration");
	return parseToml(file, bytes);
}

function parseToml(file: string, bytes: Buffer): FileResult {
	let toml: string;
	try {
		// Removes a byte order mark, which Windows' Notepad likes to write.
		toml = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return bad(file, 'is not UTF-8 text; save it as "UTF-8" in the editor');
	}
	if (toml.includes("\0")) return bad(file, 'is not UTF-8 text; save it as "UTF-8" in the editor');
	try {
		const values: Tree = parse(toml, { unsafeKeyBehaviour: "throw", maxDepth: MOST_DEPTH });
		const positions = locateToml(toml);
		return { state: "read", layer: { values, sourceOf: () => ({ kind: "file", file, positions }) } };
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const [first = ""] = error.message.split("\n");
		return bad(file, `is no valid TOML: ${first.replace(/^Invalid TOML document: /, "")}`, error);
	}
}

function bad(file: string, text: string, at?: TomlError): FileResult {
	const line = at?.line ?? 0;
	const column = at?.column ?? 0;
	const where = line === 0 ? file : `${file}:${line}:${column}`;
	return { state: "bad", problem: { where, key: "", text, line, column } };
}
