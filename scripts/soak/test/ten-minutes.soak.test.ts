/** Ten minutes of too much: what `npm run soak -- --quick` prints, asked for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import type { Finding } from "../judge.ts";

const LIMIT_MS = 1_800_000;

it(
	"a box that is asked too much refuses for a while and fairly, keeps what it took, and is well again",
	async () => {
		const child = spawn(process.execPath, ["scripts/soak/soak.ts", "--quick", "--json"], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		const ended = once(child, "exit");
		const findings = JSON.parse(await text(child.stdout)) as Finding[];
		expect(findings.filter(({ isGood }) => !isGood)).toEqual([]);
		expect(findings.filter(({ wanted }) => wanted !== undefined).length).toBeGreaterThan(15);
		expect(await ended).toEqual([0, null]);
	},
	LIMIT_MS,
);
