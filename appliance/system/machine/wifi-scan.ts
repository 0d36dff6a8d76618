/** Request `wifi-scan`: the Wi-Fi networks around. */
import * as z from "zod";
import { scanned } from "../network/wifi.ts";
import { machineRequest } from "./machine-request.ts";

export const wifiScan = machineRequest({
	do: "wifi-scan",
	/** Which channels may be listened on; where none is set, the world's smallest common set. */
	fields: { country: z.string().max(10) },
	async run({ country }, context) {
		return { networks: await scanned(context, country) };
	},
});
