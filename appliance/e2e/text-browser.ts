/**
 * w3m on a terminal of its own, driven by its keys as a person would: looks for words, goes to the field or link there,
 * types, presses. For the journeys without a script and without anything but text.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "./house.ts";

const OPTIONS = ["accept_cookie=1", "confirm_qq=0", "use_mouse=0", "wrap_search=1", "ignorecase_search=0"];
const LOOK_EVERY_MS = 50;
const LOOKS = 20;
/** Runs it on a terminal of its own: it shows nothing without one. */
const TERMINAL = "/usr/bin/script";
const CLEAR_LINE = "\x15";

export class TextBrowser {
	readonly #folder = mkdtempSync(path.join(tmpdir(), "postern-w3m-"));
	readonly #terminal: ChildProcessWithoutNullStreams;
	#saved = 0;

	constructor(url: string) {
		const options = OPTIONS.map((option) => `-o ${option}`).join(" ");
		this.#terminal = spawn(TERMINAL, ["-qec", `stty cols 120 rows 50; w3m ${options} ${url}`, "/dev/null"], {
			env: { ...process.env, HOME: this.#folder, W3M_DIR: this.#folder, TERM: "vt100", LANG: "C.UTF-8" },
		});
		this.#terminal.stdout.resume();
		this.#terminal.stderr.resume();
	}

	/** Waits until the page reads so; gives what is read. */
	async reads(text: string | RegExp): Promise<string> {
		let page = "";
		try {
			await eventually("it reads so", async () => {
				page = await this.#save();
				return typeof text === "string" ? page.includes(text) : text.test(page);
			});
		} catch (error) {
			throw new Error(`the page does not read ${String(text)}:\n${page}`, { cause: error });
		}
		return page;
	}

	/** The page as it is on the screen, from top to bottom; empty while there is none. */
	async #save(): Promise<string> {
		this.#saved += 1;
		const file = path.join(this.#folder, `page-${this.#saved}`);
		this.#keys(`S${CLEAR_LINE}${file}\r`);
		for (let looked = 0; looked < LOOKS; looked += 1) {
			await sleep(LOOK_EVERY_MS);
			if (existsSync(file) && statSync(file).size > 0) return readFileSync(file, "utf8");
		}
		return "";
	}

	/** Types into the field below or beside these words. */
	fill(label: string, value: string): void {
		this.#keys(`g/${CLEAR_LINE}${label}\r\t\r${CLEAR_LINE}${value}\r`);
	}

	/** Follows the link or presses the button of these words; `nth` of those that there are. */
	press(words: string, nth = 1): void {
		this.#keys(`g/${CLEAR_LINE}${words}\r${"n".repeat(nth - 1)}\r`);
	}

	reload(): void {
		this.#keys("R");
	}

	close(): void {
		this.#terminal.kill("SIGKILL");
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#keys(keys: string): void {
		this.#terminal.stdin.write(keys);
	}
}
