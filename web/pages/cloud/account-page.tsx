/** One account: its state, a test mail with its whole journey, its certificate, what it is made of. */
import type { FC } from "hono/jsx";
import type { AccountStatus, AppCertificate, Status, TestStep } from "../../../appliance/services.ts";
import { ActionButton } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { commonWords } from "../../locales/common.ts";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useMay, useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";
import { AccountState, SignInButton } from "./accounts-page.tsx";

interface AccountPageProps {
	readonly status: AccountStatus;
	readonly circuit: Status["accounts"][number]["circuit"];
	readonly certificate: AppCertificate | undefined;
	readonly test: Run<TestStep> | undefined;
}

export const AccountPage: FC<AccountPageProps> = ({ status, circuit, certificate, test }) => {
	const words = useWords(microsoftWords);
	const common = useWords(commonWords);
	const { account } = status;
	const [mayAct, isOwner] = [useMay("operator"), useMay("owner")];
	const path = `/microsoft/${encodeURIComponent(account.address)}`;
	return (
		<>
			<PageHead title={account.address} back={{ href: "/microsoft", label: words.title }}>
				{status.state === "needs-sign-in" ? null : <SignInButton address={account.address} isAgain />}
			</PageHead>
			<Card id="account" live="accounts mail">
				<AccountState status={status} circuit={circuit} />
			</Card>
			<Card title={words.testTitle}>
				<p>{words.testText}</p>
				{test === undefined ? null : <RunSteps run={test} id="test-steps" />}
				{mayAct ? (
					<ActionButton action={`${path}/test`} kind="quiet">
						{words.test}
					</ActionButton>
				) : null}
			</Card>
			{certificate === undefined ? null : <CertificateCard certificate={certificate} path={path} />}
			<Card title={words.details}>
				<Facts
					of={[
						[words.method, words.methods[account.method]],
						[words.transport, words.transports[account.transport]],
						[words.clientIdLabel, <code>{account.clientId || words.noOwnApp}</code>],
						[words.tenantLabel, <code>{account.tenant}</code>],
						account.origin === "file" ? ["", words.fromFile] : null,
					]}
				/>
				{isOwner ? (
					<div class="actions">
						<ActionButton action={`${path}/remove`} kind="danger">
							{common.remove}
						</ActionButton>
					</div>
				) : null}
			</Card>
		</>
	);
};

const CertificateCard: FC<{ readonly certificate: AppCertificate; readonly path: string }> = ({
	certificate,
	path,
}) => {
	const words = useWords(microsoftWords);
	return (
		<Card title={words.certificate}>
			<Facts
				of={[
					[words.thumbprint, <code>{certificate.thumbprintSha1}</code>],
					[words.expires, <Moment at={certificate.expiresAt} />],
					[
						words.accepted,
						certificate.acceptedAt === null ? words.notAccepted : <Moment at={certificate.acceptedAt} />,
					],
				]}
			/>
			<div class="actions">
				<LinkButton href={`${path}/certificate.pem`} isDownload>
					{words.certDownload}
				</LinkButton>
				{useMay("owner") ? <ActionButton action={`${path}/certificate`}>{words.renew}</ActionButton> : null}
			</div>
			<p class="quiet small">{words.renewText}</p>
		</Card>
	);
};
