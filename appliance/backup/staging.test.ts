/** Content that fits its passphrase and is no backup of ours all the same: somebody made it, or a newer Postern. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { NEWEST_SCHEMA } from "../store/migrations.ts";
import { ByteSource } from "./byte-source.ts";
import { headerBytes, jsonRecord, type RecordHeader } from "./records.ts";
import { stage } from "./staging.ts";

let stateDir: string;
beforeEach(() => {
	stateDir = mkdtempSync(path.join(tmpdir(), "postern-staging-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const END = headerBytes({ type: "end", sizeBytes: 0 });

function about(change: object = {}): Buffer {
	const facts = { madeAt: "2026-11-20T12:00:00.000Z", name: "postern", version: "1", schema: NEWEST_SCHEMA };
	return headerBytes({ type: "about", sizeBytes: 0, ...facts, hasSignIns: false, ...change } as RecordHeader);
}

function json(header: object, value: unknown): Buffer {
	return jsonRecord(header as RecordHeader, value);
}

function file(name: string, sizeBytes = 3): Buffer {
	return Buffer.concat([headerBytes({ type: "file", sizeBytes, name }), Buffer.from("pem")]);
}

const DOCUMENT = json({ type: "document", kind: "setting", key: "queue.retry", opened: [] }, "1m");

function message(rows: object = {}): Buffer {
	const row = {
		...{ id: 1, device: "d", account: "a", reverse_path: "", smtp_utf8: 0, size_bytes: 5, in_file: 0 },
		...{ received_ms: 1, state: 0, due_ms: 1, attempts: 0, maybe_sent: 0, last_error: "" },
	};
	const recipient = {
		message_id: 1,
		ordinal: 0,
		address: "x@example.com",
		state: 0,
		reply: "",
		owner_text: "",
	};
	const all = {
		message: [row],
		recipient: [recipient],
		event: [],
		dsn: [],
		progress: [],
		notice: [],
		...rows,
	};
	return json({ type: "message", id: 1 }, all);
}

function body(text = "hello", id = 1): Buffer {
	return Buffer.concat([headerBytes({ type: "body", sizeBytes: text.length, id }), Buffer.from(text)]);
}

function take(...parts: readonly Buffer[]) {
	async function* content() {
		yield Buffer.concat(parts);
	}
	return stage(new ByteSource(content()), {
		place: { stateDir, credentialsDir: "" },
		hasRoom: async () => true,
	});
}

describe("the content of a backup", () => {
	it("is taken when it is whole", async () => {
		const { summary } = await take(about(), DOCUMENT, file("tls/authority.pem"), message(), body(), END);
		expect(summary).toMatchObject({ name: "postern", messages: 1 });
	});

	const refused: Readonly<Record<string, { code: string; parts: readonly Buffer[] }>> = {
		"of a later step of the schema": {
			code: "backup-too-new",
			parts: [about({ schema: NEWEST_SCHEMA + 1 }), END],
		},
		"with a record that is not known": {
			code: "backup-too-new",
			parts: [about(), json({ type: "weather" }, "rain"), END],
		},
		"with a file that is not known": {
			code: "backup-too-new",
			parts: [about(), file("lights/pattern"), END],
		},
		"with a file outside of its folder": {
			code: "backup-too-new",
			parts: [about(), file("../../etc/passwd"), END],
		},
		"with a secret in a place that is not known": {
			code: "backup-too-new",
			parts: [about(), json({ type: "document", kind: "setting", key: "a", opened: ["b"] }, { b: "c" }), END],
		},
		"with a sign-in of a sort that is not known": {
			code: "backup-too-new",
			parts: [
				about({ hasSignIns: true }),
				json({ type: "sign-in", sort: "constructor", account: "a" }, {}),
				END,
			],
		},
		"with a sign-in that is none": {
			code: "backup-damaged",
			parts: [
				about({ hasSignIns: true }),
				json({ type: "sign-in", sort: "person", account: "a" }, { a: 1 }),
				END,
			],
		},
		"without an end": { code: "backup-damaged", parts: [about(), DOCUMENT] },
		"with something after the end": { code: "backup-damaged", parts: [about(), END, DOCUMENT] },
		"without a beginning": { code: "backup-damaged", parts: [DOCUMENT, END] },
		"with two beginnings": { code: "backup-damaged", parts: [about(), about(), END] },
		"with somebody's session": {
			code: "backup-damaged",
			parts: [about(), json({ type: "document", kind: "session", key: "a", opened: [] }, {}), END],
		},
		"with a file that is too large": {
			code: "backup-damaged",
			parts: [about(), file("tls/authority.pem", 2 ** 40), END],
		},
		"with one document twice": { code: "backup-damaged", parts: [about(), DOCUMENT, DOCUMENT, END] },
		"with a message without a body": { code: "backup-damaged", parts: [about(), message(), END] },
		"with another message's body": {
			code: "backup-damaged",
			parts: [about(), message(), body("hello", 2), END],
		},
		"with a body of another size": { code: "backup-damaged", parts: [about(), message(), body("hell"), END] },
		"with a body without a message": { code: "backup-damaged", parts: [about(), body(), END] },
		"with one message twice": {
			code: "backup-damaged",
			parts: [about(), message(), body(), message(), body(), END],
		},
		"with a message to nobody": {
			code: "backup-damaged",
			parts: [about(), message({ recipient: [] }), body(), END],
		},
		"with rows of another message": {
			code: "backup-damaged",
			parts: [about(), message({ progress: [{ id: 2, document: "" }] }), body(), END],
		},
		"with a table's name for a column": {
			code: "backup-damaged",
			parts: [about(), message({ progress: [{ id: 1, 'document") VALUES (1, 2); --': "" }] }), body(), END],
		},
	};
	for (const [what, { code, parts }] of Object.entries(refused)) {
		it(`is refused ${what}, and nothing of it stays`, async () => {
			await expect(take(...parts)).rejects.toMatchObject({ name: "UserError", code });
			expect(readdirSync(stateDir)).toEqual([]);
		});
	}

	it("is taken or refused, whatever somebody makes of it", async () => {
		const good = Buffer.concat([about(), DOCUMENT, message(), body(), END]);
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), async (at, octet) => {
				const bytes = Buffer.from(good);
				bytes.writeUInt8(octet, at);
				await take(bytes).catch((thrown: unknown) => {
					if (!(thrown instanceof UserError)) throw thrown;
				});
			}),
			{ numRuns: 40 },
		);
	}, 60_000);
});
