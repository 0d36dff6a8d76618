/** What each kind of package is made from. */
import type { Architecture } from "./architecture.ts";

export interface PackageOptions {
	readonly architecture: Architecture;
	readonly version: string;
	/** Its path. */
	readonly executable: string;
	/** Of everything in the package, in seconds since 1970. */
	readonly epochSeconds: number;
}
