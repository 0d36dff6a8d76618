import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Account, PUBLISHED_LIMITS } from "../accounts/model.ts";
import { Events } from "../events.ts";
import { Log } from "../log.ts";
import type { SignInNews } from "../services.ts";
import { TrustedTime } from "../trusted-time.ts";
import type { CloudSettings } from "./clouds.ts";
import { type HttpClient, openHttp } from "./http.ts";
import { LeapingClock } from "./leaping-clock.ts";
import * as sts from "./scripted-sts.ts";
import { SIGN_IN_KIND, type SignInRecord } from "./sign-in-record.ts";
import { type OthersSignIn, SignIns } from "./sign-ins.ts";
import type { TokenResult } from "./token-source.ts";
import { Vault } from "./vault.ts";

const ADDRESS = "alerts@contoso.com";
const ACCOUNT: Account = {
	address: ADDRESS,
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
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let stateDir: string;
let service: sts.ScriptedSts;
let http: HttpClient;
let clock: LeapingClock;
let account: Account;
let microsoft: CloudSettings;
let told: string[];
let logged: string;
const running: SignIns[] = [];

beforeEach(async () => {
	stateDir = await mkdtemp(join(tmpdir(), "postern-sign-ins-"));
	service = await sts.startScriptedSts();
	clock = new LeapingClock();
	account = ACCOUNT;
	microsoft = { cloud: "custom", authority: service.url };
	told = [];
	logged = "";
	http = openHttp({ log: log(), environment: {} });
});
afterEach(async () => {
	for (const signIns of running.splice(0)) await signIns.stop();
	http.close();
	service.close();
	await rm(stateDir, { recursive: true, force: true });
});

function log(): Log {
	return new Log({
		level: "debug",
		journal: false,
		write: (line) => {
			logged += line;
		},
	});
}

/** A run of the appliance; the vault outlives it. */
async function start(): Promise<SignIns> {
	const events = new Events((error) => {
		throw error;
	});
	events.on("account-trouble", ({ kind }) => told.push(`trouble ${kind}`));
	events.on("account-recovered", () => told.push("recovered"));
	events.on("account-signed-in", ({ who }) => told.push(`signed in ${who}`));
	const signIns = new SignIns({
		microsoft: () => microsoft,
		accountOf: (address) => (address === account.address ? account : undefined),
		accounts: () => [account],
		place: { stateDir, credentialsDir: "" },
		http,
		clock,
		time: new TrustedTime(clock),
		log: log(),
		events,
	});
	running.push(signIns);
	await signIns.start();
	return signIns;
}

async function signIn(signIns: SignIns, signal = new AbortController().signal): Promise<SignInNews[]> {
	const news: SignInNews[] = [];
	for await (const each of signIns.signIn(account, signal)) news.push(each);
	return news;
}

async function signedIn(): Promise<SignIns> {
	const signIns = await start();
	expect((await signIn(signIns)).at(-1)).toMatchObject({ type: "signed-in" });
	return signIns;
}

function textOf(result: TokenResult): string {
	return result.ok ? result.token.reveal() : `${result.trouble.kind}: ${result.trouble.ownerText}`;
}

describe("signing in", () => {
	it("tells the code, then who signed in, and remembers it", async () => {
		service.script("poll", sts.pending(), sts.tokens());
		const signIns = await start();
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "needs-sign-in", lapsesAt: null });
		const news = await signIn(signIns);
		expect(news.map(({ type }) => type)).toEqual(["prompt", "waiting", "signed-in"]);
		expect(news[0]).toMatchObject({
			verificationUri: "https://microsoft.com/devicelogin",
			userCode: "ABCD1234",
		});
		const status = await signIns.status(ADDRESS);
		expect(status).toMatchObject({ state: "signed-in", signedInAs: ADDRESS, trouble: "" });
		const lifeMs = Date.parse(status.lapsesAt ?? "") - Date.parse(status.signedInAt ?? "");
		expect(lifeMs).toBe(90 * DAY_MS);
		expect(told).toEqual([`signed in ${ADDRESS}`]);
	});

	it("says so, and goes on, when somebody else signed in", async () => {
		service.script("poll", sts.tokens({}, "boss@contoso.com"));
		const signIns = await start();
		const news = await signIn(signIns);
		expect(news.at(-2)).toMatchObject({ type: "waiting", text: expect.stringMatching(/boss@contoso.com/) });
		expect(news.at(-1)).toEqual({ type: "signed-in", who: "boss@contoso.com" });
		expect(await signIns.status(ADDRESS)).toMatchObject({ signedInAs: "boss@contoso.com" });
	});

	it("asks an account that submits over SMTP for that permission alone", async () => {
		account = { ...ACCOUNT, transport: "smtp" };
		await signedIn();
		const scope = service.requests[0]?.form.get("scope") ?? "";
		expect(scope.split(" ")).toContain("https://outlook.office.com/SMTP.Send");
		expect(scope).not.toMatch(/graph\.microsoft\.com/);
	});

	it.each([
		["a certificate for no organisation", { method: "certificate", tenant: "common" }, /certificate/],
		["no app registration", { clientId: "" }, /app registration/],
	] as const)("refuses %s in words, and asks Microsoft nothing", async (_name, change, words) => {
		account = { ...ACCOUNT, ...change };
		expect(await signIn(await start())).toMatchObject([
			{ type: "refused", ownerText: expect.stringMatching(words) },
		]);
		expect(service.requests).toEqual([]);
	});

	it("can be cancelled by its signal, by not reading on, by another one, and by stopping", async () => {
		service.script("poll", sts.hang());
		const signIns = await start();
		const calling = new AbortController();
		const cancelled = signIn(signIns, calling.signal);
		while (service.count("poll") < 1) await new Promise((resolve) => setImmediate(resolve));
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "signing-in" });
		calling.abort();
		expect((await cancelled).at(-1)).toMatchObject({ type: "refused" });

		for await (const news of signIns.signIn(account, new AbortController().signal)) {
			if (news.type === "prompt") break;
		}
		const replaced = signIn(signIns);
		while (service.count("devicecode") < 3) await new Promise((resolve) => setImmediate(resolve));
		const last = signIn(signIns);
		expect((await replaced).at(-1)).toMatchObject({ type: "refused" });
		await signIns.stop();
		expect((await last).at(-1)).toMatchObject({ type: "refused" });
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "needs-sign-in" });
	});

	it("leaves the old sign-in in force when a new one is refused", async () => {
		const signIns = await signedIn();
		service.script("poll", sts.refuse("authorization_declined", 70018));
		expect((await signIn(signIns)).at(-1)).toMatchObject({ type: "refused" });
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
	});
});

describe("access tokens", () => {
	it("are there after a restart, without a request", async () => {
		const before = textOf(await (await signedIn()).accessToken(ADDRESS, "graph"));
		const asked = service.requests.length;
		const again = await start();
		expect(textOf(await again.accessToken(ADDRESS, "graph"))).toBe(before);
		expect(service.requests).toHaveLength(asked);
	});

	it("are refreshed before they expire, once for all who ask, and the new sign-in is kept", async () => {
		const signIns = await signedIn();
		const first = textOf(await signIns.accessToken(ADDRESS, "graph"));
		clock.pass(51 * MINUTE_MS);
		const all = await Promise.all(Array.from({ length: 10 }, () => signIns.accessToken(ADDRESS, "graph")));
		expect(new Set(all.map(textOf)).size).toBe(1);
		expect(textOf(all[0] as TokenResult)).not.toBe(first);
		expect(service.count("refresh")).toBe(1);
		const sent = service.requests.at(-1)?.form.get("refresh_token");
		await (await start()).accessToken(ADDRESS, "graph", { forceRefresh: true });
		expect(service.requests.at(-1)?.form.get("refresh_token")).not.toBe(sent);
	});

	it("serve as long as they live when the refresh fails; then the trouble says how long to wait", async () => {
		const signIns = await signedIn();
		const first = textOf(await signIns.accessToken(ADDRESS, "graph"));
		clock.pass(51 * MINUTE_MS);
		service.script("refresh", sts.json(429, { error: "busy" }, { "Retry-After": "3600" }));
		for (let index = 0; index < 5; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toBe(first);
		}
		clock.pass(9 * MINUTE_MS);
		const result = await signIns.accessToken(ADDRESS, "graph");
		expect(result).toMatchObject({ ok: false, trouble: { kind: "throttled", retryAfterMs: 51 * MINUTE_MS } });
		expect(service.count("refresh")).toBe(1);
		expect(await signIns.status(ADDRESS)).toMatchObject({
			state: "signed-in",
			trouble: expect.stringMatching(/busy/),
		});
		clock.pass(51 * MINUTE_MS);
		service.script("refresh", sts.tokens());
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		expect(await signIns.status(ADDRESS)).toMatchObject({ trouble: "" });
	});

	it("come within a second of the line's return", async () => {
		const signIns = await signedIn();
		clock.pass(2 * 60 * MINUTE_MS);
		service.close();
		for (let second = 0; second < 20; second++) {
			clock.pass(1000);
			const result = await signIns.accessToken(ADDRESS, "graph");
			expect(result).toMatchObject({ ok: false, trouble: { kind: "unreachable" } });
		}
		await service.reopen();
		clock.pass(1000);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
	});

	it("are asked for anew after a 401, but not over and over", async () => {
		const signIns = await signedIn();
		const first = textOf(await signIns.accessToken(ADDRESS, "graph"));
		clock.pass(MINUTE_MS);
		const second = textOf(await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true }));
		expect(second).not.toBe(first);
		for (let index = 0; index < 5; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true }))).toBe(second);
		}
		expect(service.count("refresh")).toBe(1);
	});

	it("of a run whose clock stood at 1970 are asked for anew, not believed", async () => {
		await signedIn();
		clock.setWall(Date.parse("1970-01-01T00:00:10Z"));
		await (await start()).accessToken(ADDRESS, "graph");
		expect(service.count("refresh")).toBe(1);
	});

	it("need not be waited for", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.hang());
		const waiting = signIns.accessToken(ADDRESS, "graph", {
			forceRefresh: true,
			signal: AbortSignal.abort(),
		});
		clock.pass(MINUTE_MS);
		expect(await waiting).toMatchObject({ ok: expect.any(Boolean) });
	});
});

describe("a grant that is", () => {
	it("dead: the tokens go, the account needs a sign-in, and Microsoft is left alone", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.refuse("invalid_grant", 50173));
		clock.pass(2 * 60 * MINUTE_MS);
		for (let index = 0; index < 3; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toMatch(
				/^needs-sign-in: .*password was changed/,
			);
		}
		const restarted = await start();
		expect(textOf(await restarted.accessToken(ADDRESS, "graph"))).toMatch(/password was changed/);
		expect(service.count("refresh")).toBe(1);
		expect(told).toEqual([`signed in ${ADDRESS}`, "trouble needs-sign-in", "trouble needs-sign-in"]);
		expect(await restarted.status(ADDRESS)).toMatchObject({ state: "needs-sign-in", lapsesAt: null });
		service.script("refresh", sts.tokens());
		await signIn(restarted);
		expect(told.slice(-2)).toEqual(["recovered", `signed in ${ADDRESS}`]);
		expect(await restarted.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
	});

	it("refused for a word nobody knows: nothing is thrown away", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.refuse("new_word", 12345678), sts.tokens());
		clock.pass(2 * 60 * MINUTE_MS);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: false });
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "signed-in" });
		clock.pass(10 * MINUTE_MS);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
	});

	it("in want of a second factor: asked for again now and then, and good again when it is", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.refuse("invalid_grant", 50076), sts.tokens());
		clock.pass(2 * 60 * MINUTE_MS);
		for (let index = 0; index < 3; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toMatch(/^needs-sign-in: .*second proof/);
		}
		expect(service.count("refresh")).toBe(1);
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "needs-sign-in" });
		clock.pass(15 * MINUTE_MS);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "signed-in", trouble: "" });
		expect(told.slice(-2)).toEqual(["trouble needs-sign-in", "recovered"]);
	});

	it("blocked by a rule: said, kept, and not asked for in a storm", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.refuse("invalid_grant", 53003));
		clock.pass(2 * 60 * MINUTE_MS);
		for (let index = 0; index < 3; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toMatch(/^blocked: .*Conditional Access/);
		}
		expect(service.count("refresh")).toBe(1);
	});

	it("good for Graph, not for SMTP: only SMTP is refused", async () => {
		const signIns = await signedIn();
		service.script("refresh", sts.refuse("invalid_grant", 65001, { suberror: "consent_required" }));
		for (let index = 0; index < 3; index++) {
			expect(textOf(await signIns.accessToken(ADDRESS, "outlook"))).toMatch(/^blocked: /);
		}
		expect(service.count("refresh")).toBe(1);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "signed-in", trouble: "" });
	});

	it("good for both: one token each", async () => {
		const signIns = await signedIn();
		const graph = textOf(await signIns.accessToken(ADDRESS, "graph"));
		const outlook = textOf(await signIns.accessToken(ADDRESS, "outlook"));
		expect(outlook).not.toBe(graph);
		expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toBe(graph);
		expect(textOf(await signIns.accessToken(ADDRESS, "outlook"))).toBe(outlook);
		expect(service.count("refresh")).toBe(1);
	});

	it("made with another app registration or in another cloud: not sent there", async () => {
		const signIns = await signedIn();
		account = { ...ACCOUNT, clientId: "6b1b8c1c-0000-4000-8000-000000000002" };
		expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toMatch(/^needs-sign-in: .*another app/);
		account = ACCOUNT;
		microsoft = { cloud: "global" };
		expect(textOf(await signIns.accessToken(ADDRESS, "graph"))).toMatch(/^needs-sign-in: .*another app/);
		expect(service.count("refresh")).toBe(0);
	});

	it("not used for a day: used, so that it does not lapse", async () => {
		const signIns = await signedIn();
		const before = Date.parse((await signIns.status(ADDRESS)).lapsesAt ?? "");
		for (let hour = 0; hour < 24; hour++) {
			clock.pass(60 * MINUTE_MS);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		await expect.poll(() => service.count("refresh")).toBe(1);
		await expect
			.poll(async () => Date.parse((await signIns.status(ADDRESS)).lapsesAt ?? "") - before)
			.toBeGreaterThanOrEqual(DAY_MS - 2 * 60 * MINUTE_MS);
	});
});

describe("the vault's key", () => {
	it.each([
		["missing", (path: string) => rm(path)],
		["wrong", (path: string) => writeFile(path, Buffer.alloc(32))],
	])("%s: the account needs a sign-in, which cures it; nothing is erased", async (_name, spoil) => {
		await signedIn();
		await spoil(join(stateDir, "vault.key"));
		const restarted = await start();
		expect(textOf(await restarted.accessToken(ADDRESS, "graph"))).toMatch(
			/^needs-sign-in: .*cannot be read.*key/,
		);
		expect(await restarted.status(ADDRESS)).toMatchObject({
			state: "needs-sign-in",
			trouble: expect.stringMatching(/key/),
		});
		expect((await signIn(restarted)).at(-1)).toMatchObject({ type: "signed-in" });
		expect(await restarted.accessToken(ADDRESS, "graph")).toMatchObject({ ok: true });
		expect(await readdir(join(stateDir, "vault"))).toHaveLength(2);
	});

	it("and a card that cannot be written: the sign-in works, and says that it will not last", async () => {
		await writeFile(join(stateDir, "vault"), "not a folder");
		const signIns = await start();
		expect((await signIn(signIns)).at(-1)).toMatchObject({ type: "signed-in" });
		expect(await signIns.status(ADDRESS)).toMatchObject({
			state: "signed-in",
			trouble: expect.stringMatching(/could not be saved/),
		});
	});
});

describe("secrets", () => {
	it("are neither in the log nor in clear on the card, and go with the account", async () => {
		const signIns = await signedIn();
		await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true });
		expect(logged).not.toMatch(/access-\d|refresh-\d|device-code-1/);
		const folder = join(stateDir, "vault");
		for (const name of await readdir(folder)) {
			expect((await readFile(join(folder, name))).toString("latin1")).not.toMatch(/refresh-\d/);
		}
		await signIns.forget(ADDRESS);
		expect(await readdir(folder)).toEqual([]);
		expect(await signIns.accessToken(ADDRESS, "graph")).toMatchObject({ ok: false });
	});
});

describe("a sign-in that another box has", () => {
	const vault = () => new Vault({ stateDir, credentialsDir: "" }, SIGN_IN_KIND);

	/** What the vault of the box that leads holds, as its export would bring it. */
	async function theirs(change: Partial<SignInRecord> = {}): Promise<OthersSignIn> {
		const reading = await vault().read(ADDRESS);
		if (reading.state !== "present") throw new Error("nobody has signed in");
		return { sort: "person", account: ADDRESS, record: { ...reading.record, ...change } };
	}

	/** This box is another one, where nobody has signed in. */
	async function onOtherBox(): Promise<SignIns> {
		await rm(join(stateDir, "vault"), { recursive: true });
		told = [];
		return start();
	}

	it("serves here as well, after a restart too, and both go on with tokens of their own", async () => {
		const leads = await signedIn();
		const record = await theirs();
		const stateOfLeader = stateDir;
		stateDir = await mkdtemp(join(tmpdir(), "postern-sign-ins-"));
		const other = await start();
		expect(await other.takeOver(record)).toBe(true);
		expect(told.at(-1)).toBe(`signed in ${ADDRESS}`);
		expect(await other.accessToken(ADDRESS, "graph", { forceRefresh: true })).toMatchObject({ ok: true });
		expect(await leads.accessToken(ADDRESS, "graph", { forceRefresh: true })).toMatchObject({ ok: true });
		expect(await other.takeOver(record)).toBe(false);
		expect(await (await start()).status(ADDRESS)).toMatchObject({ state: "signed-in", signedInAs: ADDRESS });
		await rm(stateOfLeader, { recursive: true, force: true });
	});

	it("takes the place of an earlier one, and of a dead one that has outlived it there", async () => {
		const signIns = await signedIn();
		const record = await theirs();
		const { signedInAt } = record.record as SignInRecord;
		expect(await signIns.takeOver(await theirs({ signedInAt: signedInAt - 1 }))).toBe(false);
		expect(await signIns.takeOver(await theirs({ signedInAt: signedInAt + 1 }))).toBe(true);
		service.script("refresh", sts.refuse("invalid_grant", 700082));
		expect(await signIns.accessToken(ADDRESS, "graph", { forceRefresh: true })).toMatchObject({ ok: false });
		const lastRefreshAt = clock.now() + MINUTE_MS;
		const live = { ...record.record, lastRefreshAt } as SignInRecord;
		expect(
			await signIns.takeOver({ sort: "person", account: ADDRESS, record: record.record as SignInRecord }),
		).toBe(false);
		expect(await signIns.takeOver({ sort: "person", account: ADDRESS, record: live })).toBe(true);
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "signed-in" });
		const dead = { state: "dead", at: 1, ownerText: "", reason: "" } as const;
		expect(await signIns.takeOver(await theirs({ signedInAt: signedInAt + 2, grant: dead }))).toBe(false);
	});

	it("is of no use for an account that is not here", async () => {
		await signedIn();
		const record = { ...(await theirs()), account: "nobody@contoso.com" };
		expect(await (await onOtherBox()).takeOver(record)).toBe(false);
	});
});
