import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { formatQueueId } from "../mail/queue-id.ts";
import { migrate, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";
import {
	type Enqueue,
	type Finish,
	type FinishedOutcome,
	type FoundPage,
	MESSAGE_STATES,
	type MessageState,
	type Search,
	type Write,
} from "./operations.ts";
import { Reader } from "./reader.ts";
import { foldedText } from "./search-text.ts";
import { Writer } from "./writer.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
	for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function databaseFile(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-search-"));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	return path.join(folder, "postern.db");
}

function openMail(file = databaseFile()) {
	const database = openDatabase({ file, role: "writer" });
	cleanUps.push(() => database.close());
	const [writer, reader] = [new Writer(database), new Reader(database)];
	const write = (writes: readonly Write[]) => {
		for (const fate of writer.commit(writes)) expect(fate).toEqual({ changes: 1 });
	};
	return {
		/** Taken, and those that have an outcome finished. */
		add: (mails: readonly Mail[]) => {
			write(mails.map(enqueueOf));
			write(mails.flatMap((mail) => (isQueued(mail.state) ? [] : [finishOf(mail, mail.state)])));
		},
		search: (search: Partial<Search>) =>
			reader.answer({ type: "search", ...ANYTHING, ...search }) as FoundPage,
	};
}

const ANYTHING: Search = {
	text: "",
	device: null,
	account: null,
	sinceMs: null,
	untilMs: null,
	outcomes: null,
	queued: null,
	from: null,
	limit: 10,
};

interface Mail {
	readonly id: number;
	readonly state: MessageState | FinishedOutcome;
	readonly device: string;
	readonly account: string;
	readonly sender: string;
	readonly subject: string;
	readonly recipients: readonly string[];
	readonly receivedAtMs: number;
}

const OUTCOMES: readonly FinishedOutcome[] = ["delivered", "deleted", "coalesced", "expired"];

function isQueued(state: Mail["state"]): state is MessageState {
	return MESSAGE_STATES.some((queued) => queued === state);
}

function enqueueOf(mail: Mail): Enqueue {
	const state = isQueued(mail.state) ? mail.state : "incoming";
	const { id, device, account, sender, subject, receivedAtMs, recipients } = mail;
	return {
		type: "enqueue",
		message: {
			...{ id, device, account, subject, receivedAtMs, state, reversePath: sender },
			...{ smtpUtf8: false, sizeBytes: 5, inFile: false, dueAtMs: 0, attempts: 0 },
			...{ maybeSent: false, lastError: "" },
		},
		recipients,
		body: new Uint8Array(5),
		dsn: null,
		digest: null,
	};
}

function finishOf(mail: Mail, outcome: FinishedOutcome): Finish {
	const { id, device, account, sender, subject, receivedAtMs } = mail;
	const recipients = mail.recipients.map((address) => ({
		...{ address, state: "delivered", reply: "250 2.0.0 ok", ownerText: "" },
	}));
	const document = {
		...{ device, account, sender, receivedAtMs, recipients, sizeBytes: 5, attempts: 1, events: [] },
		...(subject === "" ? {} : { subject }),
	};
	return { type: "finish", id, finishedAtMs: 77, outcome, document: JSON.stringify(document) };
}

/** The same question, answered by looking at each. */
function naive(
	mails: readonly Mail[],
	search: Search,
): Pick<FoundPage, "hasOlder" | "hasNewer"> & { ids: number[] } {
	const matching = mails
		.filter(({ device }) => search.device === null || device === search.device)
		.filter(({ account }) => search.account === null || account === search.account)
		.filter(({ receivedAtMs }) => search.sinceMs === null || receivedAtMs >= search.sinceMs)
		.filter(({ receivedAtMs }) => search.untilMs === null || receivedAtMs < search.untilMs)
		.filter(({ id, state }) => {
			if (!isQueued(state)) return search.outcomes?.includes(state) !== false;
			if (search.queued === null) return true;
			const { ids, otherIds, states } = search.queued;
			if (ids.includes(id)) return true;
			return !otherIds.includes(id) && states.includes(state === "active" ? "incoming" : state);
		})
		.filter(({ id, device, sender, subject, recipients }) =>
			[device, sender, subject, ...recipients, formatQueueId(id)].some((text) =>
				foldedText(text).includes(search.text),
			),
		)
		.map(({ id }) => id)
		.sort((a, b) => b - a);
	const { from, limit } = search;
	if (from !== null && "after" in from) {
		const newer = matching.filter((id) => id > from.after);
		const ids = newer.slice(-limit);
		return { ids, hasNewer: newer.length > limit, hasOlder: matching.some((id) => id <= from.after) };
	}
	const before = from?.before ?? Number.POSITIVE_INFINITY;
	const older = matching.filter((id) => id < before);
	return {
		ids: older.slice(0, limit),
		hasOlder: older.length > limit,
		hasNewer: from !== null && matching.some((id) => id >= before),
	};
}

const text = fc.constantFrom("Copier", "kamera ÄUSSERE", "камера", "a_b%c", "x", "Straße", "");
const address = fc.constantFrom("scan@Example.com", "ü@example.com", "boss@contoso.com", "a_b@c.test");
const mailsArbitrary = fc.uniqueArray(
	fc.record<Mail>({
		id: fc.integer({ min: 1, max: 400 }),
		state: fc.constantFrom(...MESSAGE_STATES, ...OUTCOMES),
		device: fc.constantFrom("Copier", "kamera ÄUSSERE", "Copier 2"),
		account: fc.constantFrom("a@contoso.com", "b@contoso.com"),
		sender: fc.oneof(address, fc.constant("")),
		subject: text,
		recipients: fc.array(address, { minLength: 1, maxLength: 5 }),
		receivedAtMs: fc.integer({ min: 0, max: 20 }),
	}),
	{ selector: ({ id }) => id, maxLength: 60 },
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });
const ids = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 40 });
const searchArbitrary = fc
	.record<Search>({
		text: fc
			.oneof(
				{ weight: 3, arbitrary: fc.constant("") },
				text,
				address,
				fc.constantFrom("COP", "e", "ß", "%", "@", "8"),
			)
			.map(foldedText),
		device: maybe(fc.constantFrom("Copier", "kamera ÄUSSERE", "copier")),
		account: maybe(fc.constantFrom("a@contoso.com", "c@contoso.com")),
		sinceMs: maybe(fc.integer({ min: 0, max: 20 })),
		untilMs: maybe(fc.integer({ min: 0, max: 20 })),
		outcomes: maybe(fc.subarray([...OUTCOMES])),
		queued: maybe(fc.record({ ids, otherIds: ids, states: fc.subarray([...MESSAGE_STATES]) })),
		from: maybe(
			fc.oneof(
				fc.record({ before: fc.integer({ min: 0, max: 401 }) }),
				fc.record({ after: fc.integer({ min: 0, max: 401 }) }),
			),
		),
		limit: fc.integer({ min: 1, max: 12 }),
	})
	// As it is asked: each message is in one of the lists at most.
	.map((search) => {
		if (search.queued === null) return search;
		const { queued } = search;
		return {
			...search,
			queued: { ...queued, otherIds: queued.otherIds.filter((id) => !queued.ids.includes(id)) },
		};
	});

describe("a search in queue and history", () => {
	it("finds what looking at each message finds", () => {
		fc.assert(
			fc.property(
				mailsArbitrary,
				fc.array(searchArbitrary, { minLength: 1, maxLength: 12 }),
				(mails, searches) => {
					const mail = openMail();
					mail.add(mails);
					for (const search of searches) {
						const { rows, hasOlder, hasNewer } = mail.search(search);
						expect({ ids: rows.map(({ id }) => id), hasOlder, hasNewer }).toEqual(naive(mails, search));
						for (const row of rows) {
							const { sender, subject, device, state, recipients } =
								mails.find(({ id }) => id === row.id) ?? {};
							expect(row).toMatchObject({ sender, subject, device, state });
							expect(row.recipients).toEqual(recipients?.slice(0, 3));
							expect(row.recipientCount).toBe(recipients?.length);
							expect(row.finishedAtMs).toBe(state !== undefined && isQueued(state) ? null : 77);
						}
					}
					for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
				},
			),
			{ numRuns: 40 },
		);
	}, 60_000);

	it("gives 100,000 finished messages page by page, each once, and finds one among them", () => {
		const mail = openMail();
		const mails = 100_000;
		for (let first = 1; first <= mails; first += 5_000) {
			mail.add(
				Array.from({ length: 5_000 }, (_, index) => first + index).map((id) => ({
					...{ id, state: "delivered", account: "a@contoso.com", sender: `scan-${id}@example.com` },
					...{ device: `Copier ${id % 10}`, subject: "", recipients: ["to@example.com"], receivedAtMs: id },
				})),
			);
		}
		let expected = mails;
		for (let from: Search["from"] = null; ; from = { before: expected + 1 }) {
			const { rows, hasOlder } = mail.search({ from, limit: 500 });
			for (const { id } of rows) {
				expect(id).toBe(expected);
				expected -= 1;
			}
			if (!hasOlder) break;
		}
		expect(expected).toBe(0);
		expect(mail.search({ text: "scan-4711@" }).rows.map(({ id }) => id)).toEqual([4711]);
		expect(mail.search({ text: "nobody@" })).toEqual({ rows: [], hasOlder: false, hasNewer: false });
		expect(mail.search({ device: "Copier 3", untilMs: 14 }).rows.map(({ id }) => id)).toEqual([13, 3]);
	}, 120_000);
});

describe("history of an earlier version", () => {
	const earlier = MIGRATIONS.filter(({ number }) => number <= 3);
	const document = (device: string) =>
		JSON.stringify({
			...{ device, account: "a@contoso.com", sender: "scan@example.com", sizeBytes: 9, receivedAtMs: 5 },
			...{ attempts: 1, via: "graph", events: [] },
			recipients: [{ address: "Überall@example.com", state: "delivered", reply: "", ownerText: "" }],
		});
	/** As the program of that version writes it. */
	const INSERT = "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)";

	it("is listed and found after the update", () => {
		const file = databaseFile();
		const old = new Database(file);
		migrate(old, earlier);
		old.prepare(INSERT).run(7, 70, "delivered", document("Kopierer"));
		old.prepare(INSERT).run(8, 80, "deleted", document("Kamera"));
		old.prepare(INSERT).run(9, 80, "deleted", "what a failing card left");
		old.close();
		const mail = openMail(file);
		expect(mail.search({ text: "überall" }).rows.map(({ id }) => id)).toEqual([8, 7]);
		expect(mail.search({ text: foldedText(formatQueueId(7)) }).rows).toMatchObject([
			{ id: 7, device: "Kopierer", recipients: ["Überall@example.com"], subject: "", finishedAtMs: 70 },
		]);
		expect(mail.search({ outcomes: ["deleted"], sinceMs: 5, untilMs: 6 }).rows.map(({ id }) => id)).toEqual([
			8,
		]);
	});

	it("written after a step back and cut by it is listed as well", () => {
		const file = databaseFile();
		openDatabase({ file, role: "writer" }).close();
		// It knows none of our functions.
		const old = new Database(file);
		migrate(old, earlier);
		for (const id of [7, 8]) old.prepare(INSERT).run(id, 70, "delivered", document("Kopierer"));
		old.exec("DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY id LIMIT 1)");
		old.close();
		const mail = openMail(file);
		expect(mail.search({ text: "kopier" }).rows.map(({ id }) => id)).toEqual([8]);
		expect(mail.search({ text: foldedText(formatQueueId(8)) }).rows.map(({ id }) => id)).toEqual([8]);
	});
});
