/** Settings as the console saves them. For console-services.ts. */
import type { Config } from "../config/schema.ts";

/** Every key that stands once: `name`, `smtp.max_message_size`. */
export type SettingKey = {
	[Table in keyof Config]: Config[Table] extends string
		? Table
		: Config[Table] extends readonly unknown[]
			? never
			: `${Table}.${keyof Config[Table] & string}`;
}[keyof Config];

export interface Setting {
	/** Dotted, `smtp.max_message_size`. */
	readonly key: string;
	/** As the file would have it; secrets are null. */
	readonly value: unknown;
	/** `default`, `console`, `file /etc/…:12`, `environment POSTERN_…`. */
	readonly origin: string;
	/** Set where the console cannot change it: by file, environment or flag. */
	readonly isLocked: boolean;
	readonly description: string;
	/** `switch` true or false; `choice` one of `choices`; `list` of texts. */
	readonly type: "text" | "number" | "switch" | "choice" | "list" | "secret";
	readonly choices: readonly string[];
	/** Comes into force when Postern starts again. */
	readonly needsRestart: boolean;
}

export interface SettingsService {
	list(): Promise<readonly Setting[]>;
	/**
	 * Saves all or nothing, and puts it in force; `null` takes a saved value back. Throws `setting-unknown`,
	 * `setting-locked`, `setting-invalid` (its text names the key and what is wrong).
	 */
	change(changes: Readonly<Record<string, unknown>>): Promise<{ readonly needRestart: readonly string[] }>;
}
