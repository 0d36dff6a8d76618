import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Account, PUBLISHED_LIMITS } from "../accounts/model.ts";
import { silentLog } from "../log.ts";
import { endpointsOf, scopesOf } from "./clouds.ts";
import { signInWithCode } from "./device-code.ts";
import type { DeviceCode } from "./device-code-pacing.ts";
import { type HttpClient, openHttp } from "./http.ts";
import { LeapingClock } from "./leaping-clock.ts";
import { openMsalApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";
import { RefreshGate } from "./refresh-gate.ts";
import * as sts from "./scripted-sts.ts";
import type { SignInResult } from "./sign-in-result.ts";

const ACCOUNT: Account = {
	address: "alerts@contoso.com",
	transport: "graph",
	method: "device-code",
	clientId: "6b1b8c1c-0000-4000-8000-000000000001",
	tenant: "common",
	fetchOver: "graph",
	certificateFile: "",
	sharedMailboxes: [],
	senders: [],
	owner: "office@contoso.com",
	spreadOver: [],
	limits: PUBLISHED_LIMITS,
	origin: "saved",
};

let service: sts.ScriptedSts;
let http: HttpClient;
let clock: LeapingClock;
let prompts: DeviceCode[];
let disturbances: string[];

beforeEach(async () => {
	service = await sts.startScriptedSts();
	http = openHttp({ log: silentLog(), environment: {} });
	clock = new LeapingClock();
	prompts = [];
	disturbances = [];
});
afterEach(() => {
	vi.useRealTimers();
	http.close();
	service.close();
});

function endpoints() {
	return endpointsOf({ cloud: "custom", authority: service.url });
}

function signIn(signal = new AbortController().signal): Promise<SignInResult> {
	return signInWithCode({
		account: ACCOUNT,
		resource: "graph",
		endpoints: endpoints(),
		http,
		clock,
		signal,
		onPrompt: (code) => prompts.push(code),
		onDisturbance: (reason) => disturbances.push(reason),
	});
}

describe("signing in with a code", () => {
	it("shows the code, waits, and says who signed in", async () => {
		service.script("poll", sts.pending(), sts.pending(), sts.tokens());
		const result = await signIn();
		expect(result).toMatchObject({ ok: true, who: "alerts@contoso.com", homeAccountId: "oid-1.tid-1" });
		expect(prompts).toMatchObject([{ userCode: "ABCD1234", lifetimeMs: 900_000 }]);
		expect(service.requests.map(({ path }) => path)).toEqual([
			"/common/oauth2/v2.0/devicecode",
			...Array(3).fill("/common/oauth2/v2.0/token"),
		]);
		expect(clock.slept).toEqual([5000, 5000]);
	});

	it("asks for the token under the name that RFC 8628 and Microsoft's documentation give it", async () => {
		await signIn();
		const poll = service.requests.find(({ kind }) => kind === "poll");
		expect(poll?.form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:device_code");
		expect(poll?.form.get("device_code")).not.toBe("");
	});

	it("survives slow_down, and is slower from then on", async () => {
		service.script("poll", sts.pending(), sts.refuse("slow_down", 0), sts.pending(), sts.tokens());
		expect(await signIn()).toMatchObject({ ok: true });
		expect(clock.slept).toEqual([5000, 10_000, 10_000]);
	});

	it("survives 429 and waits as long as it says", async () => {
		service.script("poll", sts.json(429, { error: "throttled" }, { "Retry-After": "17" }), sts.tokens());
		expect(await signIn()).toMatchObject({ ok: true });
		expect(clock.slept).toEqual([17_000]);
	});

	it.each([
		["503 with JSON", sts.refuse("temporarily_unavailable", 90033, { status: 503 })],
		["503 with a page", sts.html(503)],
		["a login page of the network", sts.html(200)],
		["a broken connection", sts.reset()],
		["an empty success", sts.json(200, {})],
	])("survives %s, asks less often, and returns to its pace", async (_name, trouble) => {
		service.script("poll", trouble, trouble, sts.pending(), sts.tokens());
		expect(await signIn()).toMatchObject({ ok: true });
		expect(clock.slept).toEqual([6000, 7000, 5000]);
		expect(disturbances).toHaveLength(2);
	});

	it("asks every five seconds when no interval is given", async () => {
		service.script("devicecode", sts.deviceCode({ interval: undefined, expires_in: "900" }));
		service.script("poll", sts.pending(), sts.tokens());
		expect(await signIn()).toMatchObject({ ok: true });
		expect(clock.slept).toEqual([5000]);
	});

	it.each([
		["with HTTP 200", sts.refuse("unauthorized_client", 700016, { status: 200 })],
		["with HTTP 400", sts.refuse("unauthorized_client", 700016)],
	])("reports an error in place of a code %s, and asks nothing more", async (_name, line) => {
		service.script("devicecode", line);
		const result = await signIn();
		expect(result).toMatchObject({ ok: false, reason: expect.stringContaining("AADSTS700016") });
		expect(result.ok ? "" : result.ownerText).toMatch(/does not know the app registration/);
		expect(prompts).toEqual([]);
		expect(service.count("poll")).toBe(0);
	});

	it("reports an answer without a code", async () => {
		service.script("devicecode", sts.json(200, { hello: "world" }));
		expect(await signIn()).toMatchObject({ ok: false });
		expect(service.count("poll")).toBe(0);
	});

	it("keeps the AADSTS text, the suberror and the trace id of a refusal", async () => {
		service.script("poll", sts.pending(), sts.refuse("invalid_grant", 53003, { suberror: "message_only" }));
		const result = await signIn();
		expect(result.ok).toBe(false);
		if (result.ok) return;
		expect(result.ownerText).toMatch(/Conditional Access/);
		expect(result.reason).toBe(
			"invalid_grant (message_only): AADSTS53003: So it is. Trace ID: 07d165d9 Timestamp: 2026-08-26 10:12:51Z trace 07d165d9",
		);
	});

	it("tells how to mend a registration without public client flows", async () => {
		service.script("poll", sts.refuse("invalid_client", 7000218, { status: 401 }));
		expect(await signIn()).toMatchObject({ ok: false, hint: expect.stringMatching(/Allow public client/) });
	});

	it("stops at an error that nobody knows", async () => {
		service.script("poll", sts.refuse("something_new", 999999));
		expect(await signIn()).toMatchObject({ ok: false, reason: expect.stringMatching(/something_new/) });
		expect(service.count("poll")).toBe(1);
	});

	it("ends when the code has expired, however long the service is disturbed", async () => {
		service.script("poll", sts.html(503));
		const started = clock.monotonicMs();
		const result = await signIn();
		expect(result).toMatchObject({ ok: false, ownerText: expect.stringMatching(/expired/) });
		expect(clock.monotonicMs() - started).toBe(900_000);
	});

	it("does not mind the clock being set right meanwhile", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("1970-01-01T00:01:00Z") });
		service.script(
			"poll",
			(response, form) => {
				vi.setSystemTime(Date.parse("2026-11-20T08:00:00Z"));
				sts.pending()(response, form);
			},
			sts.tokens(),
		);
		expect(await signIn()).toMatchObject({ ok: true });
	});

	it("can be called off at once, also while it waits", async () => {
		const calling = new AbortController();
		service.script("poll", sts.hang());
		const signingIn = signIn(calling.signal);
		while (service.count("poll") === 0) await new Promise((resolve) => setImmediate(resolve));
		calling.abort();
		expect(await signingIn).toMatchObject({ ok: false, reason: "cancelled" });
	});

	it("does not take a sign-in without the permission to send", async () => {
		service.script("poll", sts.tokens({ scope: "https://graph.microsoft.com/User.Read" }));
		expect(await signIn()).toMatchObject({ ok: false, ownerText: expect.stringMatching(/Mail\.Send/) });
	});
});

describe("refreshing", () => {
	async function signedIn(gate?: RefreshGate, timeoutMs?: number) {
		const network = new NetworkModule({
			http,
			clock,
			signal: new AbortController().signal,
			...(gate === undefined ? {} : { gate }),
			...(timeoutMs === undefined ? {} : { timeoutMs }),
		});
		const result = await signIn();
		if (!result.ok) throw new Error(result.reason);
		const app = await openMsalApp({ account: ACCOUNT, endpoints: endpoints(), network });
		app.getTokenCache().deserialize(result.msalCache.reveal());
		const [who] = await app.getTokenCache().getAllAccounts();
		if (who === undefined) throw new Error("no account in the cache");
		const silent = (forceRefresh: boolean, correlationId: string = randomUUID()) =>
			app.acquireTokenSilent({
				account: who,
				scopes: scopesOf(endpoints(), "graph", []),
				forceRefresh,
				correlationId,
			});
		return { network, silent };
	}

	it.each([
		[
			"in full",
			"https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/User.Read",
		],
		["without the resource", "User.Read Mail.ReadWrite Mail.Send openid profile"],
	])("is not done for a token at hand, though the answer spelt the scopes %s", async (_name, scope) => {
		service.script("poll", sts.tokens({ scope }));
		const { silent } = await signedIn();
		for (let index = 0; index < 3; index++) expect(await silent(false)).toMatchObject({ fromCache: true });
		expect(service.count("refresh")).toBe(0);
	});

	it("does not go on asking after 429, until Retry-After has passed", async () => {
		const gate = new RefreshGate(clock);
		const { silent } = await signedIn(gate);
		service.script("refresh", sts.json(429, { error: "busy" }, { "Retry-After": "30" }), sts.tokens());
		for (let index = 0; index < 5; index++) await expect(silent(true)).rejects.toThrow();
		expect(service.count("refresh")).toBe(1);
		expect(gate.waitMs()).toBe(30_000);
		clock.pass(30_000);
		expect(await silent(true)).toMatchObject({ fromCache: false });
	});

	it("waits ever longer after 503 without a word", async () => {
		const gate = new RefreshGate(clock);
		const { silent } = await signedIn(gate);
		service.script("refresh", sts.html(503));
		const waits: number[] = [];
		for (let index = 0; index < 5; index++) {
			await expect(silent(true)).rejects.toThrow();
			waits.push(gate.waitMs());
			clock.pass(gate.waitMs());
		}
		expect(service.count("refresh")).toBe(5);
		expect(waits[4]).toBeGreaterThan(4 * (waits[0] ?? 0));
	});

	it("does not wait for ever for an answer", async () => {
		const { silent, network } = await signedIn(undefined, 50);
		service.script("refresh", sts.hang());
		await expect(silent(true, "timed-out")).rejects.toThrow();
		expect(network.takeAnswer("timed-out")).toMatchObject({
			kind: "failure",
			failure: { reason: "timeout" },
		});
	});

	it("keeps what the service really said, once", async () => {
		const { silent, network } = await signedIn();
		service.script("refresh", sts.refuse("invalid_grant", 700082, { suberror: "bad_token" }));
		await expect(silent(true, "asked")).rejects.toThrow();
		expect(network.takeAnswer("asked")).toMatchObject({
			kind: "error",
			status: 400,
			error: { error: "invalid_grant", codes: [700082], suberror: "bad_token", traceId: "07d165d9" },
		});
		expect(network.takeAnswer("asked")).toBeUndefined();
	});
});
