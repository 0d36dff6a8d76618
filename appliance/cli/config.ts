/**
 * `postern config …`: the configuration, checked, explained, and where each value came from. `check`
 * and `describe` need no running appliance; `show` asks it, and reads the file itself without it.
 */
import { UserError } from "../errors.ts";
import type { ConfigOrigin } from "../services.ts";
import { type Command, DONE, FAILED, type Invocation } from "./command.ts";
import { renderTable } from "./table.ts";

export const configCommands: readonly Command[] = [
	{
		name: "config check",
		summary: "whether the configuration is right; every mistake with its line",
		run: check,
	},
	{
		name: "config describe",
		summary: "every key, explained, as a configuration file with the defaults",
		run: describe,
	},
	{
		name: "config show",
		summary: "every value in force",
		options: { origin: { type: "boolean", help: "also where each value came from" } },
		details:
			"Asks the running appliance; when there is none, reads file and environment. Secrets are masked.",
		run: show,
	},
];

async function check({ terminal, json, configFile, environment }: Invocation): Promise<number> {
	const { ConfigError } = await import("../config/problems.ts");
	try {
		const { file, warnings } = await load(configFile, environment);
		if (json) {
			terminal.json({ ok: true, file: file ?? null, warnings, problems: [] });
			return DONE;
		}
		for (const warning of warnings) terminal.tell(warning);
		terminal.print(
			file === undefined
				? "There is no configuration file; the defaults hold, and they are right."
				: `${file} is right.`,
		);
		return DONE;
	} catch (thrown) {
		if (!json || !(thrown instanceof ConfigError)) throw thrown;
		terminal.json({ ok: false, file: configFile ?? null, warnings: [], problems: thrown.problems });
		return FAILED;
	}
}

async function load(configFile: string | undefined, environment: NodeJS.ProcessEnv) {
	const { loadConfig } = await import("../config/load.ts");
	return loadConfig({
		...(configFile === undefined ? {} : { file: configFile }),
		fileRequired: configFile !== undefined,
		environment,
		saved: [],
		flags: {},
	});
}

async function describe({ terminal, json }: Invocation): Promise<number> {
	if (json) {
		const { SCHEMA_KEYS } = await import("../config/schema-keys.ts");
		terminal.json(
			SCHEMA_KEYS.map(({ path, type, defaultValue, meta }) => ({
				key: path.join("."),
				type,
				default: defaultValue ?? null,
				description: meta.description,
			})),
		);
		return DONE;
	}
	const { describeConfig } = await import("../config/describe.ts");
	terminal.print(describeConfig().trimEnd());
	return DONE;
}

async function show(invocation: Invocation): Promise<number> {
	const { terminal, json, options } = invocation;
	const origins = await originsInForce(invocation);
	if (json) {
		terminal.json(origins);
		return DONE;
	}
	const withOrigin = options.flag("origin");
	const columns = ["KEY", "VALUE", ...(withOrigin ? ["FROM"] : [])].map((title) => ({ title }));
	const rows = origins.map(({ key, value, origin }) => [key, value, origin]);
	terminal.print(renderTable(columns, rows));
	return DONE;
}

/** What the running appliance goes by; without it, what it would go by but for what the console saved. */
async function originsInForce(invocation: Invocation): Promise<readonly ConfigOrigin[]> {
	try {
		const { appliance } = await invocation.services();
		return await appliance.configOrigins();
	} catch (thrown) {
		if (!(thrown instanceof UserError) || thrown.code !== "not-running") throw thrown;
	}
	invocation.terminal.tell("Postern is not running; this is what file and environment say.");
	const { origins } = await load(invocation.configFile, invocation.environment);
	return origins;
}
