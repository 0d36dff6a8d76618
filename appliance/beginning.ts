/**
 * What a start begins with: the configuration of file and environment, and the storage that it names. For running.ts, which
 * loads the rest of the program while the storage thread starts on a processor of its own, and for the composition root.
 *
 * Throws `UserError` where the owner has to do something first.
 */
import { type LoadedConfig, loadConfig } from "./config/load.ts";
import type { SavedSetting } from "./config/text-layers.ts";
import { Storage } from "./store/storage.ts";
import { newThread } from "./store/threads.ts";

/** Where the configuration is, short of what the console saved. */
export interface ConfigPlace {
	/** As given with `--config`; its absence is an error then. */
	readonly configFile?: string;
	readonly environment: NodeJS.ProcessEnv;
}

export interface BeginningOptions extends ConfigPlace {
	/** Called when the appliance cannot go on: a storage thread died. */
	readonly onFatal: (error: Error) => void;
}

export interface Beginning {
	readonly stateDir: string;
	/** Being opened. */
	readonly storage: Promise<Storage>;
}

export async function begin(options: BeginningOptions): Promise<Beginning> {
	const thread = newThread("writer");
	try {
		const { config } = await readConfig(options, []);
		const stateDir = config.state_dir;
		return { stateDir, storage: Storage.open({ stateDir, thread, onFatal: options.onFatal }) };
	} catch (thrown) {
		await thread.terminate();
		throw thrown;
	}
}

/** As it is, or would be, with these settings. */
export function readConfig(
	{ configFile, environment }: ConfigPlace,
	saved: readonly SavedSetting[],
): Promise<LoadedConfig> {
	return loadConfig({
		...(configFile === undefined ? {} : { file: configFile }),
		fileRequired: configFile !== undefined,
		environment,
		saved,
		flags: {},
	});
}
