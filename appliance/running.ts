/**
 * The appliance as a process: started, told by signals, ended in good order. For main.ts.
 *
 * SIGTERM and SIGINT end it, a second one at once; SIGHUP reads the configuration again. A storage thread that dies ends
 * it with 1: systemd starts it again, and what was answered 250 is on the card.
 */
import type { Appliance } from "./appliance.ts";
import { begin } from "./beginning.ts";
import type { OpenedBackups, OpenedMoving } from "./cli/command.ts";
import { SystemClock } from "./clock.ts";
import type { MovingDraft, MovingSource } from "./console-services/moving.ts";
import { asError } from "./errors.ts";
import { openLog } from "./log.ts";
import type { TestStep } from "./services.ts";
import { NEWEST_SCHEMA, OLDEST_READER } from "./store/migrations.ts";

/** For `postern version --json`: a package that is older than its data looks there before it is installed. */
export const stateFormat = { newest: NEWEST_SCHEMA, oldestReader: OLDEST_READER };

/** `postern serve`: runs until SIGTERM or SIGINT; resolves with the exit code. */
export async function runServe(options: {
	configFile?: string;
	environment: NodeJS.ProcessEnv;
}): Promise<number> {
	return runUntilSignal(options, () => undefined);
}

/** `postern sandbox`: the same against the simulated Microsoft 365. Loaded only when asked for. */
export async function runSandbox(options: {
	configFile?: string;
	environment: NodeJS.ProcessEnv;
	json: boolean;
}): Promise<number> {
	const { runInSandbox } = await import("./newcomer.ts");
	return runInSandbox(options, runUntilSignal);
}

/** For `postern backup` and `postern restore` where no appliance runs. Loaded only when asked for. */
export async function openBackups(options: {
	configFile?: string;
	environment: NodeJS.ProcessEnv;
}): Promise<OpenedBackups> {
	process.umask(0o077);
	const { openOfflineBackups } = await import("./offline-backups.ts");
	return openOfflineBackups(options);
}

/** For `postern import` where no appliance runs. Loaded only when asked for. */
export async function openMoving(options: {
	configFile?: string;
	environment: NodeJS.ProcessEnv;
}): Promise<OpenedMoving> {
	process.umask(0o077);
	const { openOfflineMoving } = await import("./offline-moving.ts");
	return openOfflineMoving(options);
}

/** For `postern doctor` where no appliance runs. Loaded only when asked for. */
export async function* checkOffline(
	options: { configFile?: string; environment: NodeJS.ProcessEnv },
	signal: AbortSignal,
): AsyncGenerator<TestStep, void> {
	const { checkOffline: check } = await import("./offline-checkup.ts");
	yield* check(options, signal);
}

/** For `postern seed`. Loaded only when asked for. */
export async function seed(places: { readonly boot: string; readonly root: string }): Promise<void> {
	process.umask(0o077);
	const [{ seedBox }, { Passwords }] = await Promise.all([
		import("./seeding.ts"),
		import("./accounts/passwords.ts"),
	]);
	await seedBox({ ...places, passwords: new Passwords(new SystemClock()), log: openLog("info") });
}

/** For `postern import`. Loaded only when asked for. */
export async function readSource(
	source: MovingSource,
	files: { readonly file: string; readonly environmentFile?: string },
): Promise<MovingDraft> {
	const { readSource: read } = await import("./moving/read-source.ts");
	return read(source, files, new SystemClock());
}

/** Starts, calls `onReady`, and ends in good order at the first signal, at once at the second. */
async function runUntilSignal(
	options: { configFile?: string; environment: NodeJS.ProcessEnv },
	onReady: (appliance: Appliance) => Promise<void> | void,
): Promise<number> {
	// Nobody else on this machine reads mail, whatever the state folder's own mode.
	process.umask(0o077);
	// Node calls its first thread MainThread, and so would `ps`, `top` and the journal.
	process.title = "postern";
	const log = openLog("info", options.environment);
	let end: (exitCode: number) => void = () => undefined;
	const ended = new Promise<number>((resolve) => {
		end = resolve;
	});
	let signalled: () => void = () => undefined;
	const signal = new Promise<void>((resolve) => {
		signalled = resolve;
	});
	const onSignal = () => {
		signalled();
		process.once("SIGINT", () => end(1));
		process.once("SIGTERM", () => end(1));
	};
	process.once("SIGTERM", onSignal);
	process.once("SIGINT", onSignal);
	const all = {
		...options,
		onEnd: onSignal,
		onFatal: (error: Error) => {
			log.crit("storage-died", { error: error.stack ?? error.message });
			end(1);
		},
	};
	const beginning = begin(all);
	const { storage } = await beginning;
	// The rest is loaded while the storage thread starts.
	const [{ Appliance }] = await Promise.all([import("./appliance.ts"), storage]);
	const appliance = await Appliance.start(all, beginning);
	process.on("SIGHUP", () => {
		appliance.reload().catch((thrown: unknown) => {
			log.error("reload-refused", { error: asError(thrown).message });
		});
	});
	await onReady(appliance);
	void signal.then(async () => {
		await appliance.stop();
		end(0);
	});
	return ended;
}
