/** The Microsoft section as its visitors see it, and what the appliance was asked. */
import { describe, expect, it } from "vitest";
import type { Setting } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { endpointsOf, extraPermissions, scopesOf } from "../../../appliance/microsoft/clouds.ts";
import type { AccountStatus, SignInNews } from "../../../appliance/services.ts";
import { type Given, testConsole } from "../../testing/fake-console.ts";
import { type FakeState, fakeServices } from "../../testing/fake-services.ts";
import {
	accountStatus,
	CERTIFICATE,
	device,
	MAILBOX,
	OPEN,
	PROMPT,
	WELL_STATUS,
} from "../../testing/samples.ts";
import { microsoftSettings, pastePageOf } from "./clouds.ts";
import { PERMISSIONS } from "./permissions.tsx";

const CLIENT_ID = "11111111-2222-3333-4444-555555555555";
const ALERTS = "/microsoft/alerts%40contoso.com";
const SIGN_IN = "/microsoft/sign-in/alerts%40contoso.com";

function setting(key: string, value: string, change: Partial<Setting> = {}): Setting {
	const fixed = { type: "text", choices: [], needsRestart: false, description: "" } as const;
	return { key: `microsoft.${key}`, value, origin: "console", isLocked: false, ...fixed, ...change };
}

interface Scene {
	readonly state?: Partial<FakeState>;
	readonly settings?: readonly Setting[];
	readonly given?: Given;
}

function scene({ state = {}, settings = [setting("client_id", CLIENT_ID)], given = {} }: Scene = {}) {
	const { services, state: fake } = fakeServices({ accounts: [accountStatus()], ...state });
	const changes: Readonly<Record<string, unknown>>[] = [];
	const pages = testConsole({
		services: {
			...services,
			settings: {
				list: async () => settings,
				change: async (change) => {
					changes.push(change);
					return { needRestart: [] };
				},
			},
			...given,
		},
	});
	return { pages, fake, changes };
}

const page = async (response: Response | Promise<Response>) => (await response).text();
const refused = (change: Partial<Extract<SignInNews, { type: "refused" }>> = {}): SignInNews => ({
	...{ type: "refused", ownerText: "The code has expired.", hint: "Start again; a new code is given." },
	...change,
});

describe("the accounts", () => {
	it("lead to the app registration first, then to an account, while there is none", async () => {
		const bare = scene({ state: { accounts: [] }, settings: [] });
		const first = await page(bare.pages.get("/microsoft", "owner"));
		expect(first).toContain("No account is connected yet");
		expect(first).toContain("Begin with the app registration");
		const registered = await page(scene({ state: { accounts: [] } }).pages.get("/microsoft", "owner"));
		expect(registered).toContain('href="/microsoft/new"');
		const viewed = await page(bare.pages.get("/microsoft", "viewer"));
		expect(viewed).toContain("No account is connected yet");
		expect(viewed).not.toContain("Begin with");
	});

	it("say who they are, what they may do, and what holds their mail up", async () => {
		const { account } = accountStatus();
		const shared = accountStatus({ account: { ...account, sharedMailboxes: ["scans@contoso.com"] } });
		const [passage] = WELL_STATUS.accounts;
		const { pages } = scene({
			state: {
				accounts: [shared],
				mailboxes: [MAILBOX],
				status: {
					...WELL_STATUS,
					accounts: passage
						? [{ ...passage, circuit: "open", trouble: "Microsoft 365 cannot be reached." }]
						: [],
				},
			},
		});
		const shown = await page(pages.get("/microsoft", "viewer"));
		for (const text of [
			"scans@contoso.com",
			"orders",
			"18 Feb 2027",
			"cannot be reached",
			"Mail through it waits",
		]) {
			expect(shown).toContain(text);
		}
		expect(shown).not.toContain("Send a test mail");
	});

	it("show what a refusal meant, and offer the sign-in to the owner alone", async () => {
		const trouble = "The sign-in was ended: <b>the password was changed</b>.";
		const dead: AccountStatus = accountStatus({ state: "needs-sign-in", signedInAs: "", trouble });
		const { pages } = scene({ state: { accounts: [dead] } });
		const owners = await page(pages.get("/microsoft", "owner"));
		expect(owners).toContain("The sign-in was ended: &lt;b&gt;");
		expect(owners).toContain(`action="${SIGN_IN}"`);
		expect(await page(pages.get("/microsoft", "operator"))).not.toContain(`action="${SIGN_IN}"`);
	});

	it("that are not there are not found", async () => {
		expect((await scene().pages.get("/microsoft/nobody%40contoso.com", "viewer")).status).toBe(404);
	});

	it("are tested by operators, step by step", async () => {
		const { pages } = scene({ state: { testSteps: [{ ok: true, text: "It is in Sent Items: sent." }] } });
		const response = await pages.post(`${ALERTS}/test`, {}, "operator");
		expect(response.headers.get("location")).toBe(`${ALERTS}#test`);
		expect(await page(pages.get(ALERTS, "viewer"))).toContain("It is in Sent Items: sent.");
		expect((await pages.post(`${ALERTS}/test`, {}, "viewer")).status).toBe(403);
	});

	it("give their certificate away, its public half, under a safe name", async () => {
		const account = { ...accountStatus().account, method: "certificate" } as const;
		const { pages, fake } = scene({ state: { accounts: [accountStatus({ account })] } });
		expect(await page(pages.get(ALERTS, "viewer"))).toContain(CERTIFICATE.thumbprintSha256);
		const pem = await pages.get(`${ALERTS}/certificate.pem`, "viewer");
		expect(await pem.text()).toBe(CERTIFICATE.pem);
		expect(pem.headers.get("content-disposition")).toBe(
			'attachment; filename="postern-alerts-contoso.com.pem"',
		);
		const der = await pages.get(`${ALERTS}/certificate.cer`, "viewer");
		expect(Buffer.from(await der.arrayBuffer()).toString("base64")).toBe("MIIB");
		expect((await pages.post(`${ALERTS}/renew`, {}, "operator")).status).toBe(403);
		await pages.post(`${ALERTS}/renew`, {}, "owner");
		expect(fake.calls).toContain("certificate alerts@contoso.com true");
	});

	it("go only after a question that says what becomes of the mail", async () => {
		const { pages, fake } = scene({
			state: { devices: [device({ account: "alerts@contoso.com" })], mailboxes: [MAILBOX] },
		});
		expect((await pages.post(`${ALERTS}/remove`, { confirmed: "yes" }, "operator")).status).toBe(403);
		const asked = await page(pages.post(`${ALERTS}/remove`, {}, "owner"));
		for (const text of ["Remove alerts@contoso.com?", "not lost", "Copier", "orders", "only account"]) {
			expect(asked).toContain(text);
		}
		expect(fake.accounts).toHaveLength(1);
		const response = await pages.post(`${ALERTS}/remove`, { confirmed: "yes" }, "owner");
		expect(response.headers.get("location")).toBe("/microsoft");
		expect(fake.accounts).toHaveLength(0);
		expect(await page(pages.get("/microsoft", "owner"))).toContain(
			"The sign-in of alerts@contoso.com is forgotten.",
		);
	});
});

describe("a sign-in", () => {
	it.each(["viewer", "operator"] as const)("is not for a %s", async (role) => {
		const { pages, fake } = scene();
		for (const path of ["/microsoft/new", "/microsoft/app", SIGN_IN]) {
			expect((await pages.get(path, role)).status).toBe(403);
			expect((await pages.post(path, { address: "alerts@contoso.com" }, role)).status).toBe(403);
		}
		for (const verb of ["paste", "cancel"]) {
			expect((await pages.post(`${SIGN_IN}/${verb}`, {}, role)).status).toBe(403);
		}
		expect(fake.calls).toEqual([]);
	});

	it("begins with what was chosen, and the page that follows remembers it", async () => {
		const { pages, fake } = scene({ state: { accounts: [], signInHangs: true } });
		const response = await pages.post(
			"/microsoft/new",
			{ address: " Alerts@Contoso.com ", method: "browser", transport: "smtp", client_id: "id", tenant: "t" },
			"owner",
		);
		expect(response.headers.get("location")).toBe(
			`${SIGN_IN}?method=browser&transport=smtp&client_id=id&tenant=t`,
		);
		const draft = { method: "browser", transport: "smtp", clientId: "id", tenant: "t" };
		expect(fake.calls).toEqual([`sign-in ${JSON.stringify({ address: "alerts@contoso.com", ...draft })}`]);
	});

	it("is refused without an address, with everything else kept", async () => {
		const { pages, fake } = scene();
		const response = await pages.post(
			"/microsoft/new",
			{ address: "alerts", tenant: "contoso.com" },
			"owner",
		);
		expect(response.status).toBe(400);
		const shown = await response.text();
		expect(shown).toContain("That is no mail address.");
		expect(shown).toMatch(/value="alerts"[\s\S]*value="contoso.com"/);
		expect(fake.calls).toEqual([]);
	});

	it("by code shows the code, where to enter it, and a picture of that", async () => {
		const { pages } = scene({ state: { signInNews: [PROMPT], signInHangs: true } });
		await pages.post(SIGN_IN, {}, "owner");
		const shown = await page(pages.get(SIGN_IN, "owner"));
		expect(shown).toContain("ABCD-EFGH");
		expect(shown).toContain('href="https://microsoft.com/devicelogin" rel="noreferrer noopener"');
		expect(shown).toContain('class="qr"');
		expect(shown).toContain('datetime="2026-11-20T12:00:00.000Z"');
		// Without a script the page asks again by itself.
		expect(shown).toContain('<noscript><meta http-equiv="refresh"');
	});

	it("by browser takes what is pasted, and says when it is of no use", async () => {
		const { pages, fake } = scene({
			state: { signInNews: [OPEN, { type: "signed-in", who: "alerts@contoso.com" }] },
		});
		await pages.post(SIGN_IN, { method: "browser" }, "owner");
		const shown = await page(pages.get(`${SIGN_IN}?method=browser`, "owner"));
		expect(shown).toContain("https://login.example/authorize?client_id=1");
		// A page that loads itself anew would take away what is being pasted.
		expect(shown).not.toContain('http-equiv="refresh"');
		await pages.post(`${SIGN_IN}/paste?method=browser`, { pasted: "nonsense" }, "owner");
		expect(await page(pages.get(SIGN_IN, "owner"))).toContain("That address holds no code.");
		const taken = await pages.post(
			`${SIGN_IN}/paste?method=browser`,
			{ pasted: "https://x/?code=1" },
			"owner",
		);
		expect(taken.headers.get("location")).toBe(`${SIGN_IN}?method=browser&pasted=1`);
		expect(fake.calls).toContain("paste alerts@contoso.com https://x/?code=1");
		await expect.poll(() => page(pages.get(SIGN_IN, "owner"))).toContain("Signed in as alerts@contoso.com");
	});

	it("by browser needs no paste where the browser comes back here", async () => {
		const back: SignInNews = {
			...OPEN,
			type: "open",
			endsAt: "https://postern.local/sign-in/return",
		} as SignInNews;
		const { pages } = scene({ state: { signInNews: [back], signInHangs: true } });
		await pages.post(SIGN_IN, { method: "browser" }, "owner");
		expect(await page(pages.get(SIGN_IN, "owner"))).toContain("comes back to this console by itself");
	});

	it("by certificate shows what to upload and to allow, and what Microsoft says meanwhile", async () => {
		const news: SignInNews[] = [
			{ type: "certificate", certificate: CERTIFICATE, isNew: true },
			{ type: "waiting", text: "The app registration in Entra does not have this box's certificate." },
		];
		const { pages } = scene({ state: { signInNews: news, signInHangs: true } });
		await pages.post(SIGN_IN, { method: "certificate" }, "owner");
		const shown = await page(pages.get(SIGN_IN, "owner"));
		for (const text of [CERTIFICATE.thumbprintSha1, `${ALERTS}/certificate.pem`, "New-ManagementScope"]) {
			expect(shown).toContain(text);
		}
		expect(shown).toContain("does not have this box&#39;s certificate");
	});

	it("that was declined or has expired can be tried again, or another way", async () => {
		const { pages, fake } = scene({ state: { signInNews: [PROMPT, refused()] } });
		await pages.post(SIGN_IN, { transport: "smtp" }, "owner");
		const shown = await page(pages.get(`${SIGN_IN}?transport=smtp`, "owner"));
		expect(shown).toContain("The code has expired.");
		expect(shown.indexOf("Try again")).toBeLessThan(shown.indexOf("Other ways to sign in"));
		expect(shown).toContain('name="method" value="browser"');
		fake.signInNews = [OPEN];
		await pages.post(SIGN_IN, { transport: "smtp", method: "browser" }, "owner");
		expect(fake.calls.at(-1)).toBe(
			`sign-in ${JSON.stringify({ address: "alerts@contoso.com", method: "browser", transport: "smtp" })}`,
		);
	});

	it.each([
		{ wayOut: "other-method", first: "Other ways to sign in" },
		{ wayOut: "registration", first: "Check the app registration" },
	] as const)("blocked ($wayOut) offers first what may help", async ({ wayOut, first }) => {
		const { pages } = scene({ state: { signInNews: [refused({ wayOut })] } });
		await pages.post(SIGN_IN, {}, "owner");
		const shown = await page(pages.get(SIGN_IN, "owner"));
		expect(shown.indexOf(first)).toBeGreaterThan(0);
		expect(shown.indexOf(first)).toBeLessThan(shown.indexOf("Try again"));
	});

	it("refused says what to do here, not what to type in a terminal", async () => {
		const hint =
			"Sign in with a browser instead (`postern account add ADDRESS --method browser`), or check `tenant`.";
		const { pages } = scene({ state: { signInNews: [PROMPT, refused({ hint })] } });
		await pages.post(SIGN_IN, {}, "owner");
		const shown = await page(pages.get(SIGN_IN, "owner"));
		expect(shown).toContain("<p>Sign in with a browser instead, or check <code>tenant</code>.</p>");
	});

	it("of an account in the configuration file offers no way that the file forbids", async () => {
		const account = { ...accountStatus().account, origin: "file" } as const;
		const { pages } = scene({
			state: { accounts: [accountStatus({ account })], signInNews: [refused({ wayOut: "other-method" })] },
		});
		await pages.post(SIGN_IN, {}, "owner");
		const shown = await page(pages.get(SIGN_IN, "owner"));
		expect(shown).toContain("stands in the configuration file");
		expect(shown).not.toContain('name="method"');
		expect(await page(pages.get(ALERTS, "owner"))).not.toContain("Sign in another way");
	});

	it("that ends before Microsoft is asked says why", async () => {
		const { pages } = scene({
			given: {
				accounts: {
					...fakeServices({ accounts: [accountStatus()] }).services.accounts,
					// biome-ignore lint/correctness/useYield: it is refused at once.
					async *add() {
						throw new UserError("account-locked", "It stands in the configuration file.", "Change it there.");
					},
				},
			},
		});
		await pages.post(SIGN_IN, {}, "owner");
		await expect
			.poll(() => page(pages.get(SIGN_IN, "owner")))
			.toContain("It stands in the configuration file.");
	});

	it("as somebody else is pointed out", async () => {
		const { pages } = scene({ state: { signInNews: [{ type: "signed-in", who: "boss@contoso.com" }] } });
		await pages.post(SIGN_IN, {}, "owner");
		expect(await page(pages.get(SIGN_IN, "owner"))).toContain(
			"boss@contoso.com signed in, not alerts@contoso.com",
		);
	});

	it("is cancelled with the appliance knowing, and another takes its place", async () => {
		const { pages, fake } = scene({ state: { signInNews: [PROMPT], signInHangs: true } });
		await pages.post(SIGN_IN, {}, "owner");
		await pages.post(SIGN_IN, { method: "browser" }, "owner");
		expect(fake.calls.slice(0, 2)).toEqual(['sign-in {"address":"alerts@contoso.com"}', "sign-in cancelled"]);
		const response = await pages.post(`${SIGN_IN}/cancel`, {}, "owner");
		expect(response.headers.get("location")).toBe("/microsoft");
		expect(fake.calls.at(-1)).toBe("sign-in cancelled");
		expect(await page(pages.get(SIGN_IN, "owner"))).toContain("No sign-in is under way");
	});
});

describe("the help with the app registration", () => {
	it("names every switch, permission and address exactly", async () => {
		const shown = await page(scene().pages.get("/microsoft/app", "owner"));
		for (const { name } of PERMISSIONS) expect(shown).toContain(`data-copy="${name}"`);
		expect(shown).toContain('data-copy="https://login.microsoftonline.com/common/oauth2/nativeclient"');
		expect(shown).toContain("Allow public client flows");
		expect(shown).toContain("Grant admin consent");
	});

	it("shows all permissions that a sign-in can ask for", () => {
		const endpoints = endpointsOf({ cloud: "global" });
		const extras = extraPermissions({ sharedMailboxes: ["a@b.example"], fetchOver: "pop3" });
		const asked = (["graph", "outlook"] as const)
			.flatMap((resource) => scopesOf(endpoints, resource, extras))
			.map((scope) => scope.slice(scope.lastIndexOf("/") + 1));
		expect(new Set([...asked, "offline_access"])).toEqual(new Set(PERMISSIONS.map(({ name }) => name)));
	});

	it.each([
		{ cloud: "global" },
		{ cloud: "us-gov" },
		{ cloud: "us-dod" },
		{ cloud: "china" },
		{ cloud: "custom", authority: "https://login.example/common/" },
	] as const)("shows the address at which a browser ends ($cloud)", (cloud) => {
		const settings = Object.entries(cloud).map(([key, value]) => setting(key, value));
		expect(pastePageOf(microsoftSettings(settings))).toBe(endpointsOf(cloud).redirectUrl);
	});

	it("saves what changed and nothing else; empty takes a value back", async () => {
		const { pages, changes } = scene({
			settings: [setting("client_id", ""), setting("tenant", "contoso.com"), setting("redirect", "")],
		});
		const fields = { client_id: ` ${CLIENT_ID} `, tenant: "", redirect: "" };
		const response = await pages.post("/microsoft/app", fields, "owner");
		expect(response.headers.get("location")).toBe("/microsoft/app");
		expect(changes).toEqual([{ "microsoft.client_id": CLIENT_ID, "microsoft.tenant": null }]);
	});

	it("leaves alone what the file sets, and says where", async () => {
		const origin = "file /etc/postern/postern.toml:12";
		const locked = setting("tenant", "contoso.com", { isLocked: true, origin });
		const { pages, changes } = scene({ settings: [setting("client_id", ""), locked] });
		expect(await page(pages.get("/microsoft/app", "owner"))).toContain(`Set by the ${origin}`);
		await pages.post("/microsoft/app", { client_id: CLIENT_ID, tenant: "evil.example" }, "owner");
		expect(changes).toEqual([{ "microsoft.client_id": CLIENT_ID }]);
	});

	it("shows a refused value again", async () => {
		const { pages } = scene({
			given: {
				settings: {
					list: async () => [setting("client_id", ""), setting("tenant", "common")],
					change: async () => {
						throw new UserError("setting-invalid", "microsoft.client_id is no application (client) id.");
					},
				},
			},
		});
		const response = await pages.post("/microsoft/app", { client_id: 'a "b', tenant: "common" }, "owner");
		expect(response.status).toBe(400);
		const shown = await response.text();
		expect(shown).toContain("is no application (client) id.");
		expect(shown).toContain('value="a &quot;b"');
	});
});
