/** `postern seed`: what lies on the boot partition of a new box becomes its own. systemd runs it as root; in no help. */
import { type Command, DONE } from "./command.ts";

export const seedCommand: Command = {
	name: "seed",
	summary: "take what lies on the boot partition",
	options: {
		boot: { type: "string", value: "FOLDER", help: "where the boot partition is mounted" },
		root: { type: "string", value: "FOLDER", help: "the machine's root folder, for tests" },
	},
	async run({ options, appliance }) {
		const { seed } = await appliance();
		await seed({ boot: options.text("boot") ?? "/run/postern-boot", root: options.text("root") ?? "/" });
		return DONE;
	},
};
