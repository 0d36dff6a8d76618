import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeConfig } from "./describe.ts";
import { loadConfig } from "./load.ts";
import { SCHEMA_KEYS } from "./schema-keys.ts";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-describe-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(toml: string) {
	const file = join(folder, "postern.toml");
	await writeFile(file, toml);
	const loaded = await loadConfig({ file, fileRequired: true, environment: {}, saved: [], flags: {} });
	return loaded.config;
}

describe("config describe", () => {
	it("prints a configuration that is the default one", async () => {
		expect(await load(describeConfig())).toEqual(await load(""));
	});

	it("for a file that is installed, sets no key, and each default is there to be switched on", async () => {
		const text = describeConfig({ keysAreOff: true });
		expect(text.split("\n").filter((line) => /^[a-z]/.test(line))).toEqual([]);
		expect(await load(text)).toEqual(await load(""));
		expect(text).toContain('#listen = ["[::]:25"]');
	});

	it("stays valid when every key that is off is switched on", async () => {
		const all = describeConfig().replaceAll(/^#(?! )/gm, "");
		const config = await load(all);
		expect(config.device).toHaveLength(1);
		expect(config.account[0]?.tenant).toBe("contoso.com");
		expect(config.console.password_hash).toBeDefined();
	});

	it("explains every key", () => {
		const text = describeConfig();
		for (const { path, meta } of SCHEMA_KEYS) {
			expect(meta.description ?? "", path.join(".")).toMatch(/\w{3}/);
			expect(text).toMatch(new RegExp(`^(?:#|# )?${path.at(-1)} = `, "m"));
		}
	});
});
