/**
 * A card that fails under the running program: full, deaf or lying at every step of taking and of sending a message. No message that was
 * answered 250 is lost, none that was refused comes anyway, the owner is told in words and by the light, and what was wrong is
 * over when the card is well, without anybody's doing.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { isInstalled, run } from "./clients.ts";
import { type Ailment, SickHouse, tellCase } from "./sick-house.ts";

const SMALL_BYTES = 2_000;
/** A file of its own. */
const LARGE_BYTES = 200_000;
const SIZES = { small: SMALL_BYTES, large: LARGE_BYTES } as const;
const MOST_STEPS = 60;
/** Calls that pass first while a message is settled; more would take as long as the card is given each time. */
const SENDING_STEPS = [0, 2, 5] as const;

type Step = Omit<Ailment, "skip" | "count">;

/** Each of the first, second, third, … call fails once. */
const STEPS: Readonly<Record<string, Step>> = {
	"card full": { ops: ["write", "open", "truncate"], error: "ENOSPC" },
	"write error": { ops: ["write"], error: "EIO" },
	"flush error": { ops: ["flush"], error: "EIO" },
};

const READ_ONLY: Ailment = { ops: ["write", "open", "truncate", "rename", "unlink"], error: "EROFS" };
const SICK_WORDS = /card does not save any more .*devices are asked to try later/;

/** Until further notice. */
const LASTING: Readonly<Record<string, Ailment>> = {
	"every write fails": { ops: ["write"], error: "EIO" },
	"every flush fails": { ops: ["flush"], error: "EIO" },
	"the flush of the log alone fails": { ops: ["flush"], part: "postern.db-wal", error: "EIO" },
	"read-only, as a card makes itself": READ_ONLY,
};

/** What a start meets, and how it begins: serving, or with words about the card. */
const STARTS: Readonly<Record<string, { readonly ailment: Ailment; readonly began: RegExp }>> = {
	"the card is full": { ailment: { ops: ["write"], error: "ENOSPC" }, began: /^started|disk is full/ },
	"every flush fails": { ailment: { ops: ["flush"], error: "EIO" }, began: /^started/ },
	"every write fails": { ailment: { ops: ["write"], error: "EIO" }, began: /^started|card/ },
	"the card is read-only": { ailment: READ_ONLY, began: /^started|card may be full or failing/ },
};

const missing = isInstalled("gcc") ? "" : " (skipped: gcc is not installed)";
const describeSick = describe.skipIf(missing !== "");

const trial = ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
const canMount = process.getuid?.() === 0 && spawnSync("unshare", trial).status === 0;
const cannotMount = canMount ? "" : " (skipped: nothing may be mounted here)";
const CARD_BYTES = 64 * 1_048_576;

let sick: SickHouse;

/** Fails the step once; false when there is no such step. Mail is taken again when it ends. */
async function strikeOnce(ailment: Step, skip: number, act: () => Promise<void>): Promise<boolean> {
	sick.card({ ...ailment, skip, count: 1 });
	await act();
	const wasStruck = sick.struck().length > 0;
	sick.card();
	await sick.recovers();
	return wasStruck;
}

/** How many steps there were. */
async function strikeEach(ailment: Step, act: (step: number) => Promise<void>): Promise<number> {
	for (let step = 0; step < MOST_STEPS; step += 1) {
		if (!(await strikeOnce(ailment, step, () => act(step)))) return step;
	}
	throw new Error(`there are more than ${MOST_STEPS} steps`);
}

/** All of what was taken has come, once, and nothing of what was refused. */
function expectAllOnce(): void {
	expect([...sick.arrived()].sort()).toEqual([...sick.taken].sort());
}

describeSick(`a card that fails${missing}`, { timeout: 120_000 }, () => {
	beforeAll(async () => {
		sick = await SickHouse.build({ queue: 'retry = "1s"\nreserve = "8MB"' });
		await sick.send();
		await sick.drained();
	}, 60_000);
	afterAll(() => sick?.close());

	for (const [size, bytes] of Object.entries(SIZES)) {
		for (const [name, ailment] of Object.entries(STEPS)) {
			it(`${name} at every step of taking a ${size} message`, async () => {
				await sick.house.cloud.control.offline();
				const answers: string[] = [];
				const steps = await strikeEach(ailment, async () => {
					const answer = await sick.send(bytes);
					expect(answer).toMatch(/^(250|45[12])/);
					answers.push(answer.slice(0, 9));
				});
				expect(steps).toBeGreaterThan(0);
				tellCase(`${name}, ${size} message`, { steps, answered: counted(answers.slice(0, -1)) });
			});
		}
	}

	for (const [name, ailment] of Object.entries(LASTING)) {
		it(`${name}, until it is well`, async () => {
			sick.card(ailment);
			// The first finds out; the ones after it are not even let begin.
			const answers = [await sick.send(), await sick.send(), await sick.send(LARGE_BYTES)];
			for (const said of answers) expect(said).toMatch(/^451 4\.3\.0/);
			await sick.light.becomes("storage");
			const words = (await sick.words()).find((text) => SICK_WORDS.test(text)) ?? "";
			expect(words).not.toBe("");
			expect(await sick.health()).toContain("degraded");
			expect((await sick.house.cli("doctor")).stdout).toMatch(SICK_WORDS);
			sick.card();
			const tookMs = await sick.recovers();
			expect(await sick.send()).toMatch(/^250/);
			await sick.light.becomes("offline");
			expect((await sick.words()).join()).not.toMatch(SICK_WORDS);
			const recovered = `by itself, ${tookMs} ms after the card`;
			tellCase(name, { answered: answers[0] ?? "", words, light: "storage", recovered });
		});
	}

	it("keeps all of what it took and nothing of what it refused, through a death", async () => {
		await sick.house.cloud.control.online();
		await sick.startsAgain();
		// Slow enough that the card can fail before a message is settled.
		sick.house.cloud.control.change({ latencyMs: 300 });
		await sick.drained();
		expectAllOnce();
		tellCase("after all that, a death", {
			taken: sick.taken.size,
			refused: sick.refused.size,
			lost: 0,
			twice: 0,
		});
	});

	for (const [name, ailment] of Object.entries(STEPS)) {
		it(`${name} while messages are sent`, async () => {
			let struck = 0;
			for (const skip of SENDING_STEPS) {
				for (const bytes of [SMALL_BYTES, LARGE_BYTES]) expect(await sick.send(bytes)).toMatch(/^250/);
				sick.card({ ...ailment, skip, count: 1 });
				await sick.drained();
				struck += sick.struck().length;
				sick.card();
				await sick.recovers();
			}
			expectAllOnce();
			expect(struck).toBeGreaterThan(0);
			tellCase(`${name} while messages are sent`, { struck, lost: 0, twice: 0, recovered: "by itself" });
		});
	}

	for (const [name, { ailment, began }] of Object.entries(STARTS)) {
		it(`starts where ${name}`, async () => {
			await sick.house.end("SIGTERM");
			sick.card(ailment);
			const seen = await sick.house.start().then(
				() => "started",
				(thrown: unknown) => String(thrown),
			);
			expect(seen).toMatch(began);
			const answered = seen === "started" ? await sick.send() : "";
			if (seen === "started") expect(answered).toMatch(/^45[12]/);
			sick.card();
			if (seen === "started") await sick.recovers();
			else await sick.house.start();
			expect(await sick.send()).toMatch(/^250/);
			await sick.drained();
			expectAllOnce();
			tellCase(`a start where ${name}`, {
				began: seen.replaceAll("\n", " ").slice(0, 300),
				answered,
				lost: 0,
			});
		});
	}

	it.skipIf(cannotMount !== "")(
		`starts where others have filled the card to its last byte${cannotMount}`,
		async () => {
			await sick.house.end("SIGTERM");
			const { stateDir } = sick;
			const aside = `${stateDir}.aside`;
			renameSync(stateDir, aside);
			mkdirSync(stateDir);
			await mounted("-t", "tmpfs", "-o", `size=${CARD_BYTES},mode=700`, "tmpfs", stateDir);
			try {
				cpSync(aside, stateDir, { recursive: true });
				fill(path.join(stateDir, "of-others"));
				await sick.house.start();
				const answered = await sick.send();
				expect(answered).toMatch(/^452 4\.3\.1/);
				expect((await sick.words()).join()).toMatch(/card is full/);
				await sick.light.becomes("storage");
				rmSync(path.join(stateDir, "of-others"));
				await sick.recovers();
				expect(await sick.send()).toMatch(/^250/);
				await sick.drained();
				expectAllOnce();
				tellCase("a start where the card is full to its last byte", {
					answered,
					light: "storage",
					lost: 0,
					recovered: "by itself",
				});
			} finally {
				await sick.house.end("SIGTERM");
				await run("umount", [stateDir]);
			}
		},
	);
});

function counted(answers: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
	return [...counts].map(([answer, count]) => `${count} × ${answer}`).join(", ");
}

async function mounted(...argv: readonly string[]): Promise<void> {
	const { exitCode, output } = await run("mount", argv);
	if (exitCode !== 0) throw new Error(output);
}

/** Not a byte is left. */
function fill(file: string): void {
	for (const bytes of [1_048_576, 4_096, 1]) {
		try {
			for (;;) appendFileSync(file, Buffer.alloc(bytes));
		} catch (thrown) {
			expect(errorCode(thrown)).toBe("ENOSPC");
		}
	}
}
