/** A short run of the fuzzer; `npm run fuzz` is the long one. */
import { expect, it } from "vitest";
import { fuzzHouse } from "./fuzz-house.ts";

const COMMANDS = 2_500;

it("nonsense does not crash it, make it grow, or make it take half a message", async () => {
	const seed = Date.now() % 1_000_000_000;
	const figures = await fuzzHouse({ commands: COMMANDS, limitMs: 40_000, seed });
	console.log(`fuzz: seed ${seed}, ${JSON.stringify(figures)}`);
	expect(figures.connections).toBeGreaterThan(50);
	expect(figures.messagesTaken).toBeGreaterThan(5);
}, 120_000);
