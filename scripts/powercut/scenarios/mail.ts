/** Mail comes and goes, with whatever Microsoft's weather is. Over SMTP or Graph, and with tokens that hold for a second. */
import type { Random } from "../random.ts";
import type { Life, Scenario } from "../scenario.ts";
import { devicesSend, type Latency, LIVELY, SLUGGISH, weather } from "../traffic.ts";

export function mailScenario(random: Random): Scenario {
	const live = (life: Life) => mailFlows(life, LIVELY);
	return random.chance(0.3)
		? { house: { transport: "smtp" }, allow: (house) => house.allowLooking(), live }
		: { house: {}, live };
}

/** For a program that loses what it is sending: the card is flushed for other mail meanwhile, many times. */
export function slowMailScenario(): Scenario {
	return { house: {}, live: (life) => mailFlows(life, SLUGGISH) };
}

/** Nearly every message needs a new token: the sign-in's file is written again and again. */
export function tokenScenario(): Scenario {
	return { house: { sandbox: { accessTokenLifetimeSeconds: 1 } }, live: (life) => mailFlows(life, LIVELY) };
}

async function mailFlows(life: Life, latency: Latency): Promise<void> {
	const { house, random, flushes, wantedFlushes } = life;
	await house.start();
	const calm = new AbortController();
	const changing = weather(house.cloud.control, random, latency, calm.signal);
	await devicesSend(life, () => flushes() >= wantedFlushes);
	calm.abort();
	await changing;
}
