import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SERVE = fileURLToPath(new URL("./serve.ts", import.meta.url));

describe("the simulation as a process", () => {
	it("prints its addresses, serves, and ends on SIGTERM leaving nothing behind", async () => {
		const child = spawn(process.execPath, [SERVE], { stdio: ["ignore", "pipe", "inherit"] });
		const exited = once(child, "exit");
		const [line] = (await once(child.stdout, "data")) as [Buffer];
		const addresses = JSON.parse(line.toString());
		expect(readFileSync(addresses.caFile, "utf8")).toContain("BEGIN CERTIFICATE");
		const counts = await (await fetch(`${addresses.controlUrl}/counts`)).json();
		expect(counts).toEqual({ messages: 0, deliveries: 0, requests: 0 });
		child.kill("SIGTERM");
		expect(await exited).toEqual([0, null]);
		expect(existsSync(addresses.caFile)).toBe(false);
	});

	it("refuses an option that it does not know", async () => {
		const child = spawn(process.execPath, [SERVE, "--http-port", "many"], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		const [text] = (await once(child.stderr, "data")) as [Buffer];
		expect(text.toString()).toContain("--http-port takes a port number");
		expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(2);
	});
});
