/**
 * Which slot a machine with UEFI starts, by the code that does it there, compiled for this machine. What U-Boot and RAUC make of the
 * same state is shown on the booted image (image/test/uefi.image.test.ts).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isInstalled, run } from "../../../appliance/e2e/clients.ts";

const STATE_BYTES = 4_096;
const SECTOR_BYTES = 512;
const OURS = /^BOOT_(?:ORDER|[AB]_LEFT)=/;
const NOTHING: Buffer = Buffer.alloc(STATE_BYTES);

let folder = "";
const missing = isInstalled("gcc") ? "" : " (skipped: gcc is not installed)";
beforeAll(async () => {
	if (missing !== "") return;
	folder = mkdtempSync(path.join(tmpdir(), "postern-uefi-"));
	const main = `#include <stdio.h>
		#include "state.h"
		int main(void) {
			static unsigned char first[STATE_BYTES], second[STATE_BYTES], next[STATE_BYTES];
			while (fread(first, STATE_BYTES, 1, stdin) == 1 && fread(second, STATE_BYTES, 1, stdin) == 1) {
				struct choice choice = choose_slot(first, second, next);
				unsigned char told[3] = { choice.slot, choice.partition, choice.copy };
				fwrite(told, sizeof told, 1, stdout);
				fwrite(next, STATE_BYTES, 1, stdout);
			}
			return 0;
		}`;
	writeFileSync(path.join(folder, "main.c"), main);
	const flags = ["-Wall", "-Wextra", "-Werror", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"];
	const files = [path.join(import.meta.dirname, "state.c"), path.join(folder, "main.c")];
	const output = ["-o", path.join(folder, "choose")];
	const compiled = await run("gcc", [...flags, "-I", import.meta.dirname, ...output, ...files]);
	if (compiled.exitCode !== 0) throw new Error(compiled.output);
});
afterAll(() => {
	if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

interface Chosen {
	readonly slot: string;
	readonly partition: number;
	readonly copy: number;
	readonly next: Buffer;
}

function choices(...starts: readonly (readonly [first: Buffer, second: Buffer])[]): readonly Chosen[] {
	const output = execFileSync(path.join(folder, "choose"), {
		input: Buffer.concat(starts.flat()),
		maxBuffer: 2 ** 26,
	});
	const bytes = 3 + STATE_BYTES;
	return starts.map((_, at) => {
		const told = output.subarray(at * bytes, (at + 1) * bytes);
		const [slot = 0, partition = 0, copy = 0] = told;
		return { slot: String.fromCharCode(slot), partition, copy, next: told.subarray(3) };
	});
}

function choose(first: Buffer, second = NOTHING): Chosen {
	const [chosen] = choices([first, second]);
	if (chosen === undefined) throw new Error("nothing was chosen");
	return chosen;
}

/** As U-Boot's `env export -c` and fw_setenv(8) write it. */
function state(...entries: readonly string[]): Buffer {
	const text = Buffer.alloc(STATE_BYTES - 4);
	text.write(entries.map((entry) => `${entry}\0`).join(""), "latin1");
	const sum = Buffer.alloc(4);
	sum.writeUInt32LE(crc32(text));
	return Buffer.concat([sum, text]);
}

/** As fw_printenv(8) would show it; undefined where it would find the sum wrong. */
function read(copy: Buffer): readonly string[] | undefined {
	if (copy.readUInt32LE() !== crc32(copy.subarray(4))) return undefined;
	const text = copy.toString("latin1", 4);
	return text.slice(0, text.indexOf("\0\0")).split("\0");
}

const tried = (a: number, b: number, order = "A B") => [
	`BOOT_ORDER=${order}`,
	`BOOT_A_LEFT=${a}`,
	`BOOT_B_LEFT=${b}`,
];

describe.skipIf(missing !== "")(`the slot that is started by UEFI${missing}`, () => {
	it("of a new card is A, and one of its three tries is taken", () => {
		const chosen = choose(NOTHING);
		expect(chosen).toMatchObject({ slot: "A", partition: 2, copy: 0 });
		expect(read(chosen.next)).toEqual(tried(2, 0));
	});

	it("is the first in the order that has a try left", () => {
		const b = choose(state(...tried(3, 3, "B A")));
		expect(b).toMatchObject({ slot: "B", partition: 3, copy: 1 });
		expect(read(b.next)).toEqual(tried(3, 2, "B A"));
		expect(choose(state(...tried(3, 0, "B A"))).slot).toBe("A");
		expect(choose(state(...tried(0, 1, "A B"))).slot).toBe("B");
		expect(choose(state(...tried(2, 3, "A"))).slot).toBe("A");
	});

	it("is left after three starts that nobody called good", () => {
		let copy = state(...tried(3, 3, "B A"));
		const slots: string[] = [];
		for (let start = 0; start < 5; start++) {
			const chosen = choose(copy, copy);
			slots.push(chosen.slot);
			copy = chosen.next;
		}
		expect(slots.join("")).toBe("BBBAA");
	});

	it("is A once more when both are used up, which is on record and stays there", () => {
		const chosen = choose(state(...tried(0, 0), "POSTERN_GREEN_PIN=17"));
		expect(chosen.slot).toBe("A");
		const expected = [...tried(2, 3), "POSTERN_LAST_RESORT=1", "POSTERN_GREEN_PIN=17"];
		expect(read(chosen.next)).toEqual(expected);
		expect(read(choose(chosen.next).next)).toContain("POSTERN_LAST_RESORT=1");
		const again = choose(state(...tried(0, 0), "POSTERN_LAST_RESORT=1"));
		expect(read(again.next)).toEqual([...tried(2, 3), "POSTERN_LAST_RESORT=1"]);
	});

	it("is that of the second copy where a cut has damaged the first, and both are then the same", () => {
		const [before, after] = [state(...tried(3, 3, "A B")), state(...tried(3, 3, "B A"))];
		const halves = [1, 4, 7].map((sectors) =>
			Buffer.concat([
				after.subarray(0, sectors * SECTOR_BYTES),
				NOTHING.subarray(0, STATE_BYTES - sectors * SECTOR_BYTES),
			]),
		);
		const noise = Buffer.from(before.map((byte, at) => (at === 9 ? byte ^ 4 : byte)));
		for (const torn of [NOTHING, noise, Buffer.alloc(STATE_BYTES, 0xff)])
			expect(choose(torn, before)).toMatchObject({ slot: "A", copy: 2 });
		// What is short of nothing but zeros is whole.
		for (const torn of halves) expect(choose(torn, before)).toMatchObject({ slot: "B", copy: 1 });
	});

	it("is one of the two whatever is on the card", () => {
		let seed = 43;
		const random = () => {
			seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
			return seed >>> 16;
		};
		const words = [
			"BOOT_ORDER=",
			"BOOT_A_LEFT=",
			"BOOT_B_LEFT=",
			"BOOT_ORDER",
			"A",
			"B",
			" ",
			"3",
			"-1",
			"0",
			"\0",
			"=",
		];
		const odd = () =>
			state(Array.from({ length: random() % 40 }, () => words[random() % words.length]).join(""));
		const full = state(...tried(0, 2), `other=${"x".repeat(4_030)}`);
		const starts = Array.from({ length: 3_000 }, (): [Buffer, Buffer] => [odd(), odd()]);
		for (const chosen of choices(...starts, [full, full], [state(`x=${"y".repeat(4_090)}`), NOTHING])) {
			expect([chosen.slot, chosen.partition]).toEqual(chosen.slot === "A" ? ["A", 2] : ["B", 3]);
			expect(read(chosen.next)?.filter((entry) => OURS.test(entry))).toHaveLength(3);
		}
	});

	it("changes nothing of what else is in the state", () => {
		const others = ["POSTERN_RED_PIN=22", "POSTERN_BUTTON_PIN=27", "somebody=else's"];
		expect(read(choose(state(...others, ...tried(3, 0))).next)).toEqual([...tried(2, 0), ...others]);
	});
});
