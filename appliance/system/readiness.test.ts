/** What systemd hears. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled, itWith } from "../e2e/clients.ts";
import { NotifyReceiver } from "../e2e/notify-receiver.ts";
import { silentLog } from "../log.ts";
import { Readiness } from "./readiness.ts";

const folder = mkdtempSync(path.join(tmpdir(), "postern-notify-"));
let receiver: NotifyReceiver | undefined;
afterEach(() => {
	receiver?.close();
	rmSync(folder, { recursive: true, force: true });
});

describe("systemd", () => {
	const both = isInstalled("systemd-notify") ? "python3" : "systemd-notify";
	itWith(both, "hears READY, STATUS, WATCHDOG from the event loop, and STOPPING", async () => {
		const socket = path.join(folder, "notify");
		const manager = await NotifyReceiver.listen(socket);
		receiver = manager;
		const readiness = new Readiness(
			{ ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" },
			silentLog(),
		);
		await readiness.ready("0 waiting");
		await manager.hears(/READY=1.*STATUS=0 waiting/);
		await manager.hears(/WATCHDOG=1/);
		await readiness.status("3 waiting");
		await readiness.status("3 waiting");
		await readiness.stopping();
		await manager.hears(/STOPPING=1/);
		expect(manager.heard.match(/STATUS=3 waiting/g)).toHaveLength(1);
	});

	it("is not looked for without NOTIFY_SOCKET", async () => {
		const log = silentLog();
		const readiness = new Readiness({ PATH: "/nonexistent" }, log);
		await readiness.ready("x");
		await readiness.stopping();
	});
});
