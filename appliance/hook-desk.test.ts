/** Web-hooks against a real receiver on this machine. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeServices } from "../web/testing/fake-services.ts";
import { stranger, WELL_STATUS } from "../web/testing/samples.ts";
import { SystemClock } from "./clock.ts";
import { UserError } from "./errors.ts";
import { Events } from "./events.ts";
import { addressFault, signatureOf } from "./hook-calls.ts";
import { HookDesk } from "./hook-desk.ts";
import { silentLog } from "./log.ts";
import type { Status, StrangerRow } from "./services.ts";
import { Storage } from "./store/storage.ts";

interface Received {
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

let folder: string;
let storage: Storage;
let received: Received[];
let answers: number[];
let receiver: ReturnType<typeof createServer>;
let url: string;
let status: Status;
let strangers: StrangerRow[];
let desk: HookDesk | undefined;
/** Runs ahead as the test wants. */
let aheadMs = 0;
const clock = new (class extends SystemClock {
	override monotonicMs(): number {
		return super.monotonicMs() + aheadMs;
	}
})();
const events = new Events((error) => {
	throw error;
});
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-hooks-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	received = [];
	answers = [];
	receiver = createServer((request, response) => {
		let body = "";
		request.on("data", (chunk: Buffer) => {
			body += chunk.toString();
		});
		request.on("end", () => {
			received.push({ headers: request.headers, body });
			response.writeHead(answers.shift() ?? 200, { Location: "/elsewhere" }).end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
	url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
	status = WELL_STATUS;
	strangers = [];
});
afterEach(async () => {
	desk?.stop();
	receiver.close();
	await storage.close();
	await rm(folder, { recursive: true });
});

async function open(): Promise<HookDesk> {
	const { appliance, devices } = fakeServices().services;
	desk = await HookDesk.open({
		...{ documents: storage, events, clock, log: silentLog(), boxName: () => "postern" },
		trust: () => undefined,
		vaultKey: { read: async () => Buffer.alloc(32, 1), ensure: async () => Buffer.alloc(32, 1) },
		services: {
			appliance: { ...appliance, status: () => Promise.resolve(status) },
			devices: { ...devices, strangers: () => Promise.resolve(strangers) },
		},
		paces: { lookMs: 20, gatherMs: 300 },
	});
	return desk;
}

const draft = (
	...wanted: ("failed" | "needs-sign-in" | "offline" | "storage" | "stranger" | "update")[]
) => ({
	...{ url, events: wanted, offlineAfterMinutes: 1 },
});
const bodies = () =>
	received.map(({ body }) => JSON.parse(body) as { event: string; count: number; text: string });

describe("a web-hook", () => {
	it("is called with what happened, signed so that the receiver can tell it is the box", async () => {
		const { secret } = await (await open()).add(draft("failed"));
		events.emit("message-settled", { queueId: "q1", device: "Copier", delivered: 0, failed: 1 });
		await expect.poll(() => received.length).toBe(1);
		const [call] = received;
		expect(call?.headers["x-postern-signature"]).toBe(signatureOf(call?.body ?? "", secret));
		expect(JSON.parse(call?.body ?? "")).toMatchObject({
			...{ event: "failed", box: "postern", count: 1, data: { queueId: "q1", device: "Copier" } },
		});
	});

	it("hears a burst once, with its number", async () => {
		await (await open()).add(draft("failed"));
		for (let number = 0; number < 10; number += 1) {
			events.emit("message-settled", { queueId: `q${number}`, device: "Copier", delivered: 0, failed: 1 });
		}
		await expect.poll(() => received.length).toBe(2);
		expect(bodies().map(({ count }) => count)).toEqual([1, 9]);
	});

	it("hears of what is new: a sign-in that is needed, a full card, a stranger; not of what stays", async () => {
		const hooks = await open();
		await hooks.add(draft("needs-sign-in", "storage", "stranger"));
		await new Promise((resolve) => setTimeout(resolve, 60));
		status = {
			...WELL_STATUS,
			accounts: WELL_STATUS.accounts.map((account) => ({ ...account, state: "needs-sign-in" as const })),
			storage: { ...WELL_STATUS.storage, accepting: false },
		};
		strangers = [stranger()];
		await expect.poll(() => received.length).toBe(3);
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(
			bodies()
				.map(({ event }) => event)
				.sort(),
		).toEqual(["needs-sign-in", "storage", "stranger"]);
	});

	it("hears of an update that was given up, until its owner knows", async () => {
		await (await open()).add(draft("update"));
		const detail = "The update to Postern 0.2.0 did not work.";
		const matter = { kind: "rolled-back", about: "0.2.0", count: 0, text: detail, detail } as const;
		status = { ...WELL_STATUS, matters: [matter] };
		await expect.poll(() => received.length).toBe(1);
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(bodies()).toMatchObject([{ event: "update", count: 1, text: detail }]);
	});

	it("hears of an outage once, when it has lasted, and when it is over", async () => {
		await (await open()).add(draft("offline"));
		status = {
			...WELL_STATUS,
			accounts: WELL_STATUS.accounts.map((account) => ({ ...account, circuit: "open" as const })),
		};
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(received).toEqual([]);
		aheadMs += 90_000;
		await expect.poll(() => received.length).toBe(1);
		await new Promise((resolve) => setTimeout(resolve, 100));
		status = WELL_STATUS;
		await expect.poll(() => received.length).toBe(2);
		expect(bodies().map(({ text }) => text)).toEqual([
			"No mail has gone out for a minute; it waits on the card.",
			"Mail goes out again.",
		]);
	});

	it("hears once of a card that refuses, until it takes mail again", async () => {
		await (await open()).add(draft("storage"));
		const refused = () =>
			events.emit("message-refused", { device: "Copier", ownerText: "The card cannot be written." });
		for (let number = 0; number < 5; number += 1) refused();
		await expect.poll(() => received.length).toBe(1);
		aheadMs += 600_000;
		refused();
		events.emit("message-accepted", { queueId: "q", device: "Copier", sizeBytes: 1 });
		refused();
		await expect.poll(() => received.length).toBe(2);
		expect(bodies()).toMatchObject([
			{ text: "The card cannot be written.", count: 1 },
			{ text: "The card cannot be written.", count: 1 },
		]);
	});

	it("is not told of what it did not ask for, and not sent elsewhere by an answer", async () => {
		answers = [302];
		const hooks = await open();
		const { hook } = await hooks.add(draft("offline"));
		events.emit("message-settled", { queueId: "q1", device: "Copier", delivered: 0, failed: 1 });
		expect(await hooks.test(hook.id)).toEqual({ ok: false, text: "It answered 302, which is no success." });
		expect(received).toHaveLength(1);
		expect(hooks.list()).toMatchObject([{ lastAnswer: "It answered 302, which is no success." }]);
	});

	it("is known after a restart with its secret, which is not in clear on the card", async () => {
		const { hook, secret } = await (await open()).add(draft("failed"));
		expect(JSON.stringify(await storage.list("hook"))).not.toContain(secret.reveal());
		desk?.stop();
		const again = await open();
		await again.test(hook.id);
		expect(received[0]?.headers["x-postern-signature"]).toBe(signatureOf(received[0]?.body ?? "", secret));
		await again.remove(hook.id);
		await expect(again.test(hook.id)).rejects.toThrow(UserError);
	});

	it.each([
		"ftp://example.com/",
		"https://user:secret@example.com/",
		"http://169.254.169.254/latest/meta-data",
		"http://[fe80::1]/",
		"javascript:alert(1)",
		"nothing",
	])("cannot be %s", async (address) => {
		expect(addressFault(address)).toBeDefined();
		await expect((await open()).add({ ...draft("failed"), url: address })).rejects.toThrow(UserError);
	});
});
