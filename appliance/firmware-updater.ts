/** `Updater` of the firmware: what runs and what became of the last update, and the machine door for the rest. For appliance.ts. */
import path from "node:path";
import type { Clock } from "./clock.ts";
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import type { Room } from "./queue/room.ts";
import type { DocumentStore } from "./store/documents.ts";
import { askMachine, doorSocket } from "./system/machine/door-client.ts";
import { machineRoot } from "./system/machine/image-facts.ts";
import { crashesOf } from "./system/update/crashes.ts";
import { updateFacts } from "./system/update/record.ts";
import { HOST_UPDATER, UpdateDesk, type Updater } from "./update-desk.ts";

/** A card that is slow, and says nothing until RAUC has verified the whole of it. */
const SILENCE_TIMEOUT_MS = 10 * 60_000;
/** Of the state folder, where the door looks for what was received (system/update/install.ts). */
const FOLDER = "update";

export async function openUpdates(lent: {
	readonly environment: NodeJS.ProcessEnv;
	readonly stateDir: string;
	readonly documents: DocumentStore;
	readonly events: Events;
	readonly room: Room;
	readonly clock: Clock;
	readonly log: Log;
}): Promise<UpdateDesk> {
	const { environment, stateDir, documents, events, room, clock, log } = lent;
	const updates = new UpdateDesk({
		...{ documents, events, log, now: () => clock.now(), hasRoom: (sizeBytes) => room.has(sizeBytes) },
		updater: await updaterAt(machineRoot(environment), stateDir),
	});
	await updates.start();
	return updates;
}

/** The other one where `root` is not the firmware's. */
async function updaterAt(root: string, stateDir: string): Promise<Updater> {
	if ((await updateFacts(root)) === null) return HOST_UPDATER;
	const socket = doorSocket(root);
	return {
		keeper: "firmware",
		folder: path.join(stateDir, FOLDER),
		async facts(nowMs) {
			const [facts, crashes] = await Promise.all([updateFacts(root), crashesOf(root, nowMs)]);
			return { image: facts?.image ?? null, last: facts?.last ?? null, crashes };
		},
		install: (options, onProgress) =>
			askMachine(
				{ do: "update-install", ...options },
				{ socket, onProgress, silenceTimeoutMs: SILENCE_TIMEOUT_MS },
			),
		goBack: (format) => askMachine({ do: "update-back", ...format }, { socket }),
		async restart() {
			await askMachine({ do: "reboot" }, { socket });
		},
	};
}
