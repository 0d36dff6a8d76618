/** Queue and history in one list: filter, rows, what can be done with many. */
import type { FC } from "hono/jsx";
import type { MailPage, MailRow, MailState } from "../../../appliance/console-services.ts";
import type { QueueAction, Status } from "../../../appliance/services.ts";
import { MailBadge } from "../../components/badge.tsx";
import { ActionButton, Button, Form, SelectField, TextField } from "../../components/form.tsx";
import { Count, Moment, Size } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Empty, LinkButton, PageHead, Pager } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailWords } from "../../locales/mail.ts";
import { useMay, useWords } from "../../page-context.ts";
import { isFiltered, type ListQuery, listPath, searchParams } from "./filter.ts";

export const ACTIONS: readonly QueueAction[] = ["retry", "hold", "release", "delete"];

interface ListPageProps {
	readonly query: ListQuery;
	readonly page: MailPage;
	readonly queue: Status["queue"];
	readonly devices: readonly string[];
	readonly pausedSince: string | null;
}

export const ListPage: FC<ListPageProps> = (props) => {
	const words = useWords(mailWords);
	const mayAct = useMay("operator");
	const { query, page, pausedSince } = props;
	return (
		<>
			<PageHead title={words.title}>
				{mayAct && pausedSince === null ? (
					<ActionButton action="/mail/pause">{words.pause}</ActionButton>
				) : null}
			</PageHead>
			<div id="paused" data-live="settings">
				{pausedSince === null ? null : <Paused since={pausedSince} mayAct={mayAct} />}
			</div>
			<QuickFilters {...props} />
			<Filters {...props} />
			<Card id="mail-list" live="mail">
				{page.rows.length === 0 ? <NoMail query={query} /> : <Rows {...props} mayAct={mayAct} />}
				<Pager
					newer={page.newer === null ? null : listPath(query, { after: page.newer })}
					older={page.older === null ? null : listPath(query, { before: page.older })}
				/>
			</Card>
		</>
	);
};

const Paused: FC<{ readonly since: string; readonly mayAct: boolean }> = ({ since, mayAct }) => {
	const words = useWords(mailWords);
	return (
		<Notice kind="trouble" title={words.pausedTitle}>
			<p>
				{words.pausedText} {words.pausedSince}: <Moment at={since} />
			</p>
			{mayAct ? (
				<ActionButton action="/mail/resume" kind="primary">
					{words.resume}
				</ActionButton>
			) : null}
		</Notice>
	);
};

const QUICK: readonly (readonly [keyof typeof mailWords.en.quick, readonly MailState[]])[] = [
	["all", []],
	["waiting", ["incoming", "active", "deferred"]],
	["held", ["held"]],
	["failed", ["failed"]],
	["delivered", ["delivered"]],
];

const QuickFilters: FC<ListPageProps> = ({ query, queue }) => {
	const words = useWords(mailWords);
	const counts: Readonly<Partial<Record<string, number>>> = {
		waiting: queue.incoming + queue.active + queue.deferred,
		held: queue.held,
		failed: queue.failed,
	};
	return (
		<nav class="chips" aria-label={words.state} id="quick" data-live="mail">
			{QUICK.map(([name, states]) => {
				const isCurrent = states.join() === query.states.join();
				return (
					<a href={listPath({ ...query, states })} aria-current={isCurrent ? "true" : undefined}>
						{words.quick[name]}
						{counts[name] === undefined ? null : (
							<span class="chip-count">
								<Count of={counts[name] ?? 0} />
							</span>
						)}
					</a>
				);
			})}
		</nav>
	);
};

/** GET: an address that can be kept and sent on. */
const Filters: FC<ListPageProps> = ({ query, devices }) => {
	const words = useWords(mailWords);
	const isOpen = query.device !== "" || query.from !== "" || query.until !== "";
	return (
		<search>
			<form method="get" action="/mail" class="filter-form">
				{query.states.map((state) => (
					<input type="hidden" name="state" value={state} />
				))}
				<div class="filters">
					<TextField
						label={words.search}
						name="q"
						value={query.text}
						hint={words.searchHint}
						type="search"
						maxlength={200}
						isOptional
						isPlain
					/>
					<Button kind="quiet">{words.find}</Button>
					{isFiltered(query) ? <LinkButton href="/mail">{words.clear}</LinkButton> : null}
				</div>
				<details open={isOpen}>
					<summary>{words.more}</summary>
					<div class="filters">
						<SelectField
							label={words.device}
							name="device"
							value={query.device}
							choices={[
								{ value: "", label: words.anyDevice },
								...[...new Set([...devices, ...(query.device === "" ? [] : [query.device])])].map(
									(device) => ({
										value: device,
										label: device,
									}),
								),
							]}
						/>
						<TextField label={words.from} name="from" type="date" value={query.from} isOptional isPlain />
						<TextField label={words.until} name="until" type="date" value={query.until} isOptional isPlain />
					</div>
				</details>
			</form>
		</search>
	);
};

const NoMail: FC<{ readonly query: ListQuery }> = ({ query }) => {
	const words = useWords(mailWords);
	if (isFiltered(query)) {
		return (
			<Empty icon="mail" title={words.nothingFound}>
				<LinkButton href="/mail">{words.clear}</LinkButton>
			</Empty>
		);
	}
	return (
		<Empty icon="mail" title={words.emptyTitle}>
			<p>{words.emptyText}</p>
			<LinkButton href="/devices/new" kind="primary">
				{words.emptyDo}
			</LinkButton>
		</Empty>
	);
};

const Rows: FC<ListPageProps & { readonly mayAct: boolean }> = ({ query, page, mayAct }) => {
	const words = useWords(mailWords);
	const table = (
		<table class="stacked mail-table">
			<thead>
				<tr>
					{mayAct ? (
						<th scope="col">
							<span class="sr-only">{words.columns.mark}</span>
						</th>
					) : null}
					<th scope="col">{words.columns.time}</th>
					<th scope="col">{words.columns.state}</th>
					<th scope="col">{words.columns.mail}</th>
					<th scope="col" class="number">
						{words.columns.size}
					</th>
				</tr>
			</thead>
			<tbody>
				{page.rows.map((row) => (
					<Row row={row} mayAct={mayAct} />
				))}
			</tbody>
		</table>
	);
	if (!mayAct) return table;
	return (
		<Form action={`/mail/actions?${searchParams(query)}`}>
			{table}
			<div class="toolbar">
				<label class="choice" hidden>
					<input type="checkbox" data-mark-all="id" hidden />
					<span>{words.markAll}</span>
				</label>
			</div>
			<Actions label={words.actOn} scope="marked" />
			<details>
				<summary>{words.actOnAll}</summary>
				<Actions label={words.actOnAll} scope="all" />
			</details>
		</Form>
	);
};

const Actions: FC<{ readonly label: string; readonly scope: "marked" | "all" }> = ({ label, scope }) => {
	const words = useWords(mailWords);
	return (
		<fieldset class="toolbar">
			<legend class="quiet">{label}</legend>
			{ACTIONS.map((action) => (
				<button
					type="submit"
					class={`button ${action === "delete" ? "danger" : "quiet"} small`}
					name="do"
					value={`${scope}:${action}`}
				>
					{words.actions[action]}
				</button>
			))}
		</fieldset>
	);
};

const Row: FC<{ readonly row: MailRow; readonly mayAct: boolean }> = ({ row, mayAct }) => {
	const words = useWords(mailWords);
	const path = `/mail/${encodeURIComponent(row.id)}`;
	return (
		<tr>
			{mayAct ? (
				<td class="mark">
					<input type="checkbox" name="id" value={row.id} data-mark aria-label={words.markOne(row.id)} />
				</td>
			) : null}
			<td class="nowrap">
				<a href={path}>
					<Moment at={row.receivedAt} />
				</a>
			</td>
			<td>
				<MailBadge state={row.state} />
				{row.nextAttemptAt !== null && row.attempts > 0 ? (
					<div class="quiet small">
						{words.next} <Moment at={row.nextAttemptAt} />
					</div>
				) : null}
			</td>
			<td>
				<div class="mail-line">
					<strong>{row.device}</strong>: {row.sender === "" ? words.nobody : row.sender} →{" "}
					{row.recipients.join(", ")}
					{row.recipientCount > row.recipients.length ? (
						<span class="quiet"> {words.others(row.recipientCount - row.recipients.length)}</span>
					) : null}
				</div>
				{row.subject === "" ? null : <div>{row.subject}</div>}
				{row.lastError === "" ? null : <div class="quiet small">{row.lastError}</div>}
			</td>
			<td class="number nowrap">
				<Size bytes={row.sizeBytes} />
			</td>
		</tr>
	);
};

/** Without a script: what exactly will be deleted, asked on a page of its own. */
export const ConfirmDelete: FC<{
	readonly query: ListQuery;
	readonly scope: "marked" | "all";
	readonly ids: readonly string[];
}> = ({ query, scope, ids }) => {
	const words = useWords(mailWords);
	const common = useWords(commonWords);
	const text =
		scope === "all" ? words.deleteAll : ids.length === 1 ? words.deleteOne : words.deleteMany(ids.length);
	return (
		<Card class="narrow">
			<h1>{words.deleteTitle}</h1>
			<p>{text}</p>
			<Form action={`/mail/actions?${searchParams(query)}`}>
				{ids.map((id) => (
					<input type="hidden" name="id" value={id} />
				))}
				<input type="hidden" name="confirmed" value="yes" />
				<div class="actions">
					<Button kind="danger" name="do" value={`${scope}:delete`}>
						{words.deleteYes}
					</Button>
					<LinkButton href={listPath(query)}>{common.cancel}</LinkButton>
				</div>
			</Form>
		</Card>
	);
};
