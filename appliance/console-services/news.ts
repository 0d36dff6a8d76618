/** What has changed, as it changes, and the log. For console-services.ts. */

/** What has changed, for pages that are open. */
export type Topic = "mail" | "devices" | "accounts" | "mailboxes" | "log" | "machine" | "settings";

export const LOG_LEVELS = ["debug", "info", "notice", "warning", "error", "crit"] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

export interface LogEntry {
	/** Ascending within this run. */
	readonly number: number;
	readonly at: string;
	readonly level: LogLevelName;
	/** `mail-accepted` */
	readonly event: string;
	readonly fields: Readonly<Record<string, string>>;
}

export interface LogFilter {
	/** This and worse. */
	readonly level?: LogLevelName;
	readonly event?: string;
	readonly text?: string;
}

export interface NewsService {
	/** Topics that changed, gathered for about a second. Ends when the signal aborts. */
	changes(signal: AbortSignal): AsyncIterable<readonly Topic[]>;
	/** Newest first. `before`: a number. What is kept is bounded; the journal has all of it. */
	log(
		filter: LogFilter,
		page: { readonly before?: number; readonly limit: number },
	): { readonly entries: readonly LogEntry[]; readonly older: number | null };
	/** All that is kept and matches, oldest first, as text. Holds no secrets. */
	logText(filter: LogFilter): string;
}
