/**
 * A flush of an SD card may take hundreds of milliseconds; nobody but the device that waits for its
 * 250 may feel it. Every flush of the program is slowed to 300 ms by a shim, and NOOP is timed
 * meanwhile on another connection.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect } from "vitest";
import { itWith, run } from "./clients.ts";
import { House } from "./house.ts";
import { BUNDLE } from "./program.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const FLUSH_MS = 300;
const SHIM = path.join(import.meta.dirname, "../../scripts/bench/slow-flush.c");

/** Measures the delay of the program's event loop from inside; says it when asked by a signal. */
const DELAY_PROBE = `
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
if (isMainThread) {
	const delay = monitorEventLoopDelay({ resolution: 10 });
	delay.enable();
	process.on("SIGUSR2", () => {
		process.stderr.write("event-loop-delay p99=" + delay.percentile(99) / 1e6 + " ms\\n");
	});
}
`;

const folder = mkdtempSync(path.join(tmpdir(), "postern-shim-"));
let house: House | undefined;
afterEach(async () => {
	await house?.close();
	rmSync(folder, { recursive: true, force: true });
});

describe(`while each flush takes ${FLUSH_MS} ms`, () => {
	itWith(
		"gcc",
		"the event loop is not held up: NOOP is answered at once",
		async () => {
			const library = path.join(folder, "slow-flush.so");
			const compiled = await run("gcc", ["-O2", "-shared", "-fPIC", "-o", library, SHIM, "-ldl"]);
			expect(compiled.exitCode, compiled.output).toBe(0);
			house = await House.build({
				signedIn: false,
				program: BUNDLE,
				environment: {
					LD_PRELOAD: library,
					SLOW_FLUSH_MS: `${FLUSH_MS}`,
					NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(DELAY_PROBE)}`,
				},
			});
			const port = house.port("relay");
			const stop = new AbortController();
			const waits: number[] = [];
			const devices = Array.from({ length: 4 }, async () => {
				const peer = await SmtpPeer.connect(port);
				while (!stop.signal.aborted) {
					const startedMs = performance.now();
					await peer.send("Subject: x\r\n\r\nHello\r\n");
					waits.push(performance.now() - startedMs);
				}
				await peer.quit();
			});
			const watcher = await SmtpPeer.connect(port);
			const noops: number[] = [];
			const endMs = performance.now() + 4_000;
			while (performance.now() < endMs) {
				const startedMs = performance.now();
				await watcher.command("NOOP");
				noops.push(performance.now() - startedMs);
			}
			stop.abort();
			await Promise.all(devices);
			// The shim works: every 250 waited for a flush.
			expect(Math.min(...waits)).toBeGreaterThan(FLUSH_MS * 0.95);
			// Had one flush stood on the event loop, the NOOPs of that time would have waited for it.
			const slow = noops.filter((ms) => ms > FLUSH_MS / 2);
			expect(noops.length).toBeGreaterThan(100);
			expect(slow.length / noops.length).toBeLessThan(0.01);
			expect(noops.sort((a, b) => a - b)[Math.floor(noops.length * 0.99)] ?? 0).toBeLessThan(FLUSH_MS / 3);
		},
		60_000,
	);
});
