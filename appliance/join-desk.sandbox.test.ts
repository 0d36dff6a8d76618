/** Self-service with everything real but Microsoft, which is the simulated one. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Accounts } from "./accounts/accounts.ts";
import { Devices } from "./accounts/devices.ts";
import { Mailboxes } from "./accounts/mailboxes.ts";
import { Passwords } from "./accounts/passwords.ts";
import { SignUpGate } from "./accounts/sign-up-gate.ts";
import { judgeSignUp } from "./accounts/sign-up-rules.ts";
import { configSchema } from "./config/schema.ts";
import type { JoinDraft, JoinNews } from "./console-services.ts";
import { UserError } from "./errors.ts";
import { Events } from "./events.ts";
import { JoinDesk } from "./join-desk.ts";
import { Log } from "./log.ts";
import { type HttpClient, openHttp } from "./microsoft/http.ts";
import { LeapingClock } from "./microsoft/leaping-clock.ts";
import { SignIns } from "./microsoft/sign-ins.ts";
import { RefusalLog } from "./refusal-log.ts";
import { type Sandbox, startSandbox } from "./sandbox/sandbox.ts";
import type { Secret } from "./secret.ts";
import { Storage } from "./store/storage.ts";
import { TrustedTime } from "./trusted-time.ts";

const ADA = "ada@contoso.com";
const PEER = { address: "192.168.1.30", agent: "a phone" };
const RULES = { enabled: true, allow: ["*@contoso.com"], deny: ["eve@contoso.com"] };

let sandbox: Sandbox;
let folder: string;
let storage: Storage;
let http: HttpClient;
let signIns: SignIns;
let accounts: Accounts;
let devices: Devices;
let mailboxes: Mailboxes;
let desk: JoinDesk;
let signUp: ReturnType<typeof configSchema.parse>["sign_up"];
let lines: string[];

beforeEach(async () => {
	sandbox = await startSandbox({ settings: { autoApproveAs: ADA } });
	folder = await mkdtemp(join(tmpdir(), "postern-join-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	lines = [];
	const log = new Log({ level: "info", journal: false, write: (line) => void lines.push(line) });
	const clock = new LeapingClock();
	const microsoft = { client_id: sandbox.clientId, tenant: sandbox.tenant };
	const config = configSchema.parse({ microsoft, account: [{ address: "alerts@contoso.com" }] });
	const vaultKey = { read: async () => Buffer.alloc(32, 1), ensure: async () => Buffer.alloc(32, 1) };
	const passwords = new Passwords(clock);
	signUp = rules();
	accounts = await Accounts.open({ config, documents: storage, log });
	const findAccount = (address: string) => accounts.find(address);
	const shared = { config, documents: storage, clock, log, findAccount, vaultKey, passwords };
	const isDenied = (person: string) => judgeSignUp(signUp, person).by === "deny";
	devices = await Devices.open({ ...shared, isDenied });
	mailboxes = await Mailboxes.open(shared);
	http = openHttp({ log, environment: {} });
	signIns = new SignIns({
		microsoft: () => ({ cloud: "custom", authority: sandbox.authorityUrl, graph: sandbox.graphUrl }),
		accountOf: findAccount,
		accounts: () => accounts.list(),
		place: { stateDir: folder, credentialsDir: "" },
		...{ http, clock, log },
		time: new TrustedTime(clock),
		events: new Events(() => undefined),
	});
	desk = new JoinDesk({
		...{ accounts, devices, signIns, log },
		gate: new SignUpGate({ settings: () => signUp, clock, log, refusals: new RefusalLog(clock, log) }),
		settingsOf: async (name) => {
			const device = devices.get(name);
			const { username } = device;
			return {
				device,
				username,
				hints: null,
				server: "postern.local",
				ports: [],
				password: null,
				sender: "",
			};
		},
		fetchingAt: () => null,
		traffic: { series: () => [] },
		nowMs: () => clock.now(),
	});
});
afterEach(async () => {
	await signIns.stop();
	http.close();
	await storage.close();
	await sandbox.close();
	await rm(folder, { recursive: true });
});

function rules(change: object = {}) {
	return configSchema.parse({ sign_up: { ...RULES, ...change } }).sign_up;
}

async function come(
	change: Partial<JoinDraft> = {},
	onNews: (news: JoinNews, cancel: () => void) => void = () => undefined,
): Promise<JoinNews | undefined> {
	const cancelled = new AbortController();
	const draft = { visit: "v1", address: ADA, method: "device-code", wish: "join", peer: PEER } as const;
	let last: JoinNews | undefined;
	for await (const news of desk.begin({ ...draft, ...change }, cancelled.signal)) {
		last = news;
		onNews(news, () => cancelled.abort());
	}
	return last;
}

async function passwordOf(coming: Promise<JoinNews | undefined>): Promise<Secret> {
	const news = await coming;
	if (news?.type !== "joined") throw new Error(`did not join: ${JSON.stringify(news)}`);
	return news.password;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return "none";
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return thrown.code;
	}
}

const opens = async (username: string, password: Secret) =>
	(await devices.authenticate(username, password, "192.168.1.31")).ok;
const sealed = async () =>
	(await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".sealed"));

async function nothingIsKept(): Promise<void> {
	expect(accounts.list().map(({ address }) => address)).toEqual(["alerts@contoso.com"]);
	expect(devices.list()).toEqual([]);
	expect(await sealed()).toEqual([]);
	expect(await desk.list()).toEqual([]);
}

describe("somebody who is allowed", () => {
	it("gets a login of their own that sends as nobody else, and the box is signed in as them", async () => {
		const news = await come();
		expect(news).toMatchObject({
			...{ type: "joined", isNew: true },
			settings: { device: { username: ADA, account: ADA, from: "force", person: ADA }, password: null },
		});
		expect(await opens(ADA, await passwordOf(Promise.resolve(news)))).toBe(true);
		expect(await signIns.status(ADA)).toMatchObject({ state: "signed-in", signedInAs: ADA });
		expect(await desk.list()).toMatchObject([
			{ address: ADA, username: ADA, device: ADA, state: "signed-in" },
		]);
		expect(await sealed()).toHaveLength(1);
		expect(lines.join("")).toContain(`person-joined who=${ADA} address=192.168.1.30`);
	});

	it("gets a new password when they come again, and the old one is refused", async () => {
		const first = await passwordOf(come());
		const again = await come();
		expect(again).toMatchObject({ type: "joined", isNew: false });
		expect(await opens(ADA, first)).toBe(false);
		expect(await opens(ADA, await passwordOf(Promise.resolve(again)))).toBe(true);
		expect(devices.list()).toHaveLength(1);
	});

	it("is known again after a restart", async () => {
		await come();
		const joinedAt = accounts.find(ADA)?.joinedAt;
		await accounts.reload(configSchema.parse({ microsoft: { client_id: sandbox.clientId } }));
		expect(accounts.find(ADA)?.joinedAt).toBe(joinedAt);
		await accounts.save({ address: ADA, transport: "smtp" });
		expect(accounts.find(ADA)).toMatchObject({ joinedAt, transport: "smtp" });
	});

	it("can leave, and then nothing of theirs is left", async () => {
		const password = await passwordOf(come());
		expect(await come({ wish: "leave" })).toEqual({ type: "left" });
		expect(await opens(ADA, password)).toBe(false);
		await nothingIsKept();
	});

	it("can leave although the rules have changed meanwhile", async () => {
		await come();
		signUp = rules({ deny: [ADA] });
		expect(await codeOf(come())).toBe("sign-up-denied");
		expect(await come({ wish: "leave" })).toEqual({ type: "left" });
	});

	it("has nothing to leave who never came", async () => {
		expect(await codeOf(come({ wish: "leave" }))).toBe("joined-unknown");
	});

	it("gets a login that is free where the owner has given the name away", async () => {
		await devices.add({ name: ADA, addresses: [], username: ADA });
		expect(await come()).toMatchObject({
			settings: { device: { name: `${ADA} (2)`, username: "ada-contoso-com-2" } },
		});
	});
});

describe("nobody else", () => {
	it("is asked of Microsoft who is not allowed, or while it is closed", async () => {
		expect(await codeOf(come({ address: "eve@contoso.com" }))).toBe("sign-up-denied");
		expect(await codeOf(come({ address: "ada@example.com" }))).toBe("sign-up-denied");
		expect(await codeOf(come({ address: "no address" }))).toBe("sign-up-denied");
		signUp = rules({ enabled: false });
		expect(await codeOf(come())).toBe("sign-up-closed");
		expect(sandbox.control.requests({ kind: "sign-in" })).toEqual([]);
	});

	it("comes in as one whom the rules let in, and signs in as another", async () => {
		for (const who of ["eve@contoso.com", "bob@contoso.com"]) {
			sandbox.control.change({ autoApproveAs: who });
			expect(await codeOf(come())).toBe("sign-up-other");
			await nothingIsKept();
		}
		expect(lines.join("")).toContain("sign-up-refused reason=sign-up-other who=bob@contoso.com");
	});

	it("comes in who is denied while they sign in", async () => {
		const onPrompt = () => {
			signUp = rules({ deny: [ADA] });
		};
		expect(await codeOf(come({}, onPrompt))).toBe("sign-up-denied");
		await nothingIsKept();
	});

	it("gets what the owner has set up, which stays as it is", async () => {
		sandbox.control.change({ autoApproveAs: "alerts@contoso.com" });
		const before = accounts.list();
		expect(await codeOf(come({ address: "Alerts@contoso.com" }))).toBe("sign-up-taken");
		expect(accounts.list()).toEqual(before);
		await nothingIsKept();
	});

	it("comes in beyond as many as may; who has come can come again", async () => {
		signUp = rules({ most_people: 1 });
		await come();
		sandbox.control.change({ autoApproveAs: "bob@contoso.com" });
		expect(await codeOf(come({ address: "bob@contoso.com" }))).toBe("sign-up-full");
		sandbox.control.change({ autoApproveAs: ADA });
		expect(await come()).toMatchObject({ type: "joined", isNew: false });
	});

	it("leaves anything behind who gives up", async () => {
		sandbox.control.change({ autoApproveAs: "" });
		await come({}, (_news, cancel) => cancel());
		await nothingIsKept();
	});

	it("but its person uses the mailbox of somebody who came", async () => {
		await come();
		const wanted = { addresses: ["192.168.1.9"], account: ADA };
		expect(await codeOf(devices.add({ name: "Copier", ...wanted }))).toBe("account-personal");
		expect(await codeOf(mailboxes.add({ username: "x", mailbox: ADA, account: ADA }))).toBe(
			"account-personal",
		);
	});
});

describe("what the owner has set up", () => {
	it("sends as before: a device that names no account still has the owner's only one", async () => {
		await come();
		const device = { account: "" };
		expect(accounts.forDevice(device)?.address).toBe("alerts@contoso.com");
		expect(accounts.forMessage(device, [ADA])?.address).toBe("alerts@contoso.com");
		expect(accounts.dependsOnSender(device)).toBe(false);
	});

	it("lets nobody send whom a rule denies meanwhile; that nobody new may come changes nothing", async () => {
		const password = await passwordOf(come());
		signUp = rules({ enabled: false, allow: [] });
		expect(await opens(ADA, password)).toBe(true);
		signUp = rules({ deny: ["*@contoso.com"] });
		expect(await opens(ADA, password)).toBe(false);
		expect(await desk.list()).toMatchObject([{ address: ADA, isDenied: true }]);
	});

	it("is without somebody whom the owner removes", async () => {
		const password = await passwordOf(come());
		await desk.remove(ADA);
		expect(await opens(ADA, password)).toBe(false);
		await nothingIsKept();
		expect(await codeOf(desk.remove(ADA))).toBe("joined-unknown");
	});
});
