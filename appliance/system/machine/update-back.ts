/** Request `update-back`: the version from before is started next (update/install.ts). */
import * as z from "zod";
import { goBack } from "../update/install.ts";
import { machineRequest } from "./machine-request.ts";

export const updateBack = machineRequest({
	do: "update-back",
	/** As for `update-install`. */
	fields: { oldestReader: z.int().min(0).max(999_999), schema: z.int().min(0).max(999_999) },
	run: (format, context) => goBack(format, context),
});
