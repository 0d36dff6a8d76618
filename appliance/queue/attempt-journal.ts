/**
 * Tells, after the process was killed, which messages were really under way. For the runner.
 *
 * A message is marked `active` on the card, with a flush, before its attempt; that survives a power
 * cut but says only "perhaps". This file says it exactly for a process that dies alone (a crash, the
 * OOM killer, `kill -9`): one line when an attempt begins and one with its settlement, written to
 * the page cache and never flushed. It costs no flush and next to no wear, and it is believed only in
 * the boot that wrote it; after a power cut every active message counts as perhaps sent.
 *
 * Whatever goes wrong with it (a full card, half a line, an empty file) means "nothing is known",
 * which costs a look before sending and never a message.
 */
import { readFileSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { asError, errorCode } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Finish, Update } from "../store/operations.ts";

export interface JournalFindings {
	/** False after a power cut or reboot: nothing can be said about single messages. */
	readonly sameBoot: boolean;
	/** Attempts that began and have no settlement. */
	readonly begun: ReadonlySet<number>;
	/** Settlements that may not have reached the database. */
	readonly settlements: ReadonlyMap<number, Update | Finish>;
}

/** Written anew, with what is still open, when it has grown to this. */
const REWRITE_BYTES = 256 * 1024;
const FILE_NAME = "attempts";

export class AttemptJournal {
	readonly #file: FileHandle;
	readonly #log: Log;
	#sizeBytes = 0;
	/** Lines that a rewrite must keep. */
	readonly #begun = new Set<number>();
	readonly #settlements = new Map<number, string>();
	/** Writes happen one after the other, so that a crash leaves whole lines and at most half of the last. */
	#last: Promise<void> = Promise.resolve();

	private constructor(file: FileHandle, log: Log) {
		this.#file = file;
		this.#log = log;
	}

	/** What the last run left. */
	static async read(stateDir: string): Promise<JournalFindings> {
		return parse(await readIfThere(path.join(stateDir, FILE_NAME)), bootId());
	}

	/** Begins anew: only after what `read` found is on the card. */
	static async begin(stateDir: string, log: Log): Promise<AttemptJournal> {
		const journal = new AttemptJournal(await open(path.join(stateDir, FILE_NAME), "w", 0o600), log);
		await journal.#inTurn(() => journal.#rewrite());
		return journal;
	}

	/** Before the attempt's first byte leaves. Rejects when it could not be written. */
	async begin(id: number): Promise<void> {
		// A message that a dead link sends back again and again is noted once.
		if (this.#begun.has(id)) return;
		await this.#inTurn(() => this.#append(`begin ${id}\n`));
		this.#begun.add(id);
	}

	/** When its outcome is known, before it is committed. Never rejects: the commit goes on without it. */
	async settle(write: Update | Finish): Promise<void> {
		const line = `settle ${JSON.stringify(write)}\n`;
		this.#begun.delete(write.id);
		this.#settlements.set(write.id, line);
		await this.#orDistrust(() => this.#append(line));
	}

	/** The settlement is on the card. */
	async end(id: number): Promise<void> {
		this.#settlements.delete(id);
		if (this.#sizeBytes >= REWRITE_BYTES) await this.#orDistrust(() => this.#rewrite());
	}

	async close(): Promise<void> {
		await this.#last;
		await this.#file.close();
	}

	/** A journal with a gap must not be believed: it is emptied, which can be done on a full card too. */
	async #orDistrust(work: () => Promise<void>): Promise<void> {
		try {
			await this.#inTurn(work);
		} catch (thrown) {
			this.#log.warning("attempt-journal-refused", { error: asError(thrown).message });
			await this.#inTurn(() => this.#empty()).catch((again: unknown) => {
				this.#log.error("attempt-journal-stuck", { error: asError(again).message });
			});
		}
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		const done = this.#last.then(work);
		this.#last = done.catch(() => undefined);
		return done;
	}

	async #append(line: string): Promise<void> {
		// After a failure the file is empty; it begins again with everything that is open.
		if (this.#sizeBytes === 0) await this.#rewrite();
		await this.#write(line);
	}

	async #rewrite(): Promise<void> {
		await this.#empty();
		const begun = [...this.#begun].map((id) => `begin ${id}\n`);
		await this.#write([`boot ${bootId()}\n`, ...begun, ...this.#settlements.values()].join(""));
	}

	async #empty(): Promise<void> {
		this.#sizeBytes = 0;
		await this.#file.truncate(0);
	}

	async #write(text: string): Promise<void> {
		const bytes = Buffer.from(text);
		const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, this.#sizeBytes);
		if (bytesWritten < bytes.length) throw new Error("the attempt journal took only part of a line");
		this.#sizeBytes += bytesWritten;
	}
}

async function readIfThere(name: string): Promise<string> {
	try {
		return await readFile(name, "utf8");
	} catch (error) {
		if (errorCode(error) === "ENOENT") return "";
		throw error;
	}
}

const NOTHING_KNOWN: JournalFindings = { sameBoot: false, begun: new Set(), settlements: new Map() };

function parse(text: string, boot: string): JournalFindings {
	const lines = text.split("\n");
	// The last piece is empty, or half a line that was being written when the process died.
	lines.pop();
	// Also an empty file: a power cut leaves it so.
	if (lines[0] !== `boot ${boot}`) return NOTHING_KNOWN;
	const begun = new Set<number>();
	const settlements = new Map<number, Update | Finish>();
	for (const line of lines.slice(1)) {
		const [word, rest] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
		if (word === "begin") {
			begun.add(Number(rest));
			settlements.delete(Number(rest));
		} else {
			const settlement = word === "settle" ? parseSettlement(rest) : undefined;
			if (settlement === undefined) return NOTHING_KNOWN;
			begun.delete(settlement.id);
			settlements.set(settlement.id, settlement);
		}
	}
	return { sameBoot: true, begun, settlements };
}

/** A line that does not parse means the file is not what was written: none of it is believed. */
function parseSettlement(json: string): Update | Finish | undefined {
	try {
		return JSON.parse(json) as Update | Finish;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** Changes with each boot of the machine (random(4)). */
function bootId(): string {
	return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
