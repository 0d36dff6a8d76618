/**
 * Plays a device against this Postern: connects as it is set up to, signs in or comes from its address,
 * sends a message, and follows it to its end. For the device desk.
 *
 * A device known by its address is played over a connection inside the appliance (`connectAs`), since
 * the box cannot send from another's address; nothing on the network can open one. Whatever goes wrong
 * on the way is a step that says so; only `device-invalid` is thrown, before anything was tried.
 */
import type { Socket } from "node:net";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Clock } from "../clock.ts";
import { asError, UserError } from "../errors.ts";
import { formatDate } from "../mail/date.ts";
import { makeMessageId } from "../mail/message-id.ts";
import type {
	DevicePort,
	DeviceSettings,
	DeviceTestDraft,
	QueueEntry,
	SessionLog,
	TestStep,
} from "../services.ts";
import { say } from "../words/saying.ts";
import { TESTS } from "../words/tests.ts";
import type { Device } from "./model.ts";

/** What the composition root lends for it. */
export interface TestBench {
	/** To the port as the network reaches it, from this machine. */
	connect(port: DevicePort): Promise<Socket>;
	/** To the port's session, as if from this address; never over the network. */
	connectAs(address: string, port: DevicePort): Promise<Socket>;
	/** Which device an address belongs to. */
	deviceAt(address: string): Device | undefined;
	/** The box's name, and the certificates (PEM) that vouch for its own. */
	identity(): { readonly name: string; readonly authority: string };
	queueEntry(id: string): Promise<QueueEntry>;
	/** The latest session of this address, to read why it was refused. */
	lastSession(address: string): SessionLog | undefined;
	readonly clock: Clock;
}

const SILENCE_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 250;
/** A message that waits for the internet may wait for days; its owner need not. */
const FOLLOW_FOR_MS = 2 * 60_000;

interface Part {
	readonly port: DevicePort;
	/** Whose address is played; undefined: it signs in, over the network. */
	readonly address: string | undefined;
	readonly password: string;
}

export function testDevice(
	draft: DeviceTestDraft,
	settings: DeviceSettings,
	bench: TestBench,
	signal: AbortSignal,
): AsyncIterable<TestStep> {
	return play(draft, settings, chosenPart(draft, settings, bench), bench, signal);
}

async function* play(
	draft: DeviceTestDraft,
	settings: DeviceSettings,
	part: Part,
	bench: TestBench,
	signal: AbortSignal,
): AsyncGenerator<TestStep> {
	yield passed(describePart(settings, part));
	let id: string;
	const dialogue = new Dialogue(settings, part, bench, signal);
	try {
		await dialogue.open();
		yield passed(dialogue.secure ? TESTS.connectedEncrypted : TESTS.connectedInClear);
		if (part.address === undefined) {
			await dialogue.signIn();
			yield passed(say(TESTS.signedInAs, { who: settings.username }));
		}
		const from = draft.from ?? settings.sender;
		const answer = await dialogue.send(from, draft.to);
		id = /queued as (\w+)/.exec(answer)?.[1] ?? "";
		const taken = { recipient: draft.to, reply: answer };
		yield passed(
			from === "" ? say(TESTS.takenFromNobody, taken) : say(TESTS.taken, { sender: from, ...taken }),
		);
	} catch (thrown) {
		if (signal.aborted) return;
		yield failed(say(TESTS.notTaken, { why: asError(thrown).message }));
		// Told by the session itself, in the words that `device log` has.
		for (const text of dialogue.ownerTexts()) yield failed(text);
		return;
	} finally {
		dialogue.close();
	}
	yield* follow(id, bench, signal);
}

/** Throws `device-invalid` when it cannot be played. */
function chosenPart(
	{ password }: DeviceTestDraft,
	{ device, ports }: DeviceSettings,
	bench: TestBench,
): Part {
	if (password !== undefined && device.username !== "") {
		const [port] = ports.filter(({ security }) => security !== "none" || device.compatibility.authWithoutTls);
		if (port !== undefined) return { port, address: undefined, password };
	}
	const address = device.addresses.map(firstAddress).find((own) => bench.deviceAt(own)?.name === device.name);
	const [port] = ports.filter(({ role }) => role !== "submission");
	if (address !== undefined && port !== undefined) return { port, address, password: "" };
	if (ports.length === 0) {
		throw new UserError("device-invalid", TESTS.noPortOpen, TESTS.noPortOpenDo);
	}
	throw new UserError(
		"device-invalid",
		say(TESTS.passwordNeeded, { device: device.name }),
		TESTS.passwordNeededDo,
	);
}

/** Of a range, the address that names it will do: the range holds it. */
function firstAddress(range: string): string {
	return range.split("/")[0] ?? range;
}

function describePart({ device, server }: DeviceSettings, { port, address }: Part): string {
	const { security } = port;
	const way = { device: device.name, port: port.port };
	if (address === undefined) {
		return security === "none"
			? say(TESTS.asItSignsInInClear, way)
			: say(TESTS.asItSignsIn, { ...way, security });
	}
	const how =
		security === "none"
			? say(TESTS.asFromItsAddressInClear, { ...way, address })
			: say(TESTS.asFromItsAddress, { ...way, security, address });
	return `${how} ${say(TESTS.wayNotTried, { server })}`;
}

/** nodemailer's client with promises. */
class Dialogue {
	readonly #settings: DeviceSettings;
	readonly #part: Part;
	readonly #bench: TestBench;
	readonly #signal: AbortSignal;
	#client: SMTPConnection | undefined;
	#localAddress = "";

	constructor(settings: DeviceSettings, part: Part, bench: TestBench, signal: AbortSignal) {
		this.#settings = settings;
		this.#part = part;
		this.#bench = bench;
		this.#signal = signal;
	}

	get secure(): boolean {
		return this.#client?.secure === true;
	}

	async open(): Promise<void> {
		const { port, address } = this.#part;
		const socket = await (address === undefined
			? this.#bench.connect(port)
			: this.#bench.connectAs(address, port));
		this.#localAddress = address ?? socket.localAddress ?? "";
		const { name, authority } = this.#bench.identity();
		const client = new SMTPConnection({
			connection: socket,
			host: name,
			port: port.port,
			name: "postern-test",
			secure: port.security === "TLS",
			requireTLS: port.security === "STARTTLS",
			ignoreTLS: port.security === "none",
			greetingTimeout: SILENCE_TIMEOUT_MS,
			socketTimeout: SILENCE_TIMEOUT_MS,
			// The very certificate is what counts; which name a device checks, its owner types into it.
			tls: { ca: authority, allowPartialTrustChain: true, checkServerIdentity: () => undefined },
		});
		// What breaks between steps shows in the next one.
		client.on("error", () => undefined);
		this.#client = client;
		this.#signal.addEventListener("abort", () => client.close(), { once: true });
		await this.#step((done) => client.connect(done));
	}

	async signIn(): Promise<void> {
		const credentials = { user: this.#settings.username, pass: this.#part.password };
		await this.#step((done) => this.#client?.login({ credentials }, done));
	}

	/** Gives Postern's answer to the message. */
	async send(from: string, to: string): Promise<string> {
		const { clock, identity } = this.#bench;
		const message = testMessage(this.#settings.device.name, from, to, identity().name, new Date(clock.now()));
		let answer = "";
		await this.#step((done) =>
			this.#client?.send({ from, to: [to] }, message, (error, info) => {
				answer = info?.response ?? "";
				done(error ?? undefined);
			}),
		);
		return answer;
	}

	ownerTexts(): readonly string[] {
		return this.#localAddress === "" ? [] : (this.#bench.lastSession(this.#localAddress)?.ownerTexts ?? []);
	}

	close(): void {
		this.#client?.quit();
	}

	#step(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
		return new Promise((resolve, reject) => {
			const client = this.#client;
			const onError = (error: Error) => reject(error);
			const onEnd = () => reject(new Error("the connection was closed"));
			client?.once("error", onError);
			client?.once("end", onEnd);
			begin((error) => {
				client?.off("error", onError);
				client?.off("end", onEnd);
				if (error) reject(error);
				else resolve();
			});
		});
	}
}

async function* follow(id: string, bench: TestBench, signal: AbortSignal): AsyncGenerator<TestStep> {
	const endMs = bench.clock.monotonicMs() + FOLLOW_FOR_MS;
	let told = "";
	while (!signal.aborted) {
		const entry = await bench.queueEntry(id);
		const { text, end } = stage(entry);
		if (end === undefined && text !== told) yield passed(text);
		told = text;
		if (end !== undefined) {
			yield { ok: end, text };
			return;
		}
		if (bench.clock.monotonicMs() > endMs) {
			yield failed(say(TESTS.stillWaits, { id }));
			return;
		}
		await bench.clock.sleep(LOOK_EVERY_MS, signal);
	}
}

/** Where it is, in the owner's words; `end` says whether that is the end and a good one. */
export function stage(entry: QueueEntry): { readonly text: string; readonly end?: boolean } {
	switch (entry.state) {
		case "incoming":
		case "active":
			return { text: TESTS.onItsWay };
		case "deferred":
			if (entry.lastError === "") return { text: TESTS.coalesces };
			return { text: `${TESTS.waits} ${entry.lastError}` };
		case "held":
			return { text: TESTS.held, end: false };
		case "coalesced":
			return { text: TESTS.replaced, end: false };
		case "expired":
			return { text: TESTS.expired, end: false };
		case "deleted":
			return { text: TESTS.deleted, end: false };
		case "delivered":
			return { text: TESTS.delivered, end: true };
		case "failed": {
			const texts = entry.recipientStates.filter(({ state }) => state === "failed");
			const why = texts
				.map(({ ownerText, reply }) =>
					reply === "" ? ownerText : `${ownerText} ${say(TESTS.answered, { reply })}`,
				)
				.join(" ");
			const reason = why || entry.lastError;
			// That it failed is known a moment before the card has why.
			if (reason === "") return { text: TESTS.onItsWay };
			return { text: `${TESTS.failed} ${reason}`, end: false };
		}
	}
}

function testMessage(device: string, from: string, to: string, hostName: string, date: Date): Buffer {
	const text = [
		`From: <${from}>`,
		`To: <${to}>`,
		"Subject: Postern test message",
		`Date: ${formatDate(date)}`,
		`Message-ID: ${makeMessageId("device-test", hostName)}`,
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: 8bit",
		"",
		`Postern "${hostName}" sent this message as its device "${device}" would.`,
		"",
	];
	return Buffer.from(text.join("\r\n"), "utf8");
}

function passed(text: string): TestStep {
	return { ok: true, text };
}

function failed(text: string): TestStep {
	return { ok: false, text };
}
