/** Queue and history as one list, on a real card, while mail comes and goes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import type { MailFilter, MailPage, MailState } from "../console-services.ts";
import { parseQueueId } from "../mail/queue-id.ts";
import type { QueueAction } from "../services.ts";
import type { FinishedOutcome } from "../store/operations.ts";
import { finish, historyOf } from "./history.ts";
import { strangerName } from "./stranger-lane.ts";
import { eventually, openCardQueue, outcomesOf, stateDir } from "./testing/card-queue.ts";
import type { Attempt, AttemptReport } from "./transport.ts";

const SLOW = "Slow";
const BODY = "Subject: x\r\n\r\nhello\r\n";
const DAY_MS = 24 * 60 * 60_000;
/** Nothing is tried again by itself while a test looks. */
const NO_RETRY = { retryMs: [DAY_MS] } as const;

/** The wall clock is the test's: when a message came in is part of what is searched for. */
class WallClock extends SystemClock {
	wallMs = Date.UTC(2026, 10, 20);

	override now(): number {
		return this.wallMs;
	}
}

/** What the cloud does with a message, told by its recipient; and with whatever the slow device sends: nothing. */
type Fate = "delivered" | "failed" | "deferred" | "held";
const FATES: readonly Fate[] = ["delivered", "failed", "deferred", "held"];

function reportOf(attempt: Attempt): AttemptReport {
	const fate = FATES.find((name) => attempt.recipients[0]?.startsWith(name)) ?? "delivered";
	return fate === "held" ? { ...outcomesOf(attempt, "deferred"), asks: true } : outcomesOf(attempt, fate);
}

/** A message as the test knows it. */
interface Mail {
	readonly id: string;
	readonly number: number;
	readonly fate: Fate;
	readonly device: string;
	readonly account: string;
	readonly sender: string;
	readonly subject: string;
	readonly recipients: readonly string[];
	readonly receivedAtMs: number;
	state: MailState;
}

type Letter = Pick<Mail, "fate" | "device" | "account" | "sender" | "subject"> & {
	readonly others: readonly string[];
	/** The wall clock's step before it comes. */
	readonly afterMs: number;
};

/** A queue, and beside it what must be in it. */
async function openBox() {
	const clock = new WallClock();
	const end = Promise.withResolvers<void>();
	const script = (attempt: Attempt) =>
		attempt.device === SLOW ? end.promise.then(() => reportOf(attempt)) : reportOf(attempt);
	const queue = await openCardQueue(stateDir(), script, { ...NO_RETRY, clock });
	const { mail, scheduler, runner, spool, storage } = queue;
	const mails: Mail[] = [];
	const queued = (state: MailState) => mails.filter((one) => one.state === state).length;

	/** Until the queue has done all it is going to do, on the card as well. */
	const rest = async () => {
		const states = ["incoming", "active", "deferred", "held", "failed"] as const;
		await eventually(() => {
			const counts = scheduler.counts();
			return states.every((state) => counts[state] === queued(state));
		});
		// What rides along with the next flush goes with this one.
		await storage.put("mark", "flush", true);
		await Promise.all(mails.map(({ number }) => runner.settled(number)));
	};
	const take = async ({ fate, others, afterMs, ...letter }: Letter) => {
		clock.wallMs += afterMs;
		const recipients = [`${fate}@example.com`, ...others];
		const { device, account, sender, subject } = letter;
		const envelope = { device, account, reversePath: sender, subject, recipients };
		const id = await queue.accept(BODY, envelope);
		const isBehind = mails.some((one) => one.state === "active" && one.account === account);
		const state = device !== SLOW ? fate : isBehind ? "incoming" : "active";
		const receivedAtMs = clock.wallMs;
		mails.push({ ...letter, fate, recipients, id, number: parseQueueId(id) ?? 0, state, receivedAtMs });
	};
	const act = async (action: QueueAction, one: Mail) => {
		const after = stateAfter(action, one);
		const changed = after === undefined ? 0 : 1;
		expect(await mail.act(action, [one.id])).toEqual({ changed, skipped: 1 - changed });
		one.state = after ?? one.state;
	};
	/** Gone by the queue's own doing: replaced by a newer one, or kept for long enough. */
	const leave = async (outcome: FinishedOutcome, one: Mail) => {
		const item = scheduler.known(one.number);
		if (item === undefined || !["deferred", "failed"].includes(item.state)) return;
		scheduler.remove(item);
		const shown = await spool.show(one.number);
		if (shown === null || !("message" in shown)) throw new Error("it is not in the queue");
		const event = { atMs: clock.now(), event: outcome, detail: "" };
		await spool.settle(finish(one.number, outcome, historyOf(shown, event), clock.now()), false, "urgent");
		one.state = outcome;
	};
	const close = async () => {
		end.resolve();
		await queue.stop();
	};
	return { ...queue, mails, rest, take, act, leave, close };
}

/** Undefined where the action does not apply. */
function stateAfter(action: QueueAction, { state, fate, device }: Mail): MailState | undefined {
	const applies: Readonly<Record<QueueAction, readonly MailState[]>> = {
		retry: ["deferred", "failed"],
		hold: ["incoming", "deferred"],
		release: ["held"],
		delete: ["incoming", "deferred", "held", "failed"],
	};
	if (!applies[action].includes(state)) return undefined;
	if (action === "delete") return "deleted";
	if (action === "hold") return "held";
	return device === SLOW ? "incoming" : fate;
}

/** The same question, answered by looking at each; newest first. */
function naive(mails: readonly Mail[], filter: MailFilter): readonly Mail[] {
	const { text = "", states, device, account, since, until } = filter;
	const wanted = text.trim().toLowerCase();
	return mails
		.filter((one) => states === undefined || states.includes(one.state))
		.filter((one) => device === undefined || one.device === device)
		.filter((one) => account === undefined || one.account === account)
		.filter((one) => since === undefined || one.receivedAtMs >= Date.parse(since))
		.filter((one) => until === undefined || one.receivedAtMs < Date.parse(until))
		.filter(({ id, device: from, sender, subject, recipients }) =>
			[id, from, sender, subject, ...recipients].some((thing) => thing.toLowerCase().includes(wanted)),
		)
		.toSorted((a, b) => b.number - a.number);
}

const DEVICES = ["Copier", "Kamera Äußere", SLOW];
const ACCOUNTS = ["alerts@example.com", "office@example.com"];
const STATES: readonly MailState[] = [
	...["incoming", "active", "deferred", "held", "failed"],
	...["delivered", "deleted", "coalesced", "expired"],
] as MailState[];

const letter = (facts: Partial<Letter>): Letter => ({
	...{ fate: "delivered", device: "Copier", account: "alerts@example.com", sender: "scan@example.com" },
	...{ subject: "Scan 1", others: [], afterMs: 0, ...facts },
});

const letters = fc.record<Letter>({
	fate: fc.constantFrom(...FATES),
	device: fc.constantFrom(...DEVICES),
	account: fc.constantFrom(...ACCOUNTS),
	sender: fc.constantFrom("scan@example.com", "Ü@example.com", ""),
	subject: fc.constantFrom("", "Scan 1", "Störung_%"),
	others: fc.subarray(["boss@contoso.com", "a@b.test", "c@b.test", "d@b.test"]),
	afterMs: fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }),
});
const dates = fc.integer({ min: -5, max: 40 }).map((day) => {
	return new Date(Date.UTC(2026, 10, 20) + day * DAY_MS).toISOString();
});
/** Most say little, so that there are pages to turn. */
const nowAndThen = (part: fc.Arbitrary<MailFilter>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant<MailFilter>({}) }, { weight: 1, arbitrary: part });
const filters = fc
	.tuple(
		...[
			fc.record({
				text: fc.constantFrom("", " scan ", "STÖR", "äuß", "_%", "boss", "@", "nobody", "failed@"),
			}),
			fc.record({ states: fc.subarray([...STATES], { minLength: 1 }) }),
			fc.record({ device: fc.constantFrom(...DEVICES, "Nobody") }),
			fc.record({ account: fc.constantFrom(...ACCOUNTS) }),
			fc.record({ since: dates }),
			fc.record({ until: dates }),
		].map(nowAndThen),
	)
	.map((parts): MailFilter => Object.assign({}, ...parts));
/** Something that happens to one of the messages, or a new one. */
const happenings = fc.oneof(
	{ weight: 2, arbitrary: letters },
	fc.record({ act: fc.constantFrom<QueueAction>("retry", "hold", "release", "delete"), which: fc.nat() }),
	fc.record({ leave: fc.constantFrom<FinishedOutcome>("coalesced", "expired"), which: fc.nat() }),
);
type Happening = typeof happenings extends fc.Arbitrary<infer Value> ? Value : never;
type Box = Awaited<ReturnType<typeof openBox>>;

async function happen(box: Box, happening: Happening | undefined): Promise<void> {
	if (happening === undefined) return;
	if ("fate" in happening) await box.take(happening);
	else {
		const one = box.mails[happening.which % box.mails.length];
		if (one !== undefined) {
			if ("act" in happening) await box.act(happening.act, one);
			else await box.leave(happening.leave, one);
		}
	}
	await box.rest();
}

/** All that matches, as a page parts it. */
interface Parted {
	readonly newer: readonly Mail[];
	readonly rows: readonly Mail[];
	readonly older: readonly Mail[];
}

function parted(matching: readonly Mail[], limit: number, from: Cursor): Parted {
	if ("after" in from) {
		const beyond = matching.filter(({ number }) => number > from.after);
		const cut = Math.max(0, beyond.length - limit);
		const older = matching.slice(beyond.length);
		return { newer: beyond.slice(0, cut), rows: beyond.slice(cut), older };
	}
	const newer = matching.filter(({ number }) => number >= from.before);
	const beyond = matching.slice(newer.length);
	return { newer, rows: beyond.slice(0, limit), older: beyond.slice(limit) };
}

type Cursor = { readonly before: number } | { readonly after: number };
const NEWEST: Cursor = { before: Number.POSITIVE_INFINITY };

/** The page shows its rows, and its cursors lead to all the others. */
function expectPage(page: MailPage, { newer, rows, older }: Parted, matching: readonly Mail[]): void {
	expect(page.rows.map(({ id, state }) => [id, state])).toEqual(rows.map(({ id, state }) => [id, state]));
	const beyond = (cursor: string | null, isBeyond: (number: number, cursor: number) => boolean) =>
		cursor === null
			? []
			: matching.filter(({ number }) => isBeyond(number, parseQueueId(cursor) ?? Number.NaN));
	expect(beyond(page.newer, (number, cursor) => number > cursor)).toEqual(newer);
	expect(page.newer === null).toBe(newer.length === 0);
	expect(beyond(page.older, (number, cursor) => number < cursor)).toEqual(older);
	expect(page.older === null).toBe(older.length === 0);
}

/** From the newest to the oldest page and back again; between two pages something happens. */
async function walk(box: Box, filter: MailFilter, limit: number, script: Happening[]): Promise<void> {
	const { mail, mails } = box;
	const always = new Set(naive(mails, filter));
	const look = async (from: Cursor, page: Parameters<typeof mail.search>[1]) => {
		const found = await mail.search(filter, page);
		const matching = naive(mails, filter);
		const parts = parted(matching, limit, from);
		expectPage(found, parts, matching);
		for (const one of always) if (!matching.includes(one)) always.delete(one);
		return { ...found, parts };
	};
	const shown: Mail[] = [];
	let page = await look(NEWEST, { limit });
	for (;;) {
		shown.push(...page.parts.rows);
		if (page.older === null) break;
		await happen(box, script.pop());
		page = await look({ before: parseQueueId(page.older) ?? 0 }, { before: page.older, limit });
	}
	expect(shown).toEqual(shown.toSorted((a, b) => b.number - a.number));
	expect(new Set(shown).size).toBe(shown.length);
	expect([...always].filter((one) => !shown.includes(one))).toEqual([]);
	while (page.newer !== null) {
		await happen(box, script.pop());
		page = await look({ after: parseQueueId(page.newer) ?? 0 }, { after: page.newer, limit });
	}
}

describe("the list of mail", () => {
	it("is what looking at each message gives, page by page both ways, while mail comes and goes", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(letters, { maxLength: 25 }),
				fc.array(fc.tuple(filters, fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 4 }),
				fc.array(happenings, { maxLength: 25 }),
				async (first, walks, script) => {
					const box = await openBox();
					try {
						for (const one of first) await box.take(one);
						await box.rest();
						for (const [filter, limit] of walks) await walk(box, filter, limit, script);
					} finally {
						await box.close();
					}
				},
			),
			{ numRuns: 15 },
		);
	}, 120_000);

	it("leads back from a page whose rows have all gone meanwhile", async () => {
		const box = await openBox();
		for (let mails = 0; mails < 3; mails += 1) await box.take(letter({ fate: "failed" }));
		await box.rest();
		const [oldest = "", middle = "", newest = ""] = box.mails.map(({ id }) => id);
		const look = async (from: { before: string | null } | { after: string | null }) => {
			const page = await box.mail.search(
				{ states: ["failed"] },
				{ limit: 2, ...(from as { before: string }) },
			);
			return { ...page, ids: page.rows.map(({ id }) => id) };
		};
		await box.mail.act("delete", [newest]);
		const above = await look({ after: middle });
		expect(above).toMatchObject({ ids: [], newer: null });
		expect(await look({ before: above.older })).toMatchObject({ ids: [middle, oldest], older: null });
		await box.mail.act("delete", [oldest]);
		const below = await look({ before: middle });
		expect(below).toMatchObject({ ids: [], older: null });
		expect(await look({ after: below.newer })).toMatchObject({ ids: [middle], newer: null });
		await box.mail.act("delete", [middle]);
		expect(await look({ before: middle })).toMatchObject({ ids: [], older: null, newer: null });
		await box.close();
	});

	it("does not fill the memory when it is looked at after weeks offline", async () => {
		const box = await openBox();
		for (let mails = 0; mails < 50; mails += 1) await box.take(letter({ device: SLOW }));
		await box.rest();
		for (const state of STATES) await box.mail.search({ states: [state] }, { limit: 10 });
		// The one that is being sent: the others are numbers in their lane.
		expect([...box.scheduler.touched()]).toHaveLength(1);
		await box.close();
	});

	it("refuses a date and a cursor that are none", async () => {
		const box = await openBox();
		const code = (search: Promise<unknown>) => expect(search).rejects.toMatchObject({ code: "mail-filter" });
		await code(box.mail.search({ since: "yesterday" }, { limit: 10 }));
		await code(box.mail.search({ until: "2026-13-40" }, { limit: 10 }));
		await code(box.mail.search({}, { before: "UUUU", limit: 10 }));
		await code(box.mail.search({}, { after: "", limit: 10 }));
		await box.close();
	});
});

describe("acting on many messages", () => {
	const ACTIONS: readonly QueueAction[] = ["retry", "hold", "release", "delete"];

	it.each(ACTIONS)("%s changes those it applies to, and says how many it passed over", async (action) => {
		const box = await openBox();
		for (const fate of FATES) await box.take(letter({ fate }));
		for (let mails = 0; mails < 2; mails += 1) await box.take(letter({ device: SLOW }));
		await box.rest();
		expect(box.mails.map(({ state }) => state)).toEqual([...FATES, "active", "incoming"]);
		const changed = box.mails.filter((one) => stateAfter(action, one) !== undefined);
		const strange = ["38FN6KZRY0", "not an id", box.mails[1]?.id ?? ""];
		const ids = [...box.mails.map(({ id }) => id), ...strange];
		expect(await box.mail.act(action, ids)).toEqual({
			changed: changed.length,
			skipped: ids.length - changed.length,
		});
		for (const one of box.mails) one.state = stateAfter(action, one) ?? one.state;
		await box.rest();
		const { rows } = await box.mail.search({}, { limit: 10 });
		expect(rows.map(({ state }) => state)).toEqual(box.mails.map(({ state }) => state).toReversed());
		await box.close();
	});

	it("of a filter reaches every one of hundreds, and no other", async () => {
		const box = await openBox();
		for (let mails = 0; mails < 450; mails += 1) {
			await box.take(
				letter({ fate: mails % 2 === 0 ? "failed" : "deferred", device: `Copier ${mails % 3}` }),
			);
		}
		await box.rest();
		const filter: MailFilter = { device: "Copier 1", states: ["failed", "delivered"] };
		expect(await box.mail.actOnAll("delete", filter)).toEqual({ changed: 75 });
		expect(await box.mail.actOnAll("delete", filter)).toEqual({ changed: 0 });
		for (const one of naive(box.mails, filter)) one.state = "deleted";
		await box.rest();
		expect(await box.mail.actOnAll("hold", {})).toEqual({ changed: 225 });
		expect(await box.mail.actOnAll("retry", { states: ["held", "active"] })).toEqual({ changed: 0 });
		for (const one of box.mails) one.state = stateAfter("hold", one) ?? one.state;
		await box.rest();
		expect(await box.mail.actOnAll("release", { text: "Scan" })).toEqual({ changed: 225 });
		await box.close();
	}, 60_000);

	it("lets no mail of a stranger out: that goes by the owner's word about the stranger", async () => {
		const box = await openBox();
		const device = strangerName("192.168.1.50");
		const id = await box.accept("hello", { device, account: "", state: "held" });
		expect(await box.mail.act("release", [id])).toEqual({ changed: 0, skipped: 1 });
		expect(await box.mail.actOnAll("release", {})).toEqual({ changed: 0 });
		expect((await box.mail.show(id)).state).toBe("held");
		expect(await box.mail.act("delete", [id])).toEqual({ changed: 1, skipped: 0 });
		await box.close();
	});
});

describe("the bytes of a message", () => {
	it("can be taken while it is kept, and are gone with it", async () => {
		const box = await openBox();
		await box.take(letter({ fate: "failed" }));
		await box.take(letter({ fate: "delivered" }));
		await box.rest();
		const [kept, delivered] = box.mails.map(({ id }) => id);
		const file = await box.mail.download(kept ?? "");
		expect(file.fileName).toBe(`${kept}.eml`);
		expect(file.content).toBeDefined();
		const chunks: Uint8Array[] = [];
		for await (const chunk of file.content) chunks.push(chunk);
		expect(Buffer.concat(chunks).toString()).toBe(BODY);
		expect(file.sizeBytes).toBe(BODY.length);
		await expect(box.mail.download(delivered ?? "")).rejects.toMatchObject({ code: "mail-gone" });
		await expect(box.mail.download("38FN6KZRY0")).rejects.toMatchObject({ code: "queue-unknown-id" });
		await box.close();
	});
});

describe("a pause", () => {
	it("keeps all mail on the card, also over a restart, until it is taken off", async () => {
		const [folder, pause] = [stateDir(), { isOn: false }];
		const deliver = (attempt: Attempt) => outcomesOf(attempt, "delivered");
		const first = await openCardQueue(folder, deliver, { pause });
		await first.mail.pause();
		const ids = [await first.accept("one"), await first.accept("two")];
		await first.mail.act("retry", ids);
		await first.stop();
		const second = await openCardQueue(folder, deliver, { pause });
		ids.push(await second.accept("three"));
		second.runner.nudge();
		const { rows } = await second.mail.search({ states: ["incoming"] }, { limit: 10 });
		expect(rows.map(({ id }) => id)).toEqual(ids.toReversed());
		expect([...first.seen, ...second.seen]).toEqual([]);
		await second.mail.resume();
		await eventually(() => second.seen.length === 3);
		expect(second.seen.map(({ queueId }) => queueId)).toEqual(ids);
		await second.stop();
	});
});
