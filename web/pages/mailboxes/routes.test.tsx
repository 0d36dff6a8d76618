/** The mailboxes as their visitors see them, and what the appliance was asked. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../appliance/errors.ts";
import type { MailboxSettings } from "../../../appliance/services.ts";
import { type Given, testConsole } from "../../testing/fake-console.ts";
import { type FakeState, fakeServices } from "../../testing/fake-services.ts";
import { accountStatus, MAILBOX, WELL_STATUS } from "../../testing/samples.ts";

const PLACE: Pick<MailboxSettings, "server" | "ports"> = {
	server: "192.168.1.20",
	ports: [
		{ role: "pop3-tls", port: 995, security: "TLS" },
		{ role: "pop3", port: 110, security: "STLS" },
		{ role: "pop3", port: 110, security: "none" },
	],
};

function scene(state: Partial<FakeState> = {}, given: Given = {}) {
	const { services, state: fake } = fakeServices({
		accounts: [accountStatus()],
		mailboxes: [MAILBOX],
		...state,
	});
	const mailboxes = { ...services.mailboxes, place: async () => PLACE };
	return { pages: testConsole({ services: { ...services, mailboxes, ...given } }), fake };
}

const page = async (response: Response | Promise<Response>) => (await response).text();

describe("the list of logins", () => {
	it("says what would be here, and what is needed first", async () => {
		const bare = scene({ mailboxes: [], accounts: [] });
		const shown = await page(bare.pages.get("/mailboxes", "owner"));
		expect(shown).toContain("Nobody may fetch mail yet");
		expect(shown).toContain("First connect the Microsoft account");
		expect(await page(scene({ mailboxes: [] }).pages.get("/mailboxes", "owner"))).toContain(
			'href="/mailboxes/new"',
		);
	});

	it("shows trouble, and escapes what it shows", async () => {
		const text = 'Mail fetched as "orders": The folder <i>x</i> does not exist.';
		const matter = { kind: "fetching", about: "", count: 0, text, detail: text } as const;
		const { pages } = scene({ status: { ...WELL_STATUS, matters: [matter] } });
		for (const path of ["/mailboxes", "/mailboxes/orders"]) {
			expect(await page(pages.get(path, "viewer"))).toContain(
				"The folder &lt;i&gt;x&lt;/i&gt; does not exist.",
			);
		}
	});
});

describe("a new login", () => {
	it.each(["viewer", "operator"] as const)("is not for a %s to make", async (role) => {
		const { pages, fake } = scene();
		expect((await pages.get("/mailboxes/new", role)).status).toBe(403);
		expect((await pages.post("/mailboxes/new", { mailbox: "a@b.example" }, role)).status).toBe(403);
		expect(fake.calls).toEqual([]);
	});

	it("shows what to type, best port first, and the password to who made it", async () => {
		const { pages, fake } = scene();
		const response = await pages.post(
			"/mailboxes/new",
			{
				...{ mailbox: "orders@contoso.com", username: "", on_delete: "keep", newer_than: "30d" },
				...{ folder: "", only_unread: "on", cache: "", most_messages: "" },
			},
			"owner",
		);
		const draft = { mailbox: "orders@contoso.com", onDelete: "keep" };
		const options = { newer_than: "30d", only_unread: true };
		expect(fake.calls).toEqual([`mailbox ${JSON.stringify({ ...draft, options })}`]);
		expect(response.headers.get("location")).toBe("/mailboxes/orders");
		const shown = await page(pages.get("/mailboxes/orders", "owner"));
		expect(shown).toContain("fetch-me-1234");
		expect(shown).toContain("This is shown only now.");
		expect(shown.indexOf("995")).toBeLessThan(shown.indexOf("110"));
		expect(await page(pages.get("/mailboxes/orders", "operator"))).not.toContain("fetch-me-1234");
	});

	it("is refused with everything kept", async () => {
		const refuse = async () => {
			throw new UserError("mailbox-exists", 'There is a mailbox login "plc" already.');
		};
		const base = fakeServices({ accounts: [accountStatus()] }).services.mailboxes;
		const { pages } = scene({}, { mailboxes: { ...base, add: refuse } });
		const fields = { mailbox: "orders@contoso.com", username: "plc", on_delete: "delete", apop: "on" };
		const response = await pages.post("/mailboxes/new", fields, "owner");
		expect(response.status).toBe(400);
		const shown = await response.text();
		expect(shown).toContain("already.");
		expect(shown).toMatch(/value="orders@contoso.com"[\s\S]*value="plc"/);
		expect(shown).toMatch(/value="delete" checked/);
		expect(shown).toMatch(/name="apop" value="on" checked/);
	});

	it("needs a mail address", async () => {
		const { pages, fake } = scene();
		const response = await pages.post("/mailboxes/new", { mailbox: "orders" }, "owner");
		expect(response.status).toBe(400);
		expect(await response.text()).toContain("That is no mail address.");
		expect(fake.calls).toEqual([]);
	});
});

describe("a login", () => {
	it("shows its ports, those in clear only where its owner allows them", async () => {
		const strict = await page(scene().pages.get("/mailboxes/orders", "viewer"));
		expect(strict).toMatch(/995[\s\S]*110[\s\S]*STLS/);
		expect(strict).not.toContain("Encryption: none");
		const lenient = scene({
			mailboxes: [{ ...MAILBOX, authWithoutTls: true, newerThanMs: 30 * 86_400_000 }],
		});
		const shown = await page(lenient.pages.get("/mailboxes/orders", "viewer"));
		expect(shown).toContain("Encryption: none");
		expect(shown).toContain("30 days");
	});

	it("called new has a page too", async () => {
		const { pages } = scene({ mailboxes: [{ ...MAILBOX, username: "new" }] });
		const [, path = ""] =
			/href="(\/mailboxes\/New)"/.exec(await page(pages.get("/mailboxes", "viewer"))) ?? [];
		expect(await page(pages.get(path, "viewer"))).toContain("<h1>new</h1>");
	});

	it("with a strange name is still found", async () => {
		const username = "a/b?c#d%<e>";
		const { pages } = scene({ mailboxes: [{ ...MAILBOX, username }] });
		const shown = await page(pages.get(`/mailboxes/${encodeURIComponent(username)}`, "viewer"));
		expect(shown).toContain("<h1>a/b?c#d%&lt;e&gt;</h1>");
	});

	it("is tested with its password, by operators", async () => {
		const { pages, fake } = scene({ testSteps: [{ ok: true, text: "12 messages." }] });
		expect((await pages.post("/mailboxes/orders/test", { password: "p" }, "viewer")).status).toBe(403);
		await pages.post("/mailboxes/orders/test", { password: " p w " }, "operator");
		expect(fake.calls).toEqual(["mailbox test orders  p w "]);
		const shown = await page(pages.get("/mailboxes/orders", "operator"));
		expect(shown).toContain("12 messages.");
		expect(shown).not.toContain(" p w ");
	});

	it("goes only after a question, and not where the file has it", async () => {
		const { pages, fake } = scene();
		expect((await pages.post("/mailboxes/orders/remove", { confirmed: "yes" }, "operator")).status).toBe(403);
		expect(await page(pages.post("/mailboxes/orders/remove", {}, "owner"))).toContain("stays where it is");
		expect(fake.mailboxes).toHaveLength(1);
		await pages.post("/mailboxes/orders/remove", { confirmed: "yes" }, "owner");
		expect(fake.mailboxes).toHaveLength(0);
		const filed = scene({ mailboxes: [{ ...MAILBOX, origin: "file" }] });
		expect(await page(filed.pages.get("/mailboxes/orders", "owner"))).toContain("remove it there");
	});

	it("that is not there is not found", async () => {
		expect((await scene().pages.get("/mailboxes/nobody", "viewer")).status).toBe(404);
	});
});
