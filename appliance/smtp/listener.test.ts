/** What a listener keeps of sessions that are over: nothing. A whole appliance in this process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Appliance } from "../appliance.ts";
import { Wire } from "../e2e/wire.ts";

let folder: string;
let appliance: Appliance;

beforeAll(async () => {
	vi.spyOn(process.stderr, "write").mockReturnValue(true);
	folder = mkdtempSync(path.join(tmpdir(), "postern-listener-"));
	const configFile = path.join(folder, "postern.toml");
	writeFileSync(configFile, CONFIGURATION.replace("STATE", JSON.stringify(folder)));
	appliance = await Appliance.start({
		configFile,
		environment: {},
		onEnd: () => undefined,
		onFatal: (error) => {
			throw error;
		},
	});
});
afterAll(async () => {
	await appliance?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const CONFIGURATION = `
state_dir = STATE
[console]
listen = []
listen_tls = []
[smtp]
listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
listen_auto = []
[pop3]
listen = []
listen_tls = []
`;

async function session(): Promise<void> {
	const wire = await Wire.connect({ port: appliance.listeners.portOf("relay") ?? 0 });
	await wire.reply();
	for (const line of ["EHLO copier.test", "STARTTLS"]) {
		wire.send(`${line}\r\n`);
		await wire.reply();
	}
	await wire.encrypt();
	wire.send("QUIT\r\n");
	expect((await wire.reply())?.code).toBe("221");
	wire.destroy();
}

/** Sockets that something still holds, after a collection; the peers' last closing gets its time. */
async function socketsLeft(atMost: number): Promise<number> {
	let left = Number.POSITIVE_INFINITY;
	for (let tries = 0; tries < 20 && left > atMost; tries += 1) {
		await sleep(100);
		left = queryObjects(net.Socket, { format: "count" });
	}
	return left;
}

describe("a device that sends with STARTTLS for weeks", () => {
	it("leaves no socket behind", async () => {
		await session();
		const before = await socketsLeft(0);
		for (let count = 0; count < 50; count += 1) await session();
		expect(await socketsLeft(before + 10)).toBeLessThanOrEqual(before + 10);
	});
});
