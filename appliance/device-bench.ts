/** The device desk, and what `device test` borrows of the running appliance: ports, certificate, queue, sessions. */
import type { Accounts } from "./accounts/accounts.ts";
import { DeviceDesk, type StrangerBook } from "./accounts/device-desk.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { Listeners } from "./listeners.ts";
import type { QueueService } from "./services.ts";
import type { Transcripts } from "./smtp/transcript.ts";

export interface DeviceDeskParts {
	readonly listeners: Listeners;
	readonly devices: Devices;
	readonly accounts: Accounts;
	readonly strangers: StrangerBook;
	readonly transcripts: Transcripts;
	readonly queue: QueueService;
	readonly clock: Clock;
	readonly config: () => Config;
}

export function createDeviceDesk(parts: DeviceDeskParts): DeviceDesk {
	const { listeners, devices, accounts, strangers, transcripts, queue, clock, config } = parts;
	return new DeviceDesk({
		devices,
		accounts,
		strangers,
		place: () => listeners.deviceSettings(),
		sessions: (isWanted) => transcripts.read(isWanted),
		testBench: {
			connect: ({ role }) => listeners.connect(role),
			connectAs: (address, { role }) => listeners.connectAs(role, address),
			deviceAt: (address) => devices.byAddress(address),
			identity: () => ({ name: config().name, authority: listeners.trustedCertificates() }),
			queueEntry: (id) => queue.show(id),
			lastSession: (wanted) => transcripts.read(({ address }) => address === wanted)[0],
			clock,
		},
	});
}
