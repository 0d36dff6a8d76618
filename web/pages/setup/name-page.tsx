/** Step 2: what the box is called. */
import type { FC } from "hono/jsx";
import type { Setting } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { setupWords } from "../../locales/setup.ts";
import { useWords } from "../../page-context.ts";
import { HaveBackup } from "./have-backup.tsx";

interface NamePageProps {
	readonly name: string;
	readonly setting: Setting | undefined;
	readonly refused?: UserError | undefined;
}

export const NamePage: FC<NamePageProps> = ({ name, setting, refused }) => {
	const words = useWords(setupWords);
	const common = useWords(commonWords);
	const isLocked = setting?.isLocked === true;
	return (
		<>
			<PageHead title={words.nameTitle} back={{ href: "/setup", label: words.backToSteps }} />
			<Card class="narrow">
				<Refused error={refused} />
				<Form action="/setup/name">
					<TextField
						label={words.nameLabel}
						name="name"
						value={name}
						hint={isLocked ? common.lockedByFile(setting.origin) : words.nameHint}
						maxlength={63}
						isDisabled={isLocked}
						isCode
					/>
					<div class="actions">
						{isLocked ? null : <Button>{words.goOn}</Button>}
						<LinkButton href="/setup/check">{words.skip}</LinkButton>
					</div>
				</Form>
			</Card>
			<HaveBackup />
		</>
	);
};
