/**
 * Every command there is, by the first word of its name, in the order of the help. A new one is added here and nowhere
 * else. Loaded when it is called: a light command should not wait for the others, nor the service keep them.
 */
import type { Command } from "./command.ts";

type Verb = () => Promise<readonly Command[]>;

const VERBS: Readonly<Record<string, Verb>> = {
	serve: async () => [(await import("./serve.ts")).serveCommand],
	sandbox: async () => [(await import("./sandbox.ts")).sandboxCommand],
	status: async () => [(await import("./status.ts")).statusCommand],
	doctor: async () => [(await import("./doctor.ts")).doctorCommand],
	account: async () => (await import("./account.ts")).accountCommands,
	device: async () => (await import("./device.ts")).deviceCommands,
	mailbox: async () => (await import("./mailbox.ts")).mailboxCommands,
	queue: async () => (await import("./queue.ts")).queueCommands,
	network: async () => (await import("./network.ts")).networkCommands,
	update: async () => [(await import("./update.ts")).updateCommand],
	console: async () => [(await import("./console-password.ts")).consolePasswordCommand],
	reload: async () => [(await import("./reload.ts")).reloadCommand],
	lights: async () => [(await import("./lights-test.ts")).lightsTestCommand],
	config: async () => [
		...(await import("./config.ts")).configCommands,
		...(await import("./config-pair.ts")).pairCommands,
	],
	backup: async () => [(await import("./backup.ts")).backupCommand],
	restore: async () => [(await import("./restore.ts")).restoreCommand],
	import: async () => (await import("./import.ts")).importCommands,
	version: async () => [(await import("./version.ts")).versionCommand],
	licenses: async () => [(await import("./licenses.ts")).licensesCommand],
};

/** What other programs of the machine run: in no help, no manual and no completion. */
const HIDDEN_VERBS: Readonly<Record<string, Verb>> = {
	"machine-door": async () => [(await import("./machine-door.ts")).machineDoorCommand],
	seed: async () => [(await import("./seed.ts")).seedCommand],
	"self-test": async () => [(await import("./self-test.ts")).selfTestCommand],
};

/** Those whose names begin with that word; for any other word, and for none, all that the help tells of. */
export function commandsOf(firstWord: string | undefined): Promise<readonly Command[]> {
	const verbs = new Map(Object.entries({ ...VERBS, ...HIDDEN_VERBS }));
	return verbs.get(firstWord ?? "")?.() ?? allCommands();
}

export async function allCommands(): Promise<readonly Command[]> {
	const groups = await Promise.all(Object.values(VERBS).map((verb) => verb()));
	return groups.flat();
}
