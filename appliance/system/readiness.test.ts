/** What systemd hears, received by a datagram socket as systemd has it (Python has them, Node does not). */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled, itWith } from "../e2e/clients.ts";
import { silentLog } from "../log.ts";
import { Readiness } from "./readiness.ts";

const RECEIVER = `
import os, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("bound", flush=True)
while True:
    data, ancillary, flags, _ = receiver.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            for i in range(0, len(content), 4):
                os.close(int.from_bytes(content[i:i+4], sys.byteorder))
    print(data.decode().replace("\\n", " "), flush=True)
`;

const folder = mkdtempSync(path.join(tmpdir(), "postern-notify-"));
let receiver: ChildProcess | undefined;
afterEach(() => {
	receiver?.kill();
	rmSync(folder, { recursive: true, force: true });
});

describe("systemd", () => {
	const both = isInstalled("systemd-notify") ? "python3" : "systemd-notify";
	itWith(both, "hears READY, STATUS, WATCHDOG from the event loop, and STOPPING", async () => {
		const socket = path.join(folder, "notify");
		const child = spawn("python3", ["-c", RECEIVER, socket], { stdio: ["ignore", "pipe", "inherit"] });
		receiver = child;
		let heard = "";
		child.stdout.on("data", (chunk) => {
			heard += String(chunk);
		});
		await once(child.stdout, "data");
		const readiness = new Readiness(
			{ ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" },
			silentLog(),
		);
		await readiness.ready("0 waiting");
		while (!/READY=1.*STATUS=0 waiting/.test(heard)) await once(child.stdout, "data");
		while (!heard.includes("WATCHDOG=1")) await once(child.stdout, "data");
		await readiness.status("3 waiting");
		await readiness.status("3 waiting");
		await readiness.stopping();
		while (!heard.includes("STOPPING=1")) await once(child.stdout, "data");
		expect(heard.match(/STATUS=3 waiting/g)).toHaveLength(1);
	});

	it("is not looked for without NOTIFY_SOCKET", async () => {
		const log = silentLog();
		const readiness = new Readiness({ PATH: "/nonexistent" }, log);
		await readiness.ready("x");
		await readiness.stopping();
	});
});
