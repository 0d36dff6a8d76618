/**
 * Databases that a card has damaged, a byte at a time and in pieces, opened as a start opens them. Whatever it was: it opens, no message comes
 * out changed, and what is missing is known to be missing.
 */
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { damaged as leaveMark } from "./damage-mark.ts";
import { openDatabase, PAGE_BYTES } from "./database.ts";
import { openState } from "./opening.ts";
import type { Enqueue, Finish } from "./operations.ts";
import { childrenOf, kindOf, PAGE_KINDS } from "./record.ts";
import { Writer } from "./writer.ts";

const MESSAGES = 120;
/** These are finished; what they had is free, or used anew. */
const FINISHED = 60;

let folder: string;
let whole: string;

function textOf(id: number): string {
	return `message ${id} `.repeat(id % 7 === 0 ? 3_000 : (id % 5) * 60 + 1);
}

function enqueue(id: number): Enqueue {
	const body = Buffer.from(textOf(id));
	return {
		type: "enqueue",
		message: {
			...{ id, device: "copier", account: "a@example.com", reversePath: "scan@example.com", smtpUtf8: false },
			...{ sizeBytes: body.length, inFile: false, receivedAtMs: 1_000, state: "incoming", dueAtMs: 1_000 },
			...{ attempts: 0, maybeSent: false, lastError: "", subject: `subject ${id}` },
		},
		recipients: [`one-${id}@example.com`, "two@example.com"],
		body: new Uint8Array(body),
		dsn: null,
		digest: null,
		event: { atMs: 1, event: "taken", detail: "" },
	};
}

function finish(id: number): Finish {
	const history = {
		...{ device: "copier", account: "a@example.com", sender: "scan@example.com", sizeBytes: 10 },
		...{ receivedAtMs: 1, attempts: 1, recipients: [], events: [] },
	};
	return { type: "finish", id, finishedAtMs: 2, outcome: "delivered", document: JSON.stringify(history) };
}

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-salvage-"));
	whole = path.join(folder, "whole");
	mkdirSync(whole);
	const database = openDatabase({ file: path.join(whole, "postern.db"), role: "writer" });
	const writer = new Writer(database);
	for (let id = 1; id <= MESSAGES; id += 1) {
		writer.commit([enqueue(id)]);
		if (id % 2 === 0 && id <= 2 * FINISHED) writer.commit([finish(id)]);
	}
	for (let key = 0; key < 40; key += 1) {
		writer.commit([
			{ type: "put-document", kind: "device", key: `device ${key}`, value: JSON.stringify({ key }) },
		]);
	}
	database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the state, changed. */
function damagedState(change: (file: Buffer) => Buffer | undefined): string {
	const state = mkdtempSync(path.join(folder, "state-"));
	copyFileSync(path.join(whole, "postern.db"), path.join(state, "postern.db"));
	const file = readFileSync(path.join(state, "postern.db"));
	writeFileSync(path.join(state, "postern.db"), change(file) ?? file);
	return state;
}

interface Found {
	/** Messages that wait and are whole, with what is in them. */
	readonly right: number;
	/** Kept and not sent. */
	readonly failed: number;
	/** Beside the old database. */
	readonly exported: number;
	readonly documents: number;
	readonly history: number;
	readonly setAside: boolean;
	readonly told: number | undefined;
}

/** Opens it as after an unclean stop that was noticed, and fails where a message came out changed. */
function openedAfter(state: string): Found {
	leaveMark(state, "a test says so");
	const { database, salvaged } = openState(path.join(state, "postern.db"), {});
	try {
		expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
		const rows = database
			.prepare("SELECT message.id, state, content FROM message JOIN body ON body.id = message.id")
			.all() as { id: number; state: number; content: Buffer }[];
		const right = rows.filter(({ state: now }) => now !== 4);
		for (const { id, content } of right) {
			expect(content.toString()).toBe(textOf(id));
			expect(id % 2).toBe(1);
			const recipients = database
				.prepare("SELECT address FROM recipient WHERE message_id = ? ORDER BY ordinal")
				.pluck()
				.all(id);
			expect(recipients).toEqual(enqueue(id).recipients);
		}
		const count = (sql: string) => Number(database.prepare(sql).pluck().get());
		const kept = readdirSync(state).filter((name) => name.startsWith("damaged-"));
		const [keptAs = ""] = kept;
		return {
			right: right.length,
			failed: rows.length - right.length,
			exported: existsSync(path.join(state, keptAs, "mail"))
				? readdirSync(path.join(state, keptAs, "mail")).length
				: 0,
			documents: count("SELECT count(*) FROM document WHERE kind = 'device'"),
			history: count("SELECT count(*) FROM history"),
			setAside: existsSync(path.join(state, keptAs, "postern.db")),
			told: salvaged?.damaged,
		};
	} finally {
		database.close();
	}
}

const WAITING = MESSAGES - FINISHED;

describe("a database that is built anew", () => {
	it("has all that a whole one had, and nothing that has left", () => {
		expect(openedAfter(damagedState((file) => file))).toEqual({
			...{
				right: WAITING,
				failed: 0,
				exported: 0,
				documents: 40,
				history: FINISHED,
				setAside: true,
				told: 0,
			},
		});
	});

	it("has it all where the header of the file is gone, and the roots of all trees with it", () => {
		const found = openedAfter(damagedState((file) => file.fill(0, 0, PAGE_BYTES)));
		expect(found).toMatchObject({ right: WAITING, failed: 0, documents: 40, history: FINISHED });
	});

	it("has it all where no interior page can be read", () => {
		const state = damagedState((file) => {
			for (let page = 2; page <= file.length / PAGE_BYTES; page += 1) {
				const content = file.subarray((page - 1) * PAGE_BYTES, page * PAGE_BYTES);
				if (kindOf(content, page) === PAGE_KINDS.tableInterior) content[0] = 0xff;
			}
			return file;
		});
		const found = openedAfter(state);
		expect(found).toMatchObject({ right: WAITING, failed: 0, exported: 0, history: FINISHED });
	});

	it("knows what is missing where the file was cut short", () => {
		for (const part of [0.9, 0.5, 0.1]) {
			const state = damagedState((file) => file);
			truncateSync(
				path.join(state, "postern.db"),
				Math.floor(readFileSync(path.join(state, "postern.db")).length * part),
			);
			const found = openedAfter(state);
			expect(found.setAside).toBe(true);
			expect(found.right).toBeLessThan(WAITING);
		}
	});

	it("loses what is on one page at most, wherever a byte changes, and no message comes out changed", {
		timeout: 120_000,
	}, () => {
		const size = readFileSync(path.join(whole, "postern.db")).length;
		const pages = size / PAGE_BYTES;
		let least = WAITING;
		for (let page = 1; page <= pages; page += 4) {
			const state = damagedState((file) => {
				const at = (page - 1) * PAGE_BYTES + ((page * 397) % PAGE_BYTES);
				file[at] = (file[at] ?? 0) ^ 0xff;
				return file;
			});
			const found = openedAfter(state);
			rmSync(state, { recursive: true });
			expect(found.right + found.failed + found.exported).toBeGreaterThan(WAITING - 25);
			least = Math.min(least, found.right);
		}
		expect(least).toBeGreaterThan(WAITING / 2);
	});
});

describe("a start after the power went", () => {
	it("takes a whole database as it is", () => {
		const state = damagedState((file) => file);
		const { database, salvaged } = openState(path.join(state, "postern.db"), {});
		database.close();
		expect(salvaged).toBeNull();
	});

	it("finds the damage by looking, and goes on where a rebuilding was cut off", () => {
		const state = damagedState((file) => file);
		const before = new Database(path.join(state, "postern.db"));
		const root = Number(
			before.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'message'").pluck().get(),
		);
		before.exec("PRAGMA journal_mode = WAL; UPDATE message SET attempts = 1 WHERE id = 1");
		const log = readFileSync(path.join(state, "postern.db-wal"));
		before.close();
		writeFileSync(path.join(state, "postern.db-wal"), log);
		const file = readFileSync(path.join(state, "postern.db"));
		const content = file.subarray((root - 1) * PAGE_BYTES, root * PAGE_BYTES);
		const [, child = 0] =
			kindOf(content, root) === PAGE_KINDS.tableInterior ? childrenOf(content, root) : [0, root];
		file[(child - 1) * PAGE_BYTES + 4] = 0xff;
		writeFileSync(path.join(state, "postern.db"), file);
		const { database, salvaged } = openState(path.join(state, "postern.db"), {});
		const saved = Number(database.prepare("SELECT count(*) FROM message").pluck().get());
		database.close();
		expect(salvaged?.saved).toBe(saved);
		expect(saved).toBeGreaterThan(WAITING - 30);
		// As it is when the power goes before the last rename.
		writeFileSync(path.join(state, "salvaged-as"), "damaged-again");
		copyFileSync(path.join(state, "postern.db"), path.join(state, "salvaged.db"));
		const again = openState(path.join(state, "postern.db"), {});
		expect(Number(again.database.prepare("SELECT count(*) FROM message").pluck().get())).toBe(saved);
		again.database.close();
		expect(existsSync(path.join(state, "damaged-again", "postern.db"))).toBe(true);
	});
});
