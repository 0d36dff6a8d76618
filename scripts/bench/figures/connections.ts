/**
 * What connections cost without mail: how many a second, plain and with a TLS handshake, and how much
 * memory one takes that says nothing. The clients' share of the processor is in the rates. Sessions come
 * from many addresses of loopback, as from many devices.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender, ContenderName, Running } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { SmtpClient } from "../smtp-client.ts";
import { type Bench, withSubject } from "../subject.ts";

const AT_ONCE = 8;
const IDLE_SESSIONS = 300;
const SESSIONS_OF_ONE_ADDRESS = 10;
const KILOBYTE = 1_000;
const REST_MS = 1_500;
/** Each measurement makes so many times as many connections as a latency has sessions. */
const CONNECTIONS_PER_SESSION = 10;
const HANDSHAKES_PER_SESSION = 2;

/** Its reverse look-ups would measure this machine's DNS, and it serves a hundred sessions at most. */
const WITHOUT_POSTFIX: readonly ContenderName[] = ["postern", "naive"];

export const connectionMeasurements: readonly Measurement[] = [
	{
		name: "connections",
		contenders: WITHOUT_POSTFIX,
		figures: [
			{
				title: "connections with greeting, EHLO and QUIT",
				unit: "1/s",
				value: "perSecond",
				decimals: 0,
				wanted: [],
			},
		],
		measure: (bench, contender) =>
			measureRate(bench, contender, bench.effort.sessions * CONNECTIONS_PER_SESSION, () => Promise.resolve()),
	},
	{
		name: "handshakes",
		// The references have no certificate.
		contenders: ["postern"],
		figures: [
			{ title: "TLS handshakes (STARTTLS)", unit: "1/s", value: "perSecond", decimals: 0, wanted: [] },
		],
		measure: (bench, contender) =>
			measureRate(bench, contender, bench.effort.sessions * HANDSHAKES_PER_SESSION, (client) =>
				client.startTls(),
			),
	},
	{
		name: "idle-sessions",
		contenders: WITHOUT_POSTFIX,
		figures: [
			{
				title: `memory of an idle session, of ${IDLE_SESSIONS}`,
				unit: "kB",
				value: "kilobytes",
				decimals: 1,
				wanted: [],
			},
		],
		measure: measureIdleSessions,
	},
];

async function measureRate(
	bench: Bench,
	contender: Contender,
	connections: number,
	doing: (client: SmtpClient) => Promise<void>,
): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ running }) => {
		await connectInTurns(running, AT_ONCE, doing);
		const startedMs = performance.now();
		await connectInTurns(running, connections, doing);
		return { perSecond: (connections / (performance.now() - startedMs)) * 1_000 };
	});
}

async function connectInTurns(
	running: Running,
	connections: number,
	doing: (client: SmtpClient) => Promise<void>,
): Promise<void> {
	let left = connections;
	const oneAfterTheOther = async (): Promise<void> => {
		while (left > 0) {
			left -= 1;
			const client = await connected(running, left);
			await doing(client);
			await client.quit();
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, oneAfterTheOther));
}

async function connected({ smtpPort }: Running, index: number): Promise<SmtpClient> {
	const from = `127.0.1.${1 + (Math.floor(index / SESSIONS_OF_ONE_ADDRESS) % 200)}`;
	const client = await SmtpClient.connect({ port: smtpPort, from });
	await client.command("EHLO device.bench.test");
	return client;
}

async function measureIdleSessions(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ running }) => {
		// What the first sessions make once is not theirs.
		await connectInTurns(running, IDLE_SESSIONS, () => Promise.resolve());
		await sleep(REST_MS);
		const idleBytes = await running.memory.idleBytes();
		const clients: SmtpClient[] = [];
		for (let index = 0; index < IDLE_SESSIONS; index += 1) clients.push(await connected(running, index));
		await sleep(REST_MS);
		const heldBytes = await running.memory.idleBytes();
		await Promise.all(clients.map((client) => client.quit()));
		return { kilobytes: (heldBytes - idleBytes) / IDLE_SESSIONS / KILOBYTE };
	});
}
