/** The cuts cover every flush, and what lies between two flushes is lost in part and never reaches beyond. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CrashImages } from "./crash-images.ts";
import { cutsOf } from "./cuts.ts";
import { Random } from "./random.ts";
import { SECTOR_BYTES, WriteLog } from "./write-log.ts";

const folder = mkdtempSync(path.join(tmpdir(), "postern-cuts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FLUSH = 1;

interface Logged {
	readonly sector: number;
	readonly text?: string;
	readonly flags?: number;
}

/** A log as blklogwrites writes it: every text fills a sector. */
function logOf(name: string, entries: readonly Logged[]): WriteLog {
	const sectors = entries.flatMap(({ sector, text, flags = 0 }) => {
		const head = Buffer.alloc(SECTOR_BYTES);
		head.writeBigUInt64LE(BigInt(sector), 0);
		head.writeBigUInt64LE(text === undefined ? 0n : 1n, 8);
		head.writeBigUInt64LE(BigInt(flags), 16);
		return text === undefined ? [head] : [head, Buffer.alloc(SECTOR_BYTES, text)];
	});
	const file = path.join(folder, name);
	writeFileSync(file, Buffer.concat([Buffer.alloc(SECTOR_BYTES), ...sectors]));
	return new WriteLog(file);
}

const LOG: readonly Logged[] = [
	{ sector: 0, text: "a" },
	{ sector: 1, text: "b" },
	{ sector: 0, flags: FLUSH },
	{ sector: 0, text: "c" },
	{ sector: 0, flags: FLUSH },
	{ sector: 1, text: "d" },
];

describe("cuts", () => {
	it("are at each flush, and once before each that has something to flush", () => {
		using log = logOf("flushes", LOG);
		expect(log.position()).toBe(6);
		const cuts = cutsOf(log.writes, new Random(1));
		expect(
			cuts.filter(({ kept, flushed, reached }) => kept.length === 0 && flushed === reached),
		).toHaveLength(2);
		expect(cuts.map(({ flushed }) => flushed)).toEqual([0, 3, 3, 5]);
	});

	it("keep only what was written by then, whatever chance says", () => {
		using log = logOf("chance", LOG);
		log.position();
		for (let seed = 1; seed < 200; seed += 1) {
			for (const { flushed, kept, reached } of cutsOf(log.writes, new Random(seed))) {
				for (const { write } of kept) {
					expect(write).toBeGreaterThanOrEqual(flushed);
					expect(write).toBeLessThan(reached);
				}
			}
		}
	});

	it("give the same disk from the same seed", () => {
		const [first, second] = [1, 1].map((seed) => {
			using log = logOf("seed", LOG);
			log.position();
			return cutsOf(log.writes, new Random(seed));
		});
		expect(first).toEqual(second);
	});
});

describe("a crash image", () => {
	it("has what was flushed and the kept parts of what was not", () => {
		using log = logOf("image", LOG);
		log.position();
		const [before, image] = [path.join(folder, "before"), path.join(folder, "crash")];
		writeFileSync(before, Buffer.alloc(2 * SECTOR_BYTES, "-"));
		using images = new CrashImages(before, log);
		const firstOf = () =>
			[0, 1].map((sector) => String.fromCharCode(readFileSync(image)[sector * SECTOR_BYTES] ?? 0));
		images.make({ flushed: 0, kept: [{ write: 1, from: 0, to: 1 }], reached: 2 }, image);
		expect(firstOf()).toEqual(["-", "b"]);
		images.make({ flushed: 3, kept: [], reached: 3 }, image);
		expect(firstOf()).toEqual(["a", "b"]);
		images.make({ flushed: 5, kept: [{ write: 5, from: 0, to: 1 }], reached: 6 }, image);
		expect(firstOf()).toEqual(["c", "d"]);
	});
});
