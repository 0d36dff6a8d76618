/**
 * Does Postern work: its ports are open, who brings mail is greeted, and a message is taken, flushed, read back and settled?
 * For the firmware's health gate (`postern self-test`), which keeps or gives up an update by it. For appliance.ts.
 *
 * The message is the box's own and goes nowhere: the scheduler never hears of it, and nothing of it stays, in no queue and no
 * history. What a cut leaves of one, the next start removes (queue/recovery.ts).
 */
import { once } from "node:events";
import { asError } from "./errors.ts";
import type { Listeners } from "./listeners.ts";
import type { Room } from "./queue/room.ts";
import { SELF_TEST_LANE, type Spool } from "./queue/spool.ts";
import type { TestStep } from "./services.ts";
import { say } from "./words/saying.ts";
import { UPDATING } from "./words/updating.ts";

export interface SelfTestOptions {
	readonly listeners: Pick<Listeners, "list" | "missing" | "connect">;
	readonly spool: Spool;
	readonly room: Pick<Room, "has">;
}

const CONTENT = Buffer.from("Subject: Postern tests itself\r\n\r\nThis goes nowhere.\r\n");
const GREETING_TIMEOUT_MS = 20_000;

export async function* selfTest({ listeners, spool, room }: SelfTestOptions): AsyncGenerator<TestStep, void> {
	const roles = new Set(listeners.list().map(({ role }) => role));
	const lacking = [...new Set(listeners.missing())];
	yield lacking.length === 0
		? { ok: true, text: say(UPDATING.portsOpen, { count: roles.size }) }
		: { ok: false, text: say(UPDATING.portsMissing, { roles: lacking.join(", ") }) };
	if (roles.has("relay")) yield await greeted(listeners);
	// A full card is its owner's matter, and no fault of the program's.
	if (!(await room.has(0))) {
		yield { ok: true, text: UPDATING.messageNoRoom };
		return;
	}
	try {
		await carryThrough(spool);
		yield { ok: true, text: UPDATING.messageSettled };
	} catch (thrown) {
		yield { ok: false, text: say(UPDATING.messageFailed, { why: asError(thrown).message }) };
	}
}

/** Where many devices come at once, the greeting is that it is too much. */
async function greeted(listeners: Pick<Listeners, "connect">): Promise<TestStep> {
	try {
		const socket = await listeners.connect("relay");
		try {
			const [line] = await once(socket, "data", { signal: AbortSignal.timeout(GREETING_TIMEOUT_MS) });
			if (!/^(?:220|421)[ -]/.test(String(line))) throw new Error(JSON.stringify(String(line).slice(0, 100)));
			return { ok: true, text: UPDATING.greeted };
		} finally {
			socket.destroy();
		}
	} catch (thrown) {
		return { ok: false, text: say(UPDATING.notGreeted, { why: asError(thrown).message }) };
	}
}

async function carryThrough(spool: Spool): Promise<void> {
	const incoming = spool.receive();
	try {
		await incoming.body.write(CONTENT);
	} catch (thrown) {
		await incoming.abandon();
		throw thrown;
	}
	const fate = await incoming.accept({
		...{ device: SELF_TEST_LANE, account: "", reversePath: "", recipients: [], smtpUtf8: false },
		state: "held",
	});
	if (!fate.accepted) throw new Error(fate.reason);
	try {
		const chunks: Buffer[] = [];
		for await (const chunk of spool.readBody(incoming.number, false)) chunks.push(chunk);
		if (!Buffer.concat(chunks).equals(CONTENT)) throw new Error("what is read is not what was written");
	} finally {
		await spool.withdraw([incoming.number]);
	}
	if ((await spool.show(incoming.number)) !== null) throw new Error("it has not gone");
}
