/** Tests stand beside the source; end-to-end ones drive the built program and get more time. */
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { consoleAssets } from "./scripts/console-assets.ts";

export default defineConfig({
	define: await consoleAssets(),
	test: {
		include: [
			...["appliance/**/*.test.{ts,tsx}", "web/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
			"image/boot/**/*.test.ts",
		],
		// Those of what is packaged, power cuts and moved time have runs of their own: scripts/test-package, scripts/test-powercut,
		// scripts/test-year, scripts/test-soak.
		exclude: [
			"node_modules/**",
			"dist/**",
			"**/*.package.test.ts",
			"**/*.powercut.test.ts",
			"**/*.soak.test.ts",
			"**/*.year.test.ts",
		],
		pool: "forks",
		// Half of an end-to-end test is waiting for something: two at once, also on the smallest machine.
		maxWorkers: Math.max(2, availableParallelism() - 1),
		testTimeout: 30_000,
		hookTimeout: 60_000,
		reporters: process.env["POSTERN_TEST_REPORT"] ? ["default", "json"] : ["default"],
		...(process.env["POSTERN_TEST_REPORT"]
			? { outputFile: { json: process.env["POSTERN_TEST_REPORT"] } }
			: {}),
	},
});
