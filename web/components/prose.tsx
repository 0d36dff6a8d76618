/**
 * A text of the appliance, which also speaks to who reads it in a terminal: `keys` of the configuration are shown as code, and
 * a command in brackets is left out, because the console has a button for it.
 */
import type { FC } from "hono/jsx";

const COMMAND = / \(`(?:postern |--)[^`]*`\)/g;

export const Prose: FC<{ readonly text: string }> = ({ text }) => (
	<>
		{text
			.replaceAll(COMMAND, "")
			.split("`")
			.map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}
	</>
);
