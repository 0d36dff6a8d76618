/** Help with the app registration: each field to copy, what people miss, and the two values that Postern needs. */
import type { FC } from "hono/jsx";
import type { Setting } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useWords } from "../../page-context.ts";

/** learn.microsoft.com: “Quickstart: Register an application”. */
const PORTAL = "https://entra.microsoft.com/";
/** Where native apps end (Entra's own empty page), unless `microsoft.redirect` says otherwise. */
const NATIVE_PAGE = "https://login.microsoftonline.com/common/oauth2/nativeclient";
const PERMISSIONS = ["Mail.Send", "Mail.ReadWrite", "User.Read", "offline_access"];

interface AppPageProps {
	readonly clientId: Setting | undefined;
	readonly tenant: Setting | undefined;
	readonly redirect: string;
	readonly typed?: { readonly clientId: string; readonly tenant: string };
	readonly refused?: UserError | undefined;
}

export const AppPage: FC<AppPageProps> = ({ clientId, tenant, redirect, typed, refused }) => {
	const words = useWords(microsoftWords);
	const common = useWords(commonWords);
	const { appSteps } = words;
	const isLocked = clientId?.isLocked === true;
	return (
		<>
			<PageHead title={words.app} lead={words.appLead} back={{ href: "/microsoft", label: words.title }} />
			<Card>
				<ol class="numbered">
					<li>
						<a href={PORTAL} rel="noreferrer" target="_blank">
							{PORTAL}
						</a>
						<br />
						{appSteps.open}
					</li>
					<li>
						{appSteps.name}: <Copyable text="Postern" label={appSteps.name} />
					</li>
					<li>
						{appSteps.types}: <strong>{appSteps.typesValue}</strong>
					</li>
					<li>
						{appSteps.redirect} <Copyable text={redirect || NATIVE_PAGE} label={appSteps.redirect} />
					</li>
				</ol>
				<Notice kind="info" title={words.missed}>
					<ul>
						<li>{appSteps.public}</li>
						<li>
							{appSteps.permissions} <code>{PERMISSIONS.join(", ")}</code>
						</li>
						<li>{appSteps.consent}</li>
					</ul>
				</Notice>
				<p class="quiet small">{appSteps.smtpAuth}</p>
			</Card>
			<Card class="narrow">
				<Refused error={refused} />
				<p>{isLocked ? words.idsLocked : words.idsLead}</p>
				<Form action="/microsoft/app">
					<TextField
						label={words.clientIdLabel}
						name="client_id"
						value={typed?.clientId ?? String(clientId?.value ?? "")}
						hint={isLocked ? common.lockedByFile(clientId?.origin ?? "") : undefined}
						placeholder="11111111-2222-3333-4444-555555555555"
						maxlength={128}
						isDisabled={isLocked}
						isCode
					/>
					<TextField
						label={words.tenantLabel}
						name="tenant"
						value={typed?.tenant ?? String(tenant?.value ?? "common")}
						hint={tenant?.isLocked === true ? common.lockedByFile(tenant.origin) : words.tenantHint}
						maxlength={255}
						isDisabled={tenant?.isLocked === true}
						isCode
					/>
					<div class="actions">
						<Button>{words.tryIt}</Button>
					</div>
				</Form>
			</Card>
		</>
	);
};
