/** What a room is to do. */
import type { Fault } from "./builds.ts";

export interface Job {
	readonly scenario: "mail" | "slow mail" | "tokens" | "settings" | "restore" | "migration";
	readonly seed: number;
	/** At most so many. */
	readonly images: number;
	/** For images and logs; gone when the job is done. In memory where there is room, as much is written. */
	readonly folder: string;
	/** Files that Node is started with. `recordWith` counts where there is a fault; else it is the program as it ships. */
	readonly recordWith: string;
	readonly judgeWith: string;
	/** It is a negative control: ends with the first crash image that catches it. */
	readonly fault?: Fault;
}
