/**
 * Updates, for console, command line and status: takes a file in, has the firmware judge and install it, tells what became of
 * the last one. For appliance.ts, which says who updates Postern here (`Updater`).
 *
 * A file that is refused leaves nothing behind. What has begun to be installed goes on though whoever asked has gone; the
 * ports are served meanwhile, and systemd takes connections for them up to the restart.
 */
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asError, errorCode, UserError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import type {
	CrashCount,
	UpdateFate,
	UpdateNews,
	UpdateOptions,
	UpdateProgress,
	UpdateService,
	UpdateState,
} from "./services/updates.ts";
import type { Matter } from "./services.ts";
import type { DocumentStore } from "./store/documents.ts";
import { NEWEST_SCHEMA } from "./store/migrations.ts";
import { productVersion } from "./version.ts";
import { say } from "./words/saying.ts";
import { UPDATING } from "./words/updating.ts";

interface Release {
	readonly version: string;
	readonly slot: "A" | "B";
}

interface KnownRelease extends Release {
	readonly schema: number;
}

/** What a program must know to open the data that is here, and what this one knows (store/migrations.ts). */
export interface DataFormat {
	readonly oldestReader: number;
	readonly schema: number;
}

export interface UpdaterFacts {
	readonly image: {
		readonly version: string;
		readonly builtAt: string;
		readonly slot: "A" | "B" | null;
	} | null;
	readonly last: {
		readonly at: string;
		readonly from: KnownRelease;
		readonly to: KnownRelease;
		readonly fate: UpdateFate;
	} | null;
	readonly crashes: CrashCount;
}

/** Who updates Postern. */
export interface Updater {
	readonly keeper: UpdateState["keeper"];
	/** Where it looks for what was received; empty: it takes nothing. */
	readonly folder: string;
	facts(nowMs: number): Promise<UpdaterFacts>;
	/** Throws `UserError`. */
	install(
		options: DataFormat & { readonly onlyNewer: boolean },
		onProgress: (progress: UpdateProgress) => void,
	): Promise<Release>;
	/** Throws `UserError`. */
	goBack(format: DataFormat): Promise<Release>;
	/** Of the machine. */
	restart(): Promise<void>;
}

const NO_CRASHES: CrashCount = { total: 0, lastDay: 0, reboots: 0, lastAt: null, lastResult: "" };

/** Debian's package, a container, a checkout: their own means. */
export const HOST_UPDATER: Updater = {
	keeper: "host",
	folder: "",
	facts: () => Promise.resolve({ image: null, last: null, crashes: NO_CRASHES }),
	install: () => Promise.reject(notHere()),
	goBack: () => Promise.reject(notHere()),
	restart: () => Promise.reject(notHere()),
};

function notHere(): UserError {
	return new UserError("not-the-firmware", UPDATING.notHere, UPDATING.notHereDo);
}

export interface UpdateDeskOptions {
	readonly updater: Updater;
	readonly documents: DocumentStore;
	readonly events: Events;
	/** Above the reserve. */
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
	/** Wall clock. */
	readonly now: () => number;
	readonly log: Log;
}

const FILE = "received.raucb";
const MAGIC = Buffer.from("hsqs");
/** The door takes none that is larger (system/update/install.ts). */
const LARGEST_BYTES = 400 * 1024 * 1024;
const ROOM_LOOK_BYTES = 4 * 1024 * 1024;
/** Nobody asks for it to be installed any more. */
const KEPT_FOR_MS = 60 * 60_000;
/** The answer goes out, and a page that waits is fetched. */
const ANSWER_LEAVES_MS = 3_000;
const SEEN = "update-seen";
const STAYS: ReadonlySet<string> = new Set(["update-not-newer", "update-given-up"]);
/** So many in a day are no chance. */
const CRASHES_TOLD = 3;

/** An installation under way. */
class Job {
	progress: UpdateProgress = { percent: null, text: UPDATING.checking };
	end: Promise<UpdateNews> = new Promise(() => undefined);
	isOver = false;
	#changed = Promise.withResolvers<void>();

	tell(progress: UpdateProgress = this.progress): void {
		this.progress = progress;
		this.#changed.resolve();
		this.#changed = Promise.withResolvers();
	}

	get changed(): Promise<void> {
		return this.#changed.promise;
	}
}

export class UpdateDesk implements UpdateService {
	readonly #options: UpdateDeskOptions;
	#phase: UpdateState["phase"] = "idle";
	#job: Job | undefined;
	#refusal: UpdateState["refusal"] = null;
	#timer: NodeJS.Timeout | undefined;
	#isToldOfReturn = false;

	constructor(options: UpdateDeskOptions) {
		this.#options = options;
	}

	/** What a run before has received is of no use any more. */
	async start(): Promise<void> {
		await this.#forget();
	}

	async stop(): Promise<void> {
		clearTimeout(this.#timer);
		if (this.#phase === "received") await this.#forget();
	}

	async state(): Promise<UpdateState> {
		const { updater, now } = this.#options;
		const [{ image, last, crashes }, seen] = await Promise.all([updater.facts(now()), this.#seen()]);
		const isBack = last?.fate === "kept" && last.from.schema >= (await this.#format()).oldestReader;
		return {
			...{ keeper: updater.keeper, version: image?.version ?? productVersion() },
			...{ builtAt: image?.builtAt ?? null, slot: image?.slot ?? null },
			...{ phase: this.#phase, progress: this.#job?.progress ?? null, refusal: this.#refusal, crashes },
			before: isBack ? last.from.version : null,
			last:
				last === null
					? null
					: {
							...{ at: last.at, from: last.from.version, to: last.to.version, fate: last.fate },
							isSeen: last.at === seen,
						},
		};
	}

	/** What its owner has to know. */
	async matters(): Promise<readonly Matter[]> {
		const { last, crashes } = await this.state();
		const matters: Matter[] = [];
		if (last?.fate === "rolled-back" && !last.isSeen) {
			const detail = say(UPDATING.rolledBack, { to: last.to, from: last.from });
			const text = `${detail} ${UPDATING.rolledBackDo}`;
			matters.push({ kind: "rolled-back", about: last.to, count: 0, text, detail });
			this.#tellOfReturn(last);
		}
		if (crashes.lastDay >= CRASHES_TOLD) {
			const detail = say(UPDATING.crashes, { count: crashes.lastDay });
			const text = `${detail} ${UPDATING.crashesDo}`;
			matters.push({ kind: "crashes", about: "", count: crashes.lastDay, text, detail });
		}
		return matters;
	}

	async receive(content: AsyncIterable<Uint8Array>): Promise<{ readonly sizeBytes: number }> {
		const { updater, log } = this.#options;
		if (updater.folder === "") throw notHere();
		if (this.#phase === "receiving" || this.#phase === "installing") throw busy();
		await this.#forget();
		this.#refusal = null;
		this.#phase = "receiving";
		try {
			await mkdir(updater.folder, { recursive: true, mode: 0o700 });
			const checked = new Checked(content, this.#options.hasRoom);
			await pipeline(Readable.from(checked), createWriteStream(this.#file, { flags: "wx", mode: 0o600 }));
			if (checked.sizeBytes === 0) throw noBundle();
			this.#phase = "received";
			this.#timer = setTimeout(() => void this.#forget(), KEPT_FOR_MS).unref();
			log.notice("update-received", { size: checked.sizeBytes });
			return { sizeBytes: checked.sizeBytes };
		} catch (thrown) {
			await this.#forget();
			throw this.#noted(errorCode(thrown) === "ENOSPC" ? noRoom() : thrown);
		}
	}

	async *install(options: UpdateOptions): AsyncGenerator<UpdateNews> {
		if (this.#options.updater.folder === "") throw notHere();
		if (this.#job !== undefined) throw busy();
		if (this.#phase !== "received") {
			throw new UserError("update-unknown", UPDATING.notReceived, UPDATING.sendAgain);
		}
		const job = this.#begin(options);
		while (!job.isOver) {
			const { changed, progress } = job;
			yield { type: "progress", ...progress };
			await changed;
		}
		yield await job.end;
	}

	async goBack(): Promise<{ readonly version: string }> {
		const { updater, log } = this.#options;
		if (updater.folder === "") throw notHere();
		if (this.#phase === "receiving" || this.#phase === "installing") throw busy();
		this.#refusal = null;
		try {
			const { version, slot } = await updater.goBack(await this.#format());
			this.#installed();
			log.notice("update-goes-back", { version, slot });
			return { version };
		} catch (thrown) {
			throw this.#noted(thrown);
		}
	}

	async acknowledge(): Promise<void> {
		const { last } = await this.#options.updater.facts(this.#options.now());
		if (last !== null) await this.#options.documents.put("mark", SEEN, last.at);
	}

	#begin(options: UpdateOptions): Job {
		const job = new Job();
		this.#job = job;
		this.#phase = "installing";
		clearTimeout(this.#timer);
		this.#tell(true);
		job.end = this.#run(job, options).finally(() => {
			job.isOver = true;
			this.#job = undefined;
			this.#tell(false);
			job.tell();
		});
		// Whoever listens hears it; and nobody may.
		job.end.catch(() => undefined);
		return job;
	}

	async #run(job: Job, { onlyNewer, restart }: UpdateOptions): Promise<UpdateNews> {
		const { updater, log } = this.#options;
		try {
			const options = { ...(await this.#format()), onlyNewer };
			const { version, slot } = await updater.install(options, (progress) => job.tell(progress));
			await this.#forget();
			log.notice("update-installed", { version, slot, restarts: restart });
			if (restart) this.#installed();
			return { type: "installed", version, restarts: restart };
		} catch (thrown) {
			await this.#forget();
			throw this.#noted(thrown);
		}
	}

	/** What is on the card now is in use soon. */
	#installed(): void {
		this.#phase = "installed";
		setTimeout(() => void this.#restart(), ANSWER_LEAVES_MS);
	}

	async #restart(): Promise<void> {
		try {
			await this.#options.updater.restart();
		} catch (thrown) {
			this.#phase = "idle";
			this.#options.log.error("update-restart-failed", { error: asError(thrown).message });
			this.#noted(thrown);
		}
	}

	#tell(isUnderWay: boolean): void {
		this.#options.events.emit("update-under-way", { isUnderWay });
	}

	/** As the data itself says: a newer program may have been here. */
	async #format(): Promise<DataFormat> {
		const format = await this.#options.documents.list("format");
		const oldestReader = Number(format.find(({ key }) => key === "oldest_reader")?.value);
		if (Number.isNaN(oldestReader)) throw new Error("the data does not say who may open it");
		return { oldestReader, schema: NEWEST_SCHEMA };
	}

	#noted(thrown: unknown): unknown {
		if (!(thrown instanceof UserError)) return thrown;
		const { code, message, hint } = thrown;
		// A stick that stays in the box is no news.
		if (STAYS.has(code)) return thrown;
		this.#options.log.warning("update-refused", { code, text: message });
		const at = new Date(this.#options.now()).toISOString();
		this.#refusal = { at, code, text: message, hint };
		return thrown;
	}

	#tellOfReturn({ from, to }: { readonly from: string; readonly to: string }): void {
		if (this.#isToldOfReturn) return;
		this.#isToldOfReturn = true;
		this.#options.log.error("update-rolled-back", { from: to, to: from });
	}

	async #seen(): Promise<unknown> {
		return (await this.#options.documents.list("mark")).find(({ key }) => key === SEEN)?.value;
	}

	async #forget(): Promise<void> {
		clearTimeout(this.#timer);
		this.#phase = "idle";
		if (this.#options.updater.folder !== "") await rm(this.#file, { force: true });
	}

	get #file(): string {
		return path.join(this.#options.updater.folder, FILE);
	}
}

/** What comes, as long as it may be a bundle and there is room for it and for the copy that is judged. */
class Checked {
	sizeBytes = 0;
	readonly #content: AsyncIterable<Uint8Array>;
	readonly #hasRoom: UpdateDeskOptions["hasRoom"];

	constructor(content: AsyncIterable<Uint8Array>, hasRoom: UpdateDeskOptions["hasRoom"]) {
		this.#content = content;
		this.#hasRoom = hasRoom;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		let head = Buffer.alloc(0);
		let lookAtBytes = 0;
		for await (const chunk of this.#content) {
			this.sizeBytes += chunk.length;
			if (head.length < MAGIC.length) {
				head = Buffer.concat([head, chunk.subarray(0, MAGIC.length)]).subarray(0, MAGIC.length);
				if (!head.equals(MAGIC.subarray(0, head.length))) throw noBundle();
			}
			if (this.sizeBytes > LARGEST_BYTES) throw new UserError("update-too-large", UPDATING.tooLarge);
			if (this.sizeBytes >= lookAtBytes) {
				lookAtBytes = this.sizeBytes + ROOM_LOOK_BYTES;
				if (!(await this.#hasRoom(this.sizeBytes + ROOM_LOOK_BYTES))) throw noRoom();
			}
			yield chunk;
		}
	}
}

function busy(): UserError {
	return new UserError("update-busy", UPDATING.busy, UPDATING.busyDo);
}

function noBundle(): UserError {
	return new UserError("update-not-a-bundle", UPDATING.noBundle, UPDATING.noBundleDo);
}

function noRoom(): UserError {
	return new UserError("update-no-room", UPDATING.noRoom, UPDATING.noRoomDo);
}
