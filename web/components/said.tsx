/**
 * What the appliance says, in the language of the page; English that stays so is marked, for who has it read aloud.
 *
 * It also speaks to who reads it in a terminal: `keys` of the configuration are shown as code, and a command in brackets
 * is left out, because the console has a button for it.
 */
import type { Child, FC } from "hono/jsx";
import { translated } from "../locales/said.ts";
import { usePage } from "../page-context.ts";

export const Said: FC<{ readonly text: string }> = ({ text }): Child => {
	const known = translated(text, usePage().language);
	if (known !== undefined) return <Prose text={known} />;
	return (
		<span lang="en">
			<Prose text={text} />
		</span>
	);
};

const COMMAND = / \(`(?:postern |--)[^`]*`\)/g;

export const Prose: FC<{ readonly text: string }> = ({ text }) => (
	<>
		{text
			.replaceAll(COMMAND, "")
			.split("`")
			.map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}
	</>
);
