import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import type { Finish } from "../store/operations.ts";
import { AttemptJournal } from "./attempt-journal.ts";

const folder = mkdtempSync(path.join(tmpdir(), "postern-journal-"));
const file = path.join(folder, "attempts");
afterEach(() => rmSync(file, { force: true }));

const finish = (id: number, document = "{}"): Finish => ({
	type: "finish",
	id,
	finishedAtMs: 0,
	outcome: "delivered",
	document,
});

/** What the next run reads when this one is killed now. */
async function found() {
	const { sameBoot, begun, settlements } = await AttemptJournal.read(folder);
	return { sameBoot, begun: [...begun], settled: [...settlements.keys()] };
}

describe("after a kill", () => {
	it("it tells what was under way from what was settled", async () => {
		const journal = await AttemptJournal.begin(folder, silentLog());
		await journal.begin(1);
		await journal.begin(2);
		await journal.settle(finish(1));
		expect(await found()).toEqual({ sameBoot: true, begun: [2], settled: [1] });
		await journal.close();
	});

	it("half a line at its end is not believed, and the whole ones are", async () => {
		const journal = await AttemptJournal.begin(folder, silentLog());
		await journal.begin(1);
		await journal.close();
		writeFileSync(file, `${readFileSync(file, "utf8")}settle {"type":"fin`);
		expect(await found()).toEqual({ sameBoot: true, begun: [1], settled: [] });
	});

	it("it stays small through a drain that never pauses, and forgets nothing that is open", async () => {
		const journal = await AttemptJournal.begin(folder, silentLog());
		await journal.begin(1);
		for (let id = 2; id < 600; id += 1) {
			await journal.begin(id);
			await journal.settle(finish(id, "x".repeat(2_000)));
			await journal.end(id);
		}
		expect(readFileSync(file).length).toBeLessThan(300 * 1024);
		expect((await found()).begun).toEqual([1]);
		await journal.close();
	});

	it("a message that a dead link sends back all day is noted once", async () => {
		const journal = await AttemptJournal.begin(folder, silentLog());
		for (let probe = 0; probe < 100; probe += 1) await journal.begin(7);
		expect(readFileSync(file, "utf8").match(/begin 7/g)).toHaveLength(1);
		await journal.close();
	});
});

describe("nothing is known", () => {
	it.each([
		["from a file that a power cut left empty", ""],
		["from a file of another boot", "boot 00000000-0000\nbegin 1\n"],
		["from a file with a gap", undefined],
	])("%s", async (_name, text) => {
		const journal = await AttemptJournal.begin(folder, silentLog());
		await journal.begin(1);
		await journal.close();
		writeFileSync(file, text ?? `${readFileSync(file, "utf8")}\0\0\0\0begin 2\n`);
		expect(await found()).toEqual({ sameBoot: false, begun: [], settled: [] });
	});
});
