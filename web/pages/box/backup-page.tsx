/** Making a backup: what goes in, its passphrase, and what the file is good for. The answer to the form is the file. */
import type { FC } from "hono/jsx";
import { type BackupParts, PASSPHRASE_RULE } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, CheckField, Form, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { boxWords } from "../../locales/box.ts";
import { useWords } from "../../page-context.ts";

interface BackupPageProps {
	/** As they were chosen when it was refused. */
	readonly parts?: BackupParts;
	readonly refused?: UserError | undefined;
}

export const BackupPage: FC<BackupPageProps> = ({ parts, refused }) => {
	const words = useWords(backupWords);
	const { leastCharacters, mostCharacters, leastDifferent } = PASSPHRASE_RULE;
	const secret = { type: "password", autocomplete: "new-password", maxlength: mostCharacters } as const;
	return (
		<>
			<PageHead
				title={words.title}
				lead={words.lead}
				back={{ href: "/system", label: useWords(boxWords).title }}
			>
				<LinkButton href="/system/restore">{words.restoreTitle}</LinkButton>
			</PageHead>
			<Refused error={refused} />
			<Card class="narrow" title={words.inIt}>
				<p>{words.always}</p>
				<p class="quiet">{words.notInIt}</p>
				<Form action="/system/backup">
					<CheckField
						label={words.signIns}
						name="sign-ins"
						hint={words.signInsHint}
						isOn={parts?.signIns === true}
					/>
					<CheckField label={words.queue} name="queue" hint={words.queueHint} isOn={parts?.queue === true} />
					<TextField
						{...secret}
						label={words.passphrase}
						name="passphrase"
						hint={words.passphraseHint(leastCharacters, leastDifferent)}
					/>
					<TextField {...secret} label={words.again} name="again" />
					<p>{words.nobody}</p>
					<Button>{words.make}</Button>
					<p class="quiet small">{words.progress}</p>
				</Form>
			</Card>
		</>
	);
};
