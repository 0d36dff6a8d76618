/** Another name for a device. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";
import { devicePath } from "./paths.ts";

interface RenamePageProps {
	readonly name: string;
	/** As typed. */
	readonly newName: string;
	readonly refused?: UserError | undefined;
}

export const RenamePage: FC<RenamePageProps> = ({ name, newName, refused }) => {
	const words = useWords(deviceWords);
	const common = useWords(commonWords);
	return (
		<>
			<PageHead title={words.renameTitle(name)} back={{ href: devicePath(name), label: name }} />
			<Refused error={refused} />
			<Card class="narrow">
				<Form action={devicePath(name, "rename")}>
					<TextField
						label={words.newName}
						name="name"
						value={newName}
						hint={words.renameHint}
						maxlength={100}
						autofocus
					/>
					<div class="actions">
						<Button>{words.rename}</Button>
						<LinkButton href={devicePath(name)}>{common.cancel}</LinkButton>
					</div>
				</Form>
			</Card>
		</>
	);
};
