/** The console's people and keys over a real database, with a clock to set and the log to read. For tests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, SystemClock } from "../../clock.ts";
import { configSchema } from "../../config/schema.ts";
import type { Peer, SignedIn } from "../../console-services.ts";
import { UserError } from "../../errors.ts";
import { Log } from "../../log.ts";
import { Secret } from "../../secret.ts";
import { Storage } from "../../store/storage.ts";
import { TrustedTime } from "../../trusted-time.ts";
import { type ConsoleAccess, openConsoleAccess } from "../console-access.ts";
import { Passwords } from "../passwords.ts";

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
/** In the local network, and not. */
export const NEAR: Peer = { address: "192.168.1.20", agent: "Firefox" };
export const FAR: Peer = { address: "203.0.113.9", agent: "curl" };
export const PASSWORD = new Secret("lantern walrus gravel");

class SettableClock extends SystemClock implements Clock {
	wallMs = Date.UTC(2026, 10, 20, 12);
	elapsedMs = 0;
	override now(): number {
		return this.wallMs;
	}
	override monotonicMs(): number {
		return this.elapsedMs;
	}
	pass(durationMs: number): void {
		this.wallMs += durationMs;
		this.elapsedMs += durationMs;
	}
}

export class AccessBench {
	readonly folder: string;
	readonly clock = new SettableClock();
	readonly #lines: string[] = [];
	/** As `console`, `sign_up` and `name` of the file. */
	config: ReturnType<typeof configSchema.parse> = configSchema.parse({});
	vaultKey: Buffer | undefined = Buffer.alloc(32, 1);
	#running: { readonly storage: Storage; readonly access: ConsoleAccess } | undefined;

	private constructor(folder: string) {
		this.folder = folder;
	}

	static async open(setupCode?: string): Promise<AccessBench> {
		const bench = new AccessBench(await mkdtemp(join(tmpdir(), "postern-people-")));
		if (setupCode !== undefined) await writeFile(join(bench.folder, "setup-code"), setupCode);
		await bench.#start();
		return bench;
	}

	get people() {
		return this.#parts.access.people;
	}

	get access() {
		return this.#parts.access;
	}

	get keys() {
		return this.#parts.access.keys;
	}

	get storage() {
		return this.#parts.storage;
	}

	get #parts() {
		if (this.#running === undefined) throw new Error("not started");
		return this.#running;
	}

	get log(): string {
		return this.#lines.join("");
	}

	/** All that the database holds of people, as text. */
	async stored(): Promise<string> {
		const kinds = ["person", "session", "api-key"] as const;
		return JSON.stringify(await Promise.all(kinds.map((kind) => this.storage.list(kind))));
	}

	/** Postern ends and starts again. */
	async restart(): Promise<void> {
		await this.#stop();
		this.clock.elapsedMs = 0;
		await this.#start();
	}

	configure(file: object): void {
		this.config = configSchema.parse(file);
	}

	async close(): Promise<void> {
		await this.#stop();
		await rm(this.folder, { recursive: true });
	}

	/** The first owner, signed in. */
	claim(): Promise<SignedIn> {
		return this.people.claim({ password: PASSWORD, peer: NEAR });
	}

	signIn(
		name: string,
		password: Secret | string,
		totp?: string,
		peer: Peer = NEAR,
	): Promise<SignedIn | "totp"> {
		const secret = typeof password === "string" ? new Secret(password) : password;
		return this.people.signIn({ name, password: secret, peer, ...(totp === undefined ? {} : { totp }) });
	}

	async #start(): Promise<void> {
		const storage = await Storage.open({
			stateDir: this.folder,
			onFatal: (error) => {
				throw error;
			},
		});
		const access = await openConsoleAccess({
			documents: storage,
			config: () => this.config,
			passwords: new Passwords(this.clock),
			vaultKey: {
				read: async () => this.vaultKey,
				ensure: async () => this.vaultKey ?? Promise.reject(new Error("there is no key")),
			},
			place: { stateDir: this.folder, credentialsDir: "" },
			clock: this.clock,
			time: new TrustedTime(this.clock),
			log: new Log({ level: "debug", journal: false, write: (line) => void this.#lines.push(line) }),
		});
		this.#running = { storage, access };
	}

	async #stop(): Promise<void> {
		await this.#parts.access.stop();
		await this.#parts.storage.close();
	}
}

/** Of the `UserError` that it throws; `none` when it does not. */
export async function codeOf(asked: Promise<unknown> | (() => unknown)): Promise<string> {
	try {
		await (typeof asked === "function" ? asked() : asked);
		return "none";
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		return error.code;
	}
}

/** The session of somebody who got in. */
export function sessionIn(answer: SignedIn | "totp"): SignedIn {
	if (answer === "totp") throw new Error("a code is asked for");
	return answer;
}
