/**
 * Reaches for Microsoft's servers and says how it went, step by step, with what to do: the name, the connection and whose
 * certificate answers, the clock. For machine-desk.ts, on its owner's word. Stops at the first step that fails, for the later
 * ones would fail for its sake.
 */

import { lookup } from "node:dns/promises";
import { once } from "node:events";
import net from "node:net";
import { asError, errorCode } from "./errors.ts";
import { formatDate } from "./mail/date.ts";
import type { HttpClient, HttpFailure } from "./microsoft/http.ts";
import type { TestStep } from "./services.ts";

/** A check is watched by somebody. */
const CHECK_TIMEOUT_MS = 10_000;
/** Tokens and certificates fail beyond. */
export const CLOCK_ERROR_TOLD_MS = 2 * 60_000;

export interface InternetCheckOptions {
	/** To be reached. */
	readonly urls: readonly string[];
	readonly http: HttpClient;
	/** The site's proxy for a host; undefined when it is reached directly. */
	readonly proxyOf: (host: string) => URL | undefined;
	/** What the box's clock says. */
	readonly now: () => number;
}

export async function* checkInternet(
	{ urls, http, proxyOf, now }: InternetCheckOptions,
	signal: AbortSignal,
): AsyncGenerator<TestStep, void> {
	let date: string | undefined;
	for (const url of new Set(urls)) {
		const { hostname, host, protocol } = new URL(url);
		const proxy = proxyOf(hostname);
		// A proxy looks the name up itself, and many sites know none of the internet's.
		if (proxy === undefined && net.isIP(hostname.replace(/^\[|\]$/g, "")) === 0) {
			const step = await nameStep(hostname, signal);
			yield step;
			if (!step.ok) return;
		}
		if (signal.aborted) return;
		const result = await http.request({
			...{ method: "GET", url, signal },
			totalTimeoutMs: CHECK_TIMEOUT_MS,
		});
		if (!result.ok) {
			yield failedStep(host, proxy, result, now());
			return;
		}
		const through = proxy === undefined ? "" : ` through the proxy ${proxy.host}`;
		const how = protocol === "https:" ? ", and its certificate is right" : "";
		yield { ok: true, text: `${host} answers${through}${how}.` };
		date = result.headers["date"] ?? date;
	}
	const realMs = Date.parse(date ?? "");
	if (!Number.isNaN(realMs)) yield clockStep(realMs - now());
}

async function nameStep(host: string, signal: AbortSignal): Promise<TestStep> {
	// The system's own look-up cannot be called off, and takes as long as it likes.
	const over = AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
	const isOver = once(over, "abort").then(() => undefined);
	try {
		const found = await Promise.race([lookup(host), isOver]);
		if (found !== undefined) return { ok: true, text: `The name ${host} is known: ${found.address}.` };
		return { ok: false, text: `Nobody says where ${host} is. ${NAME_ADVICE}` };
	} catch (thrown) {
		const reason = errorCode(thrown) ?? asError(thrown).message;
		return { ok: false, text: `The name ${host} cannot be looked up (${reason}). ${NAME_ADVICE}` };
	}
}

const NAME_ADVICE =
	"Check the cable and the router, and the DNS server that this network gives out. If the site has a proxy, set microsoft.proxy.";

const ADVICE: Readonly<Record<HttpFailure["reason"], string>> = {
	unreachable: "Check the cable and the router, and that the firewall lets this box reach port 443.",
	timeout: "Nothing answers: a firewall may swallow it. Let this box reach port 443, or set microsoft.proxy.",
	tls: "Somebody between stands in for Microsoft: if that is the site's inspection, set microsoft.ca_file to its authority.",
	reset: "The connection was cut: a firewall or a proxy may not let it through.",
	aborted: "The check was stopped.",
	oversized: "The answer was not Microsoft's.",
};

/** What OpenSSL says of a certificate whose time is not now: on a box without a clock chip, the clock is at fault. */
const WRONG_TIME = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"]);

function failedStep(
	host: string,
	proxy: URL | undefined,
	{ reason, error }: HttpFailure,
	nowMs: number,
): TestStep {
	if (WRONG_TIME.has(errorCode(error) ?? "")) {
		return {
			ok: false,
			text: `The certificate of ${host} is not valid at the time that this box has: ${formatDate(new Date(nowMs))}. ${SET_THE_CLOCK}`,
		};
	}
	const advice =
		proxy !== undefined && (reason === "unreachable" || reason === "timeout")
			? `The site's proxy ${proxy.host} does not answer or does not let it through: check microsoft.proxy, and that the proxy allows ${host}.`
			: ADVICE[reason];
	return { ok: false, text: `${host} cannot be reached (${error.message}). ${advice}` };
}

const SET_THE_CLOCK = "Set its clock: let it reach a time server (NTP, UDP port 123).";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function clockStep(behindMs: number): TestStep {
	const wrongMs = Math.abs(behindMs);
	if (wrongMs < CLOCK_ERROR_TOLD_MS)
		return { ok: true, text: "The clock of this box is right to the minute." };
	const [unitMs, unit] =
		wrongMs < 2 * HOUR_MS
			? [MINUTE_MS, "minutes"]
			: wrongMs < 2 * DAY_MS
				? [HOUR_MS, "hours"]
				: [DAY_MS, "days"];
	const way = behindMs > 0 ? "behind" : "ahead";
	return {
		ok: false,
		text: `The clock of this box is ${Math.round(wrongMs / unitMs)} ${unit} ${way}. ${SET_THE_CLOCK}`,
	};
}
