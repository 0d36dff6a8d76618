/** Signing in by browser and by certificate, against the simulated Microsoft 365. */
import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Account, PUBLISHED_LIMITS } from "../accounts/model.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { signInByBrowser } from "../sandbox/browser.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { AppCertificate, SignInNews } from "../services.ts";
import { TrustedTime } from "../trusted-time.ts";
import { makeAppKey } from "./app-key-maker.ts";
import { GraphClient } from "./graph-client.ts";
import { type HttpClient, openHttp } from "./http.ts";
import { LeapingClock } from "./leaping-clock.ts";
import { SignIns } from "./sign-ins.ts";
import type { Resource } from "./token-source.ts";

const ADDRESS = "alerts@contoso.com";
const DAY_MS = 24 * 60 * 60_000;

let sandbox: Sandbox;
let stateDir: string;
let http: HttpClient;
let account: Account;
let clock: LeapingClock;
let time: TrustedTime;
let signIns: SignIns;
let redirect: string;

beforeEach(async () => {
	sandbox = await startSandbox();
	stateDir = await mkdtemp(join(tmpdir(), "postern-ways-"));
	clock = new LeapingClock();
	time = new TrustedTime(clock);
	http = openHttp({ log: silentLog(), environment: {}, heardTime: (ms) => time.heard(ms) });
	redirect = "";
	account = {
		address: ADDRESS,
		transport: "graph",
		method: "browser",
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
	return new SignIns({
		microsoft: () => ({
			cloud: "custom",
			authority: sandbox.authorityUrl,
			graph: sandbox.graphUrl,
			redirect,
		}),
		accountOf: (address) => (address === ADDRESS ? account : undefined),
		accounts: () => [account],
		place: { stateDir, credentialsDir: "" },
		...{ http, clock, time },
		log: silentLog(),
		events: new Events((error) => {
			throw error;
		}),
	});
}

async function restart(): Promise<void> {
	await signIns.stop();
	signIns = newRun();
}

/** Reads the news; `on` may act on each. */
async function signIn(on: (news: SignInNews) => Promise<void> | void = () => undefined, stop?: AbortSignal) {
	let last: SignInNews | undefined;
	for await (const news of signIns.signIn(account, stop ?? new AbortController().signal)) {
		last = news;
		await on(news);
	}
	return last;
}

/** What Graph says to a request for the account's mailbox, in whosever name the token is. */
async function mailboxStatus(): Promise<number> {
	const graph = new GraphClient({ http, tokens: signIns, clock, graphUrl: () => sandbox.graphUrl });
	const result = await graph.request({ account: ADDRESS, method: "GET", path: "/mailFolders/sentitems" });
	if (result.kind !== "answer") throw new Error(JSON.stringify(result));
	return result.status;
}

async function token(resource: Resource = "graph") {
	return signIns.accessToken(ADDRESS, resource, { forceRefresh: true });
}

describe("signing in with a browser", () => {
	it.each([
		["the whole address", (ended: string) => ended],
		["the address in angle brackets, broken over lines", (ended: string) => `<${ended.replace("&", "\n&")}>`],
		["what stands behind the question mark", (ended: string) => new URL(ended).search],
		["the query without the mark", (ended: string) => new URL(ended).search.slice(1)],
		["the code alone", (ended: string) => new URL(ended).searchParams.get("code") ?? ""],
		["the same in a fragment", (ended: string) => ended.replace("?", "#")],
	])("takes %s", async (_, pasted) => {
		const end = await signIn(async (news) => {
			if (news.type !== "open") return;
			expect(news.endsAt).toBe(`${sandbox.authorityUrl}/common/oauth2/nativeclient`);
			signIns.paste(ADDRESS, pasted(await signInByBrowser(news.url, ADDRESS)));
		});
		expect(end).toEqual({ type: "signed-in", who: ADDRESS });
		expect(await mailboxStatus()).toBe(200);
		await restart();
		expect(await token()).toMatchObject({ ok: true, speaksFor: "person" });
	});

	it("says what is wrong with a paste of no use, and waits for another", async () => {
		const end = await signIn(async (news) => {
			if (news.type !== "open") return;
			const ended = await signInByBrowser(news.url, ADDRESS);
			const other = ended.replace(/&state=[^&]+/, `&state=${randomBytes(16).toString("base64url")}`);
			const pastes: [string, RegExp][] = [
				["", /Nothing was pasted/],
				["https://www.example.com/", /holds no sign-in code/],
				["hello", /holds no sign-in code/],
				[news.url, /the link to open/],
				[other, /another sign-in/],
				["x".repeat(20_000), /too long/],
			];
			for (const [text, says] of pastes) expect(() => signIns.paste(ADDRESS, text)).toThrow(says);
			signIns.paste(ADDRESS, ended);
		});
		expect(end).toEqual({ type: "signed-in", who: ADDRESS });
	});

	it("tells that the person declined", async () => {
		const end = await signIn(async (news) => {
			if (news.type === "open") signIns.paste(ADDRESS, await signInByBrowser(news.url, "decline"));
		});
		expect(end).toMatchObject({ type: "refused", ownerText: expect.stringMatching(/refused/) });
	});

	it("refuses an address that was used before, or that is too old, and says to start again", async () => {
		let first = "";
		await signIn(async (news) => {
			if (news.type !== "open") return;
			first = await signInByBrowser(news.url, ADDRESS);
			signIns.paste(ADDRESS, first);
		});
		const codeOf = (ended: string) => new URL(ended).searchParams.get("code") ?? "";
		const reused = await signIn((news) => {
			if (news.type === "open") signIns.paste(ADDRESS, codeOf(first));
		});
		expect(reused).toMatchObject({ type: "refused", ownerText: expect.stringMatching(/used before/) });
		const late = await signIn(async (news) => {
			if (news.type !== "open") return;
			const ended = await signInByBrowser(news.url, ADDRESS);
			sandbox.control.change({ clockOffsetMs: 11 * 60_000 });
			signIns.paste(ADDRESS, ended);
		});
		expect(late).toMatchObject({ type: "refused", ownerText: expect.stringMatching(/too much time/) });
	});

	it("refuses the code of another sign-in, which its verifier does not fit", async () => {
		let stolen = "";
		const stop = new AbortController();
		await signIn(async (news) => {
			if (news.type !== "open") return;
			stolen = new URL(await signInByBrowser(news.url, "thief@contoso.com")).searchParams.get("code") ?? "";
			stop.abort();
		}, stop.signal);
		const end = await signIn((news) => {
			if (news.type === "open") signIns.paste(ADDRESS, stolen);
		});
		expect(end).toMatchObject({ type: "refused" });
		expect(await token()).toMatchObject({ ok: false });
	});

	it("ends after half an hour without a paste, and when it is cancelled; then nothing waits", async () => {
		const abandoned = await signIn((news) => {
			if (news.type === "open") setImmediate(() => clock.pass(31 * 60_000));
		});
		expect(abandoned).toMatchObject({ type: "refused", ownerText: expect.stringMatching(/half an hour/) });
		const stop = new AbortController();
		const cancelled = await signIn((news) => {
			if (news.type === "open") stop.abort();
		}, stop.signal);
		expect(cancelled).toMatchObject({ type: "refused", ownerText: expect.stringMatching(/cancelled/) });
		expect(() => signIns.paste(ADDRESS, "?code=1")).toThrow(/No browser sign-in is under way/);
	});

	it("is finished by the console's own address without a paste, by whoever has its state alone", async () => {
		redirect = "https://postern.example.com/sign-in/return";
		sandbox.control.addRedirect(redirect);
		const end = await signIn(async (news) => {
			if (news.type !== "open") return;
			const ended = await signInByBrowser(news.url, ADDRESS);
			expect(ended.startsWith(redirect)).toBe(true);
			expect(() => signIns.returned("code=guessed&state=guessed")).toThrow(/No browser sign-in/);
			expect(signIns.returned(new URL(ended).search.slice(1))).toBe(ADDRESS);
		});
		expect(end).toEqual({ type: "signed-in", who: ADDRESS });
	});

	it("works where the organisation blocks device code, and outlives a rule that ends such sign-ins", async () => {
		account = { ...account, method: "device-code" };
		sandbox.control.change({ conditionalAccess: "managed-device", autoApproveAs: ADDRESS });
		expect(await signIn()).toMatchObject({
			type: "refused",
			hint: expect.stringMatching(/--method browser.*--method certificate/),
		});
		sandbox.control.change({ conditionalAccess: "allow" });
		expect(await signIn()).toMatchObject({ type: "signed-in" });
		sandbox.control.change({ blockDeviceCodeGrants: true });
		await restart();
		expect(await token()).toMatchObject({
			trouble: { ownerText: expect.stringMatching(/--method browser/) },
		});
		account = { ...account, method: "browser" };
		await signIn(async (news) => {
			if (news.type === "open") signIns.paste(ADDRESS, await signInByBrowser(news.url, ADDRESS));
		});
		await restart();
		expect(await token()).toMatchObject({ ok: true });
	});
});

describe("an account with shared mailboxes", () => {
	const scopesAsked = () =>
		sandbox.control
			.requests({ kind: "sign-in", path: "/token" })
			.map(({ detail }) => detail.includes("Mail.Send.Shared"));

	it("asks for the permission to send from them when somebody signs in, and not before", async () => {
		account = { ...account, method: "device-code" };
		sandbox.control.change({ autoApproveAs: ADDRESS });
		await signIn();
		// Somebody adds a shared mailbox: the sign-in that there is goes on as it was.
		account = { ...account, sharedMailboxes: ["scans@contoso.com"] };
		await restart();
		expect(await token()).toMatchObject({ ok: true });
		expect(scopesAsked()).not.toContain(true);
		await signIn();
		await restart();
		expect(await token()).toMatchObject({ ok: true });
		expect(scopesAsked().slice(-2)).toEqual([true, true]);
	});
});

describe("signing in by certificate", () => {
	const MAIL = ["Mail.Send", "Mail.ReadWrite"];

	beforeEach(() => {
		account = { ...account, method: "certificate" };
		sandbox.control.grantApp({ graph: MAIL, outlook: ["SMTP.SendAsApp"], mailboxes: [ADDRESS] });
	});

	const upload = (pem: string) => sandbox.control.grantApp({ certificatePem: pem });

	/** As an owner does it: the certificate is shown, and uploaded. */
	async function certify(): Promise<AppCertificate> {
		let shown: AppCertificate | undefined;
		const end = await signIn((news) => {
			if (news.type !== "certificate") return;
			shown = news.certificate;
			upload(news.certificate.pem);
		});
		expect(end).toEqual({ type: "signed-in", who: `the app ${sandbox.clientId}` });
		if (shown === undefined) throw new Error("no certificate was shown");
		return shown;
	}

	it("shows the public half, waits until it is uploaded, and uses the mailbox in the app's name", async () => {
		const waits: string[] = [];
		let pem = "";
		const end = await signIn((news) => {
			if (news.type === "certificate") pem = news.certificate.pem;
			if (news.type !== "waiting") return;
			waits.push(news.text);
			upload(pem);
		});
		expect(end).toMatchObject({ type: "signed-in" });
		expect(waits[0]).toMatch(/does not have this box's certificate.*Upload it/);
		expect(await mailboxStatus()).toBe(200);
		expect(sandbox.control.requests({ kind: "graph" }).at(-1)?.path).toContain(
			`/users/${encodeURIComponent(ADDRESS)}/`,
		);
		expect(await token("outlook")).toMatchObject({ ok: true, speaksFor: "app" });
		const { subject, validFromDate } = new X509Certificate(pem);
		expect(subject).toBe(`CN=Postern ${ADDRESS}`);
		expect(validFromDate.getTime()).toBeLessThan(Date.now());
	});

	it("keeps its key sealed, signs in after a restart without anybody, and lapses with the certificate", async () => {
		const { expiresAt } = await certify();
		await restart();
		expect(await token()).toMatchObject({ ok: true });
		expect(await signIns.status(ADDRESS)).toMatchObject({
			state: "signed-in",
			signedInAs: `the app ${sandbox.clientId}`,
			lapsesAt: expiresAt,
			trouble: "",
		});
		expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 700 * DAY_MS);
	});

	it("shows the same certificate again when the sign-in was cancelled before it was uploaded", async () => {
		const shown: string[] = [];
		for (let tries = 0; tries < 2; tries += 1) {
			const stop = new AbortController();
			await signIn((news) => {
				if (news.type === "certificate") shown.push(news.certificate.thumbprintSha256);
				if (news.type === "waiting") stop.abort();
			}, stop.signal);
			await restart();
		}
		expect(shown[0]).toBe(shown[1]);
		expect(await signIns.status(ADDRESS)).toMatchObject({ state: "needs-sign-in" });
	});

	it("renews with an overlap: the old one serves until the new one is uploaded, also over a restart", async () => {
		const old = await certify();
		const renewed = await signIns.certificate(account, true);
		expect(renewed).toMatchObject({ acceptedAt: null, olderServesUntil: old.expiresAt });
		expect(renewed.thumbprintSha256).not.toBe(old.thumbprintSha256);
		expect(await token()).toMatchObject({ ok: true });
		await restart();
		expect(await token()).toMatchObject({ ok: true });
		upload(renewed.pem);
		clock.pass(60_000);
		expect(await token()).toMatchObject({ ok: true });
		expect(await signIns.certificate(account, false)).toMatchObject({
			thumbprintSha256: renewed.thumbprintSha256,
			acceptedAt: expect.any(String),
			olderServesUntil: null,
		});
		sandbox.control.forgetCertificates();
		upload(renewed.pem);
		await restart();
		expect(await token()).toMatchObject({ ok: true });
	});

	it("signs by the real time when the box's clock is years off", async () => {
		await certify();
		clock.setWall(Date.UTC(1970, 0, 2));
		time = new TrustedTime(clock);
		await restart();
		// The refusal itself says what time it is; the next attempt uses it.
		await token();
		clock.pass(60_000);
		expect(await token()).toMatchObject({ ok: true });
	});

	it("makes no certificate before the box knows the date", async () => {
		clock.setWall(Date.UTC(1970, 0, 2));
		time = new TrustedTime(clock);
		signIns = newRun();
		await expect(signIn()).rejects.toThrow(/does not know the date/);
	});

	it.each(["common", "organizations", "consumers"])(
		"says that tenant %s is no organisation",
		async (tenant) => {
			account = { ...account, tenant };
			expect(await signIn()).toMatchObject({
				type: "refused",
				ownerText: expect.stringMatching(/Set `tenant`/),
			});
			expect(await token()).toMatchObject({ ok: false, trouble: { kind: "needs-sign-in" } });
		},
	);

	it("is refused mailboxes that the app is not limited to, and what it was not granted", async () => {
		await certify();
		sandbox.control.grantApp({ mailboxes: ["other@contoso.com"] });
		expect(await mailboxStatus()).toBe(403);
		sandbox.control.grantApp({ mailboxes: [ADDRESS], graph: [] });
		clock.pass(60_000);
		await token();
		expect(await mailboxStatus()).toBe(403);
	});

	it("uses the owner's own file, and takes the next one without a pause in sending", async () => {
		const file = join(stateDir, "app.pem");
		const first = await makeAppKey("first", clock.now());
		await writeFile(file, first);
		account = { ...account, certificateFile: file };
		const shown = await certify();
		expect(shown.file).toBe(file);
		await writeFile(file, await makeAppKey("second", clock.now()));
		await signIns.refreshCertificates();
		const next = await signIns.certificate(account, false);
		expect(next.thumbprintSha256).not.toBe(shown.thumbprintSha256);
		expect(next).toMatchObject({ acceptedAt: null, olderServesUntil: shown.expiresAt });
		clock.pass(60_000);
		expect(await token()).toMatchObject({ ok: true });
		upload(next.pem);
		clock.pass(60_000);
		expect(await token()).toMatchObject({ ok: true });
		expect(await signIns.certificate(account, false)).toMatchObject({ olderServesUntil: null });
		await expect(signIns.certificate(account, true)).rejects.toThrow(/comes from/);
		// Nothing of the owner's key is kept by the box.
		expect(await readdir(join(stateDir, "vault")).catch(() => [])).toEqual([]);
	});

	it.each([
		["is not there", undefined, /cannot be read \(ENOENT\)/],
		["holds nonsense", "nonsense", /no private key/],
		["holds a certificate only", "cert", /no private key/],
		["holds a key only", "key", /no certificate/],
	])("says when the owner's file %s", async (_, content, says) => {
		const file = join(stateDir, "app.pem");
		const pem = await makeAppKey("x", clock.now());
		const [key = "", certificate = ""] = pem.split(/(?=-----BEGIN CERTIFICATE)/);
		const text = content === "cert" ? certificate : content === "key" ? key : content;
		if (text !== undefined) await writeFile(file, text);
		account = { ...account, certificateFile: file };
		expect(await signIn()).toMatchObject({ type: "refused", ownerText: expect.stringMatching(says) });
		expect((await signIns.status(ADDRESS)).trouble).toMatch(says);
	});

	it("goes back to its own certificate when the owner's file is taken out of the configuration", async () => {
		const own = await certify();
		const file = join(stateDir, "app.pem");
		await writeFile(file, await makeAppKey("file", clock.now()));
		account = { ...account, certificateFile: file };
		await signIns.refreshCertificates();
		expect(await signIns.certificate(account, false)).toMatchObject({ file, acceptedAt: null });
		account = { ...account, certificateFile: "" };
		await signIns.refreshCertificates();
		expect(await signIns.certificate(account, false)).toMatchObject({
			thumbprintSha256: own.thumbprintSha256,
		});
		expect(await token()).toMatchObject({ ok: true });
	});

	it("forgets the key with the account", async () => {
		await certify();
		await signIns.forget(ADDRESS);
		await restart();
		expect(await token()).toMatchObject({ ok: false, trouble: { reason: "no certificate" } });
	});
});
