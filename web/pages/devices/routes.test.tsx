/** Devices as their owner meets them: list, gallery, card, rules, sessions, test, strangers. */
import { describe, expect, it } from "vitest";
import type { ConsoleServices, TrafficPoint } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Secret } from "../../../appliance/secret.ts";
import { testConsole } from "../../testing/fake-console.ts";
import { type FakeState, fakeServices } from "../../testing/fake-services.ts";
import { accountStatus, device, sessionLog, stranger } from "../../testing/samples.ts";

const POINT: TrafficPoint = {
	startsAt: "2026-11-20T10:00:00.000Z",
	accepted: 3,
	delivered: 2,
	failed: 1,
	refused: 0,
	acceptedBytes: 100,
	waiting: 0,
};

const RULES: Readonly<Record<string, unknown>> = {
	addresses: ["192.168.1.50"],
	username: "copier",
	account: null,
	kind: null,
	from: ["scan@contoso.com", "*@contoso.com"],
	recipients: ["*"],
	rate: "120/h",
	quota: "500MB/d",
	coalesce: "5m",
	urgent: true,
	newest_first: false,
	drop_repeats: true,
	legacy_tls: true,
	lf_line_ends: false,
	auth_without_tls: false,
	accept_any_credentials: false,
	cram_md5: false,
	hide_ehlo: ["STARTTLS"],
};

function box(change: Partial<FakeState> = {}, rules: Partial<ConsoleServices["deviceRules"]> = {}) {
	const { services, state } = fakeServices({ accounts: [accountStatus()], ...change });
	const { devices, accounts } = services;
	const asked: unknown[] = [];
	const pages = testConsole({
		services: {
			...{ devices, accounts },
			traffic: { series: () => [POINT, POINT] },
			deviceRules: {
				rules: () => Promise.resolve(RULES),
				change: async (name, wanted) => void asked.push([name, wanted]),
				rename: async (name, newName) => void asked.push([name, newName]),
				newPassword: () => Promise.resolve(new Secret("new-pass-word-1")),
				...rules,
			},
		},
	});
	return { pages, state, asked };
}

async function textOf(response: Response | Promise<Response>): Promise<string> {
	return (await response).text();
}

const COPIER = { devices: [device({ kind: "brother" })] };

describe("the list", () => {
	it("of a new box says what would be here, and leads to the gallery", async () => {
		const page = await textOf(box().pages.get("/devices", "operator"));
		expect(page).toContain("No device may send yet");
		expect(page).toContain('href="/devices/new"');
	});

	it("shows how each is known, how it last went and what it sent", async () => {
		const page = await textOf(box({ ...COPIER, sessions: [sessionLog()] }).pages.get("/devices", "viewer"));
		expect(page).toContain("192.168.1.50, user name copier");
		expect(page).toContain("refused</span>");
		expect(page).toContain("6 mails, 2 failed");
		expect(page).not.toContain('href="/devices/new"');
	});

	it("tells the last session that was more than a look", async () => {
		const sessions = [sessionLog({ outcome: "probe" }), sessionLog({ outcome: "accepted" })];
		const page = await textOf(box({ ...COPIER, sessions }).pages.get("/devices", "viewer"));
		expect(page).toContain("mail taken");
		expect(page).not.toContain("looked only");
	});

	it("comes in pages, and can be searched", async () => {
		const devices = Array.from({ length: 120 }, (_, at) =>
			device({ name: `Device ${at}`, addresses: [`10.0.0.${at}`], username: "" }),
		);
		const { pages } = box({ devices });
		const first = await textOf(pages.get("/devices", "viewer"));
		expect(first).toContain("Device 49<");
		expect(first).not.toContain("Device 50<");
		expect(first).toContain('href="/devices?page=2"');
		expect(await textOf(pages.get("/devices?page=99", "viewer"))).toContain("Page 3 of 3");
		const found = await textOf(pages.get("/devices?q=10.0.0.77", "viewer"));
		expect(found).toContain("Device 77<");
		expect(found).not.toContain("Device 7<");
		expect(await textOf(pages.get("/devices?q=zzz", "viewer"))).toContain("No device matches");
	});

	it("has those that knocked on top, with what is held of them", async () => {
		const { pages } = box({ strangers: [stranger({ heldMessages: 2, heldBytes: 4_300_000 })] });
		const page = await textOf(pages.get("/devices", "operator"));
		expect(page).toContain("Greets as BRW001122");
		expect(page).toContain("2 messages, 4.3 MB");
		expect(page).toContain('href="/strangers/192.168.1.77/refuse"');
		expect(await textOf(pages.get("/devices", "viewer"))).not.toContain("/refuse");
	});

	it("shows nothing of a name as anything but text", async () => {
		const evil = "<img src=x onerror=alert(1)>";
		const { pages } = box({
			devices: [device({ name: evil, username: evil, account: evil })],
			sessions: [
				sessionLog({ device: evil, ownerTexts: [evil], lines: [{ afterMs: 0, from: "client", text: evil }] }),
			],
			strangers: [stranger({ helo: evil, senders: [evil] })],
		});
		const path = `/devices/${encodeURIComponent(evil)}`;
		for (const at of [
			"/devices",
			path,
			`${path}/card`,
			`${path}/sessions`,
			`${path}/rules`,
			`${path}/test`,
		]) {
			const response = await pages.get(at, "operator");
			expect(response.status).toBe(200);
			const page = await response.text();
			expect(page).toContain("&lt;img");
			expect(page).not.toContain("<img src=x");
		}
	});
});

describe("adding a device", () => {
	it("begins at a gallery of kinds; one that does not exist is no page", async () => {
		const { pages } = box();
		expect(await textOf(pages.get("/devices/new", "operator"))).toContain('href="/devices/new/brother"');
		expect((await pages.get("/devices/new/nonsense", "operator")).status).toBe(404);
		expect((await pages.get("/devices/new", "viewer")).status).toBe(403);
		expect((await pages.get("/devices/new/brother", "viewer")).status).toBe(403);
	});

	it("ends in the card: what to type in the words of its menu, the password with it", async () => {
		const { pages, state } = box();
		const added = await pages.post(
			"/devices/new/brother",
			{ name: "Büro, 2. OG", signs_in: "on", address: "192.168.1.50", turn_on: ["legacy_tls", "nonsense"] },
			"operator",
		);
		expect(added.status).toBe(303);
		const path = added.headers.get("location") ?? "";
		expect(path).toBe(`/devices/${encodeURIComponent("Büro, 2. OG")}/card`);
		expect(JSON.parse(state.calls[0]?.slice(4) ?? "")).toEqual({
			name: "Büro, 2. OG",
			kind: "brother",
			addresses: ["192.168.1.50"],
			username: "buro-2-og",
			switches: { legacy_tls: true },
		});
		const card = await textOf(pages.get(path, "operator"));
		expect(card).toContain("SMTP Server Address");
		expect(card).toContain("postern.local");
		expect(card).toContain("kv7m-p2xd-9qrt-w4nh");
		expect(card).toContain('role="img"');
		expect(card).toContain("Waiting for its first connection");
		// Somebody stands at a copier and types: it is there until ten minutes have passed.
		expect(await textOf(pages.get(path, "operator"))).toContain("kv7m-p2xd-9qrt-w4nh");
	});

	it("shows the password to nobody else", async () => {
		const { pages } = box();
		await pages.post("/devices/new/brother", { name: "Copier", signs_in: "on" }, "operator");
		const card = await textOf(pages.get("/devices/Copier/card", "owner"));
		expect(card).not.toContain("kv7m-p2xd");
		expect(card).toContain("Shown only when it was made.");
	});

	it("refuses what could not be known, and keeps what was typed", async () => {
		const { pages, state } = box();
		const response = await pages.post("/devices/new/brother", { name: "My copier" }, "operator");
		expect(response.status).toBe(409);
		const page = await response.text();
		expect(page).toContain("Nothing would be left to know this device by.");
		expect(page).toContain('value="My copier"');
		expect(state.calls).toEqual([]);
	});

	it.each([".", "..", ""])("does not take the name %j, which would have no page", async (name) => {
		const response = await box().pages.post("/devices/new/brother", { name, signs_in: "on" }, "operator");
		expect(response.status).toBe(409);
	});

	it("does not make a username that another has", async () => {
		const { pages, state } = box({ devices: [device({ name: "Old", username: "copier" })] });
		await pages.post("/devices/new/brother", { name: "Copier", signs_in: "on" }, "operator");
		expect(state.calls[0]).toContain('"username":"copier-2"');
	});
});

describe("one device", () => {
	it("that was refused says why and what to change, with the lines beside", async () => {
		const { pages } = box({ ...COPIER, sessions: [sessionLog()] });
		const page = await textOf(pages.get("/devices/Copier", "viewer"));
		expect(page).toContain("It was refused");
		expect(page).toContain("The sender is not allowed. Type another.");
		expect(page).toContain("AUTH PLAIN ***");
		expect(page).toContain("Old encryption (TLS 1.0 and 1.1)");
		expect(page).toContain("120 / hour");
		expect(page).toContain('<th scope="row">');
	});

	it("called “new” has a page of its own, and one with a slash too", async () => {
		const { pages } = box({ devices: [device({ name: "a/b?#%" })] });
		expect(await textOf(pages.get("/devices", "viewer"))).toContain('href="/devices/a%2Fb%3F%23%25"');
		expect((await pages.get("/devices/a%2Fb%3F%23%25/rules", "viewer")).status).toBe(200);
		const other = await textOf(box({ devices: [device({ name: "new" })] }).pages.get("/devices", "viewer"));
		expect(other).toContain('href="/devices/New"');
	});

	it("that does not exist is no page", async () => {
		for (const part of ["", "/card", "/sessions", "/rules", "/test", "/remove", "/password", "/rename"]) {
			expect((await box().pages.get(`/devices/nobody${part}`, "operator")).status).toBe(404);
		}
	});

	it("that was removed or renamed is said to be gone, not that nothing could be done", async () => {
		const page = await textOf(box().pages.get("/devices/nobody", "viewer"));
		expect(page).toContain("There is no such device any more.");
		expect(page).toContain("removed or renamed");
	});

	it("of the file is locked, and says so", async () => {
		const { pages } = box({ devices: [device({ origin: "file" })] });
		const page = await textOf(pages.get("/devices/Copier", "operator"));
		expect(page).toContain("stands in the configuration file");
		expect(page).not.toContain("/devices/Copier/remove");
		const rules = await textOf(pages.get("/devices/Copier/rules", "operator"));
		expect(rules).toContain("disabled");
		expect(rules).not.toContain("Save</button>");
	});

	it("is removed only after it was confirmed, and not by reading an address", async () => {
		const { pages, state } = box(COPIER);
		expect(await textOf(pages.post("/devices/Copier/remove", {}, "operator"))).toContain("Remove Copier?");
		expect(await textOf(pages.get("/devices/Copier/remove?confirmed=yes", "operator"))).toContain(
			"Remove Copier?",
		);
		expect((await pages.post("/devices/Copier/remove", { confirmed: "yes" }, "viewer")).status).toBe(403);
		expect(state.devices).toHaveLength(1);
		const removed = await pages.post("/devices/Copier/remove", { confirmed: "yes" }, "operator");
		expect(removed.headers.get("location")).toBe("/devices");
		expect(state.devices).toEqual([]);
		expect(await textOf(pages.get("/devices", "operator"))).toContain("Copier is removed.");
	});

	it("gets a new password after a confirmation, shown to who made it", async () => {
		const { pages } = box(COPIER);
		expect(await textOf(pages.post("/devices/Copier/password", {}, "operator"))).toContain(
			"The present one stops working at once",
		);
		const made = await pages.post("/devices/Copier/password", { confirmed: "yes" }, "operator");
		expect(made.headers.get("location")).toBe("/devices/Copier/card");
		expect(await textOf(pages.get("/devices/Copier/card", "operator"))).toContain("new-pass-word-1");
		expect(await textOf(pages.get("/devices/Copier/card", "owner"))).not.toContain("new-pass-word-1");
	});

	it("is renamed, or keeps its name and says why", async () => {
		const { pages, asked } = box(COPIER);
		const renamed = await pages.post("/devices/Copier/rename", { name: "Scanner" }, "operator");
		expect(renamed.headers.get("location")).toBe("/devices/Scanner");
		expect(asked).toEqual([["Copier", "Scanner"]]);
		const taken = box(COPIER, {
			rename: () => Promise.reject(new UserError("device-exists", 'There is a device "Scanner" already.')),
		});
		const refused = await taken.pages.post("/devices/Copier/rename", { name: "Scanner" }, "operator");
		expect(refused.status).toBe(409);
		expect(await refused.text()).toContain("There is a device &quot;Scanner&quot; already.");
	});
});

describe("the rules", () => {
	/** The form as a browser would send it back. */
	function fieldsOf(page: string): Record<string, string[]> {
		const fields: Record<string, string[]> = {};
		const add = (name: string, value: string) => {
			fields[name] = [...(fields[name] ?? []), value];
		};
		for (const [input] of page.matchAll(/<input [^>]*>/g)) {
			const name = /name="([^"]*)"/.exec(input)?.[1] ?? "";
			const isChosen = !/type="(checkbox|radio)"/.test(input) || / checked/.test(input);
			if (name !== "" && name !== "_token" && isChosen) add(name, /value="([^"]*)"/.exec(input)?.[1] ?? "");
		}
		for (const [, name = "", text = ""] of page.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)</g)) {
			add(name, text);
		}
		for (const [, name = "", options = ""] of page.matchAll(
			/<select [^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs,
		)) {
			add(name, /<option value="([^"]*)" selected/.exec(options)?.[1] ?? "");
		}
		return fields;
	}

	it("come back as they were when nothing is changed", async () => {
		const { pages, asked } = box(COPIER);
		const page = await textOf(pages.get("/devices/Copier/rules", "operator"));
		const saved = await pages.post("/devices/Copier/rules", fieldsOf(page), "operator");
		expect(saved.headers.get("location")).toBe("/devices/Copier");
		const {
			legacy_tls,
			lf_line_ends,
			auth_without_tls,
			accept_any_credentials,
			cram_md5,
			hide_ehlo,
			...rest
		} = RULES;
		const switches = {
			legacy_tls,
			lf_line_ends,
			auth_without_tls,
			accept_any_credentials,
			cram_md5,
			hide_ehlo,
		};
		expect(asked).toEqual([["Copier", { ...rest, switches }]]);
	});

	it("can all be cleared", async () => {
		const { pages, asked } = box(COPIER);
		await pages.post("/devices/Copier/rules", { from: "force", rate: "", rate_time: "h" }, "operator");
		expect(asked).toEqual([
			[
				"Copier",
				expect.objectContaining({
					addresses: [],
					username: null,
					from: "force",
					recipients: ["*"],
					rate: null,
					quota: null,
					coalesce: null,
					drop_repeats: false,
				}),
			],
		]);
	});

	it.each([
		[{ from: "list", senders: " \n, " }, "needs at least one"],
		[{ rate: "many", rate_time: "h" }, "whole number above zero"],
		[{ rate: "0", rate_time: "h" }, "whole number above zero"],
		[{ quota: "5", quota_size: "MB", quota_time: "fortnight" }, "whole number above zero"],
	])("refuse %j and keep what was typed", async (fields, text) => {
		const { pages, asked } = box(COPIER);
		const response = await pages.post("/devices/Copier/rules", { ...fields, username: "typed" }, "operator");
		expect(response.status).toBe(409);
		const page = await response.text();
		expect(page).toContain(text);
		expect(page).toContain('value="typed"');
		expect(asked).toEqual([]);
	});

	it("are only looked at by a viewer", async () => {
		const { pages } = box(COPIER);
		expect(await textOf(pages.get("/devices/Copier/rules", "viewer"))).not.toContain("Save</button>");
		expect((await pages.post("/devices/Copier/rules", {}, "viewer")).status).toBe(403);
	});
});

describe("a test", () => {
	it("is started, and its steps are shown", async () => {
		const { pages, state } = box(COPIER);
		const started = await pages.post(
			"/devices/Copier/test",
			{ to: "boss@example.com", password: "its-own" },
			"operator",
		);
		expect(started.headers.get("location")).toBe("/devices/Copier/test");
		expect(state.calls).toEqual(['test {"name":"Copier","to":"boss@example.com","password":"its-own"}']);
		const page = await textOf(pages.get("/devices/Copier/test", "operator"));
		expect(page).toContain("Sent.");
		expect(page).not.toContain("its-own");
	});

	it.each(["", "nobody", "a@b\r\nRCPT TO:<c@d>", "<a@b>"])("does not write to %j", async (to) => {
		const { pages, state } = box(COPIER);
		const response = await pages.post("/devices/Copier/test", { to }, "operator");
		expect(response.status).toBe(409);
		expect(await response.text()).toContain("That is no mail address.");
		expect(state.calls).toEqual([]);
	});
});

describe("a stranger", () => {
	const KNOCKED = { strangers: [stranger({ heldMessages: 2, heldBytes: 4096 })] };

	it("is shown with what it said", async () => {
		const sessions = [sessionLog({ address: "192.168.1.77", device: "" })];
		const { pages } = box({ ...KNOCKED, sessions });
		const page = await textOf(pages.get("/strangers/192.168.1.77", "viewer"));
		expect(page).toContain("Stranger at 192.168.1.77");
		expect(page).toContain("The sender is not allowed.");
		expect(page).not.toContain('<form method="post" action="/strangers');
		expect(await textOf(pages.get("/strangers/192.168.1.77/sessions", "viewer"))).toContain("AUTH PLAIN ***");
		expect((await pages.get("/strangers/10.9.9.9", "viewer")).status).toBe(404);
	});

	it("becomes a device, and the card says what goes out", async () => {
		const { pages, state } = box(KNOCKED);
		const allowed = await pages.post(
			"/strangers/192.168.1.77/allow",
			{ name: "Lobby", kind: "brother", account: "" },
			"operator",
		);
		expect(allowed.headers.get("location")).toBe("/devices/Lobby/card");
		expect(state.calls).toEqual(['add {"name":"Lobby","kind":"brother","addresses":["192.168.1.77"]}']);
		expect(await textOf(pages.get("/devices/Lobby/card", "operator"))).toContain(
			"Lobby may send now; its 2 held messages go out.",
		);
	});

	it("is refused only after it was said how much is deleted", async () => {
		const { pages, state } = box(KNOCKED);
		const question = await textOf(pages.post("/strangers/192.168.1.77/refuse", {}, "operator"));
		expect(question).toContain("The 2 messages held of it will be deleted for good.");
		expect(state.strangers).toHaveLength(1);
		await pages.post("/strangers/192.168.1.77/refuse", { confirmed: "yes" }, "operator");
		expect(state.strangers).toEqual([]);
		expect(await textOf(pages.get("/devices", "operator"))).toContain(
			"192.168.1.77 is refused; its 2 messages are deleted.",
		);
	});

	it("whose name is taken is asked for another, with the rest kept", async () => {
		const { pages, state } = box({ ...KNOCKED, ...COPIER });
		state.devices.push(device({ name: "Lobby" }));
		const response = await pages.post(
			"/strangers/192.168.1.77/allow",
			{ name: "Lobby", kind: "brother" },
			"operator",
		);
		expect(response.status).toBe(409);
		expect(await response.text()).toContain('value="Lobby"');
	});
});

describe("every language", () => {
	it.each(["de", "fr", "es"])("has words for all pages (%s)", async (language) => {
		const { pages } = box({ ...COPIER, sessions: [sessionLog()], strangers: [stranger()] });
		for (const path of [
			"/devices",
			"/devices/new",
			"/devices/Copier",
			"/devices/Copier/card",
			"/strangers/192.168.1.77",
		]) {
			const response = await pages.get(path, "operator", {
				Cookie: `postern=operator; language=${language}`,
			});
			expect(response.status).toBe(200);
			const page = await response.text();
			expect(page).toContain(`<html lang="${language}">`);
			expect(page).not.toContain("undefined");
		}
	});
});
