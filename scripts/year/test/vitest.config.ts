/** For four weeks of moved time: minutes on a small machine. `npm test` leaves them out. */
import { defineConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

export default defineConfig({
	...shared,
	test: {
		...shared.test,
		include: ["scripts/year/test/**/*.year.test.ts"],
		exclude: [],
		fileParallelism: false,
	},
});
