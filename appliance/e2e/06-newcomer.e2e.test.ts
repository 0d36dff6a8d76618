/** Somebody who has just typed `npm start`, and the service manager that starts the same program. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect } from "vitest";
import { isInstalled, itWith, run } from "./clients.ts";
import { eventually, House } from "./house.ts";
import { NotifyReceiver } from "./notify-receiver.ts";
import { PROGRAM } from "./program.ts";

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function sandbox(): Promise<{ child: ChildProcess; text: () => string }> {
	const child = spawn(PROGRAM.command, [...PROGRAM.argv, "sandbox"], { stdio: ["ignore", "pipe", "pipe"] });
	cleanUps.push(() => void child.kill("SIGKILL"));
	let text = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (chunk) => {
			text += String(chunk);
		});
	}
	await eventually("it has said what to do", () => text.includes("Ctrl-C ends everything"));
	return { child, text: () => text };
}

describe("npm start", () => {
	itWith(
		"curl",
		"prints a line that sends a mail, and where it is seen to arrive; Ctrl-C leaves nothing",
		async () => {
			const { child, text } = await sandbox();
			const line = /printf '[^']*' \|\n\s+curl .*/.exec(text())?.[0] ?? "";
			expect(line).not.toBe("");
			const sent = await run("sh", ["-c", line]);
			expect(sent.exitCode, sent.output).toBe(0);
			const mailbox = /Mail arrives\s+(\S+)/.exec(text())?.[1] ?? "";
			let page = "";
			await eventually("the mail is on the page", async () => {
				page = await (await fetch(mailbox)).text();
				return page.includes("My first scan");
			});
			expect(page).toContain("you@example.com");
			const message = /href="([^"]*\/messages?\/[^"]+)"/.exec(page)?.[1] ?? "";
			const shown = await (await fetch(new URL(message, mailbox))).text();
			expect(shown).toContain("It works.");
			const fetching = /curl -sS pop3:\S+ -u \S+/.exec(text())?.[0] ?? "";
			await run("sh", ["-c", line.replace("rcpt you@example.com", "rcpt alerts@contoso.example")]);
			await eventually("it can be fetched", async () =>
				(await run("sh", ["-c", fetching])).output.includes("Subject: My first scan"),
			);
			const console = /Console\s+(\S+)/.exec(text())?.[1] ?? "";
			expect((await fetch(console)).status).toBe(200);
			expect(await (await fetch(new URL("/healthz", console))).json()).toMatchObject({ status: "ok" });
			const folder = path.dirname(/--config (\S+)/.exec(text())?.[1] ?? "");
			expect(existsSync(folder)).toBe(true);
			child.kill("SIGINT");
			expect(await once(child, "exit")).toEqual([0, null]);
			expect(existsSync(folder)).toBe(false);
		},
	);
});

describe("as a service", () => {
	const both = isInstalled("systemd-notify") ? "python3" : "systemd-notify";
	itWith(both, "it tells systemd that it is ready, how it is, and that it stops", async () => {
		const folder = mkdtempSync(path.join(tmpdir(), "postern-notify-"));
		cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
		const socket = path.join(folder, "notify");
		const manager = await NotifyReceiver.listen(socket);
		cleanUps.push(() => manager.close());
		const house = await House.build({
			signedIn: false,
			environment: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "400000" },
		});
		cleanUps.push(() => house.close());
		await manager.hears(/READY=1 STATUS=0 waiting/);
		await manager.hears(/WATCHDOG=1/);
		expect(readFileSync(`/proc/${house.pid}/comm`, "utf8")).toBe("postern\n");
		expect(await house.end("SIGTERM")).toBe(0);
		await manager.hears(/STOPPING=1/);
	});
});
