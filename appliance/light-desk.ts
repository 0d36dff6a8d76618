/**
 * What the box's light says, kept true: found out by events where there are some, else by looking every so often; and what the
 * button asks for. For console-parts.ts and, through it, the console, which mirrors the light where there is none.
 *
 * On the firmware the word stands in `light` in the service's folder in /run as well, for the screen.
 *
 * Nothing here stops the mail: what goes wrong is logged.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "./clock.ts";
import { asError } from "./errors.ts";
import type { Events } from "./events.ts";
import { Acknowledged } from "./leds/acknowledged.ts";
import { Button } from "./leds/button.ts";
import type { Lights } from "./leds/lights.ts";
import { type LightMeaning, lightMeaning } from "./leds/meaning.ts";
import type { Press } from "./leds/presses.ts";
import { MEANINGS, RHYTHMS } from "./leds/rhythms.ts";
import type { Log } from "./log.ts";
import type { LightStep, LightsState, Status } from "./services.ts";
import { type LightPins, pinsInForce } from "./system/light-pins.ts";
import { askMachine, doorSocket } from "./system/machine/door-client.ts";
import { LIGHTS } from "./words/lights.ts";

const LOOK_EVERY_MS = 10_000;
const FOUND_WITHIN_MS = 2 * 60_000;
/** Several things happen at once; one look is enough. */
const LOOK_AFTER_MS = 200;

export interface LightDeskOptions {
	readonly lights: Lights;
	/** Of the machine (machineRoot). */
	readonly root: string;
	readonly isFirmware: boolean;
	readonly environment: NodeJS.ProcessEnv;
	readonly events: Events;
	readonly clock: Clock;
	readonly log: Log;
	readonly status: () => Promise<Status>;
	readonly isClaimed: () => boolean;
	/** Whoever owned it has asked for a new way in, and nobody has come by it yet. */
	readonly isReopened: () => boolean;
	/** A new version is being put in place. */
	readonly isUpdating: () => Promise<boolean>;
	/** The card can be written. */
	readonly isWritable: () => Promise<boolean>;
	/** As the configuration names them. */
	readonly pins: () => LightPins;
	/** Nobody owns the console until somebody comes with the new setup code. */
	readonly reopenConsole: () => Promise<void>;
}

export class LightDesk {
	readonly #options: LightDeskOptions;
	readonly #acknowledged = new Acknowledged();
	readonly #ends: (() => void)[] = [];
	readonly #stopping = new AbortController();
	#soon: NodeJS.Timeout | undefined;
	#shownWord = "";
	#askedPins = "";

	constructor(options: LightDeskOptions) {
		this.#options = options;
	}

	get hasLights(): boolean {
		return this.#options.lights.names.length > 0;
	}

	start(): void {
		const { lights, events, environment, clock, log } = this.#options;
		const button = Button.open({ environment, clock, log, onPress: (press) => this.#pressed(press) });
		if (button !== undefined) this.#ends.push(() => button.stop());
		const reloaded = events.on("configuration-reloaded", () => {
			lights.again();
			this.#settlePins();
		});
		this.#ends.push(reloaded);
		this.#settlePins();
		void this.#findLights();
	}

	stop(): void {
		this.#stopping.abort();
		clearTimeout(this.#soon);
		for (const end of this.#ends) end();
	}

	/** What it says of this. */
	async meaningOf({ accounts, queue, storage, matters }: Status, isWritable: boolean): Promise<LightMeaning> {
		const { isClaimed, isReopened, isUpdating } = this.#options;
		return lightMeaning({
			isUpdating: await isUpdating(),
			isClaimed: isClaimed(),
			isReopened: isReopened(),
			isAccepting: storage.accepting && isWritable,
			matters: this.#acknowledged.unseen(matters).map(({ kind }) => kind),
			isSending: queue.active > 0,
			isOffline: accounts.length > 0 && accounts.every(({ circuit }) => circuit !== "closed"),
		});
	}

	/** The lights that there are, what they say, and what each word looks like. */
	async state(): Promise<LightsState> {
		const { lights, status, isWritable } = this.#options;
		const [now, writable] = await Promise.all([status(), isWritable()]);
		return {
			names: lights.names,
			shows: await this.meaningOf(now, writable),
			legend: MEANINGS.map((meaning) => ({ meaning, ...LIGHTS[meaning], rhythmMs: RHYTHMS[meaning] })),
		};
	}

	/** Shows each meaning and says it. Throws `no-lights`, `lights-busy`. */
	async *test(signal: AbortSignal): AsyncGenerator<LightStep> {
		for await (const meaning of this.#options.lights.walk(signal)) yield { meaning, ...LIGHTS[meaning] };
	}

	/** On the firmware they are waited for: a slow board finds its lights when Postern already runs. */
	async #findLights(): Promise<void> {
		const { lights, isFirmware, clock, log } = this.#options;
		if (isFirmware) this.#watch();
		const patienceMs = isFirmware ? FOUND_WITHIN_MS : 0;
		const startedMs = clock.monotonicMs();
		while (!(await lights.find())) {
			if (this.#stopping.signal.aborted || clock.monotonicMs() - startedMs >= patienceMs) return;
			await clock.sleep(LOOK_EVERY_MS, this.#stopping.signal);
		}
		if (this.#stopping.signal.aborted) return;
		log.info("lights", { names: lights.names.join(", ") });
		if (!isFirmware) this.#watch();
	}

	#watch(): void {
		const { events } = this.#options;
		const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
		timer.unref();
		const news = [
			...(["message-accepted", "message-settled", "message-refused", "account-trouble"] as const),
			...([
				"account-recovered",
				"account-signed-in",
				"configuration-reloaded",
				"update-under-way",
				"card-changed",
			] as const),
		];
		this.#ends.push(
			() => clearInterval(timer),
			...news.map((name) => events.on(name, () => this.#lookSoon())),
		);
		this.#look();
	}

	#lookSoon(): void {
		if (this.#soon !== undefined) return;
		this.#soon = setTimeout(() => {
			this.#soon = undefined;
			this.#look();
		}, LOOK_AFTER_MS);
		this.#soon.unref();
	}

	#look(): void {
		const { lights, status, isWritable, log } = this.#options;
		Promise.all([status(), isWritable()])
			.then(([now, writable]) => this.meaningOf(now, writable))
			.then(async (meaning) => {
				if (this.#stopping.signal.aborted) return;
				lights.show(meaning);
				await this.#tellScreen(meaning);
			})
			.catch((thrown: unknown) => log.error("light-look-fault", { error: asError(thrown).message }));
	}

	async #tellScreen(meaning: LightMeaning): Promise<void> {
		const { environment, isFirmware } = this.#options;
		const folder = environment["RUNTIME_DIRECTORY"]?.split(":")[0];
		const { says } = LIGHTS[meaning];
		if (!isFirmware || folder === undefined || this.#shownWord === says) return;
		this.#shownWord = says;
		await writeFile(path.join(folder, "light"), `${says}\n`);
	}

	#pressed(press: Press): void {
		const { log } = this.#options;
		log.notice("button-pressed", { press });
		const act = press === "short" ? this.#acknowledge() : this.#options.reopenConsole();
		act
			.catch((thrown: unknown) => log.error("button-refused", { error: asError(thrown).message }))
			.finally(() => this.#look());
	}

	/** Pins are the kernel's from its start on: others than it has are asked for, for the next one. */
	#settlePins(): void {
		const { pins, root, isFirmware, log } = this.#options;
		const settle = async () => {
			if (!isFirmware) return;
			const [wanted, present] = [pins(), await pinsInForce(root)];
			const asked = JSON.stringify(wanted);
			if (asked === JSON.stringify(present) || asked === this.#askedPins) return;
			await askMachine({ do: "light-pins", ...wanted }, { socket: doorSocket(root) });
			this.#askedPins = asked;
			log.notice("light-pins-after-restart", { ...wanted });
		};
		settle().catch((thrown: unknown) => log.error("light-pins-refused", { error: asError(thrown).message }));
	}

	/** The owner has seen what there is. */
	async #acknowledge(): Promise<void> {
		const { matters } = await this.#options.status();
		this.#acknowledged.see(matters);
	}
}
