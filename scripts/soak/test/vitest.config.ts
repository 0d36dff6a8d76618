/** For ten minutes of too much, and the calm around them. `npm test` leaves them out. */
import { defineConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

export default defineConfig({
	...shared,
	test: {
		...shared.test,
		include: ["scripts/soak/test/**/*.soak.test.ts"],
		exclude: [],
		fileParallelism: false,
	},
});
