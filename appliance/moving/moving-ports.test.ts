/** Moving in on a whole appliance: ports are opened as the console would, and one that is in use harms nothing else. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Appliance } from "../appliance.ts";
import type { MovingItem } from "../console-services/moving.ts";
import { Storage } from "../store/storage.ts";
import { portItem } from "./found-items.ts";

let folder: string;
let appliance: Appliance | undefined;
let other: net.Server;

const fail = (error: Error) => {
	throw error;
};

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-moving-ports-"));
	// The program that is moved away from, still there.
	other = await listen();
});
afterEach(async () => {
	await appliance?.stop();
	appliance = undefined;
	other.close();
	await rm(folder, { recursive: true, force: true });
});

async function listen(): Promise<net.Server> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	return server;
}

const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port;

async function freePort(): Promise<number> {
	const server = await listen();
	const port = portOf(server);
	server.close();
	await once(server, "close");
	return port;
}

async function start(): Promise<Appliance> {
	const state = path.join(folder, "state");
	const storage = await Storage.open({ stateDir: state, onFatal: fail });
	await storage.put("setting", "smtp.listen", ["127.0.0.1:0"]);
	await storage.close();
	const configFile = path.join(folder, "postern.toml");
	await writeFile(
		configFile,
		`state_dir = ${JSON.stringify(state)}
[console]
listen = ["127.0.0.1:0"]
listen_tls = []
[smtp]
listen_submission = []
listen_tls = []
listen_auto = []
[pop3]
listen = []
listen_tls = []
`,
	);
	const environment = { POSTERN_CONTROL: path.join(folder, "control.sock") };
	appliance = await Appliance.start({ configFile, environment, onFatal: fail, onEnd: () => undefined });
	return appliance;
}

async function greets(port: number): Promise<boolean> {
	const socket = net.connect(port, "127.0.0.1");
	try {
		const [greeting] = (await once(socket, "data")) as [Buffer];
		return greeting.toString().startsWith("220 ");
	} finally {
		socket.destroy();
	}
}

describe("ports of the program that is left", () => {
	it("are opened besides those that are; one that it still has is told, and is had the next time", async () => {
		const box = await start();
		const before = box.listeners.portOf("relay") ?? 0;
		const [free, taken] = [await freePort(), portOf(other)];
		const items: readonly MovingItem[] = [
			portItem("smtp_port", "smtp.listen", [`127.0.0.1:${taken}`], ""),
			portItem("free", "smtp.listen", [`127.0.0.1:${free}`], ""),
			{ kind: "account", what: "user", as: "account", note: "", record: { address: "a@contoso.com" } },
		];
		const move = () => box.services.moving.move({ source: "m365proxy", items, next: [] }, { isTrial: false });
		const first = await move();
		expect(first.rows.map(({ outcome }) => outcome)).toEqual(["not-taken", "taken", "taken"]);
		expect(first.rows[0]?.note).toMatch(/used by another program/);
		expect(await greets(free)).toBe(true);
		expect(await greets(before)).toBe(true);

		other.close();
		await once(other, "close");
		const second = await move();
		expect(second.rows.map(({ outcome }) => outcome)).toEqual(["taken", "already-there", "already-there"]);
		expect(await greets(taken)).toBe(true);
	});
});
