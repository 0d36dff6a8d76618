/**
 * Settings that the configuration knows and this version does not act on. Saying so once beats letting
 * an owner believe in them. For load.ts; each issue that builds one takes its line out.
 */
import type { Config } from "./schema.ts";

type Check = readonly [key: string, isSet: (config: Config) => boolean];

const NOT_YET: readonly Check[] = [
	["console.password_hash", ({ console: pages }) => pages.password_hash !== undefined],
	["console.trusted_proxies", ({ console: pages }) => pages.trusted_proxies.length > 0],
];

/** Owner texts. */
export function notInForce(config: Config): string[] {
	return NOT_YET.filter(([, isSet]) => isSet(config)).map(
		([key]) => `${key} is accepted, but not in force in this version`,
	);
}
