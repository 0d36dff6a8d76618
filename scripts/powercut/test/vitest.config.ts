/** For the power cuts in CI: minutes, as root. `npm test` leaves them out. */
import { defineConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

export default defineConfig({
	...shared,
	test: {
		...shared.test,
		include: ["scripts/powercut/test/**/*.powercut.test.ts"],
		exclude: [],
		fileParallelism: false,
	},
});
