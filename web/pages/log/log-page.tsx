/** The latest of the log, filtered, newest first. */
import type { FC } from "hono/jsx";
import { LOG_LEVELS, type LogEntry } from "../../../appliance/console-services.ts";
import { Button, SelectField, TextField } from "../../components/form.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { logWords } from "../../locales/log.ts";
import { useMay, useWords } from "../../page-context.ts";
import { LogLines } from "./log-lines.tsx";
import { isLogFiltered, type LogQuery, logPath } from "./query.ts";

interface LogPageProps {
	readonly query: LogQuery;
	readonly entries: readonly LogEntry[];
	readonly older: number | null;
}

export const LogPage: FC<LogPageProps> = ({ query, entries, older }) => {
	const words = useWords(logWords);
	const isLive = query.isFollowed && query.before === undefined;
	return (
		<>
			<Head query={query} />
			<Filters query={query} />
			{isLive ? <p class="quiet">{words.following}</p> : null}
			<Card id="log" {...(isLive ? { live: "log" } : {})}>
				{entries.length === 0 ? (
					<NoLines isFiltered={isLogFiltered(query)} />
				) : (
					<LogLines query={query} entries={entries} />
				)}
				<Pages query={query} older={older} />
			</Card>
		</>
	);
};

const Head: FC<{ readonly query: LogQuery }> = ({ query }) => {
	const words = useWords(logWords);
	const { isFollowed } = query;
	const lead = (
		<>
			{words.lead} <code>journalctl -u postern</code>
		</>
	);
	const text = logPath({ ...query, before: undefined, isFollowed: false }, "/log.txt");
	return (
		<PageHead title={words.title} lead={lead}>
			<LinkButton href={logPath({ ...query, before: undefined, isFollowed: !isFollowed })}>
				{isFollowed ? words.unfollow : words.follow}
			</LinkButton>{" "}
			{useMay("operator") ? (
				<LinkButton href={text} isDownload>
					{words.download}
				</LinkButton>
			) : null}
		</PageHead>
	);
};

const Filters: FC<{ readonly query: LogQuery }> = ({ query }) => {
	const words = useWords(logWords);
	return (
		<search>
			<form method="get" action="/log" class="filter-form">
				{query.isFollowed ? <input type="hidden" name="follow" value="1" /> : null}
				<div class="filters">
					<SelectField
						label={words.level}
						name="level"
						value={query.level}
						choices={LOG_LEVELS.map((level) => ({
							value: level,
							label: level === "debug" ? words.everything : words.levels[level],
						}))}
					/>
					<TextField
						label={words.event}
						name="event"
						value={query.event}
						placeholder="mail-failed"
						maxlength={100}
						isCode
						isOptional
						isPlain
					/>
					<TextField
						label={words.text}
						name="q"
						value={query.text}
						hint={words.textHint}
						type="search"
						maxlength={200}
						isOptional
						isPlain
					/>
					<Button kind="quiet">{words.find}</Button>
					{isLogFiltered(query) ? <LinkButton href="/log">{words.clear}</LinkButton> : null}
				</div>
			</form>
		</search>
	);
};

const NoLines: FC<{ readonly isFiltered: boolean }> = ({ isFiltered }) => {
	const words = useWords(logWords);
	if (!isFiltered) {
		return (
			<Empty icon="log" title={words.empty}>
				<p>{words.emptyText}</p>
			</Empty>
		);
	}
	return (
		<Empty icon="log" title={words.nothingFound}>
			<LinkButton href="/log">{words.clear}</LinkButton>
		</Empty>
	);
};

/** Back only to the newest: what was newer when a page was shown is no page any more. */
const Pages: FC<{ readonly query: LogQuery; readonly older: number | null }> = ({ query, older }) => {
	const words = useWords(logWords);
	if (query.before === undefined && older === null) return null;
	return (
		<nav class="pager" aria-label={`${words.newest}, ${words.older}`}>
			{query.before === undefined ? (
				<span />
			) : (
				<a href={logPath({ ...query, before: undefined })}>{`← ${words.newest}`}</a>
			)}
			{older === null ? (
				<span />
			) : (
				<a href={logPath({ ...query, before: older })} rel="next">{`${words.older} →`}</a>
			)}
		</nav>
	);
};
