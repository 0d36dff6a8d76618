/** Restoring: the file is asked for; once the box has checked it, what is in it, and whether it shall be put in place. */
import type { FC } from "hono/jsx";
import type { BackupSummary, MachineState } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { ActionButton, Button, Form, TextField } from "../../components/form.tsx";
import { formatSize, Moment } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Facts, PageHead } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { boxWords } from "../../locales/box.ts";
import { usePage, useWords } from "../../page-context.ts";

interface RestorePageProps {
	readonly card: MachineState["card"];
	/** What waits for a word. */
	readonly received: BackupSummary | null;
	readonly refused?: UserError | undefined;
}

/** What a backup may take of the card. */
export function roomBytesOf({ freeBytes, reserveBytes }: MachineState["card"]): number {
	return Math.max(0, freeBytes - reserveBytes);
}

export const RestorePage: FC<RestorePageProps> = ({ card, received, refused }) => {
	const words = useWords(backupWords);
	return (
		<>
			<PageHead
				title={words.restoreTitle}
				lead={received === null ? words.restoreLead : undefined}
				back={{ href: "/system", label: useWords(boxWords).title }}
			/>
			<Refused error={refused} />
			{received === null ? (
				<Card class="narrow">
					<UploadForm card={card} />
				</Card>
			) : (
				<>
					<Received backup={received} />
					<Card class="narrow">
						<details>
							<summary>{words.another}</summary>
							<UploadForm card={card} />
						</details>
					</Card>
				</>
			)}
		</>
	);
};

/** The passphrase stands before the file: it must be known when the file comes, which is read as it comes. */
const UploadForm: FC<Pick<RestorePageProps, "card">> = ({ card }) => {
	const words = useWords(backupWords);
	const { language } = usePage();
	return (
		<Form action="/system/restore" isUpload>
			<TextField label={words.itsPassphrase} name="passphrase" type="password" maxlength={1000} />
			<TextField
				label={words.file}
				name="file"
				type="file"
				hint={words.fileHint(formatSize(language, roomBytesOf(card)))}
			/>
			<Button>{words.check}</Button>
			<p class="quiet small">{words.patience}</p>
		</Form>
	);
};

const Received: FC<{ readonly backup: BackupSummary }> = ({ backup }) => {
	const words = useWords(backupWords);
	return (
		<Card class="narrow" title={words.waitsTitle}>
			<Facts
				of={[
					[words.of, <code>{backup.name}</code>],
					[words.madeAt, <Moment at={backup.madeAt} isAbsolute />],
					[words.madeBy, backup.version],
					[words.accounts, String(backup.accounts)],
					[words.devices, String(backup.devices)],
					[words.mailboxes, String(backup.mailboxes)],
					[words.people, String(backup.people)],
					[words.mail, backup.messages === 0 ? words.noMail : words.mailWaited(backup.messages)],
					[words.signInsOfIt, backup.hasSignIns ? words.signInsIn : words.signInsOut],
				]}
			/>
			<h3>{words.happens}</h3>
			<ul>
				<li>{words.replaced}</li>
				<li>{words.mailStays}</li>
				{backup.people === 0 ? null : <li>{words.signInThen}</li>}
				<li>{words.kept}</li>
			</ul>
			{backup.people === 0 ? <Notice kind="info" title={words.noPeople} /> : null}
			<div class="actions">
				<ActionButton action="/system/restore/apply" kind="danger" fields={{ made: backup.madeAt }}>
					{words.apply}
				</ActionButton>
				<ActionButton action="/system/restore/forget">{words.forget}</ActionButton>
			</div>
		</Card>
	);
};
