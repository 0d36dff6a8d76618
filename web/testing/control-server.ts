/** A control socket with `Services` in memory behind it, in a folder of its own. For tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Log, silentLog } from "../../appliance/log.ts";
import { createControlApi } from "../api.ts";
import { listenControl } from "../serve.ts";
import { type FakeState, fakeServices } from "./fake-services.ts";

export interface ControlServer {
	readonly socketPath: string;
	readonly folder: string;
	readonly state: FakeState;
	close(): Promise<void>;
}

export async function startControlServer(
	change: Partial<FakeState> = {},
	log: Log = silentLog(),
): Promise<ControlServer> {
	const folder = await mkdtemp(path.join(tmpdir(), "postern-control-"));
	const socketPath = path.join(folder, "control.sock");
	const { services, state } = fakeServices(change);
	const listener = await listenControl(socketPath, createControlApi(services, log), { log });
	return {
		socketPath,
		folder,
		state,
		async close() {
			await listener.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
