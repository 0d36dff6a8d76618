/** The log of a database that was being written when it stopped: what SQLite would not say of it. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtLog } from "./log-look.ts";

const PAGE_BYTES = 2_048;
const FRAME_BYTES = PAGE_BYTES + 24;

let folder: string;
let log: Buffer;
beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-log-"));
	const database = new Database(path.join(folder, "a.db"));
	database.pragma(`page_size = ${PAGE_BYTES}`);
	database.pragma("journal_mode = WAL");
	database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
	database.pragma("wal_checkpoint(TRUNCATE)");
	const insert = database.prepare("INSERT INTO t VALUES (?, ?)");
	for (let id = 1; id <= 20; id += 1) insert.run(id, `row ${id} `.repeat(40));
	for (const name of ["a.db", "a.db-wal"])
		copyFileSync(path.join(folder, name), path.join(folder, `kept-${name}`));
	database.close();
	// In zeros to its end, as ours is.
	log = Buffer.concat([readFileSync(path.join(folder, "kept-a.db-wal")), Buffer.alloc(4 * FRAME_BYTES)]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const look = (change: (bytes: Buffer) => void) => {
	const bytes = Buffer.from(log);
	change(bytes);
	return lookAtLog(bytes, PAGE_BYTES);
};
const flip =
	(at: number, by = 0xff) =>
	(bytes: Buffer) => {
		bytes[at] = (bytes[at] ?? 0) ^ by;
	};

function rowsOf(bytes: Buffer): number {
	const file = path.join(folder, "b.db");
	copyFileSync(path.join(folder, "kept-a.db"), file);
	writeFileSync(`${file}-wal`, bytes);
	rmSync(`${file}-shm`, { force: true });
	const database = new Database(file);
	try {
		return Number(database.prepare("SELECT count(*) FROM t").pluck().get());
	} finally {
		database.close();
	}
}

describe("a log that is whole", () => {
	it("is whole, and nothing of it is changed", () => {
		const found = lookAtLog(Buffer.from(log), PAGE_BYTES);
		expect(found.state).toBe("whole");
		expect(found.pages.length).toBeGreaterThan(20);
		expect(rowsOf(log)).toBe(20);
	});

	it("is whole where its last commit was cut off, as a power cut leaves it", () => {
		const frames = lookAtLog(Buffer.from(log), PAGE_BYTES).pages.length;
		const found = look((bytes) => bytes.fill(0, 32 + (frames - 1) * FRAME_BYTES));
		expect(found.state).toBe("whole");
		const torn = look((bytes) =>
			bytes.fill(7, 32 + (frames - 1) * FRAME_BYTES + 700, 32 + frames * FRAME_BYTES),
		);
		expect(torn.state).toBe("whole");
	});
});

describe("a log in which one byte has changed", () => {
	const places = {
		...{ magic: 2, order: 3, version: 6, "size of a page": 10, salt: 17, "sum of the header": 25 },
		...{ "number of a page": 32 + 3, "end of a commit": 32 + 7, "salt of a frame": 32 + 12 },
		...{ "sum of a frame": 32 + 18, "a page": 32 + 24 + 1_000 },
		"a later page": 32 + 9 * FRAME_BYTES + 24 + 2_045,
	};
	for (const [name, at] of Object.entries(places)) {
		it(`is put right, or found out where the sums leave it open: ${name}`, () => {
			for (const by of [0xff, 0x01, 0x80]) {
				const found = look(flip(at, by));
				expect(["mended", "lost"]).toContain(found.state);
				if (found.state === "mended") expect(found.mended?.equals(log)).toBe(true);
			}
			const bytes = Buffer.from(log);
			flip(at)(bytes);
			expect(rowsOf(bytes)).toBeLessThan(20);
		});
	}

	it("is put right or found out, wherever in a frame it is", () => {
		const states = { mended: 0, lost: 0 };
		for (let at = 32 + 3 * FRAME_BYTES; at < 32 + 4 * FRAME_BYTES; at += 7) {
			const found = look(flip(at));
			if (found.state === "mended") expect(found.mended?.equals(log)).toBe(true);
			expect(["mended", "lost"]).toContain(found.state);
			states[found.state as "mended" | "lost"] += 1;
		}
		expect(states.mended).toBeGreaterThan(2 * states.lost);
	});

	it("is put right in its last commit, too", () => {
		const frames = lookAtLog(Buffer.from(log), PAGE_BYTES).pages.length;
		const found = look(flip(32 + (frames - 1) * FRAME_BYTES + 24 + 501));
		expect(found.mended?.equals(log)).toBe(true);
	});
});

describe("a log of which more is wrong", () => {
	it("has lost commits where others follow, and gives the pages that can be read", () => {
		const found = look((bytes) => bytes.fill(0xa5, 32 + 5 * FRAME_BYTES + 100, 32 + 5 * FRAME_BYTES + 612));
		expect(found.state).toBe("lost");
		expect(found.pages.length).toBe(lookAtLog(Buffer.from(log), PAGE_BYTES).pages.length);
	});

	it("has lost commits where its header cannot be read", () => {
		expect(look((bytes) => bytes.fill(0xa5, 0, 32)).state).toBe("lost");
	});
});
