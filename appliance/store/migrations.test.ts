/** A database of each earlier step of the schema, with rows as a program of that step wrote them, becomes one of this. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { openDatabase, openScratch } from "./database.ts";
import { MIGRATIONS, NEWEST_SCHEMA } from "./migrations.ts";
import { Storage } from "./storage.ts";

let folder = "";
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FINISHED = {
	...{ device: "copier", account: "a@example.com", sizeBytes: 5, receivedAtMs: 1_000, attempts: 1 },
	...{ sender: "scan@example.com", events: [{ atMs: 2_000, event: "delivered", detail: "" }] },
	recipients: [{ address: "gone@example.com", state: "delivered", reply: "202", ownerText: "" }],
};

/** What was there from the first step on; the columns are named, because later steps have more. */
const ROWS = `
INSERT INTO message (id, device, account, reverse_path, smtp_utf8, size_bytes, in_file, received_ms, state, due_ms, attempts, maybe_sent, last_error)
	VALUES (7, 'copier', 'a@example.com', 'scan@example.com', 0, 5, 0, 1000, 2, 1000, 3, 1, 'a reason');
INSERT INTO recipient VALUES (7, 0, 'one@example.com', 0, '', '');
INSERT INTO recipient VALUES (7, 1, 'two@example.com', 1, '250 2.0.0 Ok', '');
INSERT INTO body VALUES (7, CAST('hello' AS BLOB));
INSERT INTO event VALUES (7, 0, 1000, 'accepted', '');
INSERT INTO history VALUES (6, 2000, 'delivered', '${JSON.stringify(FINISHED)}');
INSERT INTO document VALUES ('setting', 'queue.expire_after', '"7d"');
`;

function stateOf(schema: number): string {
	folder = mkdtempSync(path.join(tmpdir(), "postern-step-"));
	const state = path.join(folder, "state");
	mkdirSync(state);
	const database = openScratch({ file: path.join(state, "postern.db") }, schema);
	database.exec(ROWS);
	if (schema >= 2) database.exec(`INSERT INTO dsn VALUES (7, '{"ret":"HDRS","envid":"x","recipients":{}}')`);
	if (schema >= 3) database.exec("INSERT INTO progress VALUES (7, 'draft 7')");
	database.close();
	return state;
}

it.each(MIGRATIONS.map(({ number }) => number))(
	"step %d of the schema becomes the newest, and nothing is lost",
	async (schema) => {
		const stateDir = stateOf(schema);
		const storage = await Storage.open({
			stateDir,
			onFatal: (error) => {
				throw error;
			},
		});
		try {
			expect(await storage.read({ type: "show", id: 7 })).toMatchObject({
				message: {
					device: "copier",
					state: "deferred",
					attempts: 3,
					maybeSent: true,
					lastError: "a reason",
					subject: "",
				},
				recipients: [
					{ address: "one@example.com", state: "pending" },
					{ address: "two@example.com", state: "delivered", reply: "250 2.0.0 Ok" },
				],
				events: [{ event: "accepted" }],
				...(schema >= 3 ? { progress: "draft 7" } : {}),
			});
		} finally {
			await storage.close();
		}
		const [migrated, fresh] = ["state/postern.db", "fresh.db"].map((name) => {
			const database = openDatabase({ file: path.join(folder, name), role: "writer" });
			const rows = (sql: string) => database.prepare(sql).all();
			const told = {
				version: database.pragma("user_version", { simple: true }),
				tables: rows("SELECT name, sql FROM sqlite_schema ORDER BY name"),
				listed: rows("SELECT id, outcome, device FROM listing"),
				settings: rows("SELECT * FROM document WHERE kind = 'setting'"),
				bodies: rows("SELECT id, CAST(content AS TEXT) AS text FROM body"),
			};
			database.close();
			return told;
		});
		expect(migrated).toEqual({
			...fresh,
			version: NEWEST_SCHEMA,
			listed: [{ id: 6, outcome: "delivered", device: "copier" }],
			settings: [{ kind: "setting", key: "queue.expire_after", value: '"7d"' }],
			bodies: [{ id: 7, text: "hello" }],
		});
	},
);
