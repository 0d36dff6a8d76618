/**
 * The shim that slows and counts flushes (slow-flush.c), for the programs under test: compiled once
 * per bench, then one counter per started program. Throws when gcc is missing or refuses.
 */
import { execFile } from "node:child_process";
import { chmod, open, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const COUNTER_BYTES = 8;

const PROOF_FLUSHES = 3;
const PROOF_FLUSH_MS = 15;

/** Environment for one program, and its flushes so far. */
export interface FlushProbe {
	readonly environment: Readonly<Record<string, string>>;
	/** Flushes of all processes that had the environment. */
	count(): Promise<number>;
}

export class SlowFlush {
	readonly #library: string;
	readonly #folder: string;
	#probes = 0;

	private constructor(library: string, folder: string) {
		this.#library = library;
		this.#folder = folder;
	}

	/** Compiles the shim into `folder`, which must outlive it and be open to every user. */
	static async compile(folder: string): Promise<SlowFlush> {
		const library = path.join(folder, "slow-flush.so");
		const source = path.join(import.meta.dirname, "slow-flush.c");
		await run("gcc", ["-O2", "-Wall", "-shared", "-fPIC", "-o", library, source, "-ldl"]);
		const shim = new SlowFlush(library, folder);
		await shim.#prove();
		return shim;
	}

	/** A shim that a program does not see (another C library, a static binary) would flatter everybody. */
	async #prove(): Promise<void> {
		const probe = await this.probe(PROOF_FLUSH_MS);
		const program = `const fs = require("node:fs");
			const file = fs.openSync(process.argv[1], "w");
			const start = performance.now();
			for (let n = 0; n < ${PROOF_FLUSHES}; n += 1) fs.fdatasyncSync(file);
			console.log(performance.now() - start);`;
		const argv = ["-e", program, path.join(this.#folder, "proof")];
		const { stdout } = await run(process.execPath, argv, {
			env: { ...process.env, ...probe.environment },
		});
		const counted = await probe.count();
		if (counted !== PROOF_FLUSHES || Number(stdout) < PROOF_FLUSHES * PROOF_FLUSH_MS) {
			throw new Error(`the flush shim does not work here: ${counted} flushes in ${stdout.trim()} ms`);
		}
	}

	/** `flushMs` = 0 only counts. */
	async probe(flushMs: number): Promise<FlushProbe> {
		this.#probes += 1;
		const file = path.join(this.#folder, `flushes-${this.#probes}`);
		const handle = await open(file, "w");
		await handle.write(Buffer.alloc(COUNTER_BYTES));
		await handle.close();
		// Postfix's parts drop their privileges, and each maps the counter anew.
		await chmod(file, 0o666);
		return {
			environment: {
				LD_PRELOAD: this.#library,
				SLOW_FLUSH_MS: String(flushMs),
				SLOW_FLUSH_COUNT: file,
			},
			count: async () => Number((await readFile(file)).readBigUInt64LE(0)),
		};
	}
}
