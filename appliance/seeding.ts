/**
 * `postern seed`: what lies on the boot partition of a new box is read once and becomes the box's own; the setup code is made
 * and put there. For running.ts; run as root before the network and Postern (image/overlay, postern-seed.service), and again
 * when somebody has claimed the box.
 *
 * A cut may come between any two steps: each step is one that can be done again, and its mark stands after it. So a seed is
 * applied whole or again from the beginning, and passwords leave the boot partition only once they are where they belong.
 * What cannot be used is written beside the seed, in words, and then nothing of it is applied. A boot partition that cannot be
 * read or written is logged, and never keeps the box from starting.
 */
import { randomInt } from "node:crypto";
import { constants, lchown, mkdir, open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { Passwords } from "./accounts/passwords.ts";
import { SETUP_CODE_FILE } from "./accounts/setup-code.ts";
import { asError, errorCode } from "./errors.ts";
import type { Log } from "./log.ts";
import { writeDurably } from "./microsoft/durable-file.ts";
import { problemsText, readSeed, type SeedPlan } from "./seed-plan.ts";
import { STAGED_SEED } from "./staged-seed.ts";
import { BootPartition } from "./system/boot-partition.ts";
import { keepHostName } from "./system/machine/host-name.ts";
import { keep } from "./system/network/kept-settings.ts";
import { say } from "./words/saying.ts";
import { SEEDING } from "./words/seeding.ts";

const PROBLEMS_FILE = "postern-problems.txt";
const CODE_FILE = "postern-setup-code.txt";

const MARKS_FILE = "seed.json";
/** From then on the unit is started only where there is a setup code again: its button has taken the box from its owner. */
const OVER = "seed-over";

const MARKS = z.object({
	/** The seed is where it belongs. */
	isApplied: z.boolean().default(false),
	/** And its passwords are off the boot partition. */
	isBlanked: z.boolean().default(false),
	/** With a password for its owner: nobody has to claim the box. */
	isOwned: z.boolean().default(false),
	/** It has, or had, an owner: a seed is for a new box. */
	isOver: z.boolean().default(false),
	/** A setup code was made; that it is gone says that the box has an owner. */
	hasCode: z.boolean().default(false),
});
type Marks = z.output<typeof MARKS>;

export interface SeedingOptions {
	/** Where the boot partition is mounted. */
	readonly boot: string;
	/** The machine's root: settings are kept below its /data. */
	readonly root: string;
	readonly passwords: Pick<Passwords, "hash">;
	readonly log: Log;
	/** Told after each step; a test cuts there. */
	readonly onStep?: (step: string) => void;
}

export async function seedBox(options: SeedingOptions): Promise<void> {
	await new Seeding(options).run();
}

class Seeding {
	readonly #options: SeedingOptions;
	readonly #boot: BootPartition;
	#marks: Marks = MARKS.parse({});

	constructor(options: SeedingOptions) {
		this.#options = options;
		this.#boot = new BootPartition(options.boot);
	}

	async run(): Promise<void> {
		this.#marks = await this.#readMarks();
		const code = await this.#code();
		const isClaimed = this.#marks.hasCode && code === undefined;
		if (!isClaimed && !this.#marks.isOver) await this.#logged("seed-failed", () => this.#seed());
		if (isClaimed || (this.#marks.isOwned && this.#marks.isBlanked && code === undefined)) {
			await this.#logged("setup-code-stays", () => this.#boot.put(CODE_FILE, undefined));
			if (!this.#marks.isOver) await this.#mark({ isOver: true });
			await writeDurably(this.#system(OVER), Buffer.alloc(0));
			return;
		}
		if (this.#marks.isOwned && code === undefined) return;
		const shown = code ?? (await this.#makeCode());
		if (!this.#marks.hasCode) await this.#mark({ hasCode: true });
		await this.#logged("setup-code-not-shown", async () =>
			this.#boot.put(CODE_FILE, codeText(shown, await this.#hostName())),
		);
		this.#step("code on the boot partition");
	}

	async #seed(): Promise<void> {
		if (this.#marks.isBlanked) return;
		const { passwords, log } = this.#options;
		const found = await readSeed(this.#boot, passwords);
		if (!this.#marks.isApplied) {
			await this.#boot.put(PROBLEMS_FILE, problemsText(found));
			for (const { file, line, text } of found.problems) log.warning("seed-problem", { file, line, text });
			if (found.plan === undefined || found.plan === null) return;
			await this.#apply(found.plan);
			const isOwned = (found.plan.staged?.ownerPasswordHash ?? null) !== null;
			await this.#mark({ isApplied: true, isOwned });
			log.notice("seed-applied");
		}
		for (const { file, patches } of found.blanks) {
			await this.#boot.patch(file, patches);
			this.#step(`passwords off ${file}`);
		}
		await this.#mark({ isBlanked: true });
	}

	async #apply({ network, hostName, timeZone, staged }: SeedPlan): Promise<void> {
		const { root } = this.#options;
		if (network !== null) await keep(root, network);
		this.#step("network");
		if (hostName !== null) await keepHostName(root, hostName);
		this.#step("host name");
		// An environment file of postern.service: Node brings its own time zones.
		if (timeZone !== null) await writeDurably(this.#system("time-zone.env"), Buffer.from(`TZ=${timeZone}\n`));
		this.#step("time zone");
		if (staged !== null) await this.#writeState(STAGED_SEED, JSON.stringify(staged));
		this.#step("staged for Postern");
	}

	/** As it stands in the state folder, which is Postern's to fill: no link of its is followed, and what is no code is none. */
	async #code(): Promise<string | undefined> {
		try {
			const { O_RDONLY, O_NOFOLLOW } = constants;
			const handle = await open(this.#state(SETUP_CODE_FILE), O_RDONLY | O_NOFOLLOW);
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(200)).finally(() => handle.close());
			const text = buffer.toString("latin1", 0, bytesRead).trim();
			return /^[A-Za-z0-9-]{8,100}$/.test(text) ? text : undefined;
		} catch (thrown) {
			if (["ENOENT", "ELOOP"].includes(errorCode(thrown) ?? "")) return undefined;
			throw thrown;
		}
	}

	/** Before its mark: a code without one is found and kept, a mark without a code would say that somebody owns the box. */
	async #makeCode(): Promise<string> {
		const code = newCode();
		await this.#writeState(SETUP_CODE_FILE, `${code}\n`);
		this.#step("code made");
		return code;
	}

	async #hostName(): Promise<string> {
		return (await readFile(this.#system("hostname"), "utf8").catch(() => "")).trim() || "postern";
	}

	/** For Postern, which is another user. */
	async #writeState(name: string, text: string): Promise<void> {
		const folder = this.#state("");
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const file = this.#state(name);
		await writeDurably(file, Buffer.from(text));
		const { uid, gid } = await stat(folder);
		await lchown(file, uid, gid);
	}

	async #mark(change: Partial<Marks>): Promise<void> {
		this.#marks = { ...this.#marks, ...change };
		await writeDurably(this.#system(MARKS_FILE), Buffer.from(`${JSON.stringify(this.#marks)}\n`));
		this.#step(`marked ${Object.keys(change).join(", ")}`);
	}

	async #readMarks(): Promise<Marks> {
		await mkdir(this.#system(""), { recursive: true });
		const text = await readFile(this.#system(MARKS_FILE), "utf8").catch((thrown: unknown) => {
			if (errorCode(thrown) === "ENOENT") return "{}";
			throw thrown;
		});
		return MARKS.parse(JSON.parse(text));
	}

	/** The boot partition is a convenience: what goes wrong with it is told, and the box starts. */
	async #logged(event: string, work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (thrown) {
			if (thrown instanceof CutError) throw thrown;
			this.#options.log.error(event, { error: asError(thrown).message });
		}
	}

	#step(step: string): void {
		this.#options.onStep?.(step);
	}

	#system(name: string): string {
		return path.join(this.#options.root, "data", "system", name);
	}

	#state(name: string): string {
		return path.join(this.#options.root, "data", "postern", name);
	}
}

/** As a power cut would, for tests: nothing after it is done. */
export class CutError extends Error {}

/** Without the signs that are taken for each other; 60 bits, and guessing is slowed. */
const SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

function newCode(): string {
	const group = () => Array.from({ length: 4 }, () => SIGNS[randomInt(SIGNS.length)]).join("");
	return [group(), group(), group()].join("-");
}

function codeText(code: string, name: string): string {
	const lines = [
		...[SEEDING.codeTitle, "", `1. ${say(SEEDING.codeOpen, { name })}`, `2. ${SEEDING.codeAsked}`, ""],
		...[`   ${code}`, "", SEEDING.codeGoes],
	];
	return lines.map((line) => `${line}\r\n`).join("");
}
