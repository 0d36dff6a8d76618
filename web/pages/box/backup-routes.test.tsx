/** An owner makes a backup, restarts the box; nobody else does. */
import { describe, expect, it } from "vitest";
import type { MachineState } from "../../../appliance/console-services.ts";
import { UserError } from "../../../appliance/errors.ts";
import { Log } from "../../../appliance/log.ts";
import { type TestConsoleOptions, testConsole } from "../../testing/fake-console.ts";
import { fakeServices } from "../../testing/fake-services.ts";
import { WELL_STATUS } from "../../testing/samples.ts";

const PASSPHRASE = "correct horse battery staple";
const FIELDS = { passphrase: PASSPHRASE, again: PASSPHRASE };

function box(change: Parameters<typeof fakeServices>[0] = {}, options: TestConsoleOptions = {}) {
	const { services, state } = fakeServices(change);
	const pages = testConsole({ ...options, services: { backups: services.backups, ...options.services } });
	return { pages, state };
}

describe("the backup page", () => {
	it("says beforehand what goes in, what does not, and what a passphrase must be", async () => {
		const page = await (await box().pages.get("/system/backup", "owner")).text();
		for (const text of [
			"the box&#39;s own certificate authority",
			"postern.toml",
			"At least 12 characters, 5 of them different",
			"Without the passphrase nobody can open the file",
			"The sign-ins to Microsoft too",
		]) {
			expect(page).toContain(text);
		}
		expect(page).not.toMatch(/<input[^>]*type="checkbox"[^>]*checked/);
	});

	it("answers with the file, named after box and day, with what was chosen", async () => {
		const { pages, state } = box({ backup: ["POSTERN-BACKUP\n", "sealed"] });
		const response = await pages.post("/system/backup", { ...FIELDS, queue: "on" }, "owner");
		expect(response.status).toBe(200);
		expect(response.headers.get("content-disposition")).toBe(
			'attachment; filename="postern-2026-11-20.postern-backup"',
		);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(await response.text()).toBe("POSTERN-BACKUP\nsealed");
		expect(state.calls).toEqual([`backup ${PASSPHRASE} false true`]);
		await (await pages.post("/system/backup", { ...FIELDS, "sign-ins": "on" }, "owner")).arrayBuffer();
		expect(state.calls.at(-1)).toBe(`backup ${PASSPHRASE} true false`);
	});

	it("comes again when the two differ, with what was chosen and without what was typed", async () => {
		const { pages, state } = box();
		const fields = { passphrase: PASSPHRASE, again: "another one altogether", queue: "on" };
		const response = await pages.post("/system/backup", fields, "owner");
		expect(response.status).toBe(400);
		const page = await response.text();
		expect(page).toContain("The two passphrases are not the same.");
		expect(page).toMatch(/name="queue"[^>]*checked/);
		expect(page).not.toMatch(/battery|altogether/);
		expect(state.calls).toEqual([]);
	});

	it("says in the page's language that a passphrase is weak", async () => {
		const make = () => Promise.reject(new UserError("passphrase-weak", "Too short."));
		const { pages } = box({}, { services: { backups: { make } } });
		const language = { Cookie: "postern=owner; language=de" };
		const response = await pages.post("/system/backup", { passphrase: "x", again: "x" }, "owner", language);
		expect(response.status).toBe(400);
		expect(await response.text()).toContain("Diese Passphrase ist zu leicht zu erraten.");
	});

	it("breaks the download off when the backup cannot be finished, and the log says why", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const { pages } = box({ backup: ["POSTERN", new Error("the card cannot be read")] }, { log });
		const response = await pages.post("/system/backup", FIELDS, "owner");
		await expect(response.arrayBuffer()).rejects.toThrow();
		expect(lines.join("")).toMatch(/backup-fault.*the card cannot be read/);
	});

	it("is the owner's alone", async () => {
		const { pages, state } = box();
		for (const role of ["viewer", "operator"] as const) {
			for (const path of ["/system/backup", "/system/restore", "/system/restarting"]) {
				expect((await pages.get(path, role)).status).toBe(403);
			}
			expect((await pages.post("/system/backup", FIELDS, role)).status).toBe(403);
			expect((await pages.post("/system/restart", { confirmed: "yes" }, role)).status).toBe(403);
		}
		expect((await pages.post("/system/backup", FIELDS)).headers.get("location")).toBe("/sign-in");
		expect(state.calls).toEqual([]);
	});
});

describe("a restart", () => {
	const MACHINE = { can: { restart: true } } as unknown as MachineState;

	function restartable() {
		const asked: string[] = [];
		let startedAt = WELL_STATUS.startedAt;
		const pages = testConsole({
			services: {
				appliance: { status: () => Promise.resolve({ ...WELL_STATUS, startedAt }) },
				machine: {
					state: () => Promise.resolve(MACHINE),
					restart: () => {
						asked.push("restart");
						return Promise.resolve();
					},
				},
			},
		});
		const startAgain = () => {
			startedAt = "2026-11-20T12:00:00.000Z";
		};
		return { pages, asked, startAgain };
	}

	it("is asked for twice, waited for, and told of once the box is back", async () => {
		const { pages, asked, startAgain } = restartable();
		expect(await (await pages.post("/system/restart", {}, "owner")).text()).toContain("Restart now?");
		expect(asked).toEqual([]);
		const waiting = await pages.post("/system/restart", { confirmed: "yes" }, "owner");
		expect(asked).toEqual(["restart"]);
		const path = waiting.headers.get("location") ?? "";
		const page = await (await pages.get(path, "owner")).text();
		expect(page).toContain("Postern restarts");
		// It asks again by itself, with a script and without one.
		expect(page).toContain('data-poll="2"');
		expect(page).toContain('<noscript><meta http-equiv="refresh" content="10"');
		startAgain();
		expect((await pages.get(path, "owner")).headers.get("location")).toBe("/system");
		expect(await (await pages.get("/me", "owner")).text()).toContain("Postern has restarted.");
	});
});
