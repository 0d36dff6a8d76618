/**
 * An access token in memory and how long it serves, by the monotonic clock: a wall clock that jumps
 * neither kills a good token nor keeps a dead one.
 */
import type { AuthenticationResult } from "@azure/msal-node";
import type { Clock } from "../clock.ts";
import { Secret } from "../secret.ts";
import type { StsAnswer } from "./sts-answer.ts";

export interface HeldToken {
	readonly token: Secret;
	/** Wall clock, for whoever shows it. */
	readonly expiresAtMs: number;
	/** Monotonic: from here on it is refreshed. */
	readonly freshUntilMs: number;
	/** Monotonic: so long it serves when the refresh fails. */
	readonly goodUntilMs: number;
	/** Monotonic: when Microsoft gave it; minus infinity for one of an earlier run. */
	readonly refreshedAtMs: number;
}

const EARLY_MS = 10 * 60_000;
const MARGIN_MS = 30_000;
/** Tokens live 60 to 90 minutes, 28 hours at most; more is the wall clock's error. */
const LONGEST_LIFE_MS = 28 * 60 * 60_000;

export function holdToken(
	result: AuthenticationResult,
	answer: StsAnswer | undefined,
	clock: Clock,
): HeldToken {
	const nowMs = clock.monotonicMs();
	const untilExpiryMs = (result.expiresOn?.getTime() ?? 0) - clock.now();
	const statedMs = answer?.kind === "answer" ? Number(answer.body["expires_in"]) * 1000 : Number.NaN;
	const stated = !result.fromCache && statedMs > 0;
	const lifeMs = Math.min(Math.max(0, stated ? statedMs : untilExpiryMs), LONGEST_LIFE_MS);
	return {
		token: new Secret(result.accessToken),
		expiresAtMs: clock.now() + lifeMs,
		freshUntilMs: nowMs + lifeMs - Math.min(EARLY_MS, lifeMs / 4),
		goodUntilMs: nowMs + lifeMs - Math.min(MARGIN_MS, lifeMs / 10),
		refreshedAtMs: result.fromCache ? Number.NEGATIVE_INFINITY : nowMs,
	};
}
