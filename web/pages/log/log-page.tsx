/** The latest of the log, filtered, newest first. */
import type { Child, FC } from "hono/jsx";
import { LOG_LEVELS, type LogEntry, type LogLevelName } from "../../../appliance/console-services.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Button, SelectField, TextField } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { logWords } from "../../locales/log.ts";
import { useMay, useWords } from "../../page-context.ts";

export interface LogQuery {
	readonly level: LogLevelName;
	readonly text: string;
	readonly before: number | undefined;
	readonly isFollowed: boolean;
}

interface LogPageProps {
	readonly query: LogQuery;
	readonly entries: readonly LogEntry[];
	readonly older: number | null;
}

export const LogPage: FC<LogPageProps> = ({ query, entries, older }) => {
	const words = useWords(logWords);
	const mayDownload = useMay("operator");
	const isLive = query.isFollowed && query.before === undefined;
	return (
		<>
			<PageHead title={words.title} lead={words.lead}>
				<LinkButton href={logPath({ ...query, before: undefined, isFollowed: !query.isFollowed })}>
					{query.isFollowed ? words.unfollow : words.follow}
				</LinkButton>
				{mayDownload ? (
					<LinkButton
						href={logPath({ ...query, before: undefined, isFollowed: false }, "/log.txt")}
						isDownload
					>
						{words.download}
					</LinkButton>
				) : null}
			</PageHead>
			<search>
				<form method="get" action="/log" class="filter-form">
					<div class="filters">
						<SelectField
							label={words.level}
							name="level"
							value={query.level}
							choices={LOG_LEVELS.map((level) => ({ value: level, label: words.levels[level] }))}
						/>
						<TextField
							label={words.text}
							name="q"
							value={query.text}
							type="search"
							maxlength={200}
							isOptional
							isPlain
						/>
						<Button kind="quiet">{words.find}</Button>
						{query.text !== "" || query.level !== "info" ? (
							<LinkButton href="/log">{words.clear}</LinkButton>
						) : null}
					</div>
				</form>
			</search>
			<Card id="log" {...(isLive ? { live: "log" } : {})}>
				{entries.length === 0 ? <Empty icon="log" title={words.empty} /> : <Entries of={entries} />}
				<nav class="pager" aria-label={words.title}>
					{query.before === undefined ? (
						<span />
					) : (
						<a href={logPath({ ...query, before: undefined })}>{`← ${words.newest}`}</a>
					)}
					{older === null ? (
						<span />
					) : (
						<a href={logPath({ ...query, before: older })}>{`${words.older} →`}</a>
					)}
				</nav>
			</Card>
		</>
	);
};

const TONES: Readonly<Record<LogLevelName, Tone>> = {
	debug: "plain",
	info: "plain",
	notice: "busy",
	warning: "trouble",
	error: "trouble",
	crit: "trouble",
};

const Entries: FC<{ readonly of: readonly LogEntry[] }> = ({ of }) => {
	const words = useWords(logWords);
	return (
		<ol class="log-lines">
			{of.map(({ at, level, event, fields }) => (
				<li>
					<div class="log-head">
						<span class="quiet nowrap">
							<Moment at={at} isAbsolute />
						</span>
						<Badge tone={TONES[level]}>{words.levels[level]}</Badge>
						<strong>{event}</strong>
					</div>
					<div class="log-fields">
						{Object.entries(fields).map(([name, value]) => (
							<span>
								<span class="quiet">{name}=</span>
								<FieldValue name={name} value={value} />{" "}
							</span>
						))}
					</div>
				</li>
			))}
		</ol>
	);
};

/** Leads on where there is a page of it. */
const FieldValue: FC<{ readonly name: string; readonly value: string }> = ({ name, value }): Child => {
	if (name === "qid" && /^[\w-]{1,40}$/.test(value)) return <a href={`/mail/${value}`}>{value}</a>;
	if (name === "device" && value !== "" && !value.startsWith("stranger ")) {
		return <a href={`/devices/${encodeURIComponent(value)}`}>{value}</a>;
	}
	return <span>{value}</span>;
};

function logPath({ level, text, before, isFollowed }: LogQuery, path = "/log"): string {
	const params = new URLSearchParams();
	if (level !== "info") params.set("level", level);
	if (text !== "") params.set("q", text);
	if (before !== undefined) params.set("before", String(before));
	if (isFollowed) params.set("follow", "1");
	const search = params.toString();
	return search === "" ? path : `${path}?${search}`;
}
