/** The lights of the box. For services.ts. */
import type { LightMeaning } from "../leds/meaning.ts";

/** One meaning, in words. */
export interface LightStep {
	readonly meaning: LightMeaning;
	/** `offline, mail is safe` */
	readonly says: string;
	/** `on, with two short winks every three seconds` */
	readonly looks: string;
}

/** A word of the lights, and how it looks. */
export interface LightWord extends LightStep {
	/** Milliseconds lit, dark, lit, dark, …, and again; one number alone is light that stays. */
	readonly rhythmMs: readonly number[];
}

export interface LightsState {
	/** As the kernel has them; empty where Postern has none. */
	readonly names: readonly string[];
	readonly shows: LightMeaning;
	readonly legend: readonly LightWord[];
}

export interface LightService {
	state(): Promise<LightsState>;
	/** Shows each meaning for some seconds, told as it begins. Throws `no-lights`, `lights-busy`. */
	test(signal: AbortSignal): AsyncIterable<LightStep>;
}
