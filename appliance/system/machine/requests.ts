/** Every request of the machine door. A new one is a file beside this and a line here. */
import { facts } from "./facts.ts";
import { hostName } from "./host-name.ts";
import { lightPins } from "./light-pins.ts";
import { networkKeep } from "./network-keep.ts";
import { networkReturn } from "./network-return.ts";
import { networkState } from "./network-state.ts";
import { networkTry } from "./network-try.ts";
import { reboot } from "./reboot.ts";
import { setTime } from "./set-time.ts";
import { updateBack } from "./update-back.ts";
import { updateInstall } from "./update-install.ts";
import { wifiScan } from "./wifi-scan.ts";

export const MACHINE_REQUESTS = [
	facts,
	reboot,
	lightPins,
	hostName,
	networkState,
	networkTry,
	networkKeep,
	networkReturn,
	wifiScan,
	setTime,
	updateInstall,
	updateBack,
] as const;
