/**
 * What has changed, for pages that are open, and the log as the console shows it. For console-parts.ts.
 *
 * Changes are gathered for a moment and told by topic, never by content; a reader that is slow hears of each topic once.
 */
import type { LogEntry, LogFilter, LogLevelName, NewsService, Topic } from "./console-services.ts";
import { LOG_LEVELS } from "./console-services.ts";
import type { EventMap, Events } from "./events.ts";
import { fieldsOf, type LogRing, type RingLine } from "./log-ring.ts";

const GATHERED_MS = 800;
/** What tells of itself by no event: looked at so often while somebody listens. */
const LOOK_EVERY_MS = 2_000;
const MACHINE_EVERY_MS = 15_000;
const MOST_ENTRIES = 500;

const TOPICS: Readonly<Partial<Record<keyof EventMap, readonly Topic[]>>> = {
	"message-accepted": ["mail", "devices"],
	"message-settled": ["mail"],
	"message-refused": ["devices"],
	"peer-refused": ["devices"],
	"account-trouble": ["accounts", "mail"],
	"account-recovered": ["accounts", "mail"],
	"account-signed-in": ["accounts", "mail"],
	"configuration-reloaded": ["settings", "devices", "accounts", "mailboxes", "mail"],
};

export interface NewsDeskOptions {
	readonly events: Events;
	readonly ring: LogRing;
	/** Changes when something of the topic has, and else not: counts of the queue, names of devices. */
	readonly marks: () => Readonly<Partial<Record<Topic, string>>>;
}

export class NewsDesk implements NewsService {
	readonly #options: NewsDeskOptions;

	constructor(options: NewsDeskOptions) {
		this.#options = options;
	}

	async *changes(signal: AbortSignal): AsyncIterable<readonly Topic[]> {
		const { events, ring, marks } = this.#options;
		const changed = new Set<Topic>();
		let wake: () => void = () => undefined;
		const note = (topics: readonly Topic[]) => {
			for (const topic of topics) changed.add(topic);
			wake();
		};
		const names = Object.keys(TOPICS) as (keyof EventMap)[];
		const ends = names.map((name) => events.on(name, () => note(TOPICS[name] ?? [])));
		let [before, line] = [marks(), ring.latest];
		const look = setInterval(() => {
			const now = marks();
			const topics = (Object.keys(now) as Topic[]).filter((topic) => now[topic] !== before[topic]);
			before = now;
			if (ring.latest !== line) topics.push("log");
			line = ring.latest;
			if (topics.length > 0) note(topics);
		}, LOOK_EVERY_MS);
		const machine = setInterval(() => note(["machine"]), MACHINE_EVERY_MS);
		const onAbort = () => wake();
		signal.addEventListener("abort", onAbort);
		try {
			while (!signal.aborted) {
				if (changed.size === 0) {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				}
				await pause(GATHERED_MS, signal);
				if (signal.aborted || changed.size === 0) continue;
				const topics = [...changed];
				changed.clear();
				yield topics;
			}
		} finally {
			clearInterval(look);
			clearInterval(machine);
			signal.removeEventListener("abort", onAbort);
			for (const end of ends) end();
		}
	}

	log(filter: LogFilter, { before, limit }: Parameters<NewsService["log"]>[1]) {
		const most = Math.min(MOST_ENTRIES, Math.max(1, Math.floor(limit)));
		const entries: LogEntry[] = [];
		for (const line of this.#options.ring.newestFirst()) {
			if (before !== undefined && line.number >= before) continue;
			if (!matches(line, filter)) continue;
			if (entries.length === most) return { entries, older: entries.at(-1)?.number ?? null };
			entries.push(entryOf(line));
		}
		return { entries, older: null };
	}

	logText(filter: LogFilter): string {
		const lines = [...this.#options.ring.newestFirst()].filter((line) => matches(line, filter)).reverse();
		return lines
			.map(({ atMs, level, event, text }) =>
				masked(`${new Date(atMs).toISOString()} ${level.padEnd(7)} ${event}${text}\n`),
			)
			.join("");
	}
}

function matches({ level, event, text }: RingLine, filter: LogFilter): boolean {
	if (filter.level !== undefined && rank(level) < rank(filter.level)) return false;
	if (filter.event !== undefined && event !== filter.event) return false;
	if (filter.text === undefined) return true;
	return `${event}${text}`.toLowerCase().includes(filter.text.toLowerCase());
}

function rank(level: LogLevelName): number {
	return LOG_LEVELS.indexOf(level);
}

function entryOf({ number, atMs, level, event, text }: RingLine): LogEntry {
	return { number, at: new Date(atMs).toISOString(), level, event, fields: fieldsOf(masked(text)) };
}

/**
 * Secrets are typed so that they cannot be logged; this is for the one that comes in a text of somebody else's (a library's
 * error, an answer of a server): tokens, keys of ours, and whatever is called a password.
 */
const SECRETS =
	/\b(?:eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|pst_[\w-]{20,}|Bearer\s+\S+)|((?:password|passwd|secret|client_secret|refresh_token|access_token|code)\s*[=:]\s*)(?:"[^"]*"|[^\s&,;"]+)/gi;

export function masked(text: string): string {
	return text.replaceAll(SECRETS, (_, name?: string) => `${name ?? ""}***`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener("abort", done);
	});
}
