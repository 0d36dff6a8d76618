/** Queue and history in one list, and whether mail leaves at all. */
import type { FC } from "hono/jsx";
import type { MailPage } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { Status } from "../../../appliance/services.ts";
import { ActionButton } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Empty, LinkButton, PageHead, Pager } from "../../components/page-parts.tsx";
import { mailWords } from "../../locales/mail.ts";
import { useMay, useWords } from "../../page-context.ts";
import { isFiltered, type ListQuery, listPath } from "./filter.ts";
import { Filters, QuickFilters } from "./list-filters.tsx";
import { Rows } from "./list-rows.tsx";

export interface ListPageProps {
	readonly query: ListQuery;
	readonly page: MailPage;
	readonly queue: Status["queue"];
	readonly devices: readonly string[];
	readonly accounts: readonly string[];
	/** Null when sending is not paused. */
	readonly pausedSince: string | null;
	/** The filter or the page asked for makes no sense. */
	readonly refused?: UserError | undefined;
}

export const ListPage: FC<ListPageProps> = (props) => {
	const words = useWords(mailWords);
	const { query, page, pausedSince, refused } = props;
	return (
		<>
			<PageHead title={words.title}>
				<div id="pause" data-live="mail settings">
					<PauseButton pausedSince={pausedSince} />
				</div>
			</PageHead>
			<div id="paused" data-live="mail settings" class="stack">
				{pausedSince === null ? null : <Paused since={pausedSince} />}
			</div>
			<Refused error={refused} />
			<QuickFilters query={query} queue={props.queue} />
			<Filters query={query} devices={props.devices} accounts={props.accounts} />
			<Card id="mail-list" live="mail">
				{page.rows.length === 0 ? (
					<NoMail query={query} devices={props.devices} />
				) : (
					<Rows query={query} rows={page.rows} />
				)}
				<Pager
					newer={page.newer === null ? null : listPath(query, { after: page.newer })}
					older={page.older === null ? null : listPath(query, { before: page.older })}
				/>
			</Card>
		</>
	);
};

const PauseButton: FC<{ readonly pausedSince: string | null }> = ({ pausedSince }) => {
	const words = useWords(mailWords);
	if (!useMay("operator") || pausedSince !== null) return null;
	return <ActionButton action="/mail/pause">{words.pause}</ActionButton>;
};

const Paused: FC<{ readonly since: string }> = ({ since }) => {
	const words = useWords(mailWords);
	return (
		<Notice kind="trouble" title={words.pausedTitle}>
			<p>
				{words.pausedText} {words.pausedSince}: <Moment at={since} isAbsolute />
			</p>
			{useMay("operator") ? (
				<div class="actions">
					<ActionButton action="/mail/resume" kind="primary">
						{words.resume}
					</ActionButton>
				</div>
			) : null}
		</Notice>
	);
};

const NoMail: FC<Pick<ListPageProps, "query" | "devices">> = ({ query, devices }) => {
	const words = useWords(mailWords);
	const mayAct = useMay("operator");
	if (isFiltered(query) || query.before !== undefined || query.after !== undefined) {
		return (
			<Empty icon="mail" title={words.nothingFound}>
				<p>{words.nothingFoundText}</p>
				<LinkButton href="/mail">{words.clear}</LinkButton>
			</Empty>
		);
	}
	const [first] = devices;
	return (
		<Empty icon="mail" title={words.emptyTitle}>
			<p>{words.emptyText}</p>
			{mayAct ? (
				<div class="actions">
					<LinkButton href="/devices/new" kind={first === undefined ? "primary" : "quiet"}>
						{words.emptyDo}
					</LinkButton>
					{first === undefined ? null : (
						<LinkButton href={`/devices/${encodeURIComponent(first)}/test`} kind="primary">
							{words.sendTest}
						</LinkButton>
					)}
				</div>
			) : null}
		</Empty>
	);
};
