/** A new login: which mailbox, as whom, and what deleting means; the rest has a good value. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import { Button, CheckField, Form, RadioField, SelectField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { LinkButton, PageHead } from "../../components/page-parts.tsx";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { useWords } from "../../page-context.ts";
import { ON_DELETE, SWITCHES, type TypedMailbox } from "./mailbox-draft.ts";

interface NewPageProps {
	readonly typed: TypedMailbox;
	/** Addresses. */
	readonly accounts: readonly string[];
	readonly refused?: UserError | undefined;
}

export const NewPage: FC<NewPageProps> = ({ typed, accounts, refused }) => {
	const words = useWords(mailboxWords);
	const { texts, onDelete } = typed;
	return (
		<>
			<PageHead title={words.add} back={{ href: "/mailboxes", label: words.title }} />
			<Refused error={refused} />
			{accounts.length > 0 ? null : (
				<Notice kind="info" title={words.needsAccount}>
					<p>
						<LinkButton href="/microsoft">{words.needsAccountDo}</LinkButton>
					</p>
				</Notice>
			)}
			<section class="card narrow">
				<Form action="/mailboxes/new">
					<TextField
						label={words.mailbox}
						name="mailbox"
						type="email"
						value={texts.mailbox}
						hint={words.mailboxHint}
						maxlength={320}
						autofocus
					/>
					<TextField
						label={words.username}
						name="username"
						value={texts.username}
						hint={words.usernameHint}
						maxlength={100}
						isOptional
					/>
					{accounts.length > 1 ? (
						<SelectField
							label={words.account}
							name="account"
							value={texts.account}
							choices={accounts.map((address) => ({ value: address, label: address }))}
						/>
					) : null}
					<RadioField
						label={words.deleting}
						name="on_delete"
						value={onDelete}
						choices={ON_DELETE.map((value) => ({
							value,
							label: words.onDelete[value],
							hint: words.onDeleteHints[value],
						}))}
					/>
					<More typed={typed} />
					<div>
						<Button>{words.create}</Button>
					</div>
				</Form>
			</section>
		</>
	);
};

const More: FC<{ readonly typed: TypedMailbox }> = ({ typed: { texts, switches } }) => {
	const words = useWords(mailboxWords);
	const fields = [
		{ name: "folder", label: words.folder, hint: words.folderHint },
		{ name: "newer_than", label: words.newerThan, hint: words.newerThanHint },
		{ name: "most_messages", label: words.most, hint: words.mostHint },
		{ name: "cache", label: words.cache, hint: words.cacheHint },
	] as const;
	const isOpen = switches.size > 0 || fields.some(({ name }) => texts[name] !== "");
	return (
		<details open={isOpen}>
			<summary>{words.more}</summary>
			<div class="stack">
				{fields.map(({ name, label, hint }) => (
					<TextField label={label} name={name} value={texts[name]} hint={hint} maxlength={512} isOptional />
				))}
				{SWITCHES.map((name) => (
					<CheckField
						label={words.switches[name]}
						name={name}
						hint={words.switchHints[name]}
						isOn={switches.has(name)}
					/>
				))}
			</div>
		</details>
	);
};
