import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openDatabase } from "./database.ts";
import type { Write } from "./operations.ts";
import { Writer } from "./writer.ts";

const put = (key: string, value: string | null): Write =>
	({ type: "put-document", kind: "test", key, value }) as Write;

it("says of nothing that it is on the card behind a flush that failed, also when a group is tried again write by write", () => {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-writer-"));
	const database = openDatabase({ file: path.join(folder, "postern.db"), role: "writer" });
	onTestFinished(() => {
		database.close();
		rmSync(folder, { recursive: true });
	});
	const flushes = ["well", "failed", "well"];
	const flush = () => {
		if (flushes.shift() === "failed") throw Object.assign(new Error("EIO"), { code: "SQLITE_IOERR_FSYNC" });
	};
	// The second is no value, which fails the group as a whole before any flush.
	const group = [put("a", "1"), put("b", null), put("c", "3"), put("d", "4")];
	const fates = new Writer(database, { flush }).commit(group);
	expect(fates.map((fate) => ("code" in fate ? fate.code : "taken"))).toEqual([
		"taken",
		"SQLITE_CONSTRAINT_NOTNULL",
		"SQLITE_IOERR_FSYNC",
		"SQLITE_IOERR_FSYNC",
	]);
	const keys = database.prepare("SELECT key FROM document WHERE kind = 'test' ORDER BY key").pluck().all();
	expect(keys).not.toContain("d");
});
