/** `NetworkControl` of the firmware: asks the machine door (system/machine/). For console-parts.ts. */
import type { NetworkControl } from "./network-desk.ts";
import { askMachine } from "./system/machine/door-client.ts";

/** Looking for Wi-Fi networks, a board's second start of a program among it. */
const SCAN_TIMEOUT_MS = 90_000;

export function firmwareNetwork(socket: string): NetworkControl {
	return {
		async state() {
			const { kept, trial, wifi, can } = await askMachine({ do: "network-state" }, { socket });
			return { keeper: "firmware", settings: kept, trial, wifi, can };
		},
		async tryOut({ ipv4, ipv6, dns, ntp, vlan, wifi }) {
			const draft = { ipv4, ipv6, dns: [...dns], ntp: [...ntp], vlan, wifi };
			return askMachine({ do: "network-try", ...draft }, { socket });
		},
		async keep() {
			await askMachine({ do: "network-keep" }, { socket });
		},
		async goBack() {
			await askMachine({ do: "network-return" }, { socket });
		},
		async scan(country) {
			const asked = { do: "wifi-scan", country } as const;
			return (await askMachine(asked, { socket, silenceTimeoutMs: SCAN_TIMEOUT_MS })).networks;
		},
	};
}
