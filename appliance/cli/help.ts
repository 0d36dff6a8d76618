/** The help texts, made from the command table. */
import { COMMON_OPTIONS, type Command, type OptionSpec } from "./command.ts";
import { renderPairs } from "./table.ts";

const ABOUT = `Postern takes mail from devices on the LAN and delivers it through Microsoft 365.

postern COMMAND [ARGUMENTS] [--json] [--config FILE] [--help]
`;

const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 called wrongly.";

/** `topic`: a command's name, a group's name, or empty for everything. */
export function helpText(topic: string, commands: readonly Command[]): string {
	const command = commands.find(({ name }) => name === topic);
	if (command !== undefined) return commandHelp(command);
	const group = topic === "" ? commands : commands.filter(({ name }) => name.startsWith(`${topic} `));
	const list = renderPairs(group.map((member) => [`  ${usage(member)}`, member.summary]));
	return topic === "" ? `${ABOUT}\n${list}\n\n${EXIT_CODES}` : list;
}

function usage({ name, operands }: Command): string {
	return operands === undefined ? name : `${name} ${operands.text}`;
}

function commandHelp(command: Command): string {
	const { summary } = command;
	const parts = [
		`postern ${usage(command)} [OPTIONS]`,
		`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
	];
	if (command.details !== undefined) parts.push(command.details);
	parts.push(`Options:\n${optionList({ ...command.options, ...COMMON_OPTIONS })}`);
	return parts.join("\n\n");
}

function optionList(specs: Readonly<Record<string, OptionSpec>>): string {
	return renderPairs(
		Object.entries(specs).map(([name, { value, help, multiple, choices, short }]) => {
			const shown = choices?.join("|") ?? value;
			const more = multiple ? " (may be repeated)" : "";
			const also = short === undefined ? "" : `, -${short}`;
			return [`  --${name}${also}${shown === undefined ? "" : ` ${shown}`}`, `${help}${more}`];
		}),
	);
}
