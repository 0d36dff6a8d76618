/**
 * Reads `Retry-After` (RFC 9110 §10.2.3), seconds or a date, for token requests and Graph.
 * Undefined when absent or unreadable; bounded, so that a wrong answer cannot silence the box for days.
 */

const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
	const text = value?.trim() ?? "";
	if (text === "") return undefined;
	const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
	if (Number.isNaN(waitMs)) return undefined;
	return Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}
