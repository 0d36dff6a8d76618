/** For the tests of the image: slow, one after the other, on what `scripts/test-image` built. */
import { defineConfig } from "vitest/config";
import shared from "../../vitest.config.ts";

export default defineConfig({
	...shared,
	test: {
		...shared.test,
		include: ["image/test/**/*.image.test.ts"],
		exclude: [],
		fileParallelism: false,
	},
});
