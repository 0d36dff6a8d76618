/**
 * The same sources give the same bytes: both executables and, because compressing takes its time, the packages of one
 * architecture are made once more, from a copy of the sources elsewhere, by somebody with other habits (umask, time zone,
 * home folder).
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARCHITECTURES } from "../architecture.ts";
import { epochOfSources } from "../debian.ts";
import { DIST, ROOT } from "../places.ts";

const copy = mkdtempSync(path.join(tmpdir(), "another-folder-"));
beforeAll(() => {
	const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
	const sources = execFileSync("git", listed, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
	for (const name of sources.filter((one) => existsSync(path.join(ROOT, one))))
		cpSync(path.join(ROOT, name), path.join(copy, name));
	symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function inCopy(script: string, ...argv: readonly string[]): string {
	return execFileSync("sh", ["-c", 'umask 077; exec "$0" "$@"', process.execPath, script, ...argv], {
		cwd: copy,
		encoding: "utf8",
		env: {
			PATH: process.env["PATH"],
			HOME: "/nonexistent",
			TZ: "Pacific/Kiritimati",
			LC_ALL: "C",
			SOURCE_DATE_EPOCH: `${epochOfSources()}`,
		},
	});
}

function sumsIn(folder: string): readonly string[] {
	return readFileSync(path.join(folder, "SHA256SUMS"), "utf8").trim().split("\n");
}

describe("made again elsewhere, the same bytes", () => {
	it.each(ARCHITECTURES.filter(({ name }) => name !== process.arch))(
		"are in all that is for $name",
		({ name }) => {
			inCopy("scripts/package/package.ts", name);
			const again = sumsIn(path.join(copy, "dist"));
			expect(again.map((line) => line.slice(66, 74))).toEqual(
				Array(4).fill(expect.stringMatching(/^postern[-_]/)),
			);
			expect(sumsIn(DIST)).toEqual(expect.arrayContaining([...again]));
		},
		900_000,
	);

	it("are in this machine's own executable", () => {
		const made = inCopy("scripts/package/here.ts").trim();
		expect(readFileSync(made).equals(readFileSync(path.join(DIST, path.basename(made))))).toBe(true);
	}, 120_000);
});
