/** Who may send: the list, a page at a time, and above it who knocked and is not known. */
import type { FC } from "hono/jsx";
import type { SessionLog, StrangerRow } from "../../../appliance/services.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, TextField } from "../../components/form.tsx";
import { formatCount, formatSize, Moment } from "../../components/moment.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { deviceWords } from "../../locales/devices.ts";
import { sessionWords } from "../../locales/sessions.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import { type Device, SEARCHABLE_FROM } from "./device-list.ts";
import { devicePath, strangerPath } from "./paths.ts";
import { OutcomeBadge, outcomeOf } from "./session-parts.tsx";

export interface DeviceRow {
	readonly device: Device;
	readonly session: SessionLog | undefined;
	/** In the last 24 hours. */
	readonly accepted: number;
	readonly failed: number;
}

interface ListPageProps {
	readonly rows: readonly DeviceRow[];
	/** Of all devices, however many match. */
	readonly total: number;
	readonly search: string;
	/** From 1. */
	readonly page: number;
	readonly pages: number;
	readonly strangers: readonly StrangerRow[];
	/** There are several: each device says which. */
	readonly showsAccounts: boolean;
}

export const ListPage: FC<ListPageProps> = (props) => {
	const words = useWords(deviceWords);
	const mayAct = useMay("operator");
	const { rows, total, search, strangers, showsAccounts } = props;
	return (
		<>
			<PageHead title={words.title}>
				{mayAct && total > 0 ? (
					<LinkButton href="/devices/new" kind="primary" icon="add">
						{words.add}
					</LinkButton>
				) : null}
			</PageHead>
			<div id="strangers" class="stack" data-live="devices">
				{strangers.length === 0 ? null : <Strangers of={strangers} mayAct={mayAct} />}
			</div>
			{total >= SEARCHABLE_FROM || search !== "" ? <Search text={search} /> : null}
			<Card id="devices" live="devices mail">
				{total === 0 ? <NoDevice mayAct={mayAct} /> : null}
				{total > 0 && rows.length === 0 ? <Empty icon="devices" title={words.noMatch} /> : null}
				{rows.length === 0 ? null : <Rows rows={rows} showsAccounts={showsAccounts} />}
				<Pages {...props} />
			</Card>
		</>
	);
};

const NoDevice: FC<{ readonly mayAct: boolean }> = ({ mayAct }) => {
	const words = useWords(deviceWords);
	return (
		<Empty icon="devices" title={words.emptyTitle}>
			<p class="narrow">{words.emptyText}</p>
			{mayAct ? (
				<LinkButton href="/devices/new" kind="primary" icon="add">
					{words.add}
				</LinkButton>
			) : null}
		</Empty>
	);
};

const Search: FC<{ readonly text: string }> = ({ text }) => {
	const words = useWords(deviceWords);
	return (
		<search>
			<form method="get" action="/devices" class="filter-form">
				<div class="filters">
					<TextField
						label={words.search}
						name="q"
						value={text}
						hint={words.searchHint}
						type="search"
						maxlength={200}
						isOptional
						isPlain
					/>
					<Button kind="quiet">{words.find}</Button>
					{text === "" ? null : <LinkButton href="/devices">{words.clear}</LinkButton>}
				</div>
			</form>
		</search>
	);
};

const Rows: FC<Pick<ListPageProps, "rows" | "showsAccounts">> = ({ rows, showsAccounts }) => {
	const words = useWords(deviceWords);
	return (
		<table class="stacked device-table">
			<thead>
				<tr>
					<th scope="col">{words.device}</th>
					<th scope="col">{words.knownBy}</th>
					<th scope="col">{words.lastSession}</th>
					{showsAccounts ? <th scope="col">{words.account}</th> : null}
					<th scope="col" class="number">
						{words.today}
					</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<Row {...row} showsAccount={showsAccounts} />
				))}
			</tbody>
		</table>
	);
};

const Row: FC<DeviceRow & { readonly showsAccount: boolean }> = ({
	device,
	session,
	accepted,
	failed,
	showsAccount,
}) => {
	const words = useWords(deviceWords);
	const sessions = useWords(sessionWords);
	const { language } = usePage();
	return (
		<tr id={`device-${encodeURIComponent(device.name)}`}>
			<th scope="row">
				<a class="row-link two-lines" href={devicePath(device.name)}>
					{device.name}
				</a>{" "}
				{device.origin === "file" ? <Badge tone="plain">{words.inFile}</Badge> : null}
			</th>
			<td class="known-by">
				<KnownBy device={device} />
			</td>
			<td class="session">
				{session === undefined ? (
					<span class="quiet">{sessions.none}</span>
				) : (
					<span>
						<OutcomeBadge outcome={outcomeOf(session)} />{" "}
						<span class="nowrap">
							<Moment at={session.startedAt} />
						</span>
					</span>
				)}
			</td>
			{showsAccount ? (
				<td class="account">
					{device.account === "" ? <span class="quiet">{words.anyAccount}</span> : device.account}
				</td>
			) : null}
			<td class="today number">
				{words.todayCount(formatCount(language, accepted), failed === 0 ? "" : formatCount(language, failed))}
			</td>
		</tr>
	);
};

const SHOWN_ADDRESSES = 2;

const KnownBy: FC<{ readonly device: Device }> = ({ device: { addresses, username } }) => {
	const words = useWords(deviceWords);
	const hidden = addresses.length - SHOWN_ADDRESSES;
	const parts = [
		...addresses.slice(0, SHOWN_ADDRESSES),
		...(hidden > 0 ? [words.more(hidden)] : []),
		...(username === "" ? [] : [words.user(username)]),
	];
	return <>{parts.join(", ")}</>;
};

const Pages: FC<ListPageProps> = ({ search, page, pages }) => {
	const words = useWords(deviceWords);
	if (pages <= 1) return null;
	const path = (to: number) => {
		const query = new URLSearchParams({ ...(search === "" ? {} : { q: search }), page: String(to) });
		return `/devices?${query.toString()}`;
	};
	const where = words.pageOf(page, pages);
	return (
		<nav class="pager" aria-label={where}>
			{page > 1 ? <a href={path(page - 1)} rel="prev">{`← ${words.previousPage}`}</a> : <span />}
			<span class="quiet">{where}</span>
			{page < pages ? <a href={path(page + 1)} rel="next">{`${words.nextPage} →`}</a> : <span />}
		</nav>
	);
};

/** They stand above the devices, which are what the page is for: the rest is folded. */
const SHOWN_STRANGERS = 3;
/** Each of an address; somebody who tries them all does not make this page endless. */
const MOST_STRANGERS = 50;

const Strangers: FC<{ readonly of: readonly StrangerRow[]; readonly mayAct: boolean }> = ({ of, mayAct }) => {
	const words = useWords(sessionWords);
	const devices = useWords(deviceWords);
	const folded = of.slice(SHOWN_STRANGERS, MOST_STRANGERS);
	const hidden = of.length - MOST_STRANGERS;
	return (
		<Card title={words.strangersTitle}>
			<p class="quiet">{words.strangersText}</p>
			<StrangerRows of={of.slice(0, SHOWN_STRANGERS)} mayAct={mayAct} />
			{folded.length === 0 ? null : (
				<details id="more-strangers">
					<summary>{devices.more(of.length - SHOWN_STRANGERS)}</summary>
					<StrangerRows of={folded} mayAct={mayAct} />
					{hidden > 0 ? <p class="quiet">{devices.more(hidden)}</p> : null}
				</details>
			)}
		</Card>
	);
};

const StrangerRows: FC<{ readonly of: readonly StrangerRow[]; readonly mayAct: boolean }> = ({
	of,
	mayAct,
}) => {
	const words = useWords(sessionWords);
	return (
		<ul class="rows">
			{of.map((stranger) => (
				<li>
					<div>
						<a href={strangerPath(stranger.address)}>
							<strong>{stranger.address}</strong>
						</a>{" "}
						<StrangerInBrief stranger={stranger} />
					</div>
					{mayAct ? (
						<div class="actions">
							<LinkButton href={strangerPath(stranger.address)} kind="primary">
								{words.allow}
								<span class="sr-only"> {stranger.address}</span>
							</LinkButton>
							<LinkButton href={strangerPath(stranger.address, "refuse")}>
								{words.refuse}
								<span class="sr-only"> {stranger.address}</span>
							</LinkButton>
						</div>
					) : null}
				</li>
			))}
		</ul>
	);
};

const StrangerInBrief: FC<{ readonly stranger: StrangerRow }> = ({ stranger }) => {
	const words = useWords(sessionWords);
	const { helo, senders, heldMessages, heldBytes, lastSeenAt } = stranger;
	const { language } = usePage();
	return (
		<>
			<Moment at={lastSeenAt} />
			<div class="quiet small one-line">
				{helo === "" ? words.greetedNothing : `${words.greeted} ${helo}`}
			</div>
			{senders.length === 0 ? null : (
				<div class="quiet small one-line">
					{words.senders} {senders.join(", ")}
				</div>
			)}
			{heldMessages === 0 ? null : (
				<div class="small">
					{words.held}: {words.heldCount(heldMessages, formatSize(language, heldBytes))}
				</div>
			)}
		</>
	);
};
