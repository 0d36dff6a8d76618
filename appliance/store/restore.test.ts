/** A staged state is put in place, cut off at every step and gone on with: the old state or the new, and no mail lost. */
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { formatQueueId } from "../mail/queue-id.ts";
import { openDatabase, type SqliteDatabase } from "./database.ts";
import type { MessageRows } from "./message-rows.ts";
import { NEWEST_SCHEMA } from "./migrations.ts";
import { finishRestore, READY_FOLDER, type RestoreReport, STAGED_DATABASE } from "./restore.ts";
import { StagedStateBuilder } from "./staged-state-builder.ts";

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function write(folder: string, name: string, text: string): void {
	mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
	writeFileSync(path.join(folder, name), text);
}

function rows(id: number, { inFile = false, text = "hello" } = {}): MessageRows {
	const message = {
		...{ id, device: "Copier", account: "a@example.com", reverse_path: "scan@example.com", smtp_utf8: 0 },
		...{ size_bytes: text.length, in_file: inFile ? 1 : 0, received_ms: 1_000, state: 1, due_ms: 1_000 },
		...{ attempts: 2, maybe_sent: 0, last_error: "" },
	};
	const recipient = {
		message_id: id,
		ordinal: 0,
		address: "one@example.com",
		state: 0,
		reply: "",
		owner_text: "",
	};
	return {
		message: [message],
		recipient: [recipient],
		event: [{ message_id: id, ordinal: 1, at_ms: 1, event: "accepted", detail: "" }],
		dsn: [],
		progress: [],
		notice: [],
	};
}

/** A box with settings, sign-ins, an authority, and mail: 1 waits, 2 was delivered. */
function box(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-restore-"));
	folders.push(folder);
	const database = open(folder);
	database.exec("INSERT INTO document VALUES ('device', 'device:old', '1'), ('session', 's', '1')");
	database.exec(
		"INSERT INTO message (id, device, account, reverse_path, smtp_utf8, size_bytes, in_file, received_ms, state, due_ms, attempts, maybe_sent, last_error) VALUES (1, 'd', 'a', '', 0, 5, 0, 1, 0, 1, 0, 0, 'mine')",
	);
	database.exec("INSERT INTO body VALUES (1, x'68656c6c6f')");
	database.exec(
		`INSERT INTO history VALUES (2, 1, 'delivered', '{"device":"d","account":"a","sender":"","recipients":[]}')`,
	);
	database.close();
	write(folder, "tls/authority.pem", "old authority");
	write(folder, "vault/one.sealed", "old sign-in");
	write(folder, "vault.key", "key");
	write(folder, "maildrops/x/a.eml", "cached");
	write(folder, `spool/${formatQueueId(1)}`, "of the box");
	write(folder, "postern.toml", "the owner's own file");
	return folder;
}

/** A backup with other settings, sign-ins, and mail: 1 and 2 are known to the box, 3 and the large 4 are not. */
function makeReady(folder: string): void {
	const ready = path.join(folder, READY_FOLDER);
	mkdirSync(ready);
	const builder = new StagedStateBuilder({ file: path.join(ready, STAGED_DATABASE) });
	const take = (step: Parameters<StagedStateBuilder["take"]>[0]) =>
		expect(builder.take(step)).toEqual({ ok: true });
	take({ type: "begin", schema: NEWEST_SCHEMA });
	take({ type: "documents", rows: [{ kind: "device", key: "device:new", value: "2" }] });
	for (const id of [1, 2, 3]) take({ type: "message", rows: rows(id), body: Buffer.from("hello") });
	take({ type: "message", rows: rows(4, { inFile: true, text: "large" }), body: null });
	take({ type: "finish" });
	write(ready, "tls/authority.pem", "new authority");
	write(ready, "vault/two.sealed", "new sign-in");
	write(ready, `spool/${formatQueueId(4)}`, "large");
}

function open(folder: string): SqliteDatabase {
	return openDatabase({ file: path.join(folder, "postern.db"), role: "writer" });
}

/** A start; `cutAt` counts the changes on the card until the power goes. */
function start(
	folder: string,
	cutAt = Number.POSITIVE_INFINITY,
): { report: RestoreReport | null; steps: number } {
	const database = open(folder);
	let steps = 0;
	try {
		const onStep = (what: string) => {
			if (steps === cutAt) throw new Error(`cut off before: ${what}`);
			steps += 1;
		};
		return { report: finishRestore({ stateDir: folder, database, onStep }), steps };
	} finally {
		database.close();
	}
}

function documentsIn(file: string): string[] {
	const database = openDatabase({ file, role: "reader" });
	try {
		return database
			.prepare("SELECT key FROM document WHERE kind <> 'format' ORDER BY key")
			.pluck()
			.all() as string[];
	} finally {
		database.close();
	}
}

function expectRestored(folder: string): void {
	const database = open(folder);
	const all = (sql: string) => database.prepare(sql).raw().all();
	expect(documentsIn(path.join(folder, "postern.db"))).toEqual(["device:new"]);
	expect(all("SELECT id, maybe_sent, state, last_error FROM message ORDER BY id")).toEqual([
		[1, 0, 0, "mine"],
		// It may have gone on where the backup was made: it is looked up before it is sent, and is not being sent here.
		[3, 1, 0, ""],
		[4, 1, 0, ""],
	]);
	expect(all("SELECT message_id FROM recipient ORDER BY message_id")).toEqual([[3], [4]]);
	expect(all("SELECT message_id FROM event ORDER BY message_id")).toEqual([[3], [4]]);
	expect(all("SELECT id FROM body ORDER BY id")).toEqual([[1], [3]]);
	expect(all("SELECT id FROM history")).toEqual([[2]]);
	expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
	database.close();
	const text = (name: string) => readFileSync(path.join(folder, name), "utf8");
	expect(text("tls/authority.pem")).toBe("new authority");
	expect(readdirSync(path.join(folder, "vault"))).toEqual(["two.sealed"]);
	expect(text("vault.key")).toBe("key");
	expect(text(`spool/${formatQueueId(4)}`)).toBe("large");
	expect(text(`spool/${formatQueueId(1)}`)).toBe("of the box");
	expect(text("postern.toml")).toBe("the owner's own file");
	const [kept = "", ...others] = keptIn(folder);
	expect(others).toEqual([]);
	expect(documentsIn(path.join(kept, STAGED_DATABASE))).toEqual(["device:old", "s"]);
	expect(readFileSync(path.join(kept, "tls/authority.pem"), "utf8")).toBe("old authority");
	expect(readFileSync(path.join(kept, "vault/one.sealed"), "utf8")).toBe("old sign-in");
	expect(existsSync(path.join(folder, "maildrops"))).toBe(false);
	expect(readdirSync(folder).filter((name) => name.startsWith("restore-"))).toEqual([]);
}

function keptIn(folder: string): string[] {
	return readdirSync(folder)
		.filter((name) => name.startsWith("before-restore-"))
		.map((name) => path.join(folder, name));
}

describe("a state that was made ready", () => {
	it("is put in place; mail of the box stays, and none of it comes twice", () => {
		const folder = box();
		makeReady(folder);
		expect(start(folder).report).toMatchObject({ messages: 2, known: 2 });
		expectRestored(folder);
		expect(start(folder).report).toBeNull();
		expectRestored(folder);
	});

	it("is put in place whole wherever it is cut off, also several times", () => {
		const sample = box();
		makeReady(sample);
		const { steps } = start(sample);
		expect(steps).toBeGreaterThan(10);
		for (let cutAt = 0; cutAt < steps; cutAt += 1) {
			const folder = box();
			makeReady(folder);
			expect(() => start(folder, cutAt)).toThrow("cut off before");
			expect(() => start(folder, 0)).toThrow("cut off before");
			start(folder);
			expectRestored(folder);
			rmSync(folder, { recursive: true, force: true });
		}
	}, 120_000);

	it("is not looked at before it was made ready", () => {
		const folder = box();
		makeReady(folder);
		renameSync(path.join(folder, READY_FOLDER), path.join(folder, "restore-staging"));
		expect(start(folder)).toEqual({ report: null, steps: 0 });
		expect(documentsIn(path.join(folder, "postern.db"))).toEqual(["device:old", "s"]);
		expect(existsSync(path.join(folder, "restore-staging"))).toBe(false);
		expect(readFileSync(path.join(folder, "tls/authority.pem"), "utf8")).toBe("old authority");
	});

	it("gives way again to what was there before, put back under its name", () => {
		const folder = box();
		makeReady(folder);
		start(folder);
		const [kept = ""] = keptIn(folder);
		renameSync(kept, path.join(folder, READY_FOLDER));
		start(folder);
		expect(documentsIn(path.join(folder, "postern.db"))).toEqual(["device:old", "s"]);
		expect(readdirSync(path.join(folder, "vault"))).toEqual(["one.sealed"]);
		expect(readFileSync(path.join(folder, "tls/authority.pem"), "utf8")).toBe("old authority");
		expect(readFileSync(path.join(folder, "maildrops/x/a.eml"), "utf8")).toBe("cached");
		// The mail that the backup brought stays: it may be nowhere else.
		const database = open(folder);
		expect(database.prepare("SELECT id FROM message ORDER BY id").pluck().all()).toEqual([1, 3, 4]);
		database.close();
	});

	it("leaves the sign-ins of the box when it brings none", () => {
		const folder = box();
		makeReady(folder);
		rmSync(path.join(folder, READY_FOLDER, "vault"), { recursive: true });
		start(folder);
		expect(readdirSync(path.join(folder, "vault"))).toEqual(["one.sealed"]);
	});

	it("keeps the state from before for a month", () => {
		const folder = box();
		const [old, fresh] = [35, 25].map((days) => new Date(Date.now() - days * 86_400_000).toISOString());
		for (const at of [old, fresh])
			mkdirSync(path.join(folder, `before-restore-${at?.replaceAll(/[:.]/g, "-")}`));
		mkdirSync(path.join(folder, "before-restore-by-hand"));
		start(folder);
		expect(keptIn(folder)).toHaveLength(2);
	});
});

describe("a staged state", () => {
	it.each([
		["a column that there is not", { ...rows(1).message[0], 'x") --': 1 }],
		["a value of another type", { ...rows(1).message[0], size_bytes: "large" }],
		["a state that there is not", { ...rows(1).message[0], state: 9 }],
		["a body that is missing", { ...rows(1).message[0], in_file: 0 }],
	])("is unfit with %s", (_what, message) => {
		const folder = mkdtempSync(path.join(tmpdir(), "postern-staged-"));
		folders.push(folder);
		const builder = new StagedStateBuilder({ file: path.join(folder, STAGED_DATABASE) });
		builder.take({ type: "begin", schema: 1 });
		const put = builder.take({
			type: "message",
			rows: { ...rows(1), message: [message as MessageRows["message"][number]] },
			body: null,
		});
		expect(put.ok ? builder.take({ type: "finish" }) : put).toMatchObject({ ok: false, why: "unfit" });
		builder.close();
	});

	it("of an earlier step of the schema becomes one of this", () => {
		const folder = box();
		const ready = path.join(folder, READY_FOLDER);
		mkdirSync(ready);
		const builder = new StagedStateBuilder({ file: path.join(ready, STAGED_DATABASE) });
		builder.take({ type: "begin", schema: 1 });
		expect(builder.take({ type: "message", rows: rows(7), body: Buffer.from("hello") })).toEqual({
			ok: true,
		});
		expect(builder.take({ type: "finish" })).toEqual({ ok: true });
		expect(start(folder).report).toMatchObject({ messages: 1 });
	});
});
