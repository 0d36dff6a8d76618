/**
 * What connections cost by themselves: how many come and go in a second (connect, greeting, QUIT), how
 * many TLS handshakes a second (full ones, TLS first, RSA of 2,048 bits), and how much memory a session
 * takes that is greeted and then silent. Postfix and Haraka take part in the first alone: they have no TLS set
 * up here, Postfix gives each session a process, and Haraka's heap gives back more meanwhile than its sessions take.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { CONTENDERS, type Contender } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { SmtpClient } from "../smtp-client.ts";
import { type Bench, withSubject } from "../subject.ts";

const AT_ONCE = 10;
const IDLE_SESSIONS = 200;
/** A contender may bound what one address holds open. */
const IDLE_ADDRESSES = 10;
const REST_MS = 1_500;
const KILOBYTE = 1_000;

export const connectionMeasurements: readonly Measurement[] = [
	{
		name: "connections",
		contenders: CONTENDERS,
		figures: [
			{
				title: "connections: connect, greeting, QUIT, ten at once",
				unit: "/s",
				value: "perSecond",
				decimals: 0,
				wanted: [{ atLeastTimes: 1, of: "naive" }],
			},
		],
		measure: (bench, contender) =>
			withSubject(bench, contender, 0, async ({ running }) => {
				const oneConnection = async () => (await SmtpClient.connect({ port: running.smtpPort })).quit();
				return await measureRate(bench.effort.seconds, oneConnection);
			}),
	},
	{
		name: "handshakes",
		contenders: ["postern", "naive"],
		figures: [
			{
				title: "TLS handshakes, ten at once",
				unit: "/s",
				value: "perSecond",
				decimals: 0,
				wanted: [{ atLeastTimes: 0.8, of: "naive" }],
			},
		],
		measure: (bench, contender) =>
			withSubject(bench, contender, 0, async ({ running: { tlsPort } }) => {
				if (tlsPort === undefined) throw new Error("it has no port for TLS");
				return await measureRate(bench.effort.seconds, () => oneHandshake(tlsPort));
			}),
	},
	{
		name: "idle-sessions",
		contenders: ["postern", "naive"],
		figures: [
			{
				title: `memory of an idle session, of ${IDLE_SESSIONS}`,
				unit: "kB",
				value: "kilobytes",
				decimals: 1,
				wanted: [{ atMost: 50 }],
			},
		],
		measure: measureIdleSessions,
	},
];

/** After a warm-up of a third of the time. */
async function measureRate(seconds: number, once: () => Promise<void>): Promise<Values> {
	await repeat(seconds / 3, once);
	return { perSecond: (await repeat(seconds, once)) / seconds };
}

async function repeat(seconds: number, once: () => Promise<void>): Promise<number> {
	const deadline = performance.now() + seconds * 1_000;
	let done = 0;
	const work = async () => {
		while (performance.now() < deadline) {
			await once();
			done += 1;
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return done;
}

/** Without a session to resume, so that each is a full one. Postern shows its authority too, which the client reads. */
async function oneHandshake(port: number): Promise<void> {
	// The certificate is the contender's own; whose it is does not matter here.
	const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
	await once(socket, "secureConnect");
	socket.destroy();
}

async function measureIdleSessions(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ running: { smtpPort, memory } }) => {
		const open = async (sessions: number) =>
			await Promise.all(
				Array.from({ length: sessions }, (_, index) =>
					SmtpClient.connect({ port: smtpPort, from: `127.0.0.${10 + (index % IDLE_ADDRESSES)}` }),
				),
			);
		// What the first sessions make once is no session's.
		await Promise.all((await open(AT_ONCE)).map((client) => client.quit()));
		await sleep(REST_MS);
		const before = await memory.idleBytes();
		const clients = await open(IDLE_SESSIONS);
		await sleep(REST_MS);
		const after = await memory.idleBytes();
		await Promise.all(clients.map((client) => client.quit()));
		return { kilobytes: (after - before) / IDLE_SESSIONS / KILOBYTE };
	});
}
