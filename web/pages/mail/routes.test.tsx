/** The mail section as people use it: what they see, what the appliance is asked, what they may not do. */
import { describe, expect, it } from "vitest";
import type {
	MailEntry,
	MailFilter,
	MailPage,
	MailRow,
	MailService,
} from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { type TestConsoleOptions, testConsole } from "../../testing/fake-console.ts";

const QUEUE = { incoming: 1, active: 1, deferred: 2, held: 3, failed: 4 };

function row(change: Partial<MailRow> = {}): MailRow {
	return {
		id: "3KQ5V8W2J1",
		state: "deferred",
		device: "Copier",
		account: "alerts@contoso.com",
		sender: "copier@contoso.com",
		recipients: ["a@example.com", "b@example.com"],
		recipientCount: 5,
		subject: "",
		sizeBytes: 2_345_678,
		receivedAt: "2026-11-20T11:00:00.000Z",
		finishedAt: null,
		nextAttemptAt: "2026-11-20T11:45:00.000Z",
		attempts: 2,
		lastError: "Microsoft 365 cannot be reached.",
		...change,
	};
}

function entry(change: Partial<MailEntry> = {}): MailEntry {
	const { recipientCount: _, ...known } = row();
	return {
		...known,
		recipientStates: [{ address: "a@example.com", state: "pending", reply: "", ownerText: "" }],
		history: [],
		dsn: null,
		isKept: true,
		reports: [],
		reportOf: null,
		...change,
	};
}

interface MailBox {
	readonly rows?: readonly MailRow[];
	readonly page?: Partial<MailPage>;
	readonly entries?: readonly MailEntry[];
	readonly pausedSince?: string;
	readonly acted?: { readonly changed: number; readonly skipped: number };
	readonly mail?: Partial<MailService>;
	readonly options?: TestConsoleOptions;
}

/** What the service was asked stands in `asked`. */
function mailBox(given: MailBox = {}) {
	const asked: unknown[][] = [];
	const { rows = [row()], entries = [entry()], acted = { changed: 1, skipped: 0 } } = given;
	const mail: Partial<MailService> = {
		search: async (filter, page) => {
			asked.push(["search", filter, page]);
			return { rows, older: null, newer: null, ...given.page };
		},
		show: async (id) => {
			const found = entries.find((one) => one.id === id);
			if (found === undefined) throw new UserError("queue-unknown-id", `There is no message ${id}.`);
			return found;
		},
		act: async (action, ids) => {
			asked.push(["act", action, ids]);
			return acted;
		},
		actOnAll: async (action, filter) => {
			asked.push(["actOnAll", action, filter]);
			return { changed: acted.changed };
		},
		pause: async () => void asked.push(["pause"]),
		resume: async () => void asked.push(["resume"]),
		paused: async () => (given.pausedSince === undefined ? null : { since: given.pausedSince }),
		...given.mail,
	};
	const pages = testConsole({ ...given.options, services: { mail, queue: { counts: async () => QUEUE } } });
	return {
		pages,
		asked,
		text: async (path: string, role = "operator" as const) => (await pages.get(path, role)).text(),
	};
}

/** The page as somebody reads it. */
function readable(html: string): string {
	return html
		.replaceAll(/<(?:script|style|head)\b.*?<\/(?:script|style|head)>/gs, "")
		.replaceAll(/<[^>]+>/g, " ")
		.replaceAll(/\s+/g, " ");
}

async function flashOf(box: ReturnType<typeof mailBox>, response: Response) {
	expect(response.status).toBe(303);
	return readable(await box.text(response.headers.get("location") ?? ""));
}

describe("the list", () => {
	it("shows each message in a line: when, its state, device, who to whom, size, tries, trouble", async () => {
		const page = readable(await mailBox().text("/mail"));
		expect(page).toMatch(/waiting 2 tries, next try now/);
		expect(page).toContain("Copier");
		expect(page).toMatch(/copier@contoso\.com → to a@example\.com, b@example\.com and 3 more/);
		expect(page).toContain("2.3 MB");
		expect(page).toContain("Microsoft 365 cannot be reached.");
	});

	it("says from whom mail of a stranger and a report of ours are", async () => {
		const rows = [row({ device: "stranger 192.168.1.77" }), row({ device: "Postern (reports)", sender: "" })];
		const page = readable(await mailBox({ rows }).text("/mail"));
		expect(page).toContain("Unknown device 192.168.1.77");
		expect(page).toMatch(/Postern itself .*\(no sender\)/);
	});

	it("hands the whole filter on, days being whole days of the box", async () => {
		const box = mailBox();
		await box.text(
			"/mail?q=%20scan%20&state=held&state=failed&device=Copier&account=a@b.example&from=2026-11-01&until=2026-11-02&before=3KQ",
		);
		const filter: MailFilter = {
			text: "scan",
			states: ["held", "failed"],
			device: "Copier",
			account: "a@b.example",
			since: new Date(2026, 10, 1).toISOString(),
			until: new Date(2026, 10, 3).toISOString(),
		};
		expect(box.asked).toEqual([["search", filter, { before: "3KQ", limit: 50 }]]);
	});

	it("leaves out of the filter what means nothing", async () => {
		const box = mailBox();
		await box.text("/mail?q=&state=lost&state=constructor&from=yesterday&until=99999-01-01&device=");
		expect(box.asked).toEqual([["search", {}, { limit: 50 }]]);
	});

	it("keeps the filter in the links to other pages and in the form", async () => {
		const box = mailBox({ page: { older: "OLD", newer: "NEW" } });
		const html = await box.text("/mail?q=a%26b&state=held&device=Gone&after=3KQ");
		expect(html).toContain('href="/mail?q=a%26b&amp;state=held&amp;device=Gone&amp;before=OLD"');
		expect(html).toContain('href="/mail?q=a%26b&amp;state=held&amp;device=Gone&amp;after=NEW"');
		expect(html).toMatch(/name="q"[^>]* value="a&amp;b"|value="a&amp;b"[^>]* name="q"/);
		expect(html).toMatch(/<option value="Gone" selected/);
		expect(html).toMatch(/value="held" checked/);
	});

	it("says what is wrong with a page that there is not, and keeps the filter", async () => {
		const mail = {
			search: async () => {
				throw new UserError("mail-filter", "There is no such page.", "Begin again with the first one.");
			},
		};
		const response = await mailBox({ mail }).pages.get("/mail?before=*&q=scan", "viewer");
		expect(response.status).toBe(400);
		const html = await response.text();
		expect(html).toContain("There is no such page.");
		expect(html).toContain('value="scan"');
	});

	it("offers quick choices with the counts of the queue, the present one marked", async () => {
		const html = await mailBox().text("/mail?state=held&q=x");
		expect(readable(html)).toMatch(/All Waiting 4 Held 3 Failed 4 Delivered/);
		expect(html).toMatch(/<a href="\/mail\?q=x&amp;state=held" aria-current="true">Held/);
		expect(html).toContain('href="/mail?q=x&amp;state=incoming&amp;state=active&amp;state=deferred"');
	});

	it("says what would be here, and what to do when nothing fits", async () => {
		const box = mailBox({ rows: [] });
		expect(readable(await box.text("/mail"))).toContain("No mail yet");
		const nothing = readable(await box.text("/mail?q=zzz"));
		expect(nothing).toContain("Nothing matches");
		expect(nothing).toContain("Clear the filter");
	});

	it("writes out what devices say, as text", async () => {
		const evil = '"><script>alert(1)</script>';
		const rows = [row({ subject: evil, device: evil, sender: evil, recipients: [evil], lastError: evil })];
		const html = await mailBox({ rows }).text(
			`/mail?q=${encodeURIComponent(evil)}&device=${encodeURIComponent(evil)}`,
		);
		expect(html).not.toContain("<script>alert");
		expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
	});

	it("lets who may only look mark nothing, pause nothing", async () => {
		const html = await (await mailBox().pages.get("/mail", "viewer")).text();
		expect(html).not.toContain("data-mark");
		expect(html).not.toContain("/mail/actions");
		expect(html).not.toContain("/mail/pause");
	});
});

describe("pausing", () => {
	it("stops everything, says so, and goes on", async () => {
		const box = mailBox();
		expect(await flashOf(box, await box.pages.post("/mail/pause", {}, "operator"))).toContain(
			"Sending is paused.",
		);
		expect(await flashOf(box, await box.pages.post("/mail/resume", {}, "operator"))).toContain(
			"Sending goes on.",
		);
		expect(box.asked.filter(([name]) => name !== "search")).toEqual([["pause"], ["resume"]]);
	});

	it("is seen on top of the list, with the way out", async () => {
		const html = await mailBox({ pausedSince: "2026-11-20T11:00:00.000Z" }).text("/mail");
		expect(readable(html)).toContain("Devices are still served; their mail waits here.");
		expect(html).toContain('action="/mail/resume"');
		expect(html).not.toContain('action="/mail/pause"');
	});

	it("is not for who may only look", async () => {
		const box = mailBox();
		expect((await box.pages.post("/mail/pause", {}, "viewer")).status).toBe(403);
		expect(box.asked).toEqual([]);
	});
});

describe("acting on mail", () => {
	it("changes the marked messages, and says how many and why not the others", async () => {
		const box = mailBox({ acted: { changed: 2, skipped: 1 } });
		const fields = { id: ["3KQ1", "3KQ2", "3KQ3", "3KQ1"], do: "marked:retry" };
		const response = await box.pages.post("/mail/actions?state=failed&after=3KQ", fields, "operator");
		expect(response.headers.get("location")).toBe("/mail?state=failed&after=3KQ");
		expect(box.asked[0]).toEqual(["act", "retry", ["3KQ1", "3KQ2", "3KQ3"]]);
		expect(await flashOf(box, response)).toContain(
			"2 messages are tried again. 1 message was left as it is: only waiting and failed mail can be tried again",
		);
	});

	it("changes all that the filter finds, on every page", async () => {
		const box = mailBox({ acted: { changed: 120, skipped: 0 } });
		const response = await box.pages.post(
			"/mail/actions?q=scan&before=3KQ",
			{ do: "all:hold", id: "3KQ1" },
			"operator",
		);
		expect(box.asked).toEqual([["actOnAll", "hold", { text: "scan" }]]);
		expect(await flashOf(box, response)).toContain("120 messages are held.");
	});

	it.each([{ do: "marked:retry" }, { do: "marked:burn", id: "3KQ1" }, { do: "some:retry", id: "3KQ1" }, {}])(
		"does nothing that was not asked for (%j)",
		async (fields) => {
			const box = mailBox();
			expect(await flashOf(box, await box.pages.post("/mail/actions", fields, "operator"))).toContain(
				"Nothing was marked.",
			);
			expect(box.asked.filter(([name]) => name !== "search")).toEqual([]);
		},
	);

	it("is not for who may only look", async () => {
		const box = mailBox();
		const response = await box.pages.post("/mail/actions", { id: "3KQ1", do: "marked:retry" }, "viewer");
		expect(response.status).toBe(403);
		expect(box.asked).toEqual([]);
	});

	it("leads back to this console only", async () => {
		const fields = { id: "3KQ1", do: "marked:hold", back: "//evil.example/" };
		const response = await mailBox().pages.post("/mail/actions", fields, "operator");
		expect(response.headers.get("location")).toBe("/");
	});
});

describe("deleting", () => {
	it("asks first, showing what will be gone, and then does it", async () => {
		const box = mailBox({ entries: [entry({ subject: "Scan <1>" })] });
		const fields = { id: ["3KQ5V8W2J1", "GONE"], do: "marked:delete" };
		const question = await box.pages.post("/mail/actions?q=x", fields, "operator");
		expect(question.status).toBe(200);
		const html = await question.text();
		expect(readable(html)).toMatch(
			/These 2 messages will not be delivered and cannot be had back: .*Scan &lt;1&gt;/,
		);
		expect(html).toContain('name="confirmed" value="yes"');
		expect(html).toContain('name="id" value="GONE"');
		expect(box.asked).toEqual([]);
		const done = await box.pages.post("/mail/actions?q=x", { ...fields, confirmed: "yes" }, "operator");
		expect(box.asked[0]).toEqual(["act", "delete", ["3KQ5V8W2J1", "GONE"]]);
		expect(await flashOf(box, done)).toContain("1 message was deleted.");
	});

	it("of all that match shows the first of what can be deleted", async () => {
		const box = mailBox({ page: { older: "3KQ" } });
		const question = await box.pages.post(
			"/mail/actions?state=held&state=delivered",
			{ do: "all:delete" },
			"operator",
		);
		expect(box.asked).toEqual([["search", { states: ["held"] }, { limit: 10 }]]);
		expect(readable(await question.text())).toMatch(/All messages in the queue that match .* all older ones/);
	});

	it("of what has left the queue already has nothing to ask", async () => {
		const box = mailBox();
		const response = await box.pages.post("/mail/actions?state=delivered", { do: "all:delete" }, "operator");
		expect(await flashOf(box, response)).toContain("There was nothing to which this applies.");
	});

	it("asks by script where there is one", async () => {
		expect(await mailBox().text("/mail")).toMatch(/data-confirm="[^"]+" name="do" value="marked:delete"/);
		expect(await mailBox().text("/mail/3KQ5V8W2J1")).toContain(
			'data-confirm="This message will not be delivered',
		);
	});
});

describe("a message", () => {
	it("tells its journey in words, with each answer and what was recorded", async () => {
		const history = [
			{
				at: "2026-11-20T11:00:05.000Z",
				event: "attempt 1 via graph",
				detail:
					"a@example.com: deferred (451 4.4.1 No answer); b@example.com: deferred (451 4.4.1 No answer)",
			},
			{ at: "2026-11-20T11:01:00.000Z", event: "held", detail: "by the owner" },
			{ at: "2026-11-20T11:02:00.000Z", event: "released", detail: "by the owner" },
			{
				at: "2026-11-20T11:03:00.000Z",
				event: "attempt 2 via smtp",
				detail: "a@example.com: delivered (250 2.0.0 OK); b@example.com: failed (550 5.1.1 Unknown)",
			},
			{ at: "2026-11-20T11:04:00.000Z", event: "moved by magic", detail: "to the moon" },
		];
		const page = readable(await mailBox({ entries: [entry({ history })] }).text("/mail/3KQ5V8W2J1"));
		expect(page).toMatch(
			/Taken from: Copier .* Put off: it is tried again by itself Try 1, over Microsoft Graph 451 4\.4\.1 No answer .* Held by hand .* Released by hand .* 1 delivered, 1 refused Try 2, over SMTP 250 2\.0\.0 OK a@example\.com 550 5\.1\.1 Unknown b@example\.com .* moved by magic .* to the moon .* Next try/,
		);
		expect(page).toMatch(/As recorded .*attempt 1 via graph a@example\.com: deferred/);
	});

	it("says of every recipient how it stands", async () => {
		const recipientStates = [
			{ address: "a@example.com", state: "delivered" as const, reply: "250 2.0.0 OK", ownerText: "" },
			{
				address: "b@example.com",
				state: "failed" as const,
				reply: "550 5.1.1 Unknown",
				ownerText: "The recipient does not exist.",
			},
		];
		const mail = entry({ recipientStates, state: "failed" });
		const page = readable(await mailBox({ entries: [mail] }).text("/mail/3KQ5V8W2J1"));
		expect(page).toMatch(/a@example\.com delivered 250 2\.0\.0 OK/);
		expect(page).toMatch(/b@example\.com failed The recipient does not exist\. 550 5\.1\.1 Unknown/);
	});

	it("leads to its reports, a report to what it is about", async () => {
		const entries = [
			entry({ reports: ["3KQ5V8W2J2"] }),
			entry({ id: "3KQ5V8W2J2", device: "Postern (reports)", sender: "", reportOf: "3KQ5V8W2J1" }),
		];
		const box = mailBox({ entries });
		expect(await box.text("/mail/3KQ5V8W2J1")).toContain('href="/mail/3KQ5V8W2J2"');
		const report = await box.text("/mail/3KQ5V8W2J2");
		expect(report).toContain('href="/mail/3KQ5V8W2J1"');
		expect(readable(report)).toContain("Written by Postern");
	});

	it("shows the wishes of its device", async () => {
		const dsn = {
			ret: null,
			envid: "QQ314159",
			recipients: { "a@example.com": { notify: ["FAILURE", "DELAY"], orcpt: "" } },
		};
		const page = readable(await mailBox({ entries: [entry({ dsn })] }).text("/mail/3KQ5V8W2J1"));
		expect(page).toContain("to be told when it fails, to be told when it is late");
		expect(page).toContain("QQ314159");
	});

	it.each([
		["deferred", ["retry", "hold", "delete"]],
		["held", ["release", "delete"]],
		["failed", ["retry", "delete"]],
		["active", []],
		["delivered", []],
	] as const)("that is %s can be: %j", async (state, actions) => {
		const html = await mailBox({ entries: [entry({ state })] }).text("/mail/3KQ5V8W2J1");
		expect([...html.matchAll(/value="marked:(\w+)"/g)].map(([, action]) => action)).toEqual(actions);
		const seen = await (
			await mailBox({ entries: [entry({ state })] }).pages.get("/mail/3KQ5V8W2J1", "viewer")
		).text();
		expect(seen).not.toContain("marked:");
	});

	it("of a stranger waits for the word about the stranger", async () => {
		const mail = entry({ state: "held", device: "stranger fd00::77" });
		const html = await mailBox({ entries: [mail] }).text("/mail/3KQ5V8W2J1");
		expect(html).toContain('href="/strangers/fd00%3A%3A77"');
		expect(html).not.toContain("marked:release");
	});

	it("waits for the end of a pause where there is one", async () => {
		const page = readable(
			await mailBox({ pausedSince: "2026-11-20T11:00:00.000Z" }).text("/mail/3KQ5V8W2J1"),
		);
		expect(page).toContain("Waits: sending is paused");
	});

	it("of a device that was removed names it, and leads nowhere", async () => {
		const html = await mailBox({ entries: [entry({ device: "Old fax" })] }).text("/mail/3KQ5V8W2J1");
		expect(readable(html)).toContain("Old fax (removed)");
		expect(html).not.toContain("/devices/Old");
	});

	it("that is not there is said not to be", async () => {
		const response = await mailBox().pages.get("/mail/NOPE", "viewer");
		expect(response.status).toBe(404);
		expect(readable(await response.text())).toContain("There is no such message.");
	});

	it("writes out what devices and servers say, as text", async () => {
		const evil = "<img src=x onerror=alert(1)>";
		const mail = entry({
			...{ subject: evil, device: evil, sender: evil, lastError: evil },
			recipientStates: [{ address: evil, state: "failed", reply: evil, ownerText: evil }],
			history: [{ at: "2026-11-20T11:00:00.000Z", event: `attempt 1 via ${evil}`, detail: evil }],
		});
		expect(await mailBox({ entries: [mail] }).text("/mail/3KQ5V8W2J1")).not.toContain("<img src=x");
	});
});

describe("the bytes of a message", () => {
	const bytes = Buffer.from("Subject: hello\r\n\r\nworld\r\n");

	function withFile(fileName: string) {
		const download: MailService["download"] = async (id) => {
			if (id !== "3KQ5V8W2J1") throw new UserError("mail-gone", `Message ${id} has left Postern.`);
			return {
				fileName,
				sizeBytes: bytes.length,
				content: (async function* () {
					yield bytes.subarray(0, 10);
					yield bytes.subarray(10);
				})(),
			};
		};
		return mailBox({ mail: { download } }).pages;
	}

	it("are a file to save, never a page", async () => {
		const response = await withFile("3KQ5V8W2J1.eml").get("/mail/3KQ5V8W2J1.eml", "operator");
		expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
		expect(response.headers.get("content-type")).toBe("message/rfc822");
		expect(response.headers.get("content-disposition")).toBe('attachment; filename="3KQ5V8W2J1.eml"');
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		expect(response.headers.get("cache-control")).toBe("no-store");
	});

	it("have a name that cannot leave its header", async () => {
		const response = await withFile('a"; x=\r\nY: é.eml').get("/mail/3KQ5V8W2J1.eml", "operator");
		expect(response.headers.get("content-disposition")).toBe('attachment; filename="a___x___Y___.eml"');
	});

	it("that are gone are said to be", async () => {
		const response = await withFile("x.eml").get("/mail/3KQ.eml", "operator");
		expect(response.status).toBe(404);
		expect(readable(await response.text())).toContain("its content is no longer on the card");
	});

	it("are not for who may only look", async () => {
		expect((await withFile("x.eml").get("/mail/3KQ5V8W2J1.eml", "viewer")).status).toBe(403);
		expect((await withFile("x.eml").get("/mail/3KQ5V8W2J1.eml")).status).toBe(303);
	});
});
