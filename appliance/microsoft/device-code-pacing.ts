/**
 * When to ask whether a device code has been entered, and when to stop (RFC 8628 §3.5). MSAL ends
 * the whole sign-in at `slow_down`, a 429, a 503 or a broken connection; this keeps it going, no
 * longer than the code lives. Time is the monotonic clock's, so a clock set right meanwhile (a box
 * without a clock chip, first minute online) neither expires a code nor keeps one alive.
 */
import type { Clock } from "../clock.ts";
import { retryAfterMs } from "./retry-after.ts";
import { faultOf } from "./sign-in-errors.ts";
import type { StsAnswer, StsBody } from "./sts-answer.ts";

/** What the person needs to see. */
export interface DeviceCode {
	readonly userCode: string;
	readonly verificationUri: string;
	/** Microsoft's own sentence, in English unless asked otherwise. */
	readonly message: string;
	readonly lifetimeMs: number;
}

/** RFC 8628 §3.2: five seconds when the service names no interval; also what `slow_down` adds. */
const DEFAULT_INTERVAL_MS = 5000;
const SLOW_DOWN_MS = 5000;
/** Microsoft's is 900 s; also the longest a code is waited for. */
const DEFAULT_LIFETIME_MS = 900_000;
const LONGEST_LIFETIME_MS = 3_600_000;
const LONGEST_PENALTY_MS = 60_000;

export class DeviceCodePacing {
	readonly #clock: Clock;
	readonly #signal: AbortSignal;
	readonly #expiresAtMs: number;
	#intervalMs: number;
	#penaltyMs = 0;
	#nextPollMs: number;

	constructor(clock: Clock, signal: AbortSignal, answer: StsBody, lifetimeMs: number) {
		this.#clock = clock;
		this.#signal = signal;
		this.#intervalMs = positiveSeconds(answer["interval"]) ?? DEFAULT_INTERVAL_MS;
		this.#nextPollMs = clock.monotonicMs();
		this.#expiresAtMs = clock.monotonicMs() + lifetimeMs;
	}

	/** Waits until the next poll is due; the first is due at once. */
	async turn(): Promise<"poll" | "cancelled" | "expired"> {
		const untilMs = Math.min(this.#nextPollMs, this.#expiresAtMs);
		await this.#clock.sleep(untilMs - this.#clock.monotonicMs(), this.#signal);
		if (this.#signal.aborted) return "cancelled";
		return this.#clock.monotonicMs() >= this.#expiresAtMs ? "expired" : "poll";
	}

	/** Sets the next poll by what this one brought; says whether to go on waiting. */
	goesOnAfter(answer: StsAnswer): boolean {
		const pending = answer.kind === "error" && answer.error.error === "authorization_pending";
		const slowDown = answer.kind === "error" && answer.error.error === "slow_down";
		const tokens = answer.kind === "answer" && typeof answer.body["access_token"] === "string";
		const fault = faultOf(answer);
		const passing = pending || slowDown || (fault.kind === "transient" && fault.known);
		if (tokens || !passing) return false;
		if (slowDown) this.#intervalMs += SLOW_DOWN_MS;
		this.#penaltyMs = pending || slowDown ? 0 : Math.min(LONGEST_PENALTY_MS, this.#penaltyMs * 2 || 1000);
		const askedMs = retryAfterMs(fault.retryAfter, this.#clock.now()) ?? 0;
		const waitMs = Math.max(this.#intervalMs + this.#penaltyMs, askedMs);
		this.#nextPollMs = this.#clock.monotonicMs() + waitMs;
		return true;
	}
}

/** Reads what the person must see; undefined when the answer has no code, whatever its status. */
export function readDeviceCode(body: StsBody): DeviceCode | undefined {
	const userCode = text(body["user_code"]);
	const verificationUri = text(body["verification_uri"]) || text(body["verification_url"]);
	if (userCode === "" || verificationUri === "" || text(body["device_code"]) === "") return undefined;
	const lifetimeMs = Math.min(
		positiveSeconds(body["expires_in"]) ?? DEFAULT_LIFETIME_MS,
		LONGEST_LIFETIME_MS,
	);
	const message =
		text(body["message"]) ||
		`To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode}.`;
	return { userCode, verificationUri, message, lifetimeMs };
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}

function positiveSeconds(value: unknown): number | undefined {
	const seconds = typeof value === "string" ? Number(value) : value;
	if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0) return undefined;
	return seconds * 1000;
}
