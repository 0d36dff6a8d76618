/**
 * What the light shows now: keeps the driver to the last meaning it was told. For light-desk.ts and the composition root.
 *
 * A light is written when its meaning changes and at no other time. `sending` stays for a few seconds, so that a light is not
 * in a hurry when mail comes in drops. A light that cannot be set is logged once and never stops the mail.
 */
import type { Clock } from "../clock.ts";
import { asError, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { REFUSING } from "../words/refusing.ts";
import { type LedDriver, NO_LIGHTS } from "./driver.ts";
import type { LightMeaning } from "./meaning.ts";
import { cycleMs, MEANINGS, RHYTHMS } from "./rhythms.ts";
import { openSysfsLeds, type SysfsLedsOptions } from "./sysfs-leds.ts";

/** Two winks and a half: a person who has begun to look sees that it sends. */
const SENDING_LEAST_MS = 3_000;
/** What may not cut `sending` short. */
const CALM: ReadonlySet<LightMeaning> = new Set(["working", "offline"]);
/** For a walk through all meanings: long enough to see the rhythm come back. */
const SHOWN_LEAST_MS = 5_000;

export interface LightsOptions {
	/** Looks what there is. */
	readonly open: () => Promise<LedDriver>;
	readonly clock: Clock;
	readonly log: Log;
}

/** Those of this machine, which say that Postern starts. */
export async function openLights({
	root,
	usesBoardLight,
	...rest
}: Omit<LightsOptions, "open"> & SysfsLedsOptions): Promise<Lights> {
	const open = () => openSysfsLeds({ root, usesBoardLight });
	const lights = new Lights({ ...rest, open });
	await lights.find();
	lights.show("starting");
	return lights;
}

export class Lights {
	readonly #options: LightsOptions;
	#driver: LedDriver = NO_LIGHTS;
	#wanted: LightMeaning = "starting";
	#shown: LightMeaning | undefined;
	#shownAtMs = 0;
	#later: NodeJS.Timeout | undefined;
	#isWalking = false;
	#hasStopped = false;
	#isTroubleTold = false;
	/** Writes stay in their order. */
	#written: Promise<void> = Promise.resolve();

	constructor(options: LightsOptions) {
		this.#options = options;
	}

	/** Names of the lights; empty where there are none. */
	get names(): readonly string[] {
		return this.#driver.lights;
	}

	/** Looks for lights where none were found: the kernel may find them later than Postern starts. */
	async find(): Promise<boolean> {
		if (this.names.length > 0) return true;
		this.#driver = await this.#options.open();
		if (this.names.length === 0) return false;
		this.again();
		return true;
	}

	/** Sets them anew: which ones there are, or may be used, has changed. */
	again(): void {
		const shown = this.#shown;
		this.#shown = undefined;
		if (shown !== undefined) this.#put(shown);
	}

	show(meaning: LightMeaning): void {
		if (this.#hasStopped) return;
		this.#wanted = meaning;
		if (!this.#isWalking) this.#settle();
	}

	/**
	 * Shows each meaning in turn, told as it begins; then again what holds. Ends early when `signal` aborts. Throws `no-lights`,
	 * and `lights-busy` while another walk is under way.
	 */
	async *walk(signal: AbortSignal): AsyncGenerator<LightMeaning> {
		if (this.names.length === 0) throw new UserError("no-lights", REFUSING.noLights, REFUSING.noLightsDo);
		if (this.#isWalking) throw new UserError("lights-busy", REFUSING.lightsBusy);
		this.#isWalking = true;
		clearTimeout(this.#later);
		try {
			for (const meaning of MEANINGS) {
				if (signal.aborted || this.#hasStopped) return;
				this.#put(meaning);
				yield meaning;
				await this.#options.clock.sleep(shownForMs(meaning), signal);
			}
		} finally {
			this.#isWalking = false;
			if (!this.#hasStopped) this.#settle();
		}
	}

	/** The last that this process shows; resolves when it is written. */
	async stop(): Promise<void> {
		this.#hasStopped = true;
		clearTimeout(this.#later);
		this.#put("stopped");
		await this.#written;
	}

	#settle(): void {
		clearTimeout(this.#later);
		const waitMs = this.#heldForMs();
		if (waitMs <= 0) {
			this.#put(this.#wanted);
			return;
		}
		this.#later = setTimeout(() => this.#settle(), waitMs);
		this.#later.unref();
	}

	#heldForMs(): number {
		if (this.#shown !== "sending" || !CALM.has(this.#wanted)) return 0;
		return this.#shownAtMs + SENDING_LEAST_MS - this.#options.clock.monotonicMs();
	}

	#put(meaning: LightMeaning): void {
		if (meaning === this.#shown) return;
		const driver = this.#driver;
		this.#shown = meaning;
		this.#shownAtMs = this.#options.clock.monotonicMs();
		this.#written = this.#written
			.then(() => driver.show(meaning))
			.then(() => {
				this.#isTroubleTold = false;
			})
			.catch((thrown: unknown) => this.#failed(meaning, thrown));
	}

	#failed(meaning: LightMeaning, thrown: unknown): void {
		// The next word is a new try, also when it is the same.
		if (this.#shown === meaning) this.#shown = undefined;
		if (this.#isTroubleTold) return;
		this.#isTroubleTold = true;
		this.#options.log.warning("light-not-set", { meaning, error: asError(thrown).message });
	}
}

/** Whole cycles. */
function shownForMs(meaning: LightMeaning): number {
	const ms = cycleMs(RHYTHMS[meaning]);
	return ms >= SHOWN_LEAST_MS ? SHOWN_LEAST_MS : ms * Math.ceil(SHOWN_LEAST_MS / ms);
}
