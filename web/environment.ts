/** What every handler of the console finds beside its request: who asks, how, and in which language. */
import type { ConsoleServices, Peer, Session } from "../appliance/console-services.ts";
import type { Log } from "../appliance/log.ts";
import type { ServerBindings } from "./answers.ts";
import type { Flashes } from "./flashes.ts";
import type { Language } from "./locales/languages.ts";
import type { Reveals } from "./reveals.ts";
import type { Runs } from "./runs.ts";

/** A request as the box believes it: what trusted proxies said is already in it. */
export interface Visitor {
	readonly peer: Peer;
	/** The browser speaks https to us or to a trusted proxy. */
	readonly isSecure: boolean;
	/** As the browser wrote it, lower case, without the port; empty when absent. */
	readonly host: string;
	/** `https://postern.local:8443`: what a form's Origin must be. */
	readonly origin: string;
}

/** What the console has beside the services; made once. */
export interface Desk {
	readonly services: ConsoleServices;
	readonly log: Log;
	readonly surroundings: Surroundings;
	readonly runs: Runs;
	readonly flashes: Flashes;
	readonly reveals: Reveals;
}

/** What the composition root knows of the box. */
export interface Surroundings {
	/** What the owner calls the box. */
	boxName(): string;
	/** `trusted_proxies`: whose X-Forwarded-* is believed. */
	believesProxy(address: string): boolean;
	/** A name under which the box may be opened; addresses are not asked for. Lower case. */
	isOwnName(host: string): boolean;
	/** Port of the console's first TLS listener; undefined when there is none. */
	tlsPort(): number | undefined;
	/** `console.require_tls` */
	requiresTls(): boolean;
}

export interface ConsoleVariables {
	readonly desk: Desk;
	readonly visitor: Visitor;
	readonly language: Language;
	/** Undefined until somebody has signed in. */
	readonly session: Session | undefined;
}

export type ConsoleEnvironment = { Bindings: ServerBindings; Variables: ConsoleVariables };
