/**
 * Calls of web-hooks: JSON by POST, signed, without following anybody anywhere. For hook-desk.ts.
 *
 * A call that fails is tried again a few times, then its answer is kept in words; nothing waits for it. Bursts are gathered: to
 * one hook goes one call a minute of an event, with how many there were. Bounded: what is too much is dropped and logged.
 */
import { createHmac } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { asError } from "./errors.ts";
import type { Secret } from "./secret.ts";

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = [5_000, 60_000] as const;
const SIGNATURE = "X-Postern-Signature";
const LONGEST_URL = 2000;

export interface HookCall {
	readonly event: string;
	readonly at: string;
	/** What the box is called. */
	readonly box: string;
	/** One sentence. */
	readonly text: string;
	/** Of this kind since the last call. */
	readonly count: number;
	readonly data: Readonly<Record<string, string | number | boolean>>;
}

export type CallAnswer = { readonly ok: boolean; readonly text: string };

/** The receiver makes the same of the body and compares: nobody else knows the secret. */
export function signatureOf(body: string, secret: Secret): string {
	return `sha256=${createHmac("sha256", secret.reveal()).update(body).digest("hex")}`;
}

/** Never rejects. */
export async function callOnce(url: string, call: HookCall, secret: Secret): Promise<CallAnswer> {
	const body = JSON.stringify(call);
	try {
		const response = await fetch(url, {
			method: "POST",
			body,
			headers: {
				"Content-Type": "application/json",
				"User-Agent": "Postern",
				[SIGNATURE]: signatureOf(body, secret),
			},
			// Whoever answers must not send the box elsewhere.
			redirect: "manual",
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		await response.body?.cancel();
		const ok = response.status >= 200 && response.status < 300;
		return { ok, text: `It answered ${response.status}${ok ? "" : ", which is no success"}.` };
	} catch (thrown) {
		const error = asError(thrown);
		const cause = error.cause instanceof Error ? error.cause.message : error.message;
		return {
			ok: false,
			text:
				error.name === "TimeoutError" ? "It did not answer in 10 seconds." : `It cannot be reached: ${cause}`,
		};
	}
}

/** The same, and again after a while when it fails. */
export async function callAgain(
	url: string,
	call: HookCall,
	secret: Secret,
	sleep: (ms: number) => Promise<void>,
): Promise<CallAnswer> {
	let answer = await callOnce(url, call, secret);
	for (const waitMs of RETRY_AFTER_MS) {
		if (answer.ok) return answer;
		await sleep(waitMs);
		answer = await callOnce(url, call, secret);
	}
	return answer;
}

/** Where clouds keep the keys of their machines: no hook is there, and an attacker's wish might be. */
const METADATA = new BlockList();
METADATA.addSubnet("169.254.0.0", 16, "ipv4");
METADATA.addSubnet("fe80::", 10, "ipv6");
METADATA.addAddress("fd00:ec2::254", "ipv6");

/** Why an address cannot be called, as the end of a sentence; undefined when it can. */
export function addressFault(text: string): string | undefined {
	if (text.length > LONGEST_URL || !URL.canParse(text))
		return "is no address such as https://example.com/hook";
	const url = new URL(text);
	if (url.protocol !== "https:" && url.protocol !== "http:")
		return "begins neither with https:// nor with http://";
	if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
	const host = url.hostname.replace(/^\[|\]$/g, "");
	const family = isIP(host);
	if (family !== 0 && METADATA.check(host, family === 6 ? "ipv6" : "ipv4"))
		return "is not one that may be called";
	return undefined;
}
