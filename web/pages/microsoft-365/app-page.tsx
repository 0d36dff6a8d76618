/** Help with the app registration: each step in Microsoft's portal with what to type there, and what to bring back. */
import type { Child, FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { Badge } from "../../components/badge.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, Facts, PageHead } from "../../components/page-parts.tsx";
import { appRegistrationWords } from "../../locales/app-registration.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { usePage, useWords } from "../../page-context.ts";
import { AppForm, type AppValues, TryForm } from "./app-form.tsx";
import { PermissionTable } from "./permissions.tsx";

export interface AppPageProps {
	readonly values: AppValues;
	/** As it is saved. */
	readonly savedClientId: string;
	/** Where a browser sign-in ends just now. */
	readonly redirect: string;
	readonly portal: string;
	readonly cloud: string;
	/** The first account there is, or empty. */
	readonly firstAddress: string;
	readonly refused?: UserError | undefined;
}

export const AppPage: FC<AppPageProps> = (props) => {
	const words = useWords(appRegistrationWords);
	const { values, savedClientId, redirect, portal, cloud, refused } = props;
	return (
		<>
			<PageHead
				title={words.title}
				back={{ href: "/microsoft", label: useWords(microsoftWords).title }}
				lead={words.lead}
			/>
			<Refused error={refused} />
			{savedClientId === "" ? null : (
				<Notice kind="well" title={words.done}>
					<p>{words.doneText(savedClientId)}</p>
				</Notice>
			)}
			{cloud === "" || cloud === "global" ? null : <Notice kind="info" title={words.cloud(cloud)} />}
			<ol class="how">
				<RegisterStep redirect={redirect} portal={portal} />
				<Step title={words.flows} isMissed>
					<p>{words.flowsText}</p>
				</Step>
				<Step title={words.permissions} isMissed>
					<p>{words.permissionsText}</p>
					<PermissionTable />
				</Step>
				<Step title={words.consent} isMissed>
					<p>{words.consentText}</p>
				</Step>
				<Step title={words.ids}>
					<p>{words.idsText}</p>
					<AppForm values={values} />
				</Step>
				<Step title={words.tryTitle}>
					<p>{words.tryText}</p>
					<TryForm hasApp={savedClientId !== ""} address={props.firstAddress} />
				</Step>
			</ol>
			<div class="cards">
				<Card title={words.smtp}>
					<p>{words.smtpText}</p>
				</Card>
				<Card title={words.certificate}>
					<p>{words.certificateText}</p>
				</Card>
			</div>
		</>
	);
};

const Step: FC<{ readonly title: string; readonly isMissed?: boolean; readonly children: Child }> = ({
	title,
	isMissed = false,
	children,
}) => {
	const words = useWords(appRegistrationWords);
	return (
		<li class="card">
			<header>
				<h2>{title}</h2>
				{isMissed ? <Badge tone="trouble">{words.missed}</Badge> : null}
			</header>
			{children}
		</li>
	);
};

const RegisterStep: FC<{ readonly redirect: string; readonly portal: string }> = ({ redirect, portal }) => {
	const words = useWords(appRegistrationWords);
	const name = `Postern ${usePage().boxName}`.replace(/^Postern postern$/i, "Postern");
	return (
		<Step title={words.start}>
			<p>
				<a class="button primary" href={portal} rel="noreferrer noopener" target="_blank">
					{words.portal}
				</a>
			</p>
			<p class="hint">{words.leaves}</p>
			<p>{words.startText}</p>
			<Facts
				of={[
					[words.name, <Copyable text={name} label={words.name} />],
					[
						words.accountTypes,
						<>
							<strong>{words.accountTypesValue}</strong>
							<p class="hint">{words.accountTypesPersonal}</p>
						</>,
					],
					[
						words.redirect,
						<>
							<strong>{words.redirectPlatform}</strong>
							<p>
								<Copyable text={redirect} label={words.redirect} />
							</p>
							<p class="hint">{words.redirectText}</p>
						</>,
					],
				]}
			/>
			<p>{words.register}</p>
		</Step>
	);
};
