/** Mail comes and goes, with whatever Microsoft's weather is. Over SMTP or Graph, and with tokens that hold for a second. */
import type { Random } from "../random.ts";
import type { Scenario } from "../scenario.ts";
import { devicesSend, weather } from "../traffic.ts";

export function mailScenario(random: Random): Scenario {
	return {
		house: random.chance(0.3) ? { transport: "smtp" } : {},
		live: mailFlows,
	};
}

/** Nearly every message needs a new token: the sign-in's file is written again and again. */
export function tokenScenario(): Scenario {
	return { house: { sandbox: { accessTokenLifetimeSeconds: 1 } }, live: mailFlows };
}

const mailFlows: Scenario["live"] = async (life) => {
	const { house, random, flushes, wantedFlushes } = life;
	await house.start();
	const calm = new AbortController();
	const changing = weather(house.cloud.control, random, calm.signal);
	await devicesSend(life, () => flushes() >= wantedFlushes);
	calm.abort();
	await changing;
};
