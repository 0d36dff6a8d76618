/** Tests stand beside the source; end-to-end ones drive the built program and get more time. */
import { defineConfig } from "vitest/config";
import { bundleClientScript } from "./scripts/client-script.ts";

export default defineConfig({
	define: { POSTERN_CLIENT_SCRIPT: JSON.stringify(await bundleClientScript()) },
	test: {
		include: ["appliance/**/*.test.{ts,tsx}", "web/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
		exclude: ["node_modules/**", "dist/**"],
		// Style sheets are imported as text; left out, they would be empty in tests.
		css: true,
		pool: "forks",
		testTimeout: 30_000,
		hookTimeout: 60_000,
		reporters: process.env["POSTERN_TEST_REPORT"] ? ["default", "json"] : ["default"],
		...(process.env["POSTERN_TEST_REPORT"]
			? { outputFile: { json: process.env["POSTERN_TEST_REPORT"] } }
			: {}),
	},
});
