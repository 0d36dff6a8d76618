/** What shows a meaning to somebody who looks at the box. Two kinds: the kernel's LEDs (sysfs-leds.ts), and no light at all. */
import type { LightMeaning } from "./meaning.ts";

export interface LedDriver {
	/** Names of the lights, as the kernel has them; empty where there are none. */
	readonly lights: readonly string[];
	/** Shows it until the next one. Rejects with the system's error when a light can no longer be set. */
	show(meaning: LightMeaning): Promise<void>;
}

/** A laptop, a container, a server: the console alone shows the light. */
export const NO_LIGHTS: LedDriver = {
	lights: [],
	show: () => Promise.resolve(),
};
