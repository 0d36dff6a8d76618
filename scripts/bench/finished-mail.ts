/**
 * Makes a box old: as many finished messages as asked for, over the last month, put into Postern's database by the
 * store's own writer while Postern does not run. Throws when the store refuses one.
 */
import path from "node:path";
import { nextQueueNumber } from "../../appliance/mail/queue-id.ts";
import { openDatabase } from "../../appliance/store/database.ts";
import type { Enqueue, Finish, HistoryDocument } from "../../appliance/store/operations.ts";
import { Writer } from "../../appliance/store/writer.ts";

const MONTH_MS = 30 * 24 * 60 * 60_000;
const GROUP = 2_000;
const SIZE_BYTES = 2_000;
const DEVICES = 10;
const PEOPLE = 400;

export function finishMail(stateFolder: string, messages: number, account: string): void {
	const database = openDatabase({ file: path.join(stateFolder, "postern.db"), role: "writer" });
	try {
		const writer = new Writer(database);
		const beganMs = Date.now() - MONTH_MS;
		for (let first = 0; first < messages; first += GROUP) {
			const group = Array.from({ length: Math.min(GROUP, messages - first) }, (_, index) =>
				messageOf(first + index, beganMs + Math.floor(((first + index) * MONTH_MS) / messages), account),
			);
			for (const writes of [group.map(({ enqueue }) => enqueue), group.map(({ finish }) => finish)]) {
				const refused = writer.commit(writes).find((fate) => "code" in fate);
				if (refused !== undefined) throw new Error(`the store refused a message: ${JSON.stringify(refused)}`);
			}
		}
	} finally {
		database.close();
	}
}

/** One of a few devices sent it to one of some hundred people; one in fifty was deleted by the owner. */
function messageOf(
	number: number,
	receivedAtMs: number,
	account: string,
): { readonly enqueue: Enqueue; readonly finish: Finish } {
	const id = nextQueueNumber(0, receivedAtMs);
	const [device, sender] = [`Copier ${number % DEVICES}`, `copier-${number % DEVICES}@bench.test`];
	const subject = `Scan ${number} from the copier on the second floor`;
	const address = `somebody.${(number * 7) % PEOPLE}@bench.test`;
	const outcome = number % 50 === 0 ? "deleted" : "delivered";
	const atMs = receivedAtMs + 1_500;
	const document: HistoryDocument = {
		...{ device, account, sender, subject, receivedAtMs, sizeBytes: SIZE_BYTES, attempts: 1 },
		recipients: [{ address, state: "delivered", reply: "202 2.0.0 Accepted", ownerText: "" }],
		events: [{ atMs, event: "attempt 1 via graph", detail: "" }],
	};
	const message: Enqueue["message"] = {
		...{ id, device, account, subject, receivedAtMs, reversePath: sender, sizeBytes: SIZE_BYTES },
		...{ smtpUtf8: false, inFile: true, state: "incoming", dueAtMs: receivedAtMs, attempts: 0 },
		...{ maybeSent: false, lastError: "" },
	};
	return {
		enqueue: { type: "enqueue", message, recipients: [address], body: null, dsn: null, digest: null },
		finish: { type: "finish", id, finishedAtMs: atMs, outcome, document: JSON.stringify(document) },
	};
}
