/** The rhythms are the same wherever they stand. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { lightFiles } from "./lights-legend.ts";

it.each([...lightFiles()])("%s is as scripts/lights-legend.ts makes it", (file, content) => {
	expect(readFileSync(path.join(import.meta.dirname, "..", file), "utf8")).toBe(content);
});
