import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { archiveOf, EMBEDDED, threadProgram } from "./embedded.ts";

let folder = "";
const program = process.argv[1];

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-parts-"));
	process.argv[1] = path.join(folder, "postern.cjs");
});

afterEach(() => {
	process.argv[1] = program ?? "";
	rmSync(folder, { recursive: true, force: true });
});

const openFilesBelow = (place: string) =>
	readdirSync("/proc/self/fd").filter((descriptor) => {
		try {
			return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(place);
		} catch {
			return false;
		}
	});

it("a box whose threads come and go for a year does not run out of open files", () => {
	writeFileSync(path.join(folder, EMBEDDED.parts), archiveOf(new Map([["thread.js", Buffer.from("1 + 1")]])));
	for (let start = 0; start < 50; start += 1) expect(threadProgram("thread.js")).toBe("1 + 1");
	expect(openFilesBelow(folder)).toHaveLength(1);
});
