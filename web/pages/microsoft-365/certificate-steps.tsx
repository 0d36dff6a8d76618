/** Signing in with a certificate: the public half, and what an administrator does with it (see cli/account-certificate.ts). */
import type { FC } from "hono/jsx";
import type { AppCertificate } from "../../../appliance/services.ts";
import { Card, Copyable } from "../../components/page-parts.tsx";
import { accountSignInWords } from "../../locales/account-sign-in.ts";
import { useWords } from "../../page-context.ts";
import { CertificateFacts } from "./certificate-facts.tsx";

export const CertificateSteps: FC<{ readonly certificate: AppCertificate }> = ({ certificate }) => {
	const words = useWords(accountSignInWords);
	const { transport } = certificate;
	return (
		<>
			<Card title={words.certificateTitle}>
				<p>{words.certificateText}</p>
				<CertificateFacts certificate={certificate} />
			</Card>
			<Card title={words.certificateUpload}>
				<p>{words.certificateUploadText}</p>
			</Card>
			<Card title={words.certificatePermit}>
				<p>{transport === "graph" ? words.certificateGraph : words.certificateSmtp}</p>
				{transport === "graph" ? <p>{words.certificateLimit}</p> : null}
				<Commands of={commandsFor(certificate)} />
				<p class="hint">{words.certificateObject}</p>
			</Card>
			<p class="hint">{words.certificateTries}</p>
		</>
	);
};

const Commands: FC<{ readonly of: readonly string[] }> = ({ of }) => (
	<ul class="commands">
		{of.map((command) => (
			<li>
				<Copyable text={command} label={command.split(" ")[0] ?? ""} />
			</li>
		))}
	</ul>
);

/** learn.microsoft.com: "RBAC for Applications in Exchange Online"; "Authenticate an IMAP, POP or SMTP connection using OAuth". */
function commandsFor({ clientId, address, transport }: AppCertificate): readonly string[] {
	const principal = `New-ServicePrincipal -AppId ${clientId} -ObjectId OBJECT-ID`;
	if (transport === "smtp") {
		return [principal, `Add-MailboxPermission -Identity ${address} -User OBJECT-ID -AccessRights FullAccess`];
	}
	const assign = (role: string) =>
		`New-ManagementRoleAssignment -App ${clientId} -Role "Application ${role}" -CustomResourceScope Postern`;
	return [
		principal,
		`New-ManagementScope -Name Postern -RecipientRestrictionFilter "PrimarySmtpAddress -eq '${address}'"`,
		assign("Mail.Send"),
		assign("Mail.ReadWrite"),
	];
}
