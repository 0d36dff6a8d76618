/** For the tests of what is packaged: slow, one after the other, on what `npm run package` made. */
import { defineConfig } from "vitest/config";
import shared from "../../../vitest.config.ts";

export default defineConfig({
	...shared,
	test: {
		...shared.test,
		include: ["scripts/package/test/**/*.package.test.ts"],
		exclude: [],
		fileParallelism: false,
	},
});
