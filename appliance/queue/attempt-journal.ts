/**
 * Tells, after the process was killed, which messages were really under way. For the runner.
 *
 * A message is marked `active` on the card, with a flush, before its attempt; that survives a power
 * cut but says only "perhaps". This file says it exactly for a process that dies alone (a crash, the
 * OOM killer, `kill -9`): one line when an attempt begins and one with its settlement, written to
 * the page cache and never flushed. It costs no flush and no wear, and it is believed only in the
 * boot that wrote it; after a power cut every active message counts as perhaps sent.
 */
import { readFileSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import type { Finish, Update } from "../store/operations.ts";

export interface JournalFindings {
	/** False after a power cut or reboot: nothing can be said about single messages. */
	readonly sameBoot: boolean;
	/** Attempts that began and have no settlement. */
	readonly begun: ReadonlySet<number>;
	/** Settlements that may not have reached the database. */
	readonly settlements: ReadonlyMap<number, Update | Finish>;
}

/** Rewritten from the start when nothing is under way and it has grown to this. */
const TRUNCATE_BYTES = 256 * 1024;

export class AttemptJournal {
	readonly #file: FileHandle;
	#sizeBytes = 0;
	#underWay = 0;
	/** Writes happen one after the other, so that a crash leaves whole lines and at most half of the last. */
	#last: Promise<void> = Promise.resolve();

	private constructor(file: FileHandle) {
		this.#file = file;
	}

	/** Reads what the last run left, then begins anew. */
	static async open(stateDir: string): Promise<{ journal: AttemptJournal; findings: JournalFindings }> {
		const name = path.join(stateDir, "attempts");
		const findings = parse(await readIfThere(name), bootId());
		const journal = new AttemptJournal(await open(name, "w", 0o600));
		await journal.#append(`boot ${bootId()}\n`);
		return { journal, findings };
	}

	/** Before the attempt's first byte leaves. */
	begin(id: number): Promise<void> {
		this.#underWay += 1;
		return this.#append(`begin ${id}\n`);
	}

	/** When its outcome is known, before it is committed. */
	settle(write: Update | Finish): Promise<void> {
		return this.#append(`settle ${JSON.stringify(write)}\n`);
	}

	/** The attempt of `begin` is settled on the card. */
	async end(): Promise<void> {
		this.#underWay -= 1;
		if (this.#underWay > 0 || this.#sizeBytes < TRUNCATE_BYTES) return;
		const truncated = this.#last.then(() => this.#file.truncate(0));
		this.#last = truncated;
		this.#sizeBytes = 0;
		await this.#append(`boot ${bootId()}\n`);
	}

	async close(): Promise<void> {
		await this.#last;
		await this.#file.close();
	}

	#append(line: string): Promise<void> {
		const bytes = Buffer.from(line);
		const position = this.#sizeBytes;
		this.#sizeBytes += bytes.length;
		this.#last = this.#last.then(async () => {
			await this.#file.write(bytes, 0, bytes.length, position);
		});
		return this.#last;
	}
}

async function readIfThere(name: string): Promise<string> {
	try {
		return await readFile(name, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
		throw error;
	}
}

const NOTHING_KNOWN: JournalFindings = { sameBoot: false, begun: new Set(), settlements: new Map() };

function parse(text: string, boot: string): JournalFindings {
	if (text === "") return { ...NOTHING_KNOWN, sameBoot: true };
	const lines = text.split("\n");
	// The last piece is empty, or half a line that was being written when the process died.
	lines.pop();
	if (lines[0] !== `boot ${boot}`) return NOTHING_KNOWN;
	const begun = new Set<number>();
	const settlements = new Map<number, Update | Finish>();
	for (const line of lines.slice(1)) {
		const [word, rest] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
		if (word === "begin") {
			begun.add(Number(rest));
			settlements.delete(Number(rest));
		}
		if (word !== "settle") continue;
		const settlement = parseSettlement(rest);
		if (settlement === undefined) return NOTHING_KNOWN;
		begun.delete(settlement.id);
		settlements.set(settlement.id, settlement);
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
