/** One account: how it is, a test mail, its certificate, its settings, and the way out of the list. */
import type { FC } from "hono/jsx";
import type { AppCertificate, TestStep } from "../../../appliance/services.ts";
import { ActionButton, Button, Form } from "../../components/form.tsx";
import { Count } from "../../components/moment.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useMay, useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";
import { AccountBadge } from "../overview/overview-page.tsx";
import { AccountFacts, AccountTrouble, type AccountView } from "./account-facts.tsx";
import { CertificateFacts } from "./certificate-facts.tsx";
import { accountPath, signInPath } from "./sign-in-draft.ts";

interface AccountPageProps {
	readonly view: AccountView;
	/** Null: none has been made, or it does not sign in by one. */
	readonly certificate: AppCertificate | null;
	readonly test: Run<TestStep> | undefined;
}

export const AccountPage: FC<AccountPageProps> = ({ view, certificate, test }) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	const mayTest = useMay("operator");
	const { account, state } = view.status;
	const path = accountPath(account.address);
	return (
		<>
			<PageHead title={account.address} back={{ href: "/microsoft", label: words.title }}>
				{isOwner ? <SignInAgain view={view} /> : null}
			</PageHead>
			<Card
				title={words.howItSends}
				id="account"
				live="accounts"
				actions={<AccountBadge account={{ state, circuit: view.circuit }} />}
			>
				<AccountTrouble view={view} />
				<AccountFacts view={view} />
			</Card>
			<Card title={words.test}>
				<p class="quiet">{words.testText}</p>
				{test === undefined ? null : <RunSteps run={test} id="test" />}
				{mayTest ? (
					<div class="toolbar">
						<ActionButton action={`${path}/test`} kind={test === undefined ? "primary" : "quiet"}>
							{test === undefined ? words.testDo : words.testAgain}
						</ActionButton>
					</div>
				) : null}
			</Card>
			{account.method === "certificate" ? <CertificateCard path={path} certificate={certificate} /> : null}
			<Settings view={view} />
			{isOwner ? (
				<Form action={`${path}/remove`} class="inline">
					<button type="submit" class="button danger" data-confirm={words.removeAsk(account.address)}>
						{words.remove}
					</button>
				</Form>
			) : null}
		</>
	);
};

const SignInAgain: FC<{ readonly view: AccountView }> = ({ view: { status } }) => {
	const words = useWords(microsoftWords);
	const { account, state } = status;
	if (state === "signing-in") {
		return (
			<LinkButton href={signInPath(account)} kind="primary">
				{useWords(accountSignInWords).waiting}
			</LinkButton>
		);
	}
	return (
		<>
			{account.origin === "file" ? null : (
				<LinkButton href={`/microsoft/new?address=${encodeURIComponent(account.address)}`}>
					{words.signInOther}
				</LinkButton>
			)}
			<ActionButton action={signInPath(account)} kind={state === "signed-in" ? "quiet" : "primary"}>
				{state === "signed-in" ? words.signInAgain : words.signIn}
			</ActionButton>
		</>
	);
};

const CertificateCard: FC<{ readonly path: string; readonly certificate: AppCertificate | null }> = ({
	path,
	certificate,
}) => {
	const words = useWords(microsoftWords);
	const isOwner = useMay("owner");
	return (
		<Card title={words.certificate}>
			{certificate === null ? (
				<p>{words.certificateNone}</p>
			) : (
				<>
					<p class="quiet">{words.certificateText}</p>
					<CertificateFacts certificate={certificate} />
				</>
			)}
			{isOwner && certificate?.file === "" ? (
				<Form action={`${path}/renew`}>
					<p class="hint">{words.renewText}</p>
					<div>
						<Button kind="quiet">{words.renew}</Button>
					</div>
				</Form>
			) : null}
		</Card>
	);
};

const Settings: FC<{ readonly view: AccountView }> = ({ view: { status } }) => {
	const words = useWords(microsoftWords);
	const { account } = status;
	return (
		<Card title={words.settings}>
			<Facts
				of={[
					[words.method, words.methods[account.method]],
					[words.transport, words.transports[account.transport]],
					[words.clientId, <code>{account.clientId}</code>],
					[words.tenant, <code>{account.tenant}</code>],
					account.senders.length === 0 ? null : [words.senders, account.senders.join(", ")],
					[words.owner, account.owner],
					[words.limits, <Count of={account.limits.recipientsPerDay} />],
					[words.origin, words.origins[account.joinedAt === undefined ? account.origin : "joined"]],
				]}
			/>
			<p class="hint">{words.settingsElsewhere}</p>
		</Card>
	);
};
