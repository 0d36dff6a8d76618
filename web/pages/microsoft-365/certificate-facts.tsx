/** The public half of an account's certificate: what to compare, and the files to upload. */
import type { FC } from "hono/jsx";
import type { AppCertificate } from "../../../appliance/services.ts";
import { Moment } from "../../components/moment.tsx";
import { Copyable, Facts, LinkButton } from "../../components/page-parts.tsx";
import { microsoftWords } from "../../locales/microsoft.ts";
import { useWords } from "../../page-context.ts";
import { accountPath } from "./sign-in-draft.ts";

export const CertificateFacts: FC<{ readonly certificate: AppCertificate }> = ({ certificate }) => {
	const words = useWords(microsoftWords);
	const { address, clientId, thumbprintSha1, thumbprintSha256, expiresAt } = certificate;
	const { acceptedAt, olderServesUntil, file } = certificate;
	return (
		<>
			<div class="toolbar">
				<LinkButton href={`${accountPath(address)}/certificate.pem`} isDownload>
					{words.download}
				</LinkButton>
				<LinkButton href={`${accountPath(address)}/certificate.cer`} isDownload>
					{words.downloadDer}
				</LinkButton>
			</div>
			<Facts
				of={[
					[words.clientId, <Copyable text={clientId} label={words.clientId} />],
					[words.thumbprint1, <Copyable text={thumbprintSha1} label={words.thumbprint1} />],
					[words.thumbprint256, <Copyable text={thumbprintSha256} label={words.thumbprint256} />],
					[words.certificateExpires, <Moment at={expiresAt} isAbsolute />],
					[words.accepted, acceptedAt === null ? words.acceptedNot : <Moment at={acceptedAt} isAbsolute />],
					olderServesUntil === null ? null : [words.olderServes, <Moment at={olderServesUntil} isAbsolute />],
					file === "" ? null : [words.fromFile, <code>{file}</code>],
				]}
			/>
		</>
	);
};
