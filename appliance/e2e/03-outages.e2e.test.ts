/** The cloud goes away, the process is killed: nothing is lost, nothing is sent twice. */
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

function message(id: string): string {
	return `From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${id}\r\nMessage-ID: <${id}@device.test>\r\n\r\nHello\r\n`;
}

/** Message-IDs as they arrived, in order. */
function arrivedIds({ cloud }: House): string[] {
	return cloud.control.arrived().map(({ message: { summary } }) => summary.messageId ?? "");
}

describe("500 messages that come in while the cloud is gone", () => {
	for (const transport of ["graph", "smtp"] as const) {
		it(`arrive once it is back, in the order of each device, none twice (${transport})`, async () => {
			house = await House.build({
				transport,
				more: `
[[device]]
name = "Second"
username = "second"
password = "second"
auth_without_tls = true
`,
			});
			await house.cloud.control.offline();
			const port = house.port("relay");
			const send = async (device: string, credentials: string | undefined) => {
				const peer = await SmtpPeer.connect(port);
				if (credentials !== undefined) await peer.signIn("second", credentials);
				for (let number = 0; number < 250; number += 1) await peer.send(message(`${device}-${number}`));
				await peer.quit();
			};
			await Promise.all([send("first", undefined), send("second", "second")]);
			expect(await house.json<unknown[]>("queue", "list")).toHaveLength(500);
			await house.cloud.control.online();
			const backAtMs = performance.now();
			await eventually("the first arrives", () => arrivedIds(house as House).length > 0);
			expect(performance.now() - backAtMs).toBeLessThan(15_000);
			await eventually("all arrive", () => arrivedIds(house as House).length >= 500, 60_000);
			for (const device of ["first", "second"]) {
				const numbers = arrivedIds(house)
					.filter((id) => id.includes(`${device}-`))
					.map((id) => Number(/-(\d+)@/.exec(id)?.[1]));
				expect(numbers).toEqual([...Array(250).keys()]);
			}
			expect(house.cloud.control.duplicates()).toEqual([]);
			await eventually(
				"the queue is empty",
				async () => (await house?.json<[]>("queue", "list"))?.length === 0,
			);
		}, 120_000);
	}
});

describe("kill -9 under load", () => {
	const KILLS = 20;
	for (const transport of ["graph", "smtp"] as const) {
		it(`${KILLS} times: every message answered 250 arrives, each once (${transport})`, async () => {
			house = await House.build({
				transport,
				// Slow enough that messages are under way when the process dies.
				sandbox: { latencyMs: transport === "graph" ? 20 : 0 },
				queue: 'retry = "1s"',
			});
			const accepted = new Set<string>();
			let serial = 0;
			for (let kill = 0; kill < KILLS; kill += 1) {
				const port = house.port("relay");
				const devices = Array.from({ length: 4 }, () =>
					sendUntilCut(port, () => `k${kill}-${serial++}`, accepted),
				);
				// Short: what is accepted has to be delivered afterwards, at the pace of this machine.
				await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
				await house.end("SIGKILL");
				await Promise.all(devices);
				await house.start();
			}
			expect(accepted.size).toBeGreaterThan(KILLS);
			const here = house;
			await eventually(
				"the queue is empty",
				async () => (await here.json<[]>("queue", "list")).length === 0,
				120_000,
			);
			const ids = arrivedIds(house).map((id) => id.replace(/^<|@device.test>$/g, ""));
			expect([...accepted].filter((id) => !ids.includes(id))).toEqual([]);
			const duplicates = house.cloud.control.duplicates();
			// Over SMTP nobody can be asked whether a message went: the one that was cut off between its final
			// dot and the answer is sent again. A device has one under way, so at most one per kill.
			if (transport === "graph") expect(duplicates).toEqual([]);
			else expect(duplicates.length).toBeLessThanOrEqual(KILLS);
		}, 300_000);
	}
});

/** One device that sends on and on until the connection breaks; notes each id whose 250 it has read. */
async function sendUntilCut(port: number, nextId: () => string, accepted: Set<string>): Promise<void> {
	try {
		const peer = await SmtpPeer.connect(port);
		for (;;) {
			const id = nextId();
			await peer.send(message(id));
			accepted.add(id);
		}
	} catch (error) {
		if (!(error instanceof Error) || !/closed|ECONNRESET|EPIPE|ECONNREFUSED/.test(error.message)) throw error;
	}
}

describe("SIGTERM", () => {
	it("lets a transfer in progress end, answers the idle, and exits 0", async () => {
		house = await House.build();
		const idle = await SmtpPeer.connect(house.port("relay"));
		const busy = await SmtpPeer.connect(house.port("relay"));
		await busy.begin();
		busy.write(message("in-progress").slice(0, 40));
		await new Promise((resolve) => setTimeout(resolve, 50));
		const ended = house.end("SIGTERM");
		expect(await idle.unasked()).toMatch(/^421 4\.3\.2 /);
		const refused = await new Promise((resolve) => {
			const late = net.connect(house?.port("relay") ?? 0, "127.0.0.1");
			late.on("error", () => resolve(true));
			late.on("connect", () => resolve(false));
		});
		expect(refused).toBe(true);
		busy.write(message("in-progress").slice(40));
		expect(await busy.finish()).toMatch(/^250 2\.0\.0 Ok: queued as /);
		expect(await ended).toBe(0);
		await house.start();
		await eventually("it arrives", () => arrivedIds(house as House).includes("<in-progress@device.test>"));
	});
});
