/** The SHA-256 sums that lie beside what is handed out. For package.ts and the image's build. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** As `sha256sum --check` reads it. */
export function sums(files: readonly string[]): string {
	return files.map((file) => `${sha256Of(readFileSync(file))}  ${path.basename(file)}\n`).join("");
}

export function sha256Of(content: Buffer): string {
	return createHash("sha256").update(content).digest("hex");
}
