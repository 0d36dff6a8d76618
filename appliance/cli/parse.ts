/**
 * Command line -> which command, with what. Pure. Throws `UsageError`, with the nearest known name
 * where something was misspelt.
 */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { nearest } from "../config/nearest.ts";
import { COMMON_OPTIONS, type Command, type OptionSpec, UsageError } from "./command.ts";
import { Options, type OptionValue } from "./options.ts";

export type Parsed =
	| {
			readonly kind: "run";
			readonly command: Command;
			readonly options: Options;
			readonly operands: string[];
	  }
	/** `topic` is a command's name, a group's (`queue`), or empty for everything. */
	| { readonly kind: "help"; readonly topic: string };

const HELP_WORD = "help";
/** What people try first, and the command it stands for. */
const VERSION_FLAGS = new Set(["--version", "-V"]);

/** The verb, short of what is wrong with the rest; undefined where none was typed. */
export function firstWord(argv: readonly string[]): string | undefined {
	return leadingWords(withVersionWord(argv))[0]?.value;
}

export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): Parsed {
	const args = withVersionWord(argv);
	const words = leadingWords(args);
	if (words[0]?.value === HELP_WORD) return helpOn(words.slice(1), commands);

	const command = findCommand(words, commands);
	if (command === undefined) {
		const topic = knownTopic(words, commands);
		if (topic !== undefined && asksForHelp(args)) return { kind: "help", topic };
		throw unknownCommand(words, commands);
	}
	if (asksForHelp(args)) return { kind: "help", topic: command.name };

	const wordCount = command.name.split(" ").length;
	const taken = new Set(words.slice(0, wordCount).map(({ index }) => index));
	const rest = args.filter((_, index) => !taken.has(index));
	const { options, operands } = parseOptions(rest, command);
	return { kind: "run", command, options, operands };
}

function withVersionWord(argv: readonly string[]): string[] {
	return argv.map((argument, index) => (index === 0 && VERSION_FLAGS.has(argument) ? "version" : argument));
}

interface Word {
	readonly value: string;
	readonly index: number;
}

/** The words that are neither options nor, as far as is known yet, their values. */
function leadingWords(args: readonly string[]): Word[] {
	const { tokens } = parseArgs({
		args: [...args],
		options: toParseArgs(COMMON_OPTIONS),
		strict: false,
		allowPositionals: true,
		tokens: true,
	});
	return tokens.flatMap((token) =>
		token.kind === "positional" ? [{ value: token.value, index: token.index }] : [],
	);
}

function asksForHelp(args: readonly string[]): boolean {
	const end = args.indexOf("--");
	const own = end === -1 ? args : args.slice(0, end);
	return own.includes("--help") || own.includes("-h");
}

function findCommand(words: readonly Word[], commands: readonly Command[]): Command | undefined {
	const [first, second] = words.map(({ value }) => value);
	if (first === undefined) return undefined;
	return (
		commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
	);
}

/** The empty topic, or a group's name; undefined when the words name nothing. */
function knownTopic(words: readonly Word[], commands: readonly Command[]): string | undefined {
	const first = words[0]?.value ?? "";
	if (first === "") return "";
	return words.length === 1 && commands.some(({ name }) => name.startsWith(`${first} `)) ? first : undefined;
}

function helpOn(words: readonly Word[], commands: readonly Command[]): Parsed {
	const command = findCommand(words, commands);
	if (command !== undefined) return { kind: "help", topic: command.name };
	const topic = knownTopic(words, commands);
	if (topic === undefined) throw unknownCommand(words, commands);
	return { kind: "help", topic };
}

function unknownCommand(words: readonly Word[], commands: readonly Command[]): UsageError {
	const [first, second] = words.map(({ value }) => value);
	if (first === undefined) return new UsageError("a command is missing", "postern help lists them.");
	const group = commands.filter(({ name }) => name.startsWith(`${first} `));
	if (group.length > 0) {
		const actions = group.map(({ name }) => name.slice(first.length + 1));
		if (second === undefined) {
			return new UsageError(`what about "${first}"?`, `postern ${first} ${actions.join(" | ")}`);
		}
		const meant = nearest(second, actions);
		return new UsageError(
			`there is no "${first} ${second}"`,
			meant === undefined
				? `postern ${first} ${actions.join(" | ")}`
				: `Did you mean "postern ${first} ${meant}"?`,
		);
	}
	const verbs = new Set(commands.map(({ name }) => name.split(" ")[0] ?? name));
	const meant = nearest(first, verbs);
	return new UsageError(
		`there is no command "${first}"`,
		meant === undefined ? "postern help lists them." : `Did you mean "postern ${meant}"?`,
	);
}

function parseOptions(args: string[], command: Command): { options: Options; operands: string[] } {
	const specs: Readonly<Record<string, OptionSpec>> = { ...COMMON_OPTIONS, ...command.options };
	refuseMistyped(args, specs, command);
	let parsed: { values: Record<string, OptionValue>; positionals: string[] };
	try {
		parsed = parseArgs({ args, options: toParseArgs(specs), strict: true, allowPositionals: true });
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new UsageError(firstSentence(error.message), seeHelp(command));
	}
	for (const [name, { choices }] of Object.entries(specs)) {
		const value = parsed.values[name];
		if (choices === undefined || typeof value !== "string" || choices.includes(value)) continue;
		throw new UsageError(`--${name} is one of ${choices.join(", ")}, not "${value}"`, seeHelp(command));
	}
	checkOperands(parsed.positionals, command);
	return { options: new Options(parsed.values), operands: parsed.positionals };
}

/** What `parseArgs` refuses too, told in plainer words. */
function refuseMistyped(args: string[], specs: Readonly<Record<string, OptionSpec>>, command: Command): void {
	const { tokens } = parseArgs({
		args,
		options: toParseArgs(specs),
		strict: false,
		allowPositionals: true,
		tokens: true,
	});
	for (const token of tokens) {
		if (token.kind !== "option") continue;
		const spec = specs[token.name];
		if (spec?.type === "string" && token.value === undefined) {
			throw new UsageError(`${token.rawName} needs a value`, seeHelp(command));
		}
		if (spec?.type === "boolean" && token.value !== undefined) {
			throw new UsageError(`${token.rawName} takes no value`, seeHelp(command));
		}
		if (spec !== undefined) continue;
		const meant = nearest(token.name, Object.keys(specs));
		throw new UsageError(
			`"postern ${command.name}" has no option ${token.rawName}`,
			meant === undefined ? seeHelp(command) : `Did you mean --${meant}?`,
		);
	}
}

function checkOperands(operands: readonly string[], command: Command): void {
	const { text, least, most } = command.operands ?? { text: "", least: 0, most: 0 };
	if (operands.length < least) throw new UsageError(`${text} is missing`, seeHelp(command));
	const tooMany = operands[most];
	if (tooMany !== undefined) {
		throw new UsageError(`"${tooMany}" is more than "postern ${command.name}" takes`, seeHelp(command));
	}
}

function seeHelp(command: Command): string {
	return `postern ${command.name} --help shows how it is called.`;
}

function firstSentence(text: string): string {
	return text.split(". ")[0] ?? text;
}

function toParseArgs(specs: Readonly<Record<string, OptionSpec>>): ParseArgsOptionsConfig {
	return Object.fromEntries(
		Object.entries(specs).map(([name, { type, multiple, short }]) => [
			name,
			{ type, ...(multiple ? { multiple } : {}), ...(short === undefined ? {} : { short }) },
		]),
	);
}
