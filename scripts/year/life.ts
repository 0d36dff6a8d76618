/**
 * The year itself: each day's mail at its moments, and what happens to a box in a year. Measures at the end of each month of four
 * weeks. Throws when the box does not start or does not come to rest.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finishMail } from "../bench/finished-mail.ts";
import { makeOld } from "../powercut/old-database.ts";
import { Random } from "../powercut/random.ts";
import { ACCOUNTS, mailOfDay, type PlannedMail } from "./devices.ts";
import type { Verdict } from "./ledger.ts";
import { type Holdings, holdingsOf } from "./measures.ts";
import { type PageTime, slowestPages } from "./page-times.ts";
import { Site } from "./site.ts";
import type { TimeMachine } from "./time-machine.ts";

export interface LifeOptions {
	readonly days: number;
	readonly seed: number;
	/** Of the usual volume. */
	readonly share: number;
	/** Lines of history of the years before. */
	readonly history: number;
	readonly outageDays: number;
	readonly certificateDays: number;
	readonly monthDays: number;
	readonly folder: string;
	readonly tell: (text: string) => void;
	/** The year is broken off after the day on which it says so. */
	readonly isEnough: () => boolean;
}

export interface Month {
	readonly name: string;
	readonly answered: number;
	readonly arrived: number;
	readonly waiting: number;
	readonly holdings: Holdings;
	/** Handed to the card on an average working day, and on an average other one; days on which something happened left out. */
	readonly workdayBytes: number;
	readonly otherDayBytes: number;
	readonly workdayFlushes: number;
	/** The slowest first. */
	readonly pages: readonly PageTime[];
	/** Counts the box's starts. */
	readonly run: number;
}

export interface Life {
	readonly months: readonly Month[];
	readonly verdict: Verdict;
	readonly happened: readonly string[];
	/** Lived, those for clearing up among them. */
	readonly days: number;
	readonly moves: number;
	readonly tokensFetched: number;
	/** Lines of history with which it began. */
	readonly historyAtFirst: number;
	/** What the box has said, for the journal of the machine. */
	readonly logBytes: number;
	/** What the box said of faults, and devices that were not served. */
	readonly troubles: readonly string[];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** The least that time moves by: while mail is on its way, and else. */
const STRIDE_MS = { sending: 4_000, idle: 60 * MINUTE_MS } as const;
const CLEARING_HOURS = 48;
/** As often as the box looks at its memory, and more often than it wants to find itself quiet. */
const LOOK_MS = 5_000;
const QUIET_LOOKS = 36;
/** In the middle of mail. */
const CUT_AFTER_MS = 12;

interface Happening {
	readonly atMs: number;
	readonly what: string;
	readonly run: () => Promise<unknown> | unknown;
}

interface DayCount {
	/** Odd: something happened, or it was an outage. */
	readonly kind: "work" | "other" | "odd";
	readonly bytes: number;
	readonly flushes: number;
}

export async function live(time: TimeMachine, options: LifeOptions): Promise<Life> {
	await using site = await Site.build(options.folder, new Random(options.seed), time);
	return await new BusyYear(time, site, options).run();
}

class BusyYear {
	readonly #time: TimeMachine;
	readonly #site: Site;
	readonly #options: LifeOptions;
	readonly #random: Random;
	readonly #months: Month[] = [];
	readonly #happened: string[] = [];
	readonly #troubles: string[] = [];
	#days: DayCount[] = [];
	#happenings: readonly Happening[] = [];
	#isCloudThere = true;
	#isOdd = false;
	#runs = 1;
	#beganMs = 0;

	constructor(time: TimeMachine, site: Site, options: LifeOptions) {
		this.#time = time;
		this.#site = site;
		this.#options = options;
		this.#random = new Random(options.seed + 1);
	}

	async run(): Promise<Life> {
		const { box, ledger } = this.#site;
		const { history, days, monthDays, tell, isEnough } = this.#options;
		await box.start();
		await this.#site.settleIn();
		if (history > 0) {
			await box.end("SIGTERM");
			finishMail(this.#site.stateDir, history, ACCOUNTS.office);
			await box.start();
		}
		this.#beganMs = midnight(Date.now(), 1);
		this.#happenings = this.#plan();
		await this.#until(this.#beganMs, []);
		for (let day = 0; day < days; day += 1) {
			await this.#liveDay(day);
			const isLast = day + 1 === days || isEnough();
			if ((day + 1) % monthDays !== 0 && !isLast) continue;
			await this.#measure(day);
			tell(`day ${day + 1} of ${days}: ${shortly(this.#months.at(-1))}`);
			if (!isLast) continue;
			if (!this.#isCloudThere) await this.#setCloud(true);
			break;
		}
		const clearedByMs = Date.now() + CLEARING_HOURS * HOUR_MS;
		while (ledger.waiting > 0 && Date.now() < clearedByMs)
			await this.#until(Math.min(clearedByMs, Date.now() + HOUR_MS), []);
		await box.end("SIGTERM");
		return {
			months: this.#months,
			verdict: ledger.judge(),
			happened: this.#happened,
			days: this.#dayOf(Date.now()),
			moves: this.#time.moves,
			tokensFetched: this.#site.tokensFetched,
			historyAtFirst: history,
			logBytes: box.logBytes,
			troubles: [...this.#troubles, ...box.faults, ...this.#site.refusals.slice(0, 10)],
		};
	}

	/** What happens beside mail, in its order. */
	#plan(): readonly Happening[] {
		const { days, outageDays, certificateDays } = this.#options;
		const at = (share: number, hour: number, plusDays = 0) =>
			midnight(this.#beganMs, Math.floor(share * days) + plusDays) + hour * HOUR_MS;
		const happenings: Happening[] = [
			{
				atMs: at(0.1, 9),
				what: "the clock goes three hours ahead",
				run: () => this.#setClockError(3 * HOUR_MS),
			},
			{ atMs: at(0.1, 17), what: "the clock is put right", run: () => this.#setClockError(0) },
			{ atMs: at(0.2, 12.5), what: "upgrade from the first version", run: () => this.#upgrade(1) },
			{
				atMs: at(0.3, 10),
				what: "the clock goes two hours back",
				run: () => this.#setClockError(-2 * HOUR_MS),
			},
			{ atMs: at(0.3, 15), what: "the clock is put right", run: () => this.#setClockError(0) },
			{ atMs: at(0.38, 11), what: "Microsoft cannot be reached", run: () => this.#setCloud(false) },
			{
				atMs: at(0.38, 11 + outageDays * 12),
				what: "upgrade from the second version, in the middle of the outage",
				run: () => this.#upgrade(2),
			},
			{ atMs: at(0.38, 11, outageDays), what: "Microsoft is there again", run: () => this.#setCloud(true) },
			{
				atMs: at(0.6, 10),
				what: "a power cut amid mail; the clock starts in 1970",
				run: () => this.#cutPower(),
			},
			{ atMs: at(0.6, 13), what: "the clock is put right", run: () => this.#setClockError(0) },
			{ atMs: at(0.75, 12.5), what: "upgrade from the third version", run: () => this.#upgrade(3) },
		];
		for (let day = certificateDays; day < days; day += certificateDays) {
			const atMs = midnight(this.#beganMs, day) + 3 * HOUR_MS;
			happenings.push(
				{ atMs, what: "another certificate is put in place", run: () => this.#site.renewCertificate() },
				{ atMs: atMs + HOUR_MS, what: "it is shown", run: () => this.#lookAtCertificate() },
			);
		}
		return happenings.sort((one, other) => one.atMs - other.atMs);
	}

	async #liveDay(day: number): Promise<void> {
		const atMs = midnight(this.#beganMs, day);
		const isWorkday = ![0, 6].includes(new Date(atMs).getDay());
		const before = this.#time.wear;
		this.#isOdd = !this.#isCloudThere;
		await this.#until(
			midnight(this.#beganMs, day + 1),
			mailOfDay(atMs, isWorkday, this.#random, this.#options.share),
		);
		const after = this.#time.wear;
		this.#days.push({
			kind: this.#isOdd || !this.#isCloudThere ? "odd" : isWorkday ? "work" : "other",
			bytes: after.bytes - before.bytes,
			flushes: after.flushes - before.flushes,
		});
	}

	/** Lives until then, with that mail at its moments. */
	async #until(endMs: number, mail: PlannedMail[]): Promise<void> {
		while (Date.now() < endMs) {
			await this.#letHappen();
			const nowMs = Date.now();
			const due = mail.findIndex(({ atMs }) => atMs > nowMs);
			const now = mail.splice(0, due < 0 ? mail.length : due);
			if (now.length > 0) await this.#site.send(now);
			const isSending = this.#isCloudThere && this.#site.ledger.waiting > 0;
			const nextMs = Math.min(endMs, mail[0]?.atMs ?? endMs, this.#happenings[0]?.atMs ?? endMs);
			await this.#time.moveOn(isSending ? STRIDE_MS.sending : STRIDE_MS.idle, nextMs);
		}
	}

	async #letHappen(): Promise<void> {
		for (;;) {
			const [next, ...later] = this.#happenings;
			if (next === undefined || next.atMs > Date.now()) return;
			this.#happenings = later;
			this.#isOdd = true;
			this.#happened.push(`day ${this.#dayOf(next.atMs)}: ${next.what}`);
			this.#options.tell(this.#happened.at(-1) ?? "");
			await next.run();
		}
	}

	#setClockError(errorMs: number): void {
		this.#time.setBoxClockError(errorMs);
	}

	async #setCloud(isThere: boolean): Promise<void> {
		const { control } = this.#site.cloud;
		if (isThere) await control.online();
		else await control.offline("refuse");
		this.#isCloudThere = isThere;
	}

	/** The box has been of an early version so far: what that would have left on the card is what this one finds. */
	async #upgrade(schema: number): Promise<void> {
		await this.#site.box.end("SIGTERM");
		makeOld(path.join(this.#site.stateDir, "postern.db"), schema);
		await this.#startAgain();
	}

	/** Mail that had no answer is owed to nobody. */
	async #cutPower(): Promise<void> {
		const amid = mailOfDay(Date.now(), true, this.#random, this.#options.share);
		const sending = this.#site.send(amid);
		await sleep(CUT_AFTER_MS);
		await this.#site.box.end("SIGKILL");
		await sending;
		this.#setClockError(-Date.now());
		await this.#startAgain();
	}

	async #startAgain(): Promise<void> {
		await this.#site.box.start();
		this.#runs += 1;
	}

	async #lookAtCertificate(): Promise<void> {
		// An hour in one move: the box's own look begins when this one does.
		await this.#time.rest();
		if (!(await this.#site.showsNewCertificate()))
			this.#troubles.push("a new certificate is not shown after an hour");
	}

	/** In a quiet hour, as memory is given back in one. */
	async #measure(day: number): Promise<void> {
		const { box, ledger, owner, stateDir } = this.#site;
		const { answered, arrived } = ledger.counts;
		await this.#site.ownerSignsIn();
		const pages = await slowestPages(owner, box.pid, isoDay(this.#beganMs));
		await this.#until(Date.now() + HOUR_MS, []);
		await this.#beQuiet();
		const of = (kind: DayCount["kind"]) => this.#days.filter((one) => one.kind === kind);
		this.#months.push({
			name: isoDay(midnight(this.#beganMs, day)),
			...{ answered, arrived, run: this.#runs, pages },
			waiting: ledger.waiting,
			holdings: holdingsOf(box.pid, stateDir),
			workdayBytes: mean(of("work").map(({ bytes }) => bytes)),
			otherDayBytes: mean(of("other").map(({ bytes }) => bytes)),
			workdayFlushes: mean(of("work").map(({ flushes }) => flushes)),
		});
		this.#days = [];
	}

	/** An hour in one move is one look of the box at itself: it gives memory back after some (memory.ts). */
	async #beQuiet(): Promise<void> {
		for (let look = 0; look < QUIET_LOOKS; look += 1) await this.#time.moveOn(LOOK_MS, Date.now() + LOOK_MS);
	}

	#dayOf(atMs: number): number {
		return Math.floor((atMs - this.#beganMs) / (24 * HOUR_MS));
	}
}

function shortly(month: Month | undefined): string {
	if (month === undefined) return "";
	const { answered, arrived, waiting, run, holdings, workdayBytes, otherDayBytes, pages } = month;
	const { residentBytes, ownBytes, openFiles, historyRows, failedRows, files } = holdings;
	const figures = {
		answered,
		arrived,
		waiting,
		run,
		residentBytes,
		ownBytes,
		openFiles,
		historyRows,
		failedRows,
	};
	return JSON.stringify({
		...figures,
		workdayBytes,
		otherDayBytes,
		database: files["postern.db"],
		page: pages[0],
	});
}

/** Local midnight of the day so many days after that of `atMs`. */
function midnight(atMs: number, days: number): number {
	const date = new Date(atMs);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

function isoDay(atMs: number): string {
	const date = new Date(atMs);
	const two = (number: number) => String(number).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function mean(numbers: readonly number[]): number {
	return numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
