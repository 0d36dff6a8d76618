/** Four weeks of the simulated year, with all that happens in one: what `npm run year -- --quick` prints, asked for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

const LIMIT_MS = 900_000;

it(
	"four weeks with an outage, clock steps, certificates and three upgrades lose nothing, and nothing grows",
	async () => {
		const child = spawn(process.execPath, ["scripts/year/year.ts", "--quick", "--seed", "5", "--json"], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		const ended = once(child, "exit");
		const { verdict, months, troubles } = JSON.parse(await text(child.stdout));
		expect(troubles).toEqual([]);
		expect(verdict).toMatchObject({ lost: [], twice: [], damaged: [] });
		expect(verdict.answered).toBeGreaterThan(1_000);
		expect(months).toHaveLength(4);
		expect(await ended).toEqual([0, null]);
	},
	LIMIT_MS,
);
