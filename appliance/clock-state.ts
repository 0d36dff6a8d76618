/** Whether the box's clock is right, and who says so: for the status, the console, the API. Asks nobody. */
import { CLOCK_ERROR_TOLD_MS } from "./internet-check.ts";
import type { ClockState } from "./services.ts";
import { isTimeSynchronised } from "./system/machine-facts.ts";
import type { TrustedTime } from "./trusted-time.ts";

export async function clockState(time: TrustedTime): Promise<ClockState> {
	const byServer = await isTimeSynchronised();
	const errorMs = Math.round(time.wallErrorMs());
	const isKnown = time.nowMs() !== undefined;
	const source = byServer === true ? "ntp" : isKnown ? "microsoft" : null;
	// What Microsoft has said goes before what a time server did: it was said over a connection that is trusted.
	const isSynchronised = isKnown ? Math.abs(errorMs) < CLOCK_ERROR_TOLD_MS : byServer;
	return { isSynchronised, errorMs, source };
}
