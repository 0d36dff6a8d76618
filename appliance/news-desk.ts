/**
 * What has changed, for pages that are open, and the log as the console shows it. For console-parts.ts.
 *
 * Changes are gathered for a moment and told by topic, never by content; a reader that is slow hears of each topic once.
 * While nobody reads, nothing is watched.
 */
import type { LogEntry, LogFilter, LogLevelName, NewsService, Topic } from "./console-services.ts";
import { LOG_LEVELS } from "./console-services.ts";
import type { EventMap, Events } from "./events.ts";
import { formatValue } from "./log.ts";
import { fieldsOf, type LogRing, type RingLine } from "./log-ring.ts";
import { maskedValue } from "./masking.ts";

const GATHERED_MS = 800;
/** What tells of itself by no event is looked at so often. */
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

/** Values that are others when something of the topic has changed; compared one by one, as they are. */
export type Marks = Readonly<Partial<Record<Topic, readonly unknown[]>>>;

export interface NewsDeskOptions {
	readonly events: Events;
	readonly ring: LogRing;
	/** Of what tells of no change by an event. */
	readonly marks: () => Marks;
}

export class NewsDesk implements NewsService {
	readonly #options: NewsDeskOptions;
	readonly #readers = new Set<Reader>();
	#stopWatching: () => void = () => undefined;

	constructor(options: NewsDeskOptions) {
		this.#options = options;
	}

	async *changes(signal: AbortSignal): AsyncIterable<readonly Topic[]> {
		const reader = new Reader();
		if (this.#readers.size === 0) this.#stopWatching = this.#watch();
		this.#readers.add(reader);
		try {
			yield* reader.read(signal);
		} finally {
			this.#readers.delete(reader);
			if (this.#readers.size === 0) this.#stopWatching();
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
		return lines.map((line) => formatEntry(entryOf(line))).join("");
	}

	/** One watch, however many read. */
	#watch(): () => void {
		const { events, ring, marks } = this.#options;
		const note = (topics: readonly Topic[]) => {
			for (const reader of this.#readers) reader.note(topics);
		};
		const names = Object.keys(TOPICS) as (keyof EventMap)[];
		const ends = names.map((name) => events.on(name, () => note(TOPICS[name] ?? [])));
		let before = { ...marks(), log: [ring.latest] };
		const look = setInterval(() => {
			const now = { ...marks(), log: [ring.latest] };
			note(changedTopics(before, now));
			before = now;
		}, LOOK_EVERY_MS);
		const machine = setInterval(() => note(["machine"]), MACHINE_EVERY_MS);
		return () => {
			clearInterval(look);
			clearInterval(machine);
			for (const end of ends) end();
		};
	}
}

/** Of one page that is open: the topics it has not been told of yet. */
class Reader {
	readonly #changed = new Set<Topic>();
	#wake: () => void = () => undefined;

	note(topics: readonly Topic[]): void {
		for (const topic of topics) this.#changed.add(topic);
		if (this.#changed.size > 0) this.#wake();
	}

	async *read(signal: AbortSignal): AsyncGenerator<readonly Topic[], void> {
		const onAbort = () => this.#wake();
		signal.addEventListener("abort", onAbort);
		try {
			while (!signal.aborted) {
				if (this.#changed.size === 0) await this.#somethingChanges();
				await pause(GATHERED_MS, signal);
				if (signal.aborted) return;
				const topics = [...this.#changed];
				this.#changed.clear();
				yield topics;
			}
		} finally {
			signal.removeEventListener("abort", onAbort);
		}
	}

	#somethingChanges(): Promise<void> {
		return new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
	}
}

function changedTopics(before: Marks, now: Marks): Topic[] {
	return (Object.keys(now) as Topic[]).filter((topic) => {
		const [old = [], present = []] = [before[topic], now[topic]];
		return old.length !== present.length || present.some((mark, index) => !Object.is(mark, old[index]));
	});
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
	const fields = Object.entries(fieldsOf(text)).map(([name, value]) => [name, maskedValue(name, value)]);
	return {
		...{ number, at: new Date(atMs).toISOString(), level, event },
		fields: Object.fromEntries(fields) as LogEntry["fields"],
	};
}

/** As the journal has it, with its time before it. */
function formatEntry({ at, level, event, fields }: LogEntry): string {
	const values = Object.entries(fields).map(([name, value]) => ` ${name}=${formatValue(value)}`);
	return `${at} ${level.padEnd(7)} ${event}${values.join("")}\n`;
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
		if (signal.aborted) done();
	});
}
