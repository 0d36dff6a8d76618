/**
 * Backup and restore on the state folder of an appliance that does not run (offline-state.ts). For running.ts.
 *
 * A backup that was applied is put in place when it is closed.
 */
import { statfs } from "node:fs/promises";
import { Accounts } from "./accounts/accounts.ts";
import { Backups } from "./backup/backups.ts";
import { type ConfigPlace, readConfig } from "./beginning.ts";
import type { OpenedBackups } from "./cli/command.ts";
import { openLog } from "./log.ts";
import { openOwnState } from "./offline-state.ts";

export async function openOfflineBackups(options: ConfigPlace): Promise<OpenedBackups> {
	const { environment } = options;
	const { config } = await readConfig(options, []);
	const stateDir = config.state_dir;
	const log = openLog("warning", environment);
	const storage = await openOwnState(stateDir);
	let isApplied = false;
	const accounts = await Accounts.open({ documents: storage, config, log });
	const service = new Backups({
		...{ storage, log },
		place: { stateDir, credentialsDir: environment["CREDENTIALS_DIRECTORY"] ?? "" },
		name: () => config.name,
		accounts: () => accounts.list().map(({ address }) => address),
		hasRoom: async (sizeBytes) => {
			const { bavail, bsize } = await statfs(stateDir);
			return bavail * bsize - sizeBytes >= config.queue.reserve;
		},
		now: () => Date.now(),
		restart: async () => {
			isApplied = true;
		},
	});
	return {
		service,
		isRunning: false,
		async close() {
			await service.stop();
			await storage.close();
			// Opening puts in place what is ready.
			if (isApplied) await (await openOwnState(stateDir)).close();
		},
	};
}
