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
import { nearly } from "./words/amounts.ts";
import { say } from "./words/saying.ts";
import { TESTS } from "./words/tests.ts";

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
		yield { ok: true, text: answersText(host, proxy, protocol === "https:") };
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
		if (found !== undefined)
			return { ok: true, text: say(TESTS.nameKnown, { host, address: found.address }) };
		return { ok: false, text: `${say(TESTS.nameSilent, { host })} ${TESTS.nameAdvice}` };
	} catch (thrown) {
		const reason = errorCode(thrown) ?? asError(thrown).message;
		return { ok: false, text: `${say(TESTS.nameUnknown, { host, why: reason })} ${TESTS.nameAdvice}` };
	}
}

const ADVICE: Readonly<Record<HttpFailure["reason"], string>> = {
	unreachable: TESTS.adviceUnreachable,
	timeout: TESTS.adviceTimeout,
	tls: TESTS.adviceTls,
	reset: TESTS.adviceReset,
	aborted: TESTS.checkStopped,
	oversized: TESTS.notMicrosofts,
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
			text: `${say(TESTS.certificateAtOtherTime, { host, time: formatDate(new Date(nowMs)) })} ${TESTS.setClock}`,
		};
	}
	const advice =
		proxy !== undefined && (reason === "unreachable" || reason === "timeout")
			? say(TESTS.proxySilent, { proxy: proxy.host, host })
			: ADVICE[reason];
	return { ok: false, text: `${say(TESTS.hostUnreachable, { host, why: error.message })} ${advice}` };
}

function answersText(host: string, proxy: URL | undefined, isTls: boolean): string {
	if (proxy === undefined) return say(isTls ? TESTS.hostAnswersRight : TESTS.hostAnswers, { host });
	const saying = isTls ? TESTS.hostAnswersThroughRight : TESTS.hostAnswersThrough;
	return say(saying, { host, proxy: proxy.host });
}

function clockStep(behindMs: number): TestStep {
	const wrongMs = Math.abs(behindMs);
	if (wrongMs < CLOCK_ERROR_TOLD_MS) return { ok: true, text: TESTS.clockRight };
	const wrong = say(behindMs > 0 ? TESTS.clockBehind : TESTS.clockAhead, { time: nearly(wrongMs) });
	return { ok: false, text: `${wrong} ${TESTS.setClock}` };
}
