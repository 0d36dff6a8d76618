/** What systemd hears. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isInstalled, itWith } from "../e2e/clients.ts";
import { NotifyReceiver } from "../e2e/notify-receiver.ts";
import { Log, silentLog } from "../log.ts";
import { Readiness } from "./readiness.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-notify-"));
});
let receiver: NotifyReceiver | undefined;
afterEach(() => {
	receiver?.close();
	rmSync(folder, { recursive: true, force: true });
});

function readinessAt(socket: string, waitedMs: () => number): Readiness {
	const environment = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" };
	return new Readiness({ environment, log: silentLog(), waitedMs });
}

describe("systemd", () => {
	const both = isInstalled("systemd-notify") ? "python3" : "systemd-notify";
	itWith(both, "hears READY, STATUS, WATCHDOG from the event loop, and STOPPING", async () => {
		const socket = path.join(folder, "notify");
		const manager = await NotifyReceiver.listen(socket);
		receiver = manager;
		const readiness = readinessAt(socket, () => 0);
		await readiness.ready("0 waiting");
		await manager.hears(/READY=1.*STATUS=0 waiting/);
		await manager.hears(/WATCHDOG=1/);
		await readiness.status("3 waiting");
		await readiness.status("3 waiting");
		await readiness.stopping();
		await manager.hears(/STOPPING=1/);
		expect(manager.heard.match(/STATUS=3 waiting/g)).toHaveLength(1);
	});

	itWith(
		"systemd-notify",
		"that is too busy for a status line is told it again, and nobody is warned",
		async () => {
			const lines: string[] = [];
			const log = new Log({ level: "notice", journal: false, write: (line) => void lines.push(line) });
			const environment = { ...process.env, NOTIFY_SOCKET: path.join(folder, "nobody") };
			const readiness = new Readiness({ environment, log, waitedMs: () => 0 });
			await readiness.status("3 waiting");
			await readiness.status("3 waiting");
			const taken = expect.stringMatching(/^\S*notice status-line-not-taken /);
			expect(lines).toEqual([taken, taken]);
		},
	);

	itWith(both, "hears nothing from the watchdog while the card owes an answer for too long", async () => {
		const socket = path.join(folder, "notify");
		const manager = await NotifyReceiver.listen(socket);
		receiver = manager;
		let waitedMs = 0;
		const readiness = readinessAt(socket, () => waitedMs);
		await readiness.ready("0 waiting");
		await manager.hears(/WATCHDOG=1/);
		waitedMs = 201;
		// A notification is a process of its own: those under way arrive first.
		await delay(1_500);
		const fed = manager.heard;
		await delay(500);
		expect(manager.heard).toBe(fed);
		waitedMs = 0;
		const timesFed = fed.split("WATCHDOG=1").length - 1;
		await manager.hears(new RegExp(`(?:WATCHDOG=1[^]*){${timesFed + 1}}`));
		await readiness.stopping();
	});

	it("is not looked for without NOTIFY_SOCKET", async () => {
		const log = silentLog();
		const readiness = new Readiness({ environment: { PATH: "/nonexistent" }, log, waitedMs: () => 0 });
		await readiness.ready("x");
		await readiness.stopping();
	});
});
