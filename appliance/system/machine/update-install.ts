/** Request `update-install`: what Postern has received is judged and written to the other slot (update/install.ts). */
import * as z from "zod";
import { installUpdate } from "../update/install.ts";
import { machineRequest } from "./machine-request.ts";

export const updateInstall = machineRequest({
	do: "update-install",
	fields: {
		/** Of the data that is here, and of the program: Postern knows them, and would harm itself alone by wrong ones. */
		oldestReader: z.int().min(0).max(999_999),
		schema: z.int().min(0).max(999_999),
		onlyNewer: z.boolean(),
	},
	run: (options, context) => installUpdate(options, context),
});
