import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_CONFIG_FILE as SCHEMA_FILE } from "../config/load.ts";
import { configSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import {
	controlSocketCandidates,
	controlSocketPath,
	DEFAULT_CONFIG_FILE,
	DEFAULT_STATE_DIR,
} from "./control-path.ts";

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-path-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function configFile(text: string): Promise<string> {
	const file = path.join(folder, "postern.toml");
	await writeFile(file, text);
	return file;
}

describe("the control socket", () => {
	it("is in the state folder, the runtime folder, or where it is named", () => {
		expect(controlSocketPath("/srv/p", {})).toBe("/srv/p/control.sock");
		expect(controlSocketPath("/srv/p", { RUNTIME_DIRECTORY: "/run/postern:/run/x" })).toBe(
			"/run/postern/control.sock",
		);
		expect(controlSocketPath("/srv/p", { RUNTIME_DIRECTORY: "/run/p", POSTERN_CONTROL: "/c.sock" })).toBe(
			"/c.sock",
		);
	});

	it("is found from the configuration file, the environment, or by the packaged service's rule", async () => {
		const file = await configFile('state_dir = "state"\n');
		expect(await controlSocketCandidates(file, {})).toEqual([path.join(folder, "state/control.sock")]);
		expect(await controlSocketCandidates(file, { POSTERN_STATE_DIR: "/s" })).toEqual(["/s/control.sock"]);
		expect(await controlSocketCandidates(file, { POSTERN_CONTROL: "/c.sock" })).toEqual(["/c.sock"]);
		expect(await controlSocketCandidates(await configFile(""), {})).toEqual([
			"/run/postern/control.sock",
			"/var/lib/postern/control.sock",
		]);
	});

	it("is found although another key of the file is wrong, but not through a file that is no TOML", async () => {
		expect(await controlSocketCandidates(await configFile('state_dir = "/s"\nnaem = 3\n'), {})).toEqual([
			"/s/control.sock",
		]);
		await expect(controlSocketCandidates(await configFile("name = \n"), {})).rejects.toThrow(UserError);
		await expect(controlSocketCandidates(path.join(folder, "none.toml"), {})).rejects.toThrow(
			"There is no configuration file",
		);
	});

	it("goes by the configuration's own defaults", () => {
		expect(DEFAULT_CONFIG_FILE).toBe(SCHEMA_FILE);
		expect(configSchema.parse({}).state_dir).toBe(DEFAULT_STATE_DIR);
	});
});
