/** Self-service as its visitors see it, and what the appliance was asked. */
import { describe, expect, it } from "vitest";
import type { JoinDraft, JoinNews, JoinService } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import { LANGUAGES } from "../../locales/languages.ts";
import { testConsole } from "../../testing/fake-console.ts";
import { device, OPEN, PROMPT } from "../../testing/samples.ts";

const ADA = "ada@contoso.com";
const JOINED: JoinNews = {
	type: "joined",
	isNew: true,
	password: new Secret("kv7m-p2xd-9qrt-w4nh"),
	fetching: null,
	settings: {
		device: device({ name: ADA, addresses: [], username: ADA, account: ADA, from: "force", person: ADA }),
		hints: null,
		server: "192.168.1.20",
		ports: [{ role: "submission", port: 587, security: "STARTTLS" }],
		username: ADA,
		password: null,
		sender: ADA,
	},
};
const TYPED = { address: ADA, wish: "join", method: "device-code" };

interface Scene {
	/** Told in turn; after them the sign-in waits when it `hangs`. */
	readonly news?: readonly JoinNews[];
	readonly hangs?: boolean;
	/** Thrown at once, or after the news. */
	readonly refusal?: UserError;
	readonly lateRefusal?: UserError;
	readonly isOpen?: boolean;
}

function scene({ news = [], hangs = false, refusal, lateRefusal, isOpen = true }: Scene = {}) {
	const asked: JoinDraft[] = [];
	const pasted: string[] = [];
	let cancelled = 0;
	async function* tell(signal: AbortSignal): AsyncGenerator<JoinNews> {
		yield* news;
		if (lateRefusal !== undefined) throw lateRefusal;
		if (!hangs) return;
		await new Promise((resolve) => signal.addEventListener("abort", resolve));
		cancelled += 1;
	}
	const joining: Partial<JoinService> = {
		isOpen: () => isOpen,
		begin(draft, signal) {
			asked.push(draft);
			if (refusal !== undefined) throw refusal;
			return tell(signal);
		},
		paste(visit, text) {
			if (!text.includes("code=")) throw new UserError("paste-unusable", "That address holds no code.");
			pasted.push(`${visit === asked.at(-1)?.visit} ${text}`);
		},
	};
	const pages = testConsole({ services: { joining } });
	return { pages, asked, pasted, cancelled: () => cancelled };
}

const page = async (response: Response | Promise<Response>) => (await response).text();
const OTHER_BROWSER = { Cookie: `postern-visit=${"w".repeat(24)}` };

describe("while self-service is off", () => {
	it("nothing is there, whatever is asked, and the sign-in page does not lead there", async () => {
		const { pages, asked } = scene({ isOpen: false });
		for (const answer of [
			await pages.get("/join"),
			await pages.post("/join", TYPED),
			await pages.post("/join/paste", { pasted: "code=1" }),
			await pages.post("/join/end", {}),
		]) {
			expect(answer.status).toBe(404);
			expect(await answer.text()).toContain("Ask whoever looks after this box for a user name");
		}
		expect(asked).toEqual([]);
		expect(await page(pages.get("/sign-in"))).not.toContain('href="/join"');
	});
});

describe("self-service", () => {
	it("is found from the sign-in page, and explained in every language", async () => {
		const { pages } = scene();
		expect(await page(pages.get("/sign-in"))).toContain('href="/join"');
		expect(await page(pages.get("/join"))).toContain("never sees your Microsoft password");
		const titles = new Set<string>();
		for (const language of LANGUAGES) {
			const shown = await page(pages.get("/join", undefined, { "Accept-Language": language }));
			titles.add(/<h1>([^<]+)/.exec(shown)?.[1] ?? "");
		}
		expect(titles.size).toBe(LANGUAGES.length);
	});

	it("opens nothing else to who is not signed in", async () => {
		const { pages } = scene({ news: [PROMPT], hangs: true });
		await pages.post("/join", TYPED);
		for (const path of ["/", "/people", "/people/sign-up", "/microsoft", "/devices", "/live"]) {
			expect((await pages.get(path)).headers.get("location"), path).toContain("/sign-in");
		}
	});

	it("takes no form from elsewhere, and none without its token", async () => {
		const { pages, asked } = scene();
		const away = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
		expect((await pages.post("/join", TYPED, undefined, away)).status).toBe(403);
		const body = new URLSearchParams(TYPED);
		const bare = await pages.app.request("/join", {
			...{ method: "POST", body },
			headers: { Host: "postern.local", ...OTHER_BROWSER },
		});
		expect(bare.status).toBe(403);
		expect(asked).toEqual([]);
	});

	it("shows the code while it waits, asks by itself without a script, and hears no news of the box", async () => {
		const { pages, asked } = scene({ news: [PROMPT], hangs: true });
		const answer = await pages.post("/join", TYPED);
		expect([answer.status, answer.headers.get("location")]).toEqual([303, "/join"]);
		expect(asked).toMatchObject([TYPED]);
		const shown = await page(pages.get("/join"));
		expect(shown).toContain("ABCD-EFGH");
		expect(shown).toMatch(/<noscript><meta http-equiv="refresh"/);
		expect(shown).toMatch(/data-live=""[^>]*data-poll="2"/);
	});

	it("shows what goes on to the browser that began it alone", async () => {
		const { pages } = scene({ news: [JOINED] });
		await pages.post("/join", TYPED);
		expect(await page(pages.get("/join"))).toContain("kv7m-p2xd-9qrt-w4nh");
		const other = await page(pages.get("/join", undefined, OTHER_BROWSER));
		expect(other).not.toContain("kv7m");
		expect(other).not.toContain(ADA);
		expect(other).toContain("Your mail address");
		expect(await page(pages.get("/join", "owner"))).not.toContain("kv7m");
	});

	it("gives all that is to be typed, until it is hidden", async () => {
		const { pages } = scene({ news: [PROMPT, JOINED] });
		await pages.post("/join", TYPED);
		const shown = await page(pages.get("/join"));
		for (const text of [
			"192.168.1.20",
			"587",
			"STARTTLS",
			ADA,
			"kv7m-p2xd-9qrt-w4nh",
			"data-print",
			'class="qr"',
		]) {
			expect(shown).toContain(text);
		}
		expect(shown).not.toMatch(/href="\/devices/);
		expect(shown).not.toContain("POP3");
		await pages.post("/join/end", {});
		const after = await page(pages.get("/join"));
		expect(after).not.toContain("kv7m");
		expect(after).toContain("Your mail address");
	});

	it("says where the same login fetches mail, where the owner wants that", async () => {
		const fetching = {
			server: "192.168.1.20",
			ports: [{ role: "pop3-tls", port: 995, security: "TLS" }],
		} as const;
		const { pages } = scene({ news: [{ ...JOINED, fetching }] });
		await pages.post("/join", TYPED);
		expect(await page(pages.get("/join"))).toMatch(/POP3[\s\S]*995/);
	});

	it("says that the old password has ended to who came again, and goodbye to who leaves", async () => {
		const again = scene({ news: [{ ...JOINED, isNew: false }] });
		await again.pages.post("/join", TYPED);
		expect(await page(again.pages.get("/join"))).toContain("The old one has ended");
		const gone = scene({ news: [{ type: "left" }] });
		await gone.pages.post("/join", { ...TYPED, wish: "leave" });
		expect(gone.asked).toMatchObject([{ wish: "leave" }]);
		expect(await page(gone.pages.get("/join"))).toContain("You have left");
	});

	it.each([
		["sign-up-denied", 403, "This address may not sign up here."],
		["sign-up-locked", 429, "Wait a quarter of an hour"],
		["sign-up-busy", 429, "Try again in a few minutes"],
	])("refuses with %s on the form, with what was typed", async (code, status, text) => {
		const { pages } = scene({ refusal: new UserError(code, "x") });
		const answer = await pages.post("/join", { ...TYPED, address: '"><script>', wish: "leave" });
		expect(answer.status).toBe(status);
		const shown = await answer.text();
		expect(shown).toContain(text);
		expect(shown).toContain('value="&quot;&gt;&lt;script&gt;"');
		expect(await page(pages.get("/join"))).not.toContain(text);
	});

	it("says why somebody did not come in who had signed in, and how to go on", async () => {
		const { pages } = scene({ news: [PROMPT], lateRefusal: new UserError("sign-up-other", "x") });
		await pages.post("/join", TYPED);
		const shown = await page(pages.get("/join", undefined, { "Accept-Language": "de" }));
		expect(shown).toContain("jemand anderes angemeldet");
		expect(shown).toContain('href="/join?new"');
		expect(shown).not.toContain("ABCD-EFGH");
	});

	it("says what Microsoft said, and forgets it at a new start", async () => {
		const refused = { type: "refused", ownerText: "The code has expired.", hint: "Start again." } as const;
		const { pages } = scene({ news: [PROMPT, refused] });
		await pages.post("/join", TYPED);
		const shown = await page(pages.get("/join"));
		expect(shown).toContain("The code has expired.");
		expect(shown).toMatch(/name="method" value="browser"/);
		expect(await page(pages.get("/join?new"))).toContain("Your mail address");
	});

	it("takes what a browser brought, and says when it was of no use without taking the field away", async () => {
		const { pages, pasted } = scene({ news: [OPEN], hangs: true });
		await pages.post("/join", { ...TYPED, method: "browser" });
		expect(await page(pages.get("/join"))).not.toContain("http-equiv");
		const wrong = await pages.post("/join/paste", { pasted: "https://example.com" });
		expect(wrong.status).toBe(400);
		expect(await wrong.text()).toMatch(/holds no code[\s\S]*name="pasted"/);
		await pages.post("/join/paste", { pasted: "https://x/?code=1" });
		expect(pasted).toEqual(["true https://x/?code=1"]);
	});

	it("ends what is under way when it is stopped, or begun anew", async () => {
		const { pages, cancelled, asked } = scene({ news: [PROMPT], hangs: true });
		await pages.post("/join", TYPED);
		await pages.post("/join", { ...TYPED, method: "browser" });
		expect([cancelled(), asked.length]).toEqual([1, 2]);
		await pages.post("/join/end", {});
		expect(cancelled()).toBe(2);
		expect(await page(pages.get("/join"))).toContain("Your mail address");
	});
});
