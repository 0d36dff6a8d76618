/**
 * Completion of commands and options for bash, zsh and fish, from the table of commands. For debian.ts.
 */
import { COMMON_OPTIONS, type Command, type OptionSpec } from "../../appliance/cli/command.ts";
import { allCommands } from "../../appliance/cli/verbs.ts";

const COMMANDS = await allCommands();

type Options = Readonly<Record<string, OptionSpec>>;

const optionsOf = ({ options }: Command): Options => ({ ...options, ...COMMON_OPTIONS });
const firstWords = [...new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? ""))];

/** The words that may follow a first one; empty when it stands alone. */
function secondWords(first: string): readonly string[] {
	return COMMANDS.flatMap(({ name }) => {
		const [word, second] = name.split(" ");
		return word === first && second !== undefined ? [second] : [];
	});
}

/** Options of the command that is typed, by its words. */
function optionCases(): string {
	return COMMANDS.map((command) => {
		const words = Object.keys(optionsOf(command)).map((name) => `--${name}`);
		return `\t"${command.name}") echo "${words.join(" ")}" ;;`;
	}).join("\n");
}

function secondCases(): string {
	return firstWords
		.filter((first) => secondWords(first).length > 0)
		.map((first) => `\t${first}) echo "${secondWords(first).join(" ")}" ;;`)
		.join("\n");
}

export function bashCompletion(): string {
	return `# bash completion for postern(1)
_postern_second() {
	case $1 in
${secondCases()}
	esac
}
_postern_options() {
	case $1 in
${optionCases()}
	*) echo "${Object.keys(COMMON_OPTIONS)
		.map((name) => `--${name}`)
		.join(" ")}" ;;
	esac
}
_postern() {
	local current=\${COMP_WORDS[COMP_CWORD]} first=\${COMP_WORDS[1]:-} second words
	second=$(_postern_second "$first")
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="${firstWords.join(" ")}"
	elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$second" ]; then
		words=$second
	elif [[ $current == -* ]]; then
		[ -z "$second" ] || first="$first \${COMP_WORDS[2]:-}"
		words=$(_postern_options "$first")
	else
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _postern postern
`;
}

/** zsh runs the one for bash. */
export function zshCompletion(): string {
	return `#compdef postern
autoload -U +X bashcompinit && bashcompinit
source /usr/share/bash-completion/completions/postern
`;
}

export function fishCompletion(): string {
	const lines = firstWords.map(
		(first) => `complete -c postern -n __fish_use_subcommand -f -a ${first} -d ${quoted(summaryOf(first))}`,
	);
	for (const command of COMMANDS) {
		const [first = "", second] = command.name.split(" ");
		if (second !== undefined) {
			lines.push(
				`complete -c postern -n "__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${secondWords(first).join(" ")}" -f -a ${second} -d ${quoted(command.summary)}`,
			);
		}
		const seen = [first, second].filter((word) => word !== undefined);
		const condition = seen.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
		for (const [name, { type, help }] of Object.entries(optionsOf(command))) {
			const takesValue = type === "string" ? " -r" : "";
			lines.push(`complete -c postern -n "${condition}" -l ${name}${takesValue} -d ${quoted(help)}`);
		}
	}
	return `# fish completion for postern(1)\n${lines.join("\n")}\n`;
}

function summaryOf(first: string): string {
	const alone = COMMANDS.find(({ name }) => name === first);
	return alone?.summary ?? secondWords(first).join(", ");
}

function quoted(text: string): string {
	return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
