/**
 * A house whose card fails as it is told (sick-card.c), with a light that a person would see, and a ledger of what devices were answered.
 * For the tests of sick storage: each case ends in one line of what was seen.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { patternText } from "../leds/kernel-pattern.ts";
import { RHYTHMS } from "../leds/rhythms.ts";
import { patternOf, putLed } from "../leds/testing-leds.ts";
import { openTestDoor, type TestDoor } from "../system/machine/testing-door.ts";
import { run } from "./clients.ts";
import { eventually, House, type HouseOptions } from "./house.ts";
import { BUNDLE } from "./program.ts";
import { SmtpPeer } from "./smtp-peer.ts";

const ERRORS = { EIO: 5, ENOSPC: 28, EROFS: 30 } as const;

/** One way for the card to fail; see sick-card.c. */
export interface Ailment {
	/** Of `write flush open truncate rename unlink read`. */
	readonly ops: readonly string[];
	readonly error: keyof typeof ERRORS;
	/** Part of the path below the state folder; any unless set. */
	readonly part?: string;
	/** Calls that pass before it begins; 0 unless set. */
	readonly skip?: number;
	/** Calls that fail; all that come unless set. */
	readonly count?: number;
}

const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-01-01T00:00:00Z" };
const SOURCE = path.join(import.meta.dirname, "sick-card.c");

/** A machine with a light, for a house's program: what a person would see of it. */
export class Light {
	/** For the program. */
	readonly environment: { readonly POSTERN_MACHINE: string };
	readonly #folder: string;
	readonly #door: TestDoor;

	private constructor(folder: string, door: TestDoor) {
		this.#folder = folder;
		this.#door = door;
		this.environment = { POSTERN_MACHINE: folder };
	}

	static async put(): Promise<Light> {
		const folder = mkdtempSync(path.join(tmpdir(), "postern-light-"));
		await putLed(folder, "ACT");
		const door = await openTestDoor(folder, [BUNDLE.command, ...BUNDLE.argv]);
		await door.file("/usr/lib/postern/image.json", JSON.stringify(IMAGE));
		return new Light(folder, door);
	}

	/** What the kernel was asked to blink. */
	async shows(): Promise<string> {
		const pattern = await patternOf(this.#folder, "ACT");
		const known = Object.entries(RHYTHMS).find(([, rhythm]) => patternText(rhythm, 255) === pattern);
		return known?.[0] ?? "unknown";
	}

	async becomes(meaning: string): Promise<void> {
		await eventually(`the light says ${meaning}`, async () => (await this.shows()) === meaning, 25_000);
	}

	async close(): Promise<void> {
		await this.#door[Symbol.asyncDispose]();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

export class SickHouse {
	readonly house: House;
	readonly light: Light;
	/** Subjects of what was answered 250, and of what was refused. */
	readonly taken = new Set<string>();
	readonly refused = new Set<string>();
	readonly #folder: string;
	#plan = 0;
	#serial = 0;

	private constructor(house: House, folder: string, light: Light) {
		this.house = house;
		this.#folder = folder;
		this.light = light;
	}

	static async build(options: HouseOptions = {}): Promise<SickHouse> {
		const folder = mkdtempSync(path.join(tmpdir(), "postern-sick-"));
		const library = path.join(folder, "sick-card.so");
		const compiled = await run("gcc", ["-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"]);
		if (compiled.exitCode !== 0) throw new Error(compiled.output);
		writeFileSync(path.join(folder, "control"), "0\n");
		const light = await Light.put();
		const house = await House.build({
			...options,
			environment: light.environment,
			program: (place) => ({
				command: "env",
				argv: [
					`LD_PRELOAD=${library}`,
					`SICK_FOLDER=${path.join(place, "state")}/`,
					`SICK_CONTROL=${path.join(folder, "control")}`,
					BUNDLE.command,
					...BUNDLE.argv,
				],
			}),
		});
		return new SickHouse(house, folder, light);
	}

	get stateDir(): string {
		return path.join(this.house.folder, "state");
	}

	/** From now on; nothing given: it is well. */
	card(...ailments: readonly Ailment[]): void {
		this.#plan += 1;
		const rules = ailments.map(
			({ ops, part = "*", skip = 0, count = 0, error }) =>
				`${ops.join(",")} ${part} ${skip} ${count} ${ERRORS[error]}\n`,
		);
		writeFileSync(path.join(this.#folder, "control"), `${this.#plan}\n${rules.join("")}`);
	}

	/** What has failed since `card` was told, one line each. */
	struck(): readonly string[] {
		const file = path.join(this.#folder, "control.struck");
		const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
		return lines.filter((line) => line.startsWith(`${this.#plan} `));
	}

	/** A device sends; gives what it was answered, at whichever step, or that the connection broke. */
	async send(bytes = 1_000): Promise<string> {
		this.#serial += 1;
		const subject = `sick-${this.#serial}`;
		const answer = await this.#sent(subject, bytes).catch((thrown: unknown) => String(thrown));
		(answer.startsWith("250") ? this.taken : this.refused).add(subject);
		return answer;
	}

	async #sent(subject: string, bytes: number): Promise<string> {
		const peer = await SmtpPeer.connect(this.house.port("relay"));
		try {
			for (const command of ["MAIL FROM:<scan@contoso.example>", "RCPT TO:<you@example.com>", "DATA"]) {
				const answer = await peer.command(command);
				if (!/^[23]/.test(answer)) return answer;
			}
			const head = `From: <scan@contoso.example>\r\nTo: <you@example.com>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@device.test>\r\n\r\n`;
			const body = randomBytes(Math.ceil(bytes / 2))
				.toString("hex")
				.slice(0, bytes);
			peer.write(`${head}${body.replaceAll(/.{70}/g, "$&\r\n")}\r\n`);
			return await peer.finish();
		} finally {
			peer.destroy();
		}
	}

	/** What needs the owner, in the words of `postern status`. */
	async words(): Promise<readonly string[]> {
		return (await this.house.json<{ problems: string[] }>("status")).problems;
	}

	/** What anybody is told who watches it. */
	async health(): Promise<string> {
		return (await fetch(`http://127.0.0.1:${this.house.port("console")}/healthz`)).text();
	}

	/** Until mail is taken again, without anybody's doing. */
	async recovers(): Promise<number> {
		const sinceMs = performance.now();
		await eventually("mail is taken again", async () => (await this.#begins()).startsWith("250"));
		return Math.round(performance.now() - sinceMs);
	}

	/** What a device is answered that begins a message. */
	async #begins(): Promise<string> {
		const peer = await SmtpPeer.connect(this.house.port("relay"));
		try {
			return await peer.command("MAIL FROM:<scan@contoso.example>");
		} finally {
			peer.destroy();
		}
	}

	/** Subjects that came to Microsoft, as often as they came. */
	arrived(): readonly string[] {
		return this.house.cloud.control.arrived().map(({ message: { summary } }) => summary.subject ?? "");
	}

	/** Waits until the queue has nothing that can still be sent. */
	async drained(): Promise<void> {
		const waiting = async () =>
			(await this.house.json<{ state: string }[]>("queue", "list")).filter(({ state }) => state !== "failed");
		await eventually("the queue is empty", async () => (await waiting()).length === 0, 60_000);
	}

	/** As systemd would start it, after it ended by itself. */
	async startsAgain(): Promise<void> {
		await this.house.end("SIGKILL");
		await this.house.start();
	}

	async close(): Promise<void> {
		this.card();
		await this.house.close();
		await this.light.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** A case's line, for whoever reads the run. */
export function tellCase(name: string, seen: Readonly<Record<string, string | number>>): void {
	const facts = Object.entries(seen).map(([what, value]) => `${what}: ${value}`);
	process.stdout.write(`sick-storage | ${[name, ...facts].join(" | ")}\n`);
}
