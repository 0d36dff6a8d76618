/**
 * Backup and restore on the state folder of an appliance that does not run. For running.ts.
 *
 * Holds the folder's lock, as an appliance would. A backup that was applied is put in place when it is closed.
 * Throws `UserError` when the folder cannot be used, or is another user's: what this user writes there the
 * appliance could not read.
 */
import { stat, statfs } from "node:fs/promises";
import { Accounts } from "./accounts/accounts.ts";
import { Backups } from "./backup/backups.ts";
import type { OpenedBackups } from "./cli/command.ts";
import { loadConfig } from "./config/load.ts";
import { errorCode, UserError } from "./errors.ts";
import { openLog } from "./log.ts";
import { Storage } from "./store/storage.ts";

export async function openOfflineBackups(options: {
	readonly configFile?: string;
	readonly environment: NodeJS.ProcessEnv;
}): Promise<OpenedBackups> {
	const { configFile, environment } = options;
	const { config } = await loadConfig({
		...(configFile === undefined ? {} : { file: configFile }),
		fileRequired: configFile !== undefined,
		environment,
		saved: [],
		flags: {},
	});
	const stateDir = config.state_dir;
	await assertOwn(stateDir);
	const log = openLog("warning", environment);
	const open = () =>
		Storage.open({
			stateDir,
			onFatal: (error) => {
				throw error;
			},
		});
	const storage = await open();
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
			if (isApplied) await (await open()).close();
		},
	};
}

async function assertOwn(stateDir: string): Promise<void> {
	const ownerId = await stat(stateDir).then(
		({ uid }) => uid,
		(error: unknown) => {
			if (errorCode(error) === "ENOENT") return undefined;
			throw error;
		},
	);
	if (ownerId === undefined || ownerId === process.getuid?.()) return;
	throw new UserError(
		"state-dir-of-another",
		`Postern does not run here, and its state folder ${stateDir} belongs to another user.`,
		"Start Postern and do it then, or do it as that user.",
	);
}
