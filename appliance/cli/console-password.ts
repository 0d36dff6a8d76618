/** `postern console password`: a new password for the console's owner, who has lost theirs. */
import { type Command, DONE } from "./command.ts";

export const consolePasswordCommand: Command = {
	name: "console password",
	summary: "a new password for the console's owner, when the old one is lost",
	details:
		"The person `owner` gets it, and is made when there is none. Their sessions end, and one-time codes are off.",
	async run({ terminal, json, services }) {
		const { console: rescue } = await services();
		const { name, password } = await rescue.resetPassword();
		if (json) {
			terminal.json({ name, password });
			return DONE;
		}
		terminal.print(
			[
				"Sign in to the console with",
				"",
				`  User name    ${name}`,
				`  Password     ${password}`,
				"",
				"The password is shown only now.",
			].join("\n"),
		);
		return DONE;
	},
};
