/** What people type, and what they are told when it is not quite right. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "./command.ts";
import { helpText } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { allCommands } from "./verbs.ts";

const COMMANDS = await allCommands();

function parse(line: string) {
	return parseCommandLine(
		line.split(" ").filter((word) => word !== ""),
		COMMANDS,
	);
}

function refused(line: string): { message: string; hint: string } {
	try {
		parse(line);
	} catch (thrown) {
		if (thrown instanceof UsageError) return { message: thrown.message, hint: thrown.hint };
		throw thrown;
	}
	throw new Error(`${line} was taken`);
}

describe("parseCommandLine", () => {
	it("finds the command and its options, wherever the common ones stand", () => {
		for (const line of [
			"queue retry a b --config f.toml --json",
			"--config f.toml --json queue retry a b",
			"queue --config=f.toml retry --json a b",
		]) {
			const parsed = parse(line);
			if (parsed.kind !== "run") throw new Error("no command");
			expect(parsed.command.name).toBe("queue retry");
			expect(parsed.operands).toEqual(["a", "b"]);
			expect(parsed.options.text("config")).toBe("f.toml");
			expect(parsed.options.flag("json")).toBe(true);
			expect(parsed.options.flag("all")).toBe(false);
		}
	});

	it("takes what follows -- as it stands", () => {
		const parsed = parse("device add -- --help");
		expect(parsed).toMatchObject({ kind: "run", operands: ["--help"] });
	});

	it("gives help on everything, a group, a command", () => {
		for (const [line, topic] of [
			["--help", ""],
			["help", ""],
			["-h", ""],
			["queue --help", "queue"],
			["help queue", "queue"],
			["help queue list", "queue list"],
			["queue list --help", "queue list"],
			["queue retry --help", "queue retry"],
		] as const) {
			expect(parse(line)).toEqual({ kind: "help", topic });
		}
	});

	it("names the nearest right word", () => {
		expect(refused("staus")).toEqual({
			message: 'there is no command "staus"',
			hint: 'Did you mean "postern status"?',
		});
		expect(refused("queue lits").hint).toBe('Did you mean "postern queue list"?');
		expect(refused("device add x --adress 10.0.0.1")).toEqual({
			message: '"postern device add" has no option --adress',
			hint: "Did you mean --address?",
		});
		expect(refused("frobnicate").hint).toBe("postern help lists them.");
	});

	it("refuses what is missing, too much, or of the wrong kind", () => {
		expect(refused("").message).toBe("a command is missing");
		expect(refused("queue").hint).toContain("list | show | retry");
		expect(refused("account add").message).toBe("ADDRESS is missing");
		expect(refused("status now").message).toBe('"now" is more than "postern status" takes');
		expect(refused("status --config").message).toBe("--config needs a value");
		expect(refused("status --json=yes").message).toBe("--json takes no value");
		expect(refused("account add a@b.c --method sms").message).toContain(
			"one of device-code, browser, certificate",
		);
	});

	it("takes any words at all without a fault", () => {
		const word = fc.oneof(
			fc.constantFrom(
				"queue",
				"list",
				"--json",
				"--config",
				"--",
				"-",
				"help",
				"device",
				"add",
				"-h",
				"--all",
			),
			fc.string(),
		);
		fc.assert(
			fc.property(fc.array(word, { maxLength: 6 }), (words) => {
				try {
					parseCommandLine(words, COMMANDS);
				} catch (thrown) {
					expect(thrown).toBeInstanceOf(UsageError);
				}
			}),
		);
	});
});

describe("help", () => {
	it("has every command with a line about it, and every option", () => {
		const everything = helpText("", COMMANDS);
		for (const { name, summary, options } of COMMANDS) {
			expect(everything).toContain(`  ${name}`);
			expect(summary).not.toMatch(/\.$/);
			const own = helpText(name, COMMANDS);
			for (const option of [...Object.keys(options ?? {}), "config", "json", "help"]) {
				expect(own).toContain(`--${option}`);
			}
		}
	});
});
