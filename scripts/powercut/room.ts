/**
 * One house, from its building to the last of its crash images: `node room.ts JOB`, in namespaces of its own (in-room.ts), so that
 * ports are always free and nothing stays mounted. Says what it found in one line of JSON on standard output.
 */
import { copyFileSync, rmSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { ACCOUNT, House } from "../../appliance/e2e/house.ts";
import { BUNDLE, PROGRAM, type Program } from "../../appliance/e2e/program.ts";
import { Boots } from "./boots.ts";
import { BoxAfterCut } from "./box-after-cut.ts";
import { CrashImages } from "./crash-images.ts";
import { type Cut, cutsOf } from "./cuts.ts";
import { makeDisk, makeFolder, mountDisk, mountLoggedDisk } from "./disks.ts";
import { addTo, type Findings, NOTHING_FOUND } from "./findings.ts";
import type { Job } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";
import type { Life, Scenario } from "./scenario.ts";
import { mailScenario, slowMailScenario, tokenScenario } from "./scenarios/mail.ts";
import { migrationScenario } from "./scenarios/migration.ts";
import { restoreScenario } from "./scenarios/restore.ts";
import { settingsScenario } from "./scenarios/settings.ts";
import { DEVICE_ADDRESSES, deviceAt, SMTP_PORT, sendOne } from "./traffic.ts";
import { WriteLog } from "./write-log.ts";

const SCENARIOS: Readonly<Record<Job["scenario"], (random: Random) => Scenario>> = {
	mail: mailScenario,
	"slow mail": slowMailScenario,
	tokens: tokenScenario,
	settings: settingsScenario,
	restore: restoreScenario,
	migration: migrationScenario,
};

const CLOUD_PLACE = { host: "127.0.0.1", httpPort: 14_400 };

/** Known by their addresses: a password would be hashed at each of a thousand starts. */
const DEVICES = DEVICE_ADDRESSES.map(
	(address, device) => `[[device]]\nname = "Device ${device}"\naddresses = ["${address}"]\n`,
).join("\n");

const FILES = { disk: "disk.img", before: "before.img", log: "writes.log", image: "crash.img" } as const;

class Room {
	readonly #job: Job;
	readonly #scenario: Scenario;
	readonly #random: Random;
	readonly #ledger = new Ledger();

	constructor(job: Job) {
		this.#job = job;
		this.#random = new Random(job.seed);
		this.#scenario = SCENARIOS[job.scenario](this.#random);
	}

	async run(): Promise<Findings> {
		const card = await makeFolder(this.#job.folder, "card");
		const boots = await Boots.begin(this.#job.folder);
		await makeDisk(this.#file("disk"));
		const house = await this.#build(card);
		try {
			copyFileSync(this.#file("disk"), this.#file("before"));
			const reached = await this.#record(house, card);
			return await this.#judgeAll(house, card, reached, boots);
		} finally {
			await house.close();
		}
	}

	/** Signed in and furnished, and switched off in good order. */
	async #build(card: string): Promise<House> {
		await using _card = await mountDisk(this.#file("disk"), card);
		const stateDir = path.join(card, "state");
		const house = await House.build({
			onlyByPassword: true,
			more: DEVICES,
			stateDir,
			cloudPlace: CLOUD_PLACE,
			smtp: `listen = ["127.0.0.1:${SMTP_PORT}"]\nlisten_submission = []\nlisten_tls = []\nlisten_auto = []`,
			// The card is small: what is kept free of a real one would be all of it.
			queue: 'retry = "1s, 2s, 5s"\nreserve = "1MB"',
			program: this.#recorded,
			...this.#scenario.house,
			sandbox: { deviceCodeIntervalSeconds: 0, ...this.#scenario.house.sandbox },
		});
		const life = this.#life(house, stateDir, () => 0);
		this.#scenario.allow?.(house);
		house.cloud.control.onArrival((arrived) => this.#ledger.arrived(arrived, 0));
		await this.#scenario.furnish?.(life);
		await house.end("SIGTERM");
		return house;
	}

	/** Gives how far the log reaches of what counts: the end of the program is no part of it. */
	async #record(house: House, card: string): Promise<number> {
		await using _card = await mountLoggedDisk(this.#file("disk"), this.#file("log"), card);
		using log = new WriteLog(this.#file("log"));
		const position = () => log.position();
		house.cloud.control.onArrival((arrived) => this.#ledger.arrived(arrived, position()));
		const life = this.#life(house, path.join(card, "state"), position, log);
		try {
			await this.#scenario.live(life);
			return position();
		} catch (error) {
			throw new Error(`while the log was written: ${error}; the program said: ${house.log.slice(-2_000)}`, {
				cause: error,
			});
		} finally {
			await house.end("SIGKILL");
		}
	}

	async #judgeAll(house: House, card: string, reached: number, boots: Boots): Promise<Findings> {
		using log = new WriteLog(this.#file("log"));
		log.position();
		const cuts = cutsOf(log.writes.slice(0, reached), this.#random);
		using images = new CrashImages(this.#file("before"), log);
		let findings: Findings = { ...NOTHING_FOUND, acknowledged: this.#ledger.acknowledgedCount };
		for (const cut of this.#random.sample(cuts, this.#job.images)) {
			images.make(cut, this.#file("image"));
			boots.next();
			findings = addTo(findings, await this.#judge(house, card, cut));
			if (this.#job.fault !== undefined && findings.troubles.length > 0) break;
		}
		rmSync(this.#job.folder, { recursive: true, force: true });
		return findings;
	}

	/** Starts the program on the card, lets all go out and looks at what arrived. */
	async #judge(house: House, card: string, cut: Cut): Promise<Findings> {
		const { cloud } = house;
		const before = this.#ledger.arrivalsBefore(cut, this.#random.chance(0.5));
		await cloud.control.reset();
		cloud.control.onArrival(() => undefined);
		cloud.control.allowSendAs(ACCOUNT, "*");
		this.#scenario.allow?.(house);
		for (const { bytes, atMs } of before) {
			cloud.control.deposit(ACCOUNT, bytes, { folder: "sentitems", receivedAtMs: atMs, isRead: true });
		}
		const where = `${this.#job.scenario}, seed ${this.#job.seed}, cut at write ${cut.reached} (flushed to ${cut.flushed})`;
		const troubles: string[] = [];
		const stateDir = path.join(card, "state");
		let said = "";
		try {
			await using _card = await mountDisk(this.#file("image"), card);
			await using box = await BoxAfterCut.start(this.#judging, house.configFile);
			const life = this.#life(house, stateDir, () => cut.reached);
			troubles.push(...((await this.#scenario.inspect?.(life, cut)) ?? []));
			await this.#takesMailAgain(life);
			await box.drained(stateDir);
			said = box.lastWords;
		} catch (error) {
			troubles.push(error instanceof Error ? error.message : String(error));
		}
		const arrived = cloud.control.arrived();
		if (!arrived.some(({ message }) => message.summary.subject === PROBE)) {
			troubles.push("a message sent after the cut does not arrive");
		}
		const { checked, lost, damaged, duplicated } = this.#ledger.judge(cut, before, arrived);
		const told = { lost, damaged, duplicated };
		for (const [what, tokens] of Object.entries(told)) {
			if (tokens.length > 0) troubles.push(`${what}: ${tokens.join(" ")}`);
		}
		if (duplicated.length > 0) {
			const copies = duplicated.map((token) => `${token} ${this.#ledger.historyOf(token)}`);
			troubles.push(`${copies.join("; ")}; the program said: ${said}`);
		}
		return {
			...{ images: 1, acknowledged: 0, checked },
			...{ lost: lost.length, damaged: damaged.length, duplicated: duplicated.length },
			troubles: troubles.map((trouble) => `${where}: ${trouble}`),
		};
	}

	async #takesMailAgain(life: Life): Promise<void> {
		const device = await deviceAt(DEVICE_ADDRESSES[0]);
		// In a ledger of its own: nothing of this cut may be owed at the next.
		await sendOne({ ...life, ledger: new Ledger() }, device, PROBE, 500);
		await device.quit();
	}

	#life(house: House, stateDir: string, position: () => number, log?: WriteLog): Life {
		return {
			...{ house, stateDir, position },
			...{ ledger: this.#ledger, random: this.#random },
			wantedFlushes:
				this.#job.fault === undefined
					? Math.max(LEAST_FLUSHES, Math.ceil(this.#job.images / 2))
					: FAULTY_FLUSHES,
			flushes: () => {
				position();
				return log?.writes.filter(({ isFlush }) => isFlush).length ?? 0;
			},
		};
	}

	#file(name: keyof typeof FILES): string {
		return path.join(this.#job.folder, FILES[name]);
	}

	/** As it ships, unless a fault is to be caught. */
	get #recorded(): Program {
		return this.#job.fault === undefined ? PROGRAM : bundleAt(this.#job.recordWith);
	}

	get #judging(): Program {
		return bundleAt(this.#job.judgeWith);
	}
}

/** A shorter life has not met all of the weather. */
const LEAST_FLUSHES = 30;
/** Long enough for every fault to show, whatever the weather is. */
const FAULTY_FLUSHES = 120;

const PROBE = "sent-after-the-cut";

function bundleAt(start: string): Program {
	return { command: BUNDLE.command, argv: [...BUNDLE.argv.slice(0, -1), start] };
}

// Whoever wanted to know is gone: as process 1 of its room it takes all that is in it along.
process.stdin.resume().once("end", () => process.exit(1));
const job = JSON.parse(process.argv[2] ?? "{}") as Job;
for (const name of Object.keys(process.env)) {
	if (/^(POSTERN_|NOTIFY_SOCKET|JOURNAL_STREAM)/.test(name)) delete process.env[name];
}
try {
	console.log(JSON.stringify(await new Room(job).run()));
	process.exit(0);
} catch (error) {
	// What went wrong first is inside of what went wrong while clearing up.
	console.error(inspect(error instanceof SuppressedError ? [error.suppressed, error.error] : error));
	process.exit(1);
}
