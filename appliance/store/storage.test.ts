import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { migrate, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";
import type { Enqueue } from "./operations.ts";
import { Storage } from "./storage.ts";

const folders: string[] = [];
function stateDir(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-store-"));
	folders.push(folder);
	return folder;
}
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function open(folder: string, readerIdleMs = 60_000): Promise<Storage> {
	return Storage.open({
		stateDir: folder,
		readerIdleMs,
		onFatal: (error) => {
			throw error;
		},
	});
}

function enqueue(id: number, text: string): Enqueue {
	return {
		type: "enqueue",
		message: {
			id,
			device: "copier",
			account: "a@example.com",
			reversePath: "scan@example.com",
			smtpUtf8: false,
			sizeBytes: text.length,
			inFile: false,
			receivedAtMs: 1_000,
			state: "incoming",
			dueAtMs: 1_000,
			attempts: 0,
			maybeSent: false,
			lastError: "",
			subject: "",
		},
		recipients: ["one@example.com", "two@example.com"],
		body: new Uint8Array(Buffer.from(text)),
		dsn: { ret: "HDRS", envid: "x1", recipients: { "one@example.com": { notify: ["NEVER"], orcpt: "" } } },
		digest: null,
	};
}

describe("the storage threads", () => {
	it("are two only while something is read, and none is missed when they become two again", async () => {
		const storage = await open(stateDir(), 20);
		storage.mailMayCome();
		await storage.write(enqueue(1, "hello"), "urgent");
		const threads = () => readdirSync("/proc/self/task").length;
		expect(await storage.read({ type: "last-id" })).toBe(1);
		const atRest = threads();
		for (let time = 0; time < 4; time += 1) {
			const reading = Promise.all([
				storage.read({ type: "body", id: 1 }),
				storage.read({ type: "spare-bytes" }),
			]);
			expect((await reading)[0]).toEqual(new Uint8Array(Buffer.from("hello")));
			expect(threads()).toBe(atRest + 1);
			await vi.waitFor(async () => {
				// What anybody can answer does not keep it.
				await storage.read({ type: "spare-bytes" });
				expect(threads()).toBe(atRest);
			});
		}
		const last = storage.read({ type: "body", id: 1 });
		await storage.close();
		expect(await last).not.toBeNull();
	});

	it("keep how far a message has come, and forget it with the message", async () => {
		const storage = await open(stateDir());
		await storage.write(enqueue(1, "hello"), "urgent");
		await storage.write({ type: "note-progress", id: 1, document: "draft 7" }, "urgent");
		expect(await storage.read({ type: "show", id: 1 })).toMatchObject({ progress: "draft 7" });
		await storage.write({ type: "note-progress", id: 1, document: null }, "urgent");
		expect(await storage.read({ type: "show", id: 1 })).toMatchObject({ progress: null });
		expect(await storage.write({ type: "note-progress", id: 2, document: "of nobody" }, "urgent")).toEqual({
			changes: 0,
		});
		await storage.close();
	});

	it("take a bounce in together with the note of it, or neither", async () => {
		const storage = await open(stateDir());
		await storage.write(enqueue(1, "hello"), "urgent");
		const announce = (id: number) =>
			storage.write({ type: "announce", id, document: "told", bounce: enqueue(id + 100, "sorry") }, "urgent");
		await announce(1);
		expect(await storage.read({ type: "show", id: 1 })).toMatchObject({ notice: "told" });
		expect(await storage.read({ type: "show", id: 101 })).toMatchObject({ message: { id: 101 } });
		expect(await announce(2)).toEqual({ changes: 0 });
		expect(await storage.read({ type: "show", id: 102 })).toBeNull();
		await storage.close();
	});

	it("send mail that waits through another account", async () => {
		const storage = await open(stateDir());
		await storage.write(enqueue(1, "hello"), "urgent");
		await storage.write({ type: "reroute", ids: [1], account: "b@example.com" }, "urgent");
		expect(await storage.read({ type: "show", id: 1 })).toMatchObject({
			message: { account: "b@example.com" },
		});
		await storage.close();
	});

	it("give back after a restart what was committed", async () => {
		const folder = stateDir();
		const first = await open(folder);
		const id = 115_000_000_000_123;
		expect(await first.write(enqueue(id, "hello"), "urgent")).toEqual({ changes: 1 });
		await first.close();
		const second = await open(folder);
		expect(Buffer.from((await second.read({ type: "body", id })) ?? []).toString()).toBe("hello");
		expect(await second.read({ type: "show", id })).toMatchObject({ dsn: { ret: "HDRS", envid: "x1" } });
		const [row] = await second.read({ type: "list", afterId: 0, limit: 10 });
		expect(row).toMatchObject({ id, state: "incoming", recipients: ["one@example.com", "two@example.com"] });
		expect(await second.read({ type: "last-id" })).toBe(id);
		await second.close();
	});

	it("refuse one bad write of a group without losing its neighbours", async () => {
		const storage = await open(stateDir());
		const fates = await Promise.all([
			storage.write(enqueue(1, "a"), "urgent"),
			storage.write(enqueue(2, "b"), "urgent"),
			storage.write(enqueue(2, "the same id again"), "urgent"),
			storage.write(enqueue(3, "c"), "urgent"),
		]);
		expect(fates.map((fate) => ("code" in fate ? fate.code : "ok"))).toEqual([
			"ok",
			"ok",
			"SQLITE_CONSTRAINT_PRIMARYKEY",
			"ok",
		]);
		expect([...(await storage.read({ type: "index", afterId: 0, uptoId: 99, limit: 10 })).ids]).toEqual([
			1, 2, 3,
		]);
		await storage.close();
	});

	it("settle a rider that no message comes to carry", async () => {
		const storage = await open(stateDir());
		await storage.write(enqueue(1, "a"), "urgent");
		const fate = await storage.write(
			{ type: "finish", id: 1, finishedAtMs: 5, outcome: "delivered", document: "{}" },
			"rider",
		);
		expect(fate).toEqual({ changes: 1 });
		expect(await storage.read({ type: "show", id: 1 })).toMatchObject({ outcome: "delivered" });
		expect(await storage.read({ type: "body", id: 1 })).toBeNull();
		await storage.close();
	});
});

describe("the database", () => {
	it("is flushed at each commit also when it is opened again", () => {
		const file = path.join(stateDir(), "postern.db");
		for (const _ of ["made", "opened again"]) {
			const database = openDatabase({ file, role: "writer" });
			expect(database.pragma("synchronous", { simple: true })).toBe(2);
			expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
			database.close();
		}
	});

	it("of a newer Postern that this one cannot read is refused in words, and left as it is", () => {
		const file = path.join(stateDir(), "postern.db");
		const newer = openDatabase({ file, role: "writer" });
		migrate(
			newer,
			[...MIGRATIONS, { number: 99, oldestReader: 99, sql: "CREATE TABLE future (a) STRICT" }].map(
				(step) => ({ ...step, sql: step.sql.replace("(a)", "(a INTEGER)") }),
			),
		);
		newer.close();
		expect(() => openDatabase({ file, role: "writer" })).toThrow(/newer Postern/);
	});

	it("of a newer Postern that only added to it opens", () => {
		const file = path.join(stateDir(), "postern.db");
		const newer = openDatabase({ file, role: "writer" });
		migrate(newer, [
			...MIGRATIONS,
			{ number: 99, oldestReader: 1, sql: "CREATE TABLE future (a INTEGER) STRICT" },
		]);
		newer.close();
		const again = openDatabase({ file, role: "writer" });
		expect(again.prepare("SELECT count(*) FROM message").pluck().get()).toBe(0);
		again.close();
	});
});
