/**
 * The power is cut while the booted image works, at moments that its own writes to the card tell: in its first start, under
 * mail, in an update. Each time the box must come up by itself, with every message that it had answered 250.
 *
 * QEMU logs the writes; what a card had at a cut is made of that log as `npm run powercut` does it (decisions/0037),
 * and booted. CUTS in the environment says how many moments of each kind are tried, and the seed is printed.
 */
import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { type Sandbox, startSandbox } from "../../appliance/sandbox/sandbox.ts";
import { SmtpClient } from "../../scripts/bench/smtp-client.ts";
import { CrashImages } from "../../scripts/powercut/crash-images.ts";
import { type Cut, cutsOf } from "../../scripts/powercut/cuts.ts";
import { Ledger, type MailVerdict } from "../../scripts/powercut/ledger.ts";
import { Random } from "../../scripts/powercut/random.ts";
import { sendOne } from "../../scripts/powercut/traffic.ts";
import { type LoggedWrite, SECTOR_BYTES, WriteLog } from "../../scripts/powercut/write-log.ts";
import { STARTS } from "../build/disk.ts";
import { mirrorHere } from "../build/mirror.ts";
import { WORK } from "../build/places.ts";
import { Toolbox } from "../build/toolbox.ts";
import { Box, PATIENCE_MS } from "./box.ts";
import { LaterVersion } from "./later-version.ts";
import { ACCOUNT, addPress, isUp, reachCloud, signIn } from "./site.ts";

const CUTS = Number(process.env["CUTS"] ?? 1);
const SEED = Number(process.env["SEED"] ?? randomInt(1_000_000));
/** Starting, working and being judged. */
const BOOT_MS = 2 * PATIENCE_MS;
const MESSAGES = 24;
/** Bodies above 64 KiB are files. */
const SIZES_BYTES = [300, 9_000, 120_000];

const random = new Random(SEED);
console.log(`seed ${SEED}, ${CUTS} cuts of each kind`);

/** A box whose writes are logged, and the cards that a cut would have left. */
class LoggedBox implements AsyncDisposable {
	readonly box: Box;
	readonly log: WriteLog;

	private constructor(box: Box) {
		this.box = box;
		this.log = new WriteLog(box.writeLog);
	}

	static async switchedOn(card?: string): Promise<LoggedBox> {
		const box = await Box.make({ ports: [25, 80], isLogged: true, ...(card === undefined ? {} : { card }) });
		await box.switchOn();
		return new LoggedBox(box);
	}

	/** Boots what each cut left, one after the other, and gives it to `judge`. */
	async afterEach(cuts: readonly Cut[], judge: (box: Box, cut: Cut) => Promise<void>): Promise<void> {
		using images = new CrashImages(this.box.cardBefore, this.log);
		for (const cut of cuts) {
			const card = path.join(WORK, "crash.img");
			images.make(cut, card);
			const box = await Box.make({ ports: [25, 80], card });
			try {
				console.log(
					`cut at write ${cut.reached} (flushed to ${cut.flushed}, ${cut.kept.length} more in part)`,
				);
				await box.switchOn();
				await isUp(box);
				await judge(box, cut);
			} finally {
				await box.close();
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.log[Symbol.dispose]();
		await this.box.close();
	}
}

/** In the first MiB is the table of partitions; the two copies of U-Boot's state are behind it. */
const BOOT_STATE = { from: 1_048_576 / SECTOR_BYTES, to: (STARTS.boot * 1_048_576) / SECTOR_BYTES };
const isBootState = ({ sector, sectors }: LoggedWrite) =>
	sectors > 0 && sector >= BOOT_STATE.from && sector < BOOT_STATE.to;

let cloud: Sandbox;
let toolbox: Toolbox;
beforeAll(async () => {
	toolbox = await Toolbox.open(mirrorHere(), WORK);
	cloud = await startSandbox({ settings: { deviceCodeIntervalSeconds: 0 } });
	cloud.control.allowSendAs(ACCOUNT, "*");
});
afterAll(async () => {
	await cloud?.close();
	rmSync(path.join(WORK, "crash.img"), { force: true });
});

describe("after a power cut", () => {
	it(
		"in its first start it comes up, and has the whole card for its data",
		async () => {
			await using logged = await LoggedBox.switchedOn();
			await isUp(logged.box);
			const reached = logged.log.position();
			await logged.box.cutPower();
			const cuts = cutsOf(logged.log.writes.slice(0, reached), random);
			await logged.afterEach(random.sample(cuts, CUTS), async (box) => {
				expect(Number(await box.run("df --output=size /data | tail -1"))).toBeGreaterThan(1_200_000);
				expect((await fetch(`http://127.0.0.1:${box.port(80)}/healthz`)).status).toBe(200);
			});
		},
		(CUTS + 1) * BOOT_MS,
	);

	it(
		"under mail it sends on every message that was answered 250, whole and once; and a card that forgets what it was told to flush is caught",
		async () => {
			await using logged = await LoggedBox.switchedOn();
			const { box, log } = logged;
			await isUp(box);
			await reachCloud(box, cloud);
			await signIn(box, cloud);
			await addPress(box, "--account", ACCOUNT);
			await cloud.control.offline("refuse");
			const ledger = new Ledger();
			const began = log.position();
			await press(box, { ledger, random, position: () => log.position() });
			const reached = log.position();
			await box.cutPower();
			expect(ledger.acknowledgedCount).toBe(MESSAGES);
			const cuts = cutsOf(log.writes.slice(0, reached), random).filter(({ flushed }) => flushed > began);
			const sampled = random.sample(cuts.slice(Math.ceil(cuts.length / 2)), CUTS);
			await logged.afterEach(sampled, async (after, cut) => {
				const verdict = await drained(after, ledger, cut);
				expect(verdict).toMatchObject({ lost: [], damaged: [], duplicated: [] });
				expect(verdict.checked).toBeGreaterThan(0);
				console.log(`${verdict.checked} messages looked for, none lost, damaged or twice`);
			});
			// The same box, on a card that had answered flushes and kept nothing since the first message.
			const forgotten = { flushed: began, kept: [], reached };
			await logged.afterEach([forgotten], async (after, cut) => {
				expect((await drained(after, ledger, cut)).lost).toHaveLength(MESSAGES);
			});
		},
		(CUTS + 2) * BOOT_MS,
	);

	it(
		"in an update it comes up from one slot or the other, with the mail it had taken",
		async () => {
			await using logged = await LoggedBox.switchedOn();
			const { box, log } = logged;
			await isUp(box);
			await addPress(box);
			const ledger = new Ledger();
			await press(box, { ledger, random, position: () => log.position() }, 1);
			using later = await LaterVersion.make(toolbox, "7.0.0");
			await box.take(later.bundle, "/data/system/sent.raucb");
			await box.run("sync");
			const began = log.position();
			await box.restart("postern update /data/system/sent.raucb");
			await isUp(box);
			const reached = log.position();
			expect(await box.run("cat /proc/cmdline")).toContain("rauc.slot=B");
			await box.cutPower();
			const cuts = cutsOf(log.writes.slice(0, reached), random).filter(({ flushed }) => flushed > began);
			const nearState = cuts.filter((cut) => touches(log.writes, cut));
			const inInstall = cuts.filter((cut) => !nearState.includes(cut));
			console.log(`${inInstall.length} moments in the update, ${nearState.length} at the state of U-Boot`);
			expect(nearState.length).toBeGreaterThan(1);
			const tried = [...random.sample(inInstall, CUTS), ...random.sample(nearState, CUTS)];
			const inOrder = tried.sort((one, other) => one.reached - other.reached);
			await logged.afterEach(inOrder, async (after) => {
				expect(await after.run("cat /proc/cmdline")).toMatch(/rauc\.slot=[AB]/);
				expect(await after.run("postern queue list --json")).toContain("Press");
			});
		},
		(2 * CUTS + 3) * BOOT_MS,
	);
});

/** Something of U-Boot's state was being written when this cut came, or had just been. */
function touches(writes: readonly LoggedWrite[], { flushed, reached }: Cut): boolean {
	return writes.slice(Math.max(0, flushed - 2), reached).some(isBootState);
}

type Site = Parameters<typeof sendOne>[0];

/** Over two connections, small and large. */
async function press(box: Box, site: Site, messages = MESSAGES): Promise<void> {
	const sendFrom = async (connection: number) => {
		const client = await SmtpClient.connect({ port: box.port(25) });
		await client.command("EHLO press.test");
		for (let number = connection; number < messages; number += 2) {
			await sendOne(site, client, `press-${number}`, SIZES_BYTES[number % SIZES_BYTES.length] ?? 0);
		}
		await client.quit();
	};
	await Promise.all([sendFrom(0), sendFrom(1)]);
}

/** Microsoft is there again; all that is in the queue goes, and is compared with what was promised. */
async function drained(box: Box, ledger: Ledger, cut: Cut): Promise<MailVerdict> {
	await cloud.control.reset();
	cloud.control.allowSendAs(ACCOUNT, "*");
	await reachCloud(box, cloud);
	await eventually(
		"the queue is empty",
		async () => /^\[\s*\]$/.test(await box.run("postern queue list --json")),
		PATIENCE_MS,
	);
	return ledger.judge(cut, [], cloud.control.arrived());
}
