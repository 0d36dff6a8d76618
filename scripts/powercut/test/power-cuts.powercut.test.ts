/** The quick form of `npm run powercut`: what it wants of the program that ships, and that it catches what it must. */
import { randomInt } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { FAULTS, type Fault } from "../builds.ts";
import { QUICK_IMAGES } from "../options.ts";
import { cutPower, type Outcome } from "../run.ts";

const LIMIT_MS = 15 * 60_000;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.error("skipped: cutting the power takes root, for disks of its own");

describe.skipIf(!isRoot)("after a power cut", () => {
	let outcome: Outcome;
	beforeAll(async () => {
		process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
		const seed = randomInt(1_000_000);
		console.error(`seed ${seed}`);
		outcome = await cutPower({ images: QUICK_IMAGES, seed, rooms: undefined, controls: true }, console.error);
	}, LIMIT_MS);

	it.each([
		["mail", "every message answered 250 is there, whole and once"],
		["tokens", "the account is signed in, with the old token or the new one"],
		["settings", "settings saved together are there together"],
		["restore", "the box is the one from before the restore or the one of the backup"],
		["migration", "mail from before an upgrade goes out"],
	] as const)("(%s) %s", (scenario, _) => {
		const findings = outcome.scenarios.get(scenario);
		expect(findings?.troubles).toEqual([]);
		expect(findings?.images).toBeGreaterThan(0);
		expect(findings?.checked).toBeGreaterThan(0);
	});

	it.each(Object.keys(FAULTS) as Fault[])("a program is caught that has: %s", (fault) => {
		expect(outcome.controls.get(fault)?.troubles).not.toEqual([]);
	});
});
