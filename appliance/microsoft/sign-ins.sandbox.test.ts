/** The whole way against the simulated Microsoft 365, which was written without knowledge of this code. */
import { getEventListeners } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Account, PUBLISHED_LIMITS } from "../accounts/model.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { giveBack } from "../memory.ts";
import { POLL_QUIRKS } from "../sandbox/control.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { SignInNews } from "../services.ts";
import { TrustedTime } from "../trusted-time.ts";
import { type HttpClient, openHttp } from "./http.ts";
import { LeapingClock } from "./leaping-clock.ts";
import { SignIns } from "./sign-ins.ts";

const ADDRESS = "alerts@contoso.com";
/** A poll that meets these is the last; the others are waited out. "hang" would take its 30 s here. */
const FINAL = new Set<string>(["declined", "public-client-off"]);
const SURVIVED = POLL_QUIRKS.filter((quirk) => !FINAL.has(quirk) && quirk !== "hang");

let sandbox: Sandbox;
let stateDir: string;
let http: HttpClient;
let account: Account;
let signIns: SignIns;

beforeEach(async () => {
	sandbox = await startSandbox({ settings: { autoApproveAs: ADDRESS } });
	stateDir = await mkdtemp(join(tmpdir(), "postern-sandbox-"));
	http = openHttp({ log: silentLog(), environment: {} });
	account = {
		address: ADDRESS,
		transport: "graph",
		method: "device-code",
		clientId: sandbox.clientId,
		tenant: sandbox.tenant,
		fetchOver: "graph",
		certificateFile: "",
		sharedMailboxes: [],
		senders: [],
		owner: "office@contoso.com",
		spreadOver: [],
		limits: PUBLISHED_LIMITS,
		origin: "saved",
	};
	signIns = newRun();
});
afterEach(async () => {
	await signIns.stop();
	http.close();
	await sandbox.close();
	await rm(stateDir, { recursive: true });
});

function newRun(): SignIns {
	const clock = new LeapingClock();
	return new SignIns({
		microsoft: () => ({ cloud: "custom", authority: sandbox.authorityUrl, graph: sandbox.graphUrl }),
		accountOf: () => account,
		accounts: () => [account],
		place: { stateDir, credentialsDir: "" },
		http,
		clock,
		time: new TrustedTime(clock),
		log: silentLog(),
		events: new Events(() => undefined),
	});
}

async function signIn(): Promise<SignInNews | undefined> {
	let last: SignInNews | undefined;
	for await (const news of signIns.signIn(account, new AbortController().signal)) last = news;
	return last;
}

/** What Graph says to the token: 200 when it is good. */
async function askGraph(): Promise<number> {
	const result = await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true });
	if (!result.ok) throw new Error(result.trouble.reason);
	const headers = { authorization: `Bearer ${result.token.reveal()}` };
	const answer = await http.request({ method: "GET", url: `${sandbox.graphUrl}/v1.0/me`, headers });
	return answer.ok ? answer.status : 0;
}

describe("against the simulated Microsoft 365", () => {
	it.each(["common", "organizations", "own"])(
		"tenant %s: signs in, and Graph takes the token",
		async (tenant) => {
			account = { ...account, tenant: tenant === "own" ? sandbox.tenant : tenant };
			expect(await signIn()).toEqual({ type: "signed-in", who: ADDRESS });
			expect(await askGraph()).toBe(200);
		},
	);

	it("waits out what happens while the code is waited for", async () => {
		for (const quirk of SURVIVED) sandbox.control.quirkNextPoll(quirk);
		expect(await signIn()).toEqual({ type: "signed-in", who: ADDRESS });
	});

	it.each([...FINAL])("ends when it meets %s, and says why", async (quirk) => {
		sandbox.control.quirkNextPoll(quirk as (typeof POLL_QUIRKS)[number]);
		expect(await signIn()).toMatchObject({ type: "refused", hint: expect.stringMatching(/./) });
	});

	it("finds its token again when scopes come back in the other spelling", async () => {
		sandbox.control.change({ scopeEcho: "other" });
		await signIn();
		await signIns.stop();
		const asked = sandbox.control.requests({ kind: "sign-in" }).length;
		signIns = newRun();
		for (let index = 0; index < 3; index++) {
			expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		}
		expect(sandbox.control.requests({ kind: "sign-in" })).toHaveLength(asked);
	});

	it("needs a sign-in after the password was changed, and works after it", async () => {
		await signIn();
		sandbox.control.revoke(ADDRESS);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		await signIns.stop();
		signIns = newRun();
		const refused = await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true });
		expect(refused).toMatchObject({ ok: false, trouble: { kind: "needs-sign-in" } });
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "needs-sign-in" });
		await new Promise((resolve) => setTimeout(resolve, 2));
		expect(await signIn()).toEqual({ type: "signed-in", who: ADDRESS });
		expect(await askGraph()).toBe(200);
	});

	it("gives no SMTP token where only Graph was consented to, and the other way round", async () => {
		await signIn();
		expect(await signIns.accessToken(ADDRESS, "outlook")).toMatchObject({ trouble: { kind: "blocked" } });
		account = { ...account, transport: "smtp" };
		expect(await signIn()).toEqual({ type: "signed-in", who: ADDRESS });
		expect(await signIns.accessToken(ADDRESS, "outlook")).toMatchObject({ ok: true });
	});

	it("goes on after the cloud was away", async () => {
		await signIn();
		await sandbox.control.offline();
		await signIns.stop();
		signIns = newRun();
		const away = await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true });
		expect(away).toMatchObject({ ok: false, trouble: { kind: "unreachable" } });
		await sandbox.control.online();
		await signIns.stop();
		signIns = newRun();
		expect(await askGraph()).toBe(200);
	});

	it("forgets who asked for a token, also when others ask and memory is collected meanwhile", async () => {
		await signIn();
		await signIns.stop();
		signIns = newRun();
		sandbox.control.change({ latencyMs: 300 });
		const { signal } = new AbortController();
		const asked = Array.from({ length: 3 }, () =>
			signIns.accessToken(ADDRESS, "graph", { forceRefresh: true, signal }),
		);
		await expect.poll(() => getEventListeners(signal, "abort").length).toBe(3);
		giveBack();
		for (const { ok } of await Promise.all(asked)) expect(ok).toBe(true);
		expect(getEventListeners(signal, "abort")).toHaveLength(0);
	});
});
