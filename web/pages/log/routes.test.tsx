/** The log section as people use it: what they see, what the appliance is asked, what they may not have. */
import { describe, expect, it } from "vitest";
import type { LogEntry, NewsService } from "../../../appliance/console-services.ts";
import { testConsole } from "../../testing/fake-console.ts";

function line(change: Partial<LogEntry> = {}): LogEntry {
	return {
		number: 7,
		at: "2026-11-20T11:00:00.000Z",
		level: "warning",
		event: "mail-failed",
		fields: { qid: "3KQ5V8W2J1", account: "alerts@contoso.com", reply: "550 5.1.1 Unknown" },
		...change,
	};
}

function logOf(entries: readonly LogEntry[] = [line()], older: number | null = null) {
	const asked: unknown[][] = [];
	const news: Partial<NewsService> = {
		log: (filter, page) => {
			asked.push([filter, page]);
			return { entries, older };
		},
		logText: (filter) => {
			asked.push(["text", filter]);
			return "2026-11-20T11:00:00.000Z warning mail-failed qid=3KQ5V8W2J1\n";
		},
	};
	const pages = testConsole({ services: { news } });
	const text = async (path: string) => (await pages.get(path, "viewer")).text();
	return { pages, asked, text };
}

describe("the log", () => {
	it("tells each event in words and by its name, with what belongs to it", async () => {
		const html = await logOf().text("/log");
		expect(html).toMatch(/Mail failed.*mail-failed/s);
		expect(html).toContain("550 5.1.1 Unknown");
		expect(html).toMatch(/badge trouble">warning/);
	});

	it("leads on to messages, devices, strangers and accounts, and to nothing else", async () => {
		const html = await logOf([
			line(),
			line({ fields: { device: "Copier, 2nd floor", by: "3KQ5V8W2J9" } }),
			line({ event: "mail-coalesced", fields: { device: "stranger 192.168.1.77", by: "3KQ5V8W2J3" } }),
			line({ fields: { qid: "../system", device: "Postern (reports)" } }),
		]).text("/log");
		expect(html).toContain('href="/mail/3KQ5V8W2J1"');
		expect(html).toContain('href="/microsoft/alerts%40contoso.com"');
		expect(html).toContain('href="/devices/Copier%2C%202nd%20floor"');
		expect(html).toContain('href="/strangers/192.168.1.77"');
		expect(html).toContain('href="/mail/3KQ5V8W2J3"');
		expect(html).not.toContain("/mail/3KQ5V8W2J9");
		expect(html).not.toMatch(/href="[^"]*\.\.|reports\)"/);
	});

	it("shows an event that it has no words for by its name, whatever that is", async () => {
		const html = await logOf([line({ event: "constructor" }), line({ event: "of-a-later-version" })]).text(
			"/log",
		);
		expect(html).toContain("<code>constructor</code>");
		expect(html).toContain("<code>of-a-later-version</code>");
		expect(html).not.toContain("[native code]");
	});

	it("writes out what devices say, as text", async () => {
		const evil = "<script>alert(1)</script>";
		const html = await logOf([line({ event: evil, fields: { [evil]: evil, device: evil } })]).text(
			`/log?q=${evil}`,
		);
		expect(html).not.toContain("<script>alert");
	});

	it("is filtered by level, event and text, page by page", async () => {
		const box = logOf([line()], 3);
		const html = await box.text("/log?level=error&event=mail-failed&q=boss&before=8");
		expect(box.asked).toEqual([
			[
				{ level: "error", event: "mail-failed", text: "boss" },
				{ before: 8, limit: 50 },
			],
		]);
		expect(html).toContain('href="/log?level=error&amp;event=mail-failed&amp;q=boss&amp;before=3"');
		expect(html).toContain('href="/log?level=error&amp;event=mail-failed&amp;q=boss"');
	});

	it("leaves out of the filter what means nothing", async () => {
		const box = logOf();
		await box.text("/log?level=loud&before=-1&event=&q=");
		expect(box.asked).toEqual([[{ level: "info" }, { limit: 50 }]]);
	});

	it("is followed when that is wanted, on its first page", async () => {
		const box = logOf();
		expect(await box.text("/log")).not.toContain('data-live="log"');
		const followed = await box.text("/log?follow=1");
		expect(followed).toContain('data-live="log"');
		expect(followed).toContain('http-equiv="refresh"');
		expect(await box.text("/log?follow=1&before=5")).not.toContain('data-live="log"');
	});

	it("says what would be here, and what to do when nothing fits", async () => {
		expect(await logOf([]).text("/log")).toContain("Nothing logged yet");
		expect(await logOf([]).text("/log?q=zzz")).toContain("Clear the filter");
	});

	it("is not for strangers", async () => {
		expect((await logOf().pages.get("/log")).status).toBe(303);
	});
});

describe("the log as a file", () => {
	it("has what the filter finds, for operators and owners", async () => {
		const box = logOf();
		const response = await box.pages.get("/log.txt?level=warning&event=mail-failed", "operator");
		expect(response.status).toBe(200);
		expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
		expect(response.headers.get("content-disposition")).toBe('attachment; filename="postern-log.txt"');
		expect(await response.text()).toContain("mail-failed qid=3KQ5V8W2J1");
		expect(box.asked).toEqual([["text", { level: "warning", event: "mail-failed" }]]);
	});

	it("is not for who may only look", async () => {
		const box = logOf();
		expect((await box.pages.get("/log.txt", "viewer")).status).toBe(403);
		expect(await box.text("/log")).not.toContain("/log.txt");
		expect(box.asked).toHaveLength(1);
	});
});
