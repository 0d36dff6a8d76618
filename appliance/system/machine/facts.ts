/** Request `facts`: which firmware this is. For whoever wants to know whether the door is open. */
import { UserError } from "../../errors.ts";
import { FIRMWARE } from "../../words/firmware.ts";
import { imageFacts } from "./image-facts.ts";
import { machineRequest } from "./machine-request.ts";

export const facts = machineRequest({
	do: "facts",
	fields: {},
	async run(_, { root }) {
		const found = await imageFacts(root);
		if (found === null) throw new UserError("not-the-firmware", FIRMWARE.notTheFirmware);
		return found;
	},
});
