/** `postern config export`, `import`, `follow`, `lead` over a real control socket, before a scripted appliance. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { postern, start, stop } from "./testing/postern.ts";

const PASSPHRASE = "correct horse battery";

let folder: string;
let file: string;
let secret: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-pair-cli-"));
	file = path.join(folder, "box.postern-config");
	secret = path.join(folder, "passphrase");
	writeFileSync(secret, `${PASSPHRASE}\n`);
});
afterEach(async () => {
	await stop();
	rmSync(folder, { recursive: true, force: true });
});

describe("postern config export", () => {
	it("writes the file whole, for its owner alone, and over nothing unless told so", async () => {
		const { state } = await start();
		expect(await postern(["config", "export", file], { input: `${PASSPHRASE}\n` })).toMatchObject({
			exitCode: 0,
		});
		expect(readFileSync(file, "utf8")).toBe("POSTERN-CONFIG\nsealed");
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(state.calls).toEqual([`export ${PASSPHRASE} false`]);
		expect(await postern(["config", "export", file], { input: PASSPHRASE })).toMatchObject({ exitCode: 1 });
		expect(readdirSync(folder).sort()).toEqual(["box.postern-config", "passphrase"]);
	});

	it("goes to a pipe, and to no screen", async () => {
		const { state } = await start();
		const args = ["config", "export", "--with-sign-ins", "-"];
		expect(await postern(args, { input: `${PASSPHRASE}\n` })).toMatchObject({ exitCode: 0, stderr: "" });
		expect(state.calls).toEqual([`export ${PASSPHRASE} true`]);
		expect(await postern(args, { input: PASSPHRASE, columns: 80 })).toMatchObject({ exitCode: 2 });
	});
});

describe("postern config import", () => {
	it("says what was added, what went, and what was left", async () => {
		const { state } = await start();
		writeFileSync(file, "POSTERN-CONFIG\nsealed");
		const called = await postern(["config", "import", "--passphrase-file", secret, file]);
		expect(called).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("own file") });
		expect(called.stdout).toBe(
			'Now as it is on "postern-a":\n1 device added: Copier\n1 device removed: Old camera\n',
		);
		expect(state.calls).toEqual([`take ${PASSPHRASE} 21`]);
	});

	it("takes the file from a pipe, where the passphrase comes from elsewhere", async () => {
		const { state } = await start();
		const args = ["config", "import", "-"];
		expect(await postern(args, { input: "sealed" })).toMatchObject({ exitCode: 2 });
		expect(await postern([...args, "--passphrase-file", secret], { input: "sealed" })).toMatchObject({
			exitCode: 0,
		});
		expect(state.calls).toEqual([`take ${PASSPHRASE} 6`]);
	});
});

describe("postern config follow and lead", () => {
	it("says what comes of it", async () => {
		const { state } = await start();
		const followed = await postern(["config", "follow", "postern-a"]);
		expect(followed.stdout).toContain("is removed then");
		expect((await postern(["config", "lead", "--json"])).stdout).toContain('"follows": null');
		expect(state.calls).toEqual(["follow postern-a", "lead"]);
	});
});
