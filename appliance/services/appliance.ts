/** The appliance as a whole: its state, its configuration, a try of itself. For services.ts. */
import type { Status } from "./status.ts";
import type { TestStep } from "./trying.ts";

export interface ConfigOrigin {
	/** Dotted key, `smtp.max_message_size`. */
	readonly key: string;
	/** As text, secrets masked. */
	readonly value: string;
	/** `default`, `console`, `file /etc/…:12`, `environment POSTERN_…`, `flag`. */
	readonly origin: string;
}

/** The box's own certificate authority: public, for devices that want to check the certificate. */
export interface Authority {
	/** Host name of the box. */
	readonly name: string;
	readonly pem: string;
}

export interface ApplianceService {
	status(): Promise<Status>;
	/** Null when the owner's own certificate files are in use. */
	authority(): Promise<Authority | null>;
	/** Reads the configuration again. Throws `UserError` and changes nothing when it is bad. */
	reload(): Promise<{ readonly changes: readonly string[] }>;
	configOrigins(): Promise<readonly ConfigOrigin[]>;
	/** Takes a message of its own through, and looks at its ports; leaves nothing behind. */
	selfTest(): AsyncIterable<TestStep>;
}
