/**
 * The reference "naive": the same stack as Postern, put together the way one does on a first
 * afternoon, and honestly: smtp-server with its defaults (but no reverse DNS), better-sqlite3 on the
 * main thread, WAL and synchronous=FULL, one transaction per message before its 250, delivery to the
 * same simulated Graph with as many requests at once, and one transaction to settle each.
 *
 * A program of its own; its settings are environment variables. Fails loudly; it is not a product.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import {
	SMTPServer,
	type SMTPServerDataStream,
	type SMTPServerOptions,
	type SMTPServerSession,
} from "smtp-server";

const LARGEST_MESSAGE_BYTES = 157_286_400;
const DELIVERIES_AT_ONCE = 4;
const RETRY_MS = 1_000;
const ACCEPTED = 202;

const setting = (name: string) => {
	const value = process.env[name];
	if (value === undefined) throw new Error(`${name} is not set`);
	return value;
};

const database = new Database(setting("NAIVE_DATABASE"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(
	"CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, sender TEXT, recipients TEXT, body BLOB) STRICT",
);
const insert = database.prepare("INSERT INTO message (sender, recipients, body) VALUES (?, ?, ?)");
const read = database.prepare<[number], { readonly body: Buffer }>("SELECT body FROM message WHERE id = ?");
const settle = database.prepare("DELETE FROM message WHERE id = ?");

const sendMail = new URL("/v1.0/me/sendMail", setting("NAIVE_GRAPH"));
const agent = new Agent({ keepAlive: true, maxSockets: DELIVERIES_AT_ONCE });
/** Ids nobody is delivering, oldest first. */
const pending = new Set(database.prepare<[], number>("SELECT id FROM message ORDER BY id").pluck().all());
let delivering = 0;
let waiting = false;

function post(body: Buffer): Promise<boolean> {
	return new Promise((resolve) => {
		const headers = { "content-type": "text/plain", authorization: "Bearer bench" };
		const posted = request(sendMail, { method: "POST", agent, headers }, (response) => {
			response.resume();
			response.on("end", () => resolve(response.statusCode === ACCEPTED));
		});
		posted.on("error", () => resolve(false));
		posted.end(body.toString("base64"));
	});
}

/** Keeps `DELIVERIES_AT_ONCE` going while there is mail; after a failure everything waits a moment. */
function deliver(): void {
	for (const id of pending) {
		if (waiting || delivering >= DELIVERIES_AT_ONCE) return;
		pending.delete(id);
		delivering += 1;
		void deliverOne(id);
	}
}

async function deliverOne(id: number): Promise<void> {
	const body = read.get(id)?.body ?? Buffer.alloc(0);
	const accepted = await post(body);
	delivering -= 1;
	if (accepted) {
		settle.run(id);
	} else {
		pending.add(id);
		if (waiting) return;
		waiting = true;
		await sleep(RETRY_MS);
		waiting = false;
	}
	deliver();
}

function take(stream: SMTPServerDataStream, session: SMTPServerSession, done: (error?: Error) => void): void {
	const chunks: Buffer[] = [];
	stream.on("data", (chunk: Buffer) => chunks.push(chunk));
	stream.on("end", () => {
		const { mailFrom, rcptTo } = session.envelope;
		const sender = mailFrom === false ? "" : mailFrom.address;
		const recipients = JSON.stringify(rcptTo.map(({ address }) => address));
		const { lastInsertRowid } = insert.run(sender, recipients, Buffer.concat(chunks));
		pending.add(Number(lastInsertRowid));
		done();
		deliver();
	});
}

const options: SMTPServerOptions = {
	authOptional: true,
	allowInsecureAuth: true,
	disabledCommands: ["STARTTLS"],
	disableReverseLookup: true,
	size: LARGEST_MESSAGE_BYTES,
	onAuth: ({ username, password }, _session, callback) => {
		if (username === setting("NAIVE_USERNAME") && password === setting("NAIVE_PASSWORD")) {
			callback(null, { user: username });
		} else {
			callback(new Error("Invalid username or password"));
		}
	},
	onData: take,
};
// The engine's own test certificate: RSA of 2,048 bits, as Postern's is.
for (const [name, secure] of [
	["NAIVE_PORT", false],
	["NAIVE_TLS_PORT", true],
] as const) {
	const server = new SMTPServer({ ...options, secure });
	// A client that leaves without QUIT would end it.
	server.on("error", (error) => console.error(error.message));
	server.listen(Number(setting(name)), "127.0.0.1");
}
process.once("SIGTERM", () => process.exit(0));
deliver();
