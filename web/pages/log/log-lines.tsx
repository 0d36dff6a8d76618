/** Lines of the log: when, how grave, what in words, its name, and what belongs to it. */
import type { Child, FC } from "hono/jsx";
import type { LogEntry, LogLevelName } from "../../../appliance/console-services.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { devicePath } from "../../components/device-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { logWords } from "../../locales/log.ts";
import { logEventWords } from "../../locales/log-events.ts";
import { useWords } from "../../page-context.ts";
import { type LogQuery, logPath } from "./query.ts";

const TONES: Readonly<Record<LogLevelName, Tone>> = {
	debug: "plain",
	info: "plain",
	notice: "busy",
	warning: "trouble",
	error: "trouble",
	crit: "trouble",
};

interface LogLinesProps {
	readonly query: LogQuery;
	readonly entries: readonly LogEntry[];
}

export const LogLines: FC<LogLinesProps> = ({ query, entries }) => (
	<ol class="log-lines">
		{entries.map((entry) => (
			<Line query={query} entry={entry} />
		))}
	</ol>
);

const Line: FC<{ readonly query: LogQuery; readonly entry: LogEntry }> = ({ query, entry }) => {
	const words = useWords(logWords);
	const events: Readonly<Record<string, string>> = useWords(logEventWords);
	const { number, at, level, event, fields } = entry;
	const told = Object.hasOwn(events, event) ? events[event] : undefined;
	return (
		<li id={`line-${number}`}>
			<span class="quiet nowrap">
				<Moment at={at} isAbsolute />
			</span>{" "}
			<span>
				<Badge tone={TONES[level]}>{words.levels[level]}</Badge>
			</span>
			<div>
				{told === undefined ? null : <strong>{told} </strong>}
				<a
					class="log-event"
					href={logPath({ ...query, event, before: undefined })}
					title={words.onlyThis(event)}
				>
					<code>{event}</code>
				</a>
				<Fields event={event} of={fields} />
			</div>
		</li>
	);
};

const Fields: FC<{ readonly event: string; readonly of: LogEntry["fields"] }> = ({ event, of }) => {
	const fields = Object.entries(of);
	if (fields.length === 0) return null;
	return (
		<p class="log-fields" lang="en">
			{fields.map(([name, value]) => (
				<>
					<span class="quiet">{name}=</span>
					<FieldValue event={event} name={name} value={value} />{" "}
				</>
			))}
		</p>
	);
};

/** Leads on where there is a page of it. */
const FieldValue: FC<{ readonly event: string; readonly name: string; readonly value: string }> = ({
	event,
	name,
	value,
}): Child => {
	const path = placeOf(event, name, value);
	return path === undefined ? <span>{value}</span> : <a href={path}>{value}</a>;
};

/** Fields that hold a queue id, in the events in which they do. */
const QUEUE_IDS: Readonly<Record<string, string>> = { of: "report", by: "mail-coalesced" };

function placeOf(event: string, name: string, value: string): string | undefined {
	if ((name === "qid" || QUEUE_IDS[name] === event) && /^[0-9A-Z]{1,11}$/i.test(value))
		return `/mail/${value}`;
	if (name === "device") return devicePath(value);
	return name === "account" && value !== "" ? `/microsoft/${encodeURIComponent(value)}` : undefined;
}
