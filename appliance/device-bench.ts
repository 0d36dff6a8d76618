/** What `device test` borrows of the running appliance: its ports, its certificate, its queue, its sessions. */
import type { TestBench } from "./accounts/device-test.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { Listeners } from "./listeners.ts";
import type { QueueService } from "./services.ts";
import type { Transcripts } from "./smtp/transcript.ts";

export interface DeviceBenchParts {
	readonly listeners: Listeners;
	readonly devices: Devices;
	readonly transcripts: Transcripts;
	readonly queue: QueueService;
	readonly clock: Clock;
	readonly config: () => Config;
}

export function deviceBench(parts: DeviceBenchParts): TestBench {
	const { listeners, devices, transcripts, queue, clock, config } = parts;
	return {
		connect: ({ role }) => listeners.connect(role),
		connectAs: (address, { role }) => listeners.connectAs(role, address),
		deviceAt: (address) => devices.byAddress(address),
		identity: () => ({ name: config().name, authority: listeners.trustedCertificates() }),
		queueEntry: (id) => queue.show(id),
		lastSession: (wanted) => transcripts.read(({ address }) => address === wanted)[0],
		clock,
	};
}
