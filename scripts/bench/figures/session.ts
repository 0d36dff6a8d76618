/**
 * A whole session as devices do it: connect, greeting, EHLO, AUTH PLAIN, one message, QUIT, one after
 * the other. Milliseconds at the median, the client's own small share included.
 */
import type { Contender, Running } from "../contender.ts";
import { CONTENDERS, LOGIN_FROM } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { messageOf, SmtpClient } from "../smtp-client.ts";
import { median } from "../statistics.ts";
import { type Bench, withSubject } from "../subject.ts";

const MESSAGE_BYTES = 2_000;
const WARM_UP_SESSIONS = 5;

export const sessionMeasurement: Measurement = {
	name: "session",
	contenders: CONTENDERS,
	figures: [
		{
			title: "whole session with AUTH, median (Postfix: without)",
			unit: "ms",
			value: "medianMs",
			decimals: 1,
			wanted: [{ atMost: 10 }],
		},
	],
	notes: [
		"Postfix and Haraka look up the name of whoever connects: what the name server takes for it is in their sessions.",
	],
	measure,
};

async function measure(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ running }) => {
		const latenciesMs: number[] = [];
		for (let session = 0; session < WARM_UP_SESSIONS + bench.effort.sessions; session += 1) {
			const latencyMs = await oneSessionMs(running);
			if (session >= WARM_UP_SESSIONS) latenciesMs.push(latencyMs);
		}
		return { medianMs: median(latenciesMs) };
	});
}

async function oneSessionMs({ smtpPort, login }: Running): Promise<number> {
	const body = [...messageOf(MESSAGE_BYTES)];
	const startedMs = performance.now();
	const client = await SmtpClient.connect({ port: smtpPort, from: LOGIN_FROM });
	await client.command("EHLO device.bench.test");
	if (login !== undefined) await client.login(login.username, login.password);
	await client.send("device@bench.test", "inbox@bench.test", body);
	await client.quit();
	return performance.now() - startedMs;
}
