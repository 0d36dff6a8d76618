import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the bench's options", () => {
	it("are three full runs of everything when nothing is said", () => {
		expect(readOptions([])).toMatchObject({ runs: 3, only: [], contenders: undefined });
	});

	it("make --quick one run, unless --runs says otherwise", () => {
		expect(readOptions(["--quick"]).runs).toBe(1);
		expect(readOptions(["--quick", "--runs", "5"]).runs).toBe(5);
	});

	it("publish all figures or none", () => {
		expect(readOptions(["--write"]).write).toBe(true);
		expect(() => readOptions(["--write", "--only", "idle"])).toThrow(TypeError);
	});

	it.each([["--runs", "none"], ["--runs", "0"], ["--contender", "sendmail"], ["--wrong"]])(
		"refuse %s %s",
		(...argv) => {
			expect(() => readOptions(argv)).toThrow(TypeError);
		},
	);
});
