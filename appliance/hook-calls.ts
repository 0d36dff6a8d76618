/**
 * Calls of web-hooks: JSON by POST, signed, without following anybody anywhere. For hook-desk.ts.
 *
 * A call that fails is tried again a few times, then its answer is kept in words; nothing waits for it. What is answered is
 * not read beyond its status. Never to where clouds keep the keys of their machines, by whatever name.
 */
import { createHmac } from "node:crypto";
import { type LookupAddress, lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { SecureContext } from "node:tls";
import { asError } from "./errors.ts";
import type { Secret } from "./secret.ts";
import { REFUSING } from "./words/refusing.ts";
import { say } from "./words/saying.ts";

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = [5_000, 30_000, 120_000] as const;
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

/** To whom, and how. */
export interface HookPlace {
	readonly url: string;
	readonly secret: Secret;
	/** Whom to trust; undefined: the usual authorities. */
	readonly trust?: SecureContext | undefined;
	/** Ends it. */
	readonly signal: AbortSignal;
}

/** The receiver makes the same of the body and compares: nobody else knows the secret. */
export function signatureOf(body: string, secret: Secret): string {
	return `sha256=${createHmac("sha256", secret.reveal()).update(body).digest("hex")}`;
}

/** Never rejects. */
export async function callOnce(
	call: HookCall,
	place: HookPlace,
	timeoutMs: number = TIMEOUT_MS,
): Promise<CallAnswer> {
	const fault = addressFault(place.url);
	// Saved by another program, perhaps.
	if (fault !== undefined) return { ok: false, text: say(REFUSING.hookNotCalled, { why: fault }) };
	const inTime = AbortSignal.timeout(timeoutMs);
	try {
		const status = await post(call, place, AbortSignal.any([place.signal, inTime]));
		const ok = status >= 200 && status < 300;
		return { ok, text: say(ok ? REFUSING.hookAnswered : REFUSING.hookAnsweredBadly, { status }) };
	} catch (thrown) {
		if (inTime.aborted) return { ok: false, text: say(REFUSING.hookSilent, { seconds: timeoutMs / 1000 }) };
		return { ok: false, text: say(REFUSING.hookUnreachable, { why: asError(thrown).message }) };
	}
}

/** The same, and again after a while when it fails, until the place's signal. */
export async function callAgain(
	call: HookCall,
	place: HookPlace,
	sleep: (ms: number) => Promise<void>,
): Promise<CallAnswer> {
	let answer = await callOnce(call, place);
	for (const waitMs of RETRY_AFTER_MS) {
		if (answer.ok || place.signal.aborted) break;
		await sleep(waitMs);
		if (place.signal.aborted) break;
		answer = await callOnce(call, place);
	}
	return answer;
}

/** Resolves with the status; whoever answers cannot send the box elsewhere, nor make it read for long. */
function post(call: HookCall, { url, secret, trust }: HookPlace, signal: AbortSignal): Promise<number> {
	const body = JSON.stringify(call);
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	const request = (url.startsWith("https:") ? https : http).request(url, {
		method: "POST",
		headers: {
			"Content-Type": "application/json",
			"Content-Length": Buffer.byteLength(body),
			"User-Agent": "Postern",
			[SIGNATURE]: signatureOf(body, secret),
		},
		agent: false,
		lookup: lookupElsewhere,
		signal,
		...(trust === undefined ? {} : { secureContext: trust }),
	});
	request.on("error", reject);
	request.on("response", (response) => {
		resolve(response.statusCode ?? 0);
		// Its being cut off is what is wanted.
		response.on("error", reject);
		request.destroy();
	});
	request.end(body);
	return promise;
}

/** Where clouds keep the keys of their machines: no hook is there, and an attacker's wish might be. */
const METADATA = new BlockList();
METADATA.addSubnet("169.254.0.0", 16, "ipv4");
METADATA.addSubnet("fe80::", 10, "ipv6");
METADATA.addAddress("fd00:ec2::254", "ipv6");

function isMetadata(address: string): boolean {
	const family = isIP(address);
	return family !== 0 && METADATA.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The system's look-up, but for names that lead there. */
const lookupElsewhere: LookupFunction = (host, options, answer) => {
	lookup(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
		const [first] = addresses ?? [];
		if (error !== null || first === undefined) {
			answer(error ?? new Error(`the name ${host} has no address`), "");
		} else if (addresses.some(({ address }) => isMetadata(address))) {
			answer(new Error(`the name ${host} leads to an address that may not be called`), "");
		} else if (options.all === true) answer(null, addresses);
		else answer(null, first.address, first.family);
	});
};

/** Why an address cannot be called, as the end of a sentence; undefined when it can. */
export function addressFault(text: string): string | undefined {
	if (text.length > LONGEST_URL || !URL.canParse(text)) return REFUSING.notHttpAddress;
	const url = new URL(text);
	if (url.protocol !== "https:" && url.protocol !== "http:") return REFUSING.notHttp;
	if (url.username !== "" || url.password !== "") return REFUSING.holdsPassword;
	if (isMetadata(url.hostname.replace(/^\[|\]$/g, ""))) return REFUSING.mayNotBeCalled;
	return undefined;
}
