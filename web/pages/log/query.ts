/** What of the log is looked at, as it stands in the address: read from it, and written into the links of the page. */
import { LOG_LEVELS, type LogFilter, type LogLevelName } from "../../../appliance/console-services.ts";

/** What the box logs unless told otherwise: below it there is mostly nothing. */
const USUAL_LEVEL: LogLevelName = "info";
const LONGEST = 200;

export interface LogQuery {
	/** This and worse. */
	readonly level: LogLevelName;
	/** Its exact name, or empty. */
	readonly event: string;
	readonly text: string;
	readonly before: number | undefined;
	readonly isFollowed: boolean;
}

export function readLogQuery(params: URLSearchParams): LogQuery {
	const text = (name: string) => (params.get(name) ?? "").trim().slice(0, LONGEST);
	const before = Number(text("before"));
	return {
		level: LOG_LEVELS.find((level) => level === text("level")) ?? USUAL_LEVEL,
		event: text("event"),
		text: text("q"),
		before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
		isFollowed: text("follow") === "1",
	};
}

export function logFilterOf({ level, event, text }: LogQuery): LogFilter {
	return { level, ...(event === "" ? {} : { event }), ...(text === "" ? {} : { text }) };
}

export function logPath({ level, event, text, before, isFollowed }: LogQuery, path = "/log"): string {
	const params = new URLSearchParams();
	if (level !== USUAL_LEVEL) params.set("level", level);
	if (event !== "") params.set("event", event);
	if (text !== "") params.set("q", text);
	if (before !== undefined) params.set("before", String(before));
	if (isFollowed) params.set("follow", "1");
	const search = params.toString();
	return search === "" ? path : `${path}?${search}`;
}

export function isLogFiltered({ level, event, text }: LogQuery): boolean {
	return level !== USUAL_LEVEL || event !== "" || text !== "";
}
