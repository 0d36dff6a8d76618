/** What a box does while its card is logged, and what must be true of it after a cut besides its mail. */
import type { House, HouseOptions } from "../../appliance/e2e/house.ts";
import type { Cut } from "./cuts.ts";
import type { Site } from "./traffic.ts";

export interface Life extends Site {
	readonly house: House;
	readonly stateDir: string;
	/** Flushes in the log by now. */
	readonly flushes: () => number;
	/** As many as are worth having. */
	readonly wantedFlushes: number;
}

export interface Scenario {
	readonly house: HouseOptions;
	/** What the organisation allows beyond what the sign-in asks for. */
	readonly allow?: (house: House) => void;
	/** In the house before its card is logged, with the program running. */
	readonly furnish?: (life: Life) => Promise<void>;
	/** The program does not run at the beginning; whether it does at the end does not matter. */
	readonly live: (life: Life) => Promise<void>;
	/** What is wrong with the box that came up after the cut, in words; empty when nothing is. */
	readonly inspect?: (life: Life, cut: Cut) => Promise<readonly string[]>;
}
