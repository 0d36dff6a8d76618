/** A new device in a short form: what it is called, how it is known, through which account it sends. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { KindHints } from "../../../appliance/services.ts";
import { Button, CheckField, Form, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { useWords } from "../../page-context.ts";
import type { AddDraft } from "./device-draft.ts";
import { AccountField, SwitchFields, UsernameField } from "./device-fields.tsx";
import { KindName } from "./gallery-page.tsx";

interface AddPageProps {
	readonly hints: KindHints;
	readonly draft: AddDraft;
	/** Addresses of the Microsoft accounts. */
	readonly accounts: readonly string[];
	readonly refused?: UserError | undefined;
}

export const AddPage: FC<AddPageProps> = ({ hints, draft, accounts, refused }) => {
	const words = useWords(deviceSetupWords);
	return (
		<>
			<PageHead
				title={
					<>
						{words.title}: <KindName of={hints} />
					</>
				}
				back={{ href: "/devices/new", label: words.otherKind }}
			/>
			{accounts.length === 0 ? <NoAccount /> : null}
			<Refused error={refused} />
			<Card class="narrow">
				<Form action={`/devices/new/${encodeURIComponent(hints.kind)}`}>
					<TextField
						label={words.name}
						name="name"
						value={draft.name}
						hint={words.nameHint}
						maxlength={100}
						autofocus
					/>
					<CheckField label={words.signsIn} name="signs_in" hint={words.signsInHint} isOn={draft.signsIn} />
					<TextField
						label={words.address}
						name="address"
						value={draft.address}
						hint={words.addressHint}
						maxlength={64}
						isOptional
						isCode
					/>
					<AccountField accounts={accounts} value={draft.account} />
					<Special hints={hints} draft={draft} />
					<Button>{words.addButton}</Button>
				</Form>
			</Card>
		</>
	);
};

const NoAccount: FC = () => {
	const words = useWords(deviceSetupWords);
	return (
		<Notice kind="info" title={words.noAccount}>
			<p>{words.noAccountText}</p>
			<div class="actions">
				<LinkButton href="/microsoft">{words.connect}</LinkButton>
			</div>
		</Notice>
	);
};

/** What few need: open when something of it was used. */
const Special: FC<{ readonly hints: KindHints; readonly draft: AddDraft }> = ({ hints, draft }) => {
	const words = useWords(deviceSetupWords);
	const isUsed = draft.username !== "" || draft.switches.length > 0;
	return (
		<details open={isUsed}>
			<summary>{words.switches}</summary>
			<div class="stack">
				<UsernameField label={words.username} value={draft.username} hint={words.usernameHint} />
				{hints.tryIf.length === 0 ? null : <p class="hint">{words.switchesText}</p>}
				<SwitchFields switches={hints.tryIf.map(({ turnOn }) => turnOn)} on={draft.switches} />
			</div>
		</details>
	);
};
