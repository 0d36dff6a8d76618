/** Updates as console and command line ask for them, with a firmware of the test's behind. */
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "./errors.ts";
import { Events } from "./events.ts";
import { silentLog } from "./log.ts";
import type { UpdateNews } from "./services/updates.ts";
import { NEWEST_SCHEMA, OLDEST_READER } from "./store/migrations.ts";
import { Storage } from "./store/storage.ts";
import { HOST_UPDATER, UpdateDesk, type Updater, type UpdaterFacts } from "./update-desk.ts";

const FACTS: UpdaterFacts = {
	image: { version: "0.1.0", builtAt: "2026-01-01T00:00:00Z", slot: "A" },
	last: null,
	crashes: { total: 0, lastDay: 0, reboots: 0, lastAt: null, lastResult: "" },
};
const INSTALLED = {
	at: "2026-11-20T10:00:00.000Z",
	from: { version: "0.1.0", slot: "A", schema: NEWEST_SCHEMA },
	to: { version: "0.2.0", slot: "B", schema: NEWEST_SCHEMA },
} as const;
const BUNDLE = Buffer.concat([Buffer.from("hsqs"), Buffer.alloc(200_000, 1)]);

let folder: string;
let storage: Storage;
let facts: UpdaterFacts;
let told: boolean[];
let asked: unknown[];
let hasRoom: boolean;
/** What installing does. */
let installs: Updater["install"];
let desk: UpdateDesk;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-updates-"));
	storage = await Storage.open({
		stateDir: path.join(folder, "state"),
		onFatal: (error) => {
			throw error;
		},
	});
	facts = FACTS;
	[told, asked, hasRoom] = [[], [], true];
	installs = async (_, onProgress) => {
		onProgress({ percent: 40, text: "Writing" });
		return { version: "0.2.0", slot: "B" };
	};
	desk = open({
		...{ keeper: "firmware", folder: path.join(folder, "update") },
		facts: async () => facts,
		install: (options, onProgress) => {
			asked.push(options);
			return installs(options, onProgress);
		},
		async goBack(format) {
			asked.push(format);
			return { version: "0.1.0", slot: "A" };
		},
		async restart() {
			asked.push("restart");
		},
	});
	await desk.start();
});
afterEach(async () => {
	await desk.stop();
	await storage.close();
	await rm(folder, { recursive: true, force: true });
});

function open(updater: Updater): UpdateDesk {
	const events = new Events((error) => {
		throw error;
	});
	events.on("update-under-way", ({ isUnderWay }) => void told.push(isUnderWay));
	return new UpdateDesk({
		...{ updater, documents: storage, events, log: silentLog(), now: Date.now },
		hasRoom: () => Promise.resolve(hasRoom),
	});
}
async function* pieces(content: Buffer, size = 1_000): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
const WANTED = { onlyNewer: false, restart: false };
async function installAll(options = WANTED): Promise<UpdateNews[]> {
	const news: UpdateNews[] = [];
	for await (const one of desk.install(options)) news.push(one);
	return news;
}
const file = () => path.join(folder, "update/received.raucb");
const isThere = () =>
	access(file()).then(
		() => true,
		() => false,
	);

describe("an update", () => {
	it("is received, handed to the firmware with what the data needs, and forgotten", async () => {
		expect(await desk.receive(pieces(BUNDLE))).toEqual({ sizeBytes: BUNDLE.length });
		expect((await desk.state()).phase).toBe("received");
		expect(await readFile(file())).toEqual(BUNDLE);
		const news = await installAll();
		expect(news.at(-1)).toEqual({ type: "installed", version: "0.2.0", restarts: false });
		expect(news.map(({ type }) => type)).toContain("progress");
		expect(asked).toEqual([{ oldestReader: OLDEST_READER, schema: NEWEST_SCHEMA, onlyNewer: false }]);
		expect(told).toEqual([true, false]);
		expect(await isThere()).toBe(false);
		expect((await desk.state()).phase).toBe("idle");
	});

	it("goes on when nobody listens any more, and the box starts again", async () => {
		const gate = Promise.withResolvers<void>();
		installs = async () => {
			await gate.promise;
			return { version: "0.2.0", slot: "B" };
		};
		await desk.receive(pieces(BUNDLE));
		const news = desk.install({ onlyNewer: false, restart: true })[Symbol.asyncIterator]();
		await news.next();
		await news.return?.(undefined);
		expect((await desk.state()).phase).toBe("installing");
		await expect(desk.receive(pieces(BUNDLE))).rejects.toMatchObject({ code: "update-busy" });
		await expect(desk.goBack()).rejects.toMatchObject({ code: "update-busy" });
		gate.resolve();
		await expect.poll(() => asked.at(-1), { timeout: 10_000 }).toBe("restart");
		expect((await desk.state()).phase).toBe("installed");
	});

	it.each([
		["update-not-a-bundle", Buffer.from("GIF89a and so on")],
		["update-not-a-bundle", Buffer.alloc(0)],
	])("is refused as it comes: %s", async (code, content) => {
		await expect(desk.receive(pieces(content, 2))).rejects.toMatchObject({ code });
		expect(await isThere()).toBe(false);
		expect(await desk.state()).toMatchObject({ phase: "idle", refusal: { code } });
	});

	it("that is endless is not taken to its end", async () => {
		let sentBytes = 0;
		const chunk = Buffer.alloc(8 * 1024 * 1024, 1);
		chunk.write("hsqs");
		async function* endless() {
			for (;;) {
				sentBytes += chunk.length;
				yield chunk;
			}
		}
		await expect(desk.receive(endless())).rejects.toMatchObject({ code: "update-too-large" });
		expect(sentBytes).toBeLessThan(450 * 1024 * 1024);
		expect(await isThere()).toBe(false);
	}, 60_000);

	it("is refused while the card has no room, and leaves nothing when its sender breaks off", async () => {
		hasRoom = false;
		await expect(desk.receive(pieces(BUNDLE))).rejects.toMatchObject({ code: "update-no-room" });
		hasRoom = true;
		async function* broken() {
			yield BUNDLE.subarray(0, 5_000);
			throw new Error("the connection was reset");
		}
		await expect(desk.receive(broken())).rejects.toThrow("reset");
		expect(await isThere()).toBe(false);
		await expect(installAll()).rejects.toMatchObject({ code: "update-unknown" });
	});

	it("that the firmware refuses is told, and not for what merely stays in the box", async () => {
		const refused = (code: string) => {
			installs = () => Promise.reject(new UserError(code, "No.", "Get it again."));
		};
		refused("update-not-newer");
		await desk.receive(pieces(BUNDLE));
		await expect(installAll()).rejects.toMatchObject({ code: "update-not-newer" });
		expect((await desk.state()).refusal).toBeNull();
		refused("update-stranger");
		await desk.receive(pieces(BUNDLE));
		await expect(installAll()).rejects.toMatchObject({ code: "update-stranger" });
		expect((await desk.state()).refusal).toMatchObject({ code: "update-stranger", hint: "Get it again." });
		expect(told).toEqual([true, false, true, false]);
		expect(await isThere()).toBe(false);
	});

	it("that was given up needs its owner until they say that they know", async () => {
		facts = { ...FACTS, last: { ...INSTALLED, fate: "rolled-back" } };
		const [matter] = await desk.matters();
		expect(matter).toMatchObject({ kind: "rolled-back", about: "0.2.0" });
		expect(matter?.text).toContain("has gone back to 0.1.0 by itself. No mail is lost.");
		await desk.acknowledge();
		expect(await desk.matters()).toEqual([]);
		expect((await desk.state()).last).toMatchObject({ fate: "rolled-back", isSeen: true });
	});
});

describe("going back", () => {
	it("is offered where the version from before works and can read what is here", async () => {
		const of = async (last: UpdaterFacts["last"]) => {
			facts = { ...FACTS, last };
			return (await desk.state()).before;
		};
		expect(await of({ ...INSTALLED, fate: "kept" })).toBe("0.1.0");
		for (const fate of ["waiting", "trying", "rolled-back", "broken-off"] as const)
			expect(await of({ ...INSTALLED, fate })).toBeNull();
		const knowsLess = { ...INSTALLED.from, schema: OLDEST_READER - 1 };
		expect(await of({ ...INSTALLED, from: knowsLess, fate: "kept" })).toBeNull();
		expect(await desk.goBack()).toEqual({ version: "0.1.0" });
		await expect.poll(() => asked.at(-1), { timeout: 10_000 }).toBe("restart");
	});
});

describe("crashes", () => {
	it("need the owner when they are many in a day", async () => {
		facts = { ...FACTS, crashes: { ...FACTS.crashes, total: 9, lastDay: 2 } };
		expect(await desk.matters()).toEqual([]);
		facts = { ...FACTS, crashes: { ...FACTS.crashes, total: 9, lastDay: 3 } };
		expect(await desk.matters()).toMatchObject([{ kind: "crashes", count: 3 }]);
	});
});

describe("elsewhere than on the firmware", () => {
	it("updates are the system's own, and nothing is taken in", async () => {
		const elsewhere = open(HOST_UPDATER);
		await elsewhere.start();
		expect(await elsewhere.state()).toMatchObject({ keeper: "host", slot: null, before: null });
		await expect(elsewhere.receive(pieces(BUNDLE))).rejects.toMatchObject({ code: "not-the-firmware" });
		await expect(elsewhere.goBack()).rejects.toMatchObject({ code: "not-the-firmware" });
		expect(await elsewhere.matters()).toEqual([]);
	});
});
