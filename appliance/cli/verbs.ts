/** Every command there is, in the order of the help. A new one is added here and nowhere else. */
import { accountCommands } from "./account.ts";
import { backupCommand } from "./backup.ts";
import type { Command } from "./command.ts";
import { configCommands } from "./config.ts";
import { consolePasswordCommand } from "./console-password.ts";
import { deviceCommands } from "./device.ts";
import { doctorCommand } from "./doctor.ts";
import { importCommands } from "./import.ts";
import { licensesCommand } from "./licenses.ts";
import { lightsTestCommand } from "./lights-test.ts";
import { machineDoorCommand } from "./machine-door.ts";
import { mailboxCommands } from "./mailbox.ts";
import { networkCommands } from "./network.ts";
import { queueCommands } from "./queue.ts";
import { reloadCommand } from "./reload.ts";
import { restoreCommand } from "./restore.ts";
import { sandboxCommand } from "./sandbox.ts";
import { seedCommand } from "./seed.ts";
import { selfTestCommand } from "./self-test.ts";
import { serveCommand } from "./serve.ts";
import { statusCommand } from "./status.ts";
import { updateCommand } from "./update.ts";
import { versionCommand } from "./version.ts";

export const COMMANDS: readonly Command[] = [
	serveCommand,
	sandboxCommand,
	statusCommand,
	doctorCommand,
	...accountCommands,
	...deviceCommands,
	...mailboxCommands,
	...queueCommands,
	...networkCommands,
	updateCommand,
	consolePasswordCommand,
	reloadCommand,
	lightsTestCommand,
	...configCommands,
	backupCommand,
	restoreCommand,
	...importCommands,
	versionCommand,
	licensesCommand,
];

/** What other programs of the machine run: in no help, no manual and no completion. */
export const HIDDEN_COMMANDS: readonly Command[] = [machineDoorCommand, seedCommand, selfTestCommand];
