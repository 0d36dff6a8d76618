/** The Microsoft accounts: who each is, what it may do, how it fares, and the way out of its trouble. */
import type { FC } from "hono/jsx";
import type { AccountStatus, Status } from "../../../appliance/services.ts";
import { Badge } from "../../components/badge.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Empty, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useMay, useWords } from "../../page-context.ts";

type Circuit = Status["accounts"][number]["circuit"];

interface AccountsPageProps {
	readonly accounts: readonly AccountStatus[];
	/** By address. */
	readonly circuits: ReadonlyMap<string, Circuit>;
}

export const AccountsPage: FC<AccountsPageProps> = ({ accounts, circuits }) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	return (
		<>
			<PageHead title={words.title}>
				{isOwner ? (
					<>
						<LinkButton href="/microsoft/app">{words.app}</LinkButton>
						<LinkButton href="/microsoft/new" kind="primary" icon="add">
							{words.add}
						</LinkButton>
					</>
				) : null}
			</PageHead>
			<div id="accounts" data-live="accounts mail" class="stack">
				{accounts.length === 0 ? (
					<Card>
						<Empty icon="microsoft" title={words.emptyTitle}>
							<p>{words.emptyText}</p>
							<LinkButton href="/microsoft/app" kind="primary">
								{words.add}
							</LinkButton>
						</Empty>
					</Card>
				) : (
					accounts.map((status) => (
						<Card
							title={
								<a href={`/microsoft/${encodeURIComponent(status.account.address)}`}>
									{status.account.address}
								</a>
							}
						>
							<AccountState status={status} circuit={circuits.get(status.account.address) ?? "closed"} />
						</Card>
					))
				)}
			</div>
		</>
	);
};

export const AccountState: FC<{ readonly status: AccountStatus; readonly circuit: Circuit }> = ({
	status,
	circuit,
}) => {
	const words = useWords(microsoftWords);
	const { account, state, signedInAs, signedInAt, lapsesAt, trouble, waits } = status;
	const may = [
		words.sends,
		...(account.sharedMailboxes.length === 0 ? [] : [words.sendsAs(account.sharedMailboxes.join(", "))]),
		...(account.transport === "graph" || account.fetchOver === "pop3" ? [words.reads] : []),
	];
	return (
		<>
			<p>
				<Badge tone={state === "signed-in" ? "well" : "trouble"}>{words.states[state]}</Badge>{" "}
				<Badge tone={circuit === "closed" ? "plain" : "busy"}>{words.flows[circuit]}</Badge>
			</p>
			{trouble === "" ? null : <Notice kind="trouble" title={trouble} />}
			<Facts
				of={[
					signedInAs === ""
						? null
						: [words.signedInAs(signedInAs), signedInAt === null ? "" : <Moment at={signedInAt} />],
					[words.mayDo, may.join(", ")],
					lapsesAt === null ? null : [words.lapses, <Moment at={lapsesAt} />],
					waits === null
						? null
						: [
								words.waitsUntil,
								<>
									<Moment at={waits.until} /> ({waits.why})
								</>,
							],
				]}
			/>
			{state === "needs-sign-in" ? <SignInButton address={account.address} /> : null}
		</>
	);
};

/** Begins the sign-in that the account is set up for. */
export const SignInButton: FC<{ readonly address: string; readonly isAgain?: boolean }> = ({
	address,
	isAgain = false,
}) => {
	const words = useWords(microsoftWords);
	if (!useMay("owner")) return null;
	return (
		<ActionButton
			action={`/microsoft/${encodeURIComponent(address)}/sign-in`}
			kind={isAgain ? "quiet" : "primary"}
		>
			{isAgain ? words.signInAgain : words.signIn}
		</ActionButton>
	);
};
