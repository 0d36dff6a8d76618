/** The accounts, each with how it is; or how to come by the first. */
import type { FC } from "hono/jsx";
import { ActionButton } from "../../components/form.tsx";
import { Card, Empty, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useMay, useWords } from "../../page-context.ts";
import { AccountBadge } from "../overview/overview-page.tsx";
import { AccountFacts, AccountTrouble, type AccountView } from "./account-facts.tsx";
import { accountPath, signInPath } from "./sign-in-draft.ts";

interface ListPageProps {
	readonly views: readonly AccountView[];
	readonly hasApp: boolean;
}

export const ListPage: FC<ListPageProps> = ({ views, hasApp }) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	return (
		<>
			<PageHead title={words.title} lead={words.lead}>
				{isOwner ? (
					<>
						<LinkButton href="/microsoft/app">{words.app}</LinkButton>
						{views.length === 0 ? null : (
							<LinkButton href="/microsoft/new" icon="add" kind="primary">
								{words.add}
							</LinkButton>
						)}
					</>
				) : null}
			</PageHead>
			<div id="accounts" class="stack" data-live="accounts">
				{views.length === 0 ? (
					<NoAccount hasApp={hasApp} />
				) : (
					views.map((view) => <AccountCard view={view} />)
				)}
			</div>
		</>
	);
};

const NoAccount: FC<{ readonly hasApp: boolean }> = ({ hasApp }) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	return (
		<Card>
			<Empty icon="microsoft" title={words.emptyTitle}>
				<p>{words.emptyText}</p>
				{hasApp || !isOwner ? null : <p>{words.emptyAppText}</p>}
				{isOwner ? (
					<LinkButton href={hasApp ? "/microsoft/new" : "/microsoft/app"} kind="primary">
						{hasApp ? words.add : words.emptyApp}
					</LinkButton>
				) : null}
			</Empty>
		</Card>
	);
};

const AccountCard: FC<{ readonly view: AccountView }> = ({ view }) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	const mayTest = useMay("operator");
	const { account, state } = view.status;
	const path = accountPath(account.address);
	return (
		<section class="card">
			<header>
				<h2>
					<a href={path}>{account.address}</a>
				</h2>
				<AccountBadge account={{ state, circuit: view.circuit }} />
			</header>
			<AccountTrouble view={view} />
			<AccountFacts view={view} />
			<div class="toolbar">
				{isOwner && state === "signing-in" ? (
					<LinkButton href={signInPath(account)} kind="primary">
						{useWords(accountSignInWords).title(account.address)}
					</LinkButton>
				) : null}
				{isOwner && state === "needs-sign-in" ? (
					<ActionButton action={signInPath(account)} kind="primary">
						{words.signIn}
					</ActionButton>
				) : null}
				{mayTest && state === "signed-in" ? (
					<ActionButton action={`${path}/test`}>{words.testDo}</ActionButton>
				) : null}
			</div>
		</section>
	);
};
