/** `postern licenses`: Postern's own, Node's, and those of every package inside. */
import { EMBEDDED, embeddedContent } from "../embedded.ts";
import { type Command, DONE } from "./command.ts";

export const licensesCommand: Command = {
	name: "licenses",
	summary: "print the licences of Postern and of all that is in it",
	async run({ terminal, json }) {
		const text = Buffer.from(embeddedContent(EMBEDDED.licenses)).toString("utf8");
		if (json) terminal.json({ text });
		else terminal.print(text.trimEnd());
		return DONE;
	},
};
