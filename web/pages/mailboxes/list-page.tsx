/** Who may fetch what. */
import type { FC } from "hono/jsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { useMay, useWords } from "../../page-context.ts";
import { type Mailbox, mailboxPath } from "./mailbox-path.ts";

interface ListPageProps {
	readonly mailboxes: readonly Mailbox[];
	/** Owner texts. */
	readonly troubles: readonly string[];
	readonly hasAccount: boolean;
}

export const ListPage: FC<ListPageProps> = ({ mailboxes, troubles, hasAccount }) => {
	const words = useWords(mailboxWords);
	const isOwner = useMay("owner");
	return (
		<>
			<PageHead title={words.title} lead={words.lead}>
				{isOwner && mailboxes.length > 0 ? (
					<LinkButton href="/mailboxes/new" icon="add" kind="primary">
						{words.add}
					</LinkButton>
				) : null}
			</PageHead>
			<Card id="mailboxes" live="mailboxes accounts">
				{troubles.map((text) => (
					<Notice kind="trouble" said={text} />
				))}
				{mailboxes.length === 0 ? (
					<NoMailbox hasAccount={hasAccount} isOwner={isOwner} />
				) : (
					<Rows mailboxes={mailboxes} />
				)}
			</Card>
		</>
	);
};

const NoMailbox: FC<{ readonly hasAccount: boolean; readonly isOwner: boolean }> = ({
	hasAccount,
	isOwner,
}) => {
	const words = useWords(mailboxWords);
	return (
		<Empty icon="mailboxes" title={words.emptyTitle}>
			<p>{words.emptyText}</p>
			{hasAccount ? null : <p>{words.needsAccount}</p>}
			{isOwner ? (
				<LinkButton href={hasAccount ? "/mailboxes/new" : "/microsoft"} kind="primary">
					{hasAccount ? words.add : words.needsAccountDo}
				</LinkButton>
			) : null}
		</Empty>
	);
};

const Rows: FC<{ readonly mailboxes: readonly Mailbox[] }> = ({ mailboxes }) => {
	const words = useWords(mailboxWords);
	return (
		<table class="stacked">
			<thead>
				<tr>
					<th scope="col">{words.username}</th>
					<th scope="col">{words.mailbox}</th>
					<th scope="col">{words.folder}</th>
					<th scope="col">{words.whenDeleted}</th>
				</tr>
			</thead>
			<tbody>
				{mailboxes.map(({ username, mailbox, folder, onDelete }) => (
					<tr>
						<th scope="row">
							<a href={mailboxPath(username)}>{username}</a>
						</th>
						<td data-label={words.mailbox}>{mailbox}</td>
						<td data-label={words.folder}>{folder}</td>
						<td data-label={words.whenDeleted}>{words.onDelete[onDelete]}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
};
