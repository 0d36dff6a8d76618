/** The box's clock is wrong by decades, and steps: mail keeps its dates, nothing expires, nothing bursts. */
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House, type HouseOptions } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const FAKETIME = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1")[0];
const WHY_SKIPPED = FAKETIME === undefined ? " (skipped: faketime is not installed)" : "";
const MINUTE_MS = 60_000;

let house: House | undefined;
let folder: string | undefined;
afterEach(async () => {
	await house?.close();
	if (folder !== undefined) rmSync(folder, { recursive: true });
	house = undefined;
	folder = undefined;
});

/** A house whose clock is what `set` says, in faketime's words: `+56y`, `+0`. */
async function houseWithClock(first: string, options: HouseOptions = {}) {
	const place = mkdtempSync(path.join(tmpdir(), "postern-clock-"));
	folder = place;
	const file = path.join(place, "faketime");
	const set = (offset: string) => writeFileSync(file, `${offset}\n`);
	set(first);
	const built = await House.build({
		...options,
		environment: {
			LD_PRELOAD: FAKETIME,
			FAKETIME_TIMESTAMP_FILE: file,
			FAKETIME_NO_CACHE: "1",
			DONT_FAKE_MONOTONIC: "1",
		},
	});
	house = built;
	return { house: built, set };
}

async function send(at: House, subject: string, fields = ""): Promise<void> {
	const peer = await SmtpPeer.connect(at.port("relay"));
	await peer.send(
		`From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\n${fields}\r\nHello\r\n`,
	);
	await peer.quit();
}

/** As the recipient's program shows it, by subject. */
function dateOf(at: House, subject: string): number {
	const mail = at.cloud.control.arrived().find(({ message }) => message.summary.subject === subject);
	const text = mail?.message.bytes?.toString("latin1") ?? "";
	expect(text).not.toContain("clock not set");
	return Date.parse(/^Date: (.*)\r$/m.exec(text)?.[1] ?? "");
}

describe.skipIf(FAKETIME === undefined)(
	`a box that boots in another decade, without internet${WHY_SKIPPED}`,
	() => {
		it.each([
			["56 years ahead", "+56y"],
			["in 1970", "-56y"],
		])("%s: delivers everything once, dated by when it came", async (_, offset) => {
			const { house: box, set } = await houseWithClock("+0");
			await box.cloud.control.offline();
			await box.end("SIGTERM");
			set(offset);
			await box.start();
			const firstAtMs = Date.now();
			await send(box, "before the step");
			await send(box, "with its own date", "Date: Tue, 24 Nov 2026 07:00:00 +0000\r\n");
			await new Promise((resolve) => setTimeout(resolve, 3_000));
			set("-10y");
			const secondAtMs = Date.now();
			await send(box, "after a step");
			const queue = await box.json<{ state: string }[]>("queue", "list");
			expect(queue.map(({ state }) => state)).toEqual(["incoming", "incoming", "incoming"]);
			set("+0");
			await box.cloud.control.online();
			await eventually("all arrive", () => box.cloud.control.arrived().length >= 3);
			expect(Math.abs(dateOf(box, "before the step") - firstAtMs)).toBeLessThan(MINUTE_MS);
			expect(Math.abs(dateOf(box, "after a step") - secondAtMs)).toBeLessThan(MINUTE_MS);
			expect(dateOf(box, "with its own date")).toBe(Date.UTC(2026, 10, 24, 7));
			expect(box.cloud.control.duplicates()).toEqual([]);
			expect(await box.json("queue", "list")).toEqual([]);
		});

		it("says in its status that the clock is wrong, and what time it is", async () => {
			const { house: box, set } = await houseWithClock("+0");
			set("+3y");
			await send(box, "now");
			await eventually("it arrives", () => box.cloud.control.arrived().length === 1);
			expect(Math.abs(dateOf(box, "now") - Date.now())).toBeLessThan(MINUTE_MS);
			const { problems } = await box.json<{ problems: string[] }>("status");
			expect(problems.join("\n")).toMatch(/clock is wrong: it says .* 20\d\d .* it is .* 2026/);
		});
	},
);

describe.skipIf(FAKETIME === undefined)(
	`a clock that steps while a message waits for its retry${WHY_SKIPPED}`,
	() => {
		it("neither hurries the retries nor gives the message up", async () => {
			const { house: box, set } = await houseWithClock("+0", {
				transport: "smtp",
				queue: 'retry = "4s"\nexpire_after = "1h"',
			});
			box.cloud.control.fail({
				where: "smtp",
				stage: "end",
				action: "answer",
				reply: "451 4.3.0 Try again",
				times: 2,
			});
			const startedMs = performance.now();
			await send(box, "Alarm");
			const faultsLeft = () => box.cloud.control.faults()[0]?.times;
			await eventually("the first attempt fails", () => faultsLeft() === 1);
			for (const offset of ["+30y", "-30y", "+1d", "+0"]) {
				set(offset);
				await new Promise((resolve) => setTimeout(resolve, 250));
			}
			expect(faultsLeft()).toBe(1);
			await eventually("it arrives", () => box.cloud.control.arrived().length === 1);
			// Two waits of 4 s, less the jitter of a tenth.
			expect(performance.now() - startedMs).toBeGreaterThan(7_000);
			expect(box.cloud.control.duplicates()).toEqual([]);
		});
	},
);
