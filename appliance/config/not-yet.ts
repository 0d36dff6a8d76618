/**
 * Settings that the configuration knows and this version does not act on. Saying so once beats letting
 * an owner believe in them. For load.ts; each issue that builds one takes its line out.
 */
import type { Config } from "./schema.ts";

type Check = readonly [key: string, isSet: (config: Config) => boolean];

const NOT_YET: readonly Check[] = [
	["console.password_hash", ({ console: pages }) => pages.password_hash !== undefined],
	["console.trusted_proxies", ({ console: pages }) => pages.trusted_proxies.length > 0],
	["mailbox", ({ mailbox }) => mailbox.length > 0],
];

/** Lists that are set by default and do nothing yet: told only where somebody wrote them down. */
const NOT_LISTENED_YET = ["pop3.listen", "pop3.listen_tls"] as const;

/** Owner texts. `isWritten` tells whether a key stands in file, environment or saved settings. */
export function notInForce(config: Config, isWritten: (key: string) => boolean): string[] {
	const listeners: Record<(typeof NOT_LISTENED_YET)[number], number> = {
		"pop3.listen": config.pop3.listen.length,
		"pop3.listen_tls": config.pop3.listen_tls.length,
	};
	const keys = [
		...NOT_YET.filter(([, isSet]) => isSet(config)).map(([key]) => key),
		...NOT_LISTENED_YET.filter((key) => listeners[key] > 0 && isWritten(key)),
	];
	return keys.map((key) => `${key} is accepted, but not in force in this version`);
}
