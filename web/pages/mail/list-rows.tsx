/** The rows of the mail list, a card each on a phone, and what can be done with many at once. */
import type { FC } from "hono/jsx";
import type { MailRow } from "../../../appliance/console-services.ts";
import type { QueueAction } from "../../../appliance/services.ts";
import { MailBadge } from "../../components/badge.tsx";
import { DeviceName } from "../../components/device-name.tsx";
import { Button, Form } from "../../components/form.tsx";
import { Moment, Size } from "../../components/moment.tsx";
import { Said } from "../../components/said.tsx";
import { mailWords } from "../../locales/mail.ts";
import { useMay, useWords } from "../../page-context.ts";
import { actionsPath, type ListQuery } from "./filter.ts";
import { NextTry } from "./next-try.tsx";

export const ACTIONS: readonly QueueAction[] = ["retry", "hold", "release", "delete"];

/** On what: the ids that are marked, or everything that the filter finds. */
export type Scope = "marked" | "all";

export const Rows: FC<{ readonly query: ListQuery; readonly rows: readonly MailRow[] }> = ({
	query,
	rows,
}) => {
	if (!useMay("operator")) return <Table rows={rows} mayMark={false} />;
	return (
		<Form action={actionsPath(query)} class="mail-form">
			<Toolbar />
			<Table rows={rows} mayMark />
			<AllThatMatch />
		</Form>
	);
};

const Toolbar: FC = () => {
	const words = useWords(mailWords);
	return (
		<div class="toolbar mail-tools">
			<label class="choice" hidden>
				<input type="checkbox" data-mark-all="id" hidden />
				<span>{words.markAll}</span>
			</label>
			<fieldset class="toolbar on-marked">
				<legend class="sr-only">{words.actOn}</legend>
				<ActionButtons scope="marked" question={words.deleteMarked} />
			</fieldset>
		</div>
	);
};

const AllThatMatch: FC = () => {
	const words = useWords(mailWords);
	return (
		<details id="all-that-match">
			<summary>{words.allThatMatch}</summary>
			<fieldset class="toolbar">
				<legend class="quiet">{words.allThatMatchText}</legend>
				<ActionButtons scope="all" question={words.deleteAll} />
			</fieldset>
		</details>
	);
};

const ActionButtons: FC<{ readonly scope: Scope; readonly question: string }> = ({ scope, question }) => {
	const words = useWords(mailWords);
	return (
		<>
			{ACTIONS.map((action) => (
				<>
					<Button
						kind={action === "delete" ? "danger" : "quiet"}
						name="do"
						value={`${scope}:${action}`}
						{...(action === "delete" ? { confirm: question } : {})}
					>
						{words.actions[action]}
					</Button>{" "}
				</>
			))}
		</>
	);
};

const Table: FC<{ readonly rows: readonly MailRow[]; readonly mayMark: boolean }> = ({ rows, mayMark }) => {
	const { columns } = useWords(mailWords);
	return (
		<table class="stacked mail-table">
			<thead>
				<tr>
					{mayMark ? (
						<th scope="col">
							<span class="sr-only">{columns.mark}</span>
						</th>
					) : null}
					<th scope="col">{columns.time}</th>
					<th scope="col">{columns.state}</th>
					<th scope="col">{columns.device}</th>
					<th scope="col">{columns.message}</th>
					<th scope="col" class="number">
						{columns.size}
					</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<Row row={row} mayMark={mayMark} />
				))}
			</tbody>
		</table>
	);
};

const Row: FC<{ readonly row: MailRow; readonly mayMark: boolean }> = ({ row, mayMark }) => {
	const words = useWords(mailWords);
	return (
		<tr id={`row-${row.id}`}>
			{mayMark ? (
				<td class="mark">
					<label>
						<input
							type="checkbox"
							name="id"
							value={row.id}
							id={`mark-${row.id}`}
							data-mark
							aria-label={words.markOne(row.id)}
						/>
					</label>
				</td>
			) : null}
			<td class="time nowrap">
				<Moment at={row.receivedAt} />
			</td>
			<td class="state">
				<MailBadge state={row.state} />
				<Tries row={row} />
			</td>
			<td class="device">
				<DeviceName name={row.device} />
			</td>
			<td class="message">
				<MessageLink row={row} />
				{row.lastError === "" ? null : (
					<p class="quiet small two-lines">
						<Said text={row.lastError} />
					</p>
				)}
			</td>
			<td class="size number nowrap">
				<Size bytes={row.sizeBytes} />
			</td>
		</tr>
	);
};

/** Once is no news of what was delivered. */
const Tries: FC<{ readonly row: MailRow }> = ({ row: { attempts, nextAttemptAt, finishedAt } }) => {
	const words = useWords(mailWords);
	if (attempts === 0 || (finishedAt !== null && attempts === 1)) return null;
	return (
		<p class="quiet small">
			{words.tries(attempts)}
			{nextAttemptAt === null ? null : (
				<>
					, {words.next} <NextTry at={nextAttemptAt} />
				</>
			)}
		</p>
	);
};

/** By its subject where that is kept, else by who writes to whom; the whole card on a phone. */
const MessageLink: FC<{ readonly row: MailRow }> = ({ row }) => {
	const href = `/mail/${encodeURIComponent(row.id)}`;
	if (row.subject === "") {
		return (
			<a href={href} class="row-link two-lines">
				<Correspondents of={row} />
			</a>
		);
	}
	return (
		<>
			<a href={href} class="row-link two-lines">
				{row.subject}
			</a>
			<p class="small two-lines">
				<Correspondents of={row} />
			</p>
		</>
	);
};

export const Correspondents: FC<{
	readonly of: Pick<MailRow, "sender" | "recipients" | "recipientCount">;
}> = ({ of: { sender, recipients, recipientCount } }) => {
	const words = useWords(mailWords);
	const more = recipientCount - recipients.length;
	return (
		<>
			<span class="from">
				{sender === "" ? words.nobody : sender} <span aria-hidden="true">→</span>
			</span>{" "}
			<span class="to">
				<span class="sr-only">{words.to}</span> {recipients.join(", ")}
				{more > 0 ? ` ${words.others(more)}` : null}
			</span>
		</>
	);
};
