/** What open pages are told, and the log as they show it. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Topic } from "./console-services.ts";
import { Events } from "./events.ts";
import { Log } from "./log.ts";
import { LogRing } from "./log-ring.ts";
import { type Marks, NewsDesk } from "./news-desk.ts";

function setUp() {
	const events = new Events((error) => {
		throw error;
	});
	const ring = new LogRing(() => Date.UTC(2026, 0, 1));
	const log = new Log({ level: "info", journal: false, write: () => undefined, ring });
	let marks: Marks = { devices: ["copier"], mailboxes: [] };
	const desk = new NewsDesk({ events, ring, marks: () => marks });
	return { events, log, desk, mark: (next: Marks) => (marks = next) };
}

const leaving: AbortController[] = [];
afterEach(() => {
	for (const controller of leaving.splice(0)) controller.abort();
	vi.useRealTimers();
});

/** A page that is open, and what it was told. */
function page(desk: NewsDesk): {
	readonly told: Topic[][];
	readonly leave: () => void;
	ended: Promise<void>;
} {
	const controller = new AbortController();
	leaving.push(controller);
	const told: Topic[][] = [];
	const read = async () => {
		for await (const topics of desk.changes(controller.signal)) told.push([...topics]);
	};
	return { told, leave: () => controller.abort(), ended: read() };
}

const ACCEPTED = { queueId: "q", device: "Copier", sizeBytes: 1 };

describe("an open page", () => {
	it("is told by topic, once for many changes", async () => {
		vi.useFakeTimers();
		const { events, desk } = setUp();
		const { told } = page(desk);
		for (let number = 0; number < 1000; number += 1) events.emit("message-accepted", ACCEPTED);
		events.emit("account-recovered", { account: "a@contoso.com" });
		await vi.advanceTimersByTimeAsync(1500);
		expect(told).toEqual([["mail", "devices", "accounts"]]);
	});

	it("is told of what tells of itself by no event, and not of what stays", async () => {
		vi.useFakeTimers();
		const { desk, log, mark } = setUp();
		const { told } = page(desk);
		await vi.advanceTimersByTimeAsync(5000);
		expect(told).toEqual([]);
		mark({ devices: ["copier"], mailboxes: ["plc"] });
		log.info("told");
		await vi.advanceTimersByTimeAsync(3000);
		expect(told).toEqual([["mailboxes", "log"]]);
		await vi.advanceTimersByTimeAsync(15_000);
		expect(told).toEqual([["mailboxes", "log"], ["machine"]]);
	});

	it("that reads slowly hears of each topic once, and others do not wait for it", async () => {
		vi.useFakeTimers();
		const { events, desk } = setUp();
		const slow = desk.changes(AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
		const first = slow.next();
		const { told } = page(desk);
		for (let second = 0; second < 10; second += 1) {
			events.emit("message-accepted", ACCEPTED);
			await vi.advanceTimersByTimeAsync(1000);
		}
		expect(told.length).toBeGreaterThan(5);
		expect((await first).value).toEqual(["mail", "devices"]);
		const second = slow.next();
		await vi.advanceTimersByTimeAsync(1000);
		expect((await second).value).toEqual(["mail", "devices"]);
		await slow.return?.();
	});

	it("is let go when it leaves, and the last one ends the watch", async () => {
		vi.useFakeTimers();
		const { desk } = setUp();
		const pages = [page(desk), page(desk)];
		await vi.advanceTimersByTimeAsync(1);
		expect(vi.getTimerCount()).toBe(2);
		for (const { leave } of pages) leave();
		await Promise.all(pages.map(({ ended }) => ended));
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("the log", () => {
	it("is shown page by page, the newest first, by level, event and text", () => {
		const { log, desk } = setUp();
		for (let number = 1; number <= 5; number += 1) log.info("mail-accepted", { qid: `q${number}` });
		log.warning("account-trouble", { account: "Alerts@contoso.com" });
		const first = desk.log({}, { limit: 2 });
		expect(first.entries.map(({ event }) => event)).toEqual(["account-trouble", "mail-accepted"]);
		const next = desk.log({}, { limit: 10, before: first.older ?? 0 });
		expect(next.entries.map(({ fields }) => fields["qid"])).toEqual(["q4", "q3", "q2", "q1"]);
		expect(next.older).toBeNull();
		expect(desk.log({ level: "warning" }, { limit: 10 }).entries).toHaveLength(1);
		expect(desk.log({ event: "mail-accepted" }, { limit: 10 }).entries).toHaveLength(5);
		expect(desk.log({ text: "alerts@" }, { limit: 10 }).entries).toHaveLength(1);
	});

	it("is a file with its times, and with no secret that came in somebody's words", () => {
		const { log, desk } = setUp();
		log.error("fault", {
			error: 'answer {"access_token":"tops3cret"} to Bearer tops3cret',
			password: "tops3cret",
		});
		log.info("told", { text: 'a "quoted" text' });
		expect(desk.logText({})).toBe(
			[
				'2026-01-01T00:00:00.000Z error   fault error="answer {\\"access_token\\":***} to Bearer ***" password=***',
				'2026-01-01T00:00:00.000Z info    told text="a \\"quoted\\" text"',
				"",
			].join("\n"),
		);
		expect(JSON.stringify(desk.log({}, { limit: 9 }))).not.toContain("tops3cret");
	});
});
