import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { Storage } from "../../appliance/store/storage.ts";
import { finishMail } from "./finished-mail.ts";

it("a box is made old: its history is searched as that of any other", async () => {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-finished-"));
	const onFatal = (error: Error) => {
		throw error;
	};
	await (await Storage.open({ stateDir: folder, onFatal })).close();
	finishMail(folder, 2_500, "alerts@example.com");
	const storage = await Storage.open({ stateDir: folder, onFatal });
	const anything = {
		text: "",
		device: null,
		account: null,
		sinceMs: null,
		untilMs: null,
		from: null,
		limit: 60,
	};
	const search = { type: "search", queued: null, ...anything } as const;
	const deleted = await storage.read({ ...search, outcomes: ["deleted"] });
	expect(deleted.rows).toHaveLength(50);
	const { rows } = await storage.read({ ...search, outcomes: null, text: "scan 2499 " });
	expect(rows).toMatchObject([{ device: "Copier 9", state: "delivered", account: "alerts@example.com" }]);
	expect(Date.now() - (rows[0]?.receivedAtMs ?? 0)).toBeLessThan(60 * 60_000);
	await storage.close();
	rmSync(folder, { recursive: true });
});
