/** Who fetches what: the list, a new one, what to type into its program, a test. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import type { MailboxDraft, MailboxService, MailboxSettings, TestStep } from "../../../appliance/services.ts";
import { ActionButton, Button, CheckField, Form, SelectField, TextField } from "../../components/form.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, Empty, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { useMay, useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";

export type Mailbox = Awaited<ReturnType<MailboxService["list"]>>[number];

export const MailboxesPage: FC<{ readonly mailboxes: readonly Mailbox[] }> = ({ mailboxes }) => {
	const words = useWords(mailboxWords);
	return (
		<>
			<PageHead title={words.title} lead={words.lead}>
				{useMay("operator") ? (
					<LinkButton href="/mailboxes/new" kind="primary" icon="add">
						{words.add}
					</LinkButton>
				) : null}
			</PageHead>
			<Card id="mailboxes" live="mailboxes settings">
				{mailboxes.length === 0 ? (
					<Empty icon="mailboxes" title={words.emptyTitle}>
						<p>{words.emptyText}</p>
					</Empty>
				) : (
					<ul class="rows">
						{mailboxes.map(({ username, mailbox, onDelete }) => (
							<li>
								<div>
									<a href={`/mailboxes/${encodeURIComponent(username)}`}>{username}</a>
									<div class="quiet small">
										{mailbox} · {words.onDeletes[onDelete]}
									</div>
								</div>
							</li>
						))}
					</ul>
				)}
			</Card>
		</>
	);
};

interface NewMailboxProps {
	readonly typed: MailboxDraft;
	readonly accounts: readonly string[];
	readonly refused?: UserError | undefined;
}

export const NewMailboxPage: FC<NewMailboxProps> = ({ typed, accounts, refused }) => {
	const words = useWords(mailboxWords);
	const { options = {} } = typed;
	const plain = { isOptional: true, isPlain: true } as const;
	return (
		<>
			<PageHead title={words.add} back={{ href: "/mailboxes", label: words.title }} />
			<Card class="narrow">
				<Refused error={refused} />
				<Form action="/mailboxes/new">
					<TextField
						label={words.mailbox}
						name="mailbox"
						type="email"
						value={typed.mailbox}
						hint={words.mailboxHint}
						maxlength={320}
						autofocus
					/>
					<TextField
						label={words.username}
						name="username"
						value={typed.username}
						hint={words.usernameHint}
						maxlength={100}
						isOptional
						isCode
					/>
					<SelectField
						label={words.account}
						name="account"
						value={typed.account}
						choices={[
							{ value: "", label: words.onlyAccount },
							...accounts.map((account) => ({ value: account, label: account })),
						]}
					/>
					<SelectField
						label={words.onDelete}
						name="on_delete"
						value={typed.onDelete ?? "trash"}
						choices={(["trash", "delete", "keep"] as const).map((value) => ({
							value,
							label: words.onDeletes[value],
						}))}
					/>
					<details open={Object.keys(options).length > 0}>
						<summary>{words.more}</summary>
						<div class="stack">
							<CheckField label={words.onlyUnread} name="only_unread" isOn={options.only_unread === true} />
							<CheckField label={words.markRead} name="mark_read" isOn={options.mark_read === true} />
							<TextField
								{...plain}
								label={words.newerThan}
								name="newer_than"
								value={options.newer_than}
								hint={words.newerThanHint}
							/>
							<TextField
								{...plain}
								label={words.most}
								name="most_messages"
								value={options.most_messages}
								hint={words.mostHint}
							/>
							<TextField
								{...plain}
								label={words.cache}
								name="cache"
								value={options.cache}
								hint={words.cacheHint}
							/>
							<CheckField
								label={words.clear}
								name="auth_without_tls"
								isOn={options.auth_without_tls === true}
							/>
						</div>
					</details>
					<div class="actions">
						<Button>{words.add}</Button>
					</div>
				</Form>
			</Card>
		</>
	);
};

interface MailboxPageProps {
	readonly mailbox: Mailbox;
	/** Just added. */
	readonly settings: Pick<MailboxSettings, "server" | "ports"> | undefined;
	readonly password: Secret | undefined;
	readonly run: Run<TestStep> | undefined;
}

export const MailboxPage: FC<MailboxPageProps> = ({ mailbox, settings, password, run }) => {
	const words = useWords(mailboxWords);
	const common = useWords(commonWords);
	const mayAct = useMay("operator");
	const path = `/mailboxes/${encodeURIComponent(mailbox.username)}`;
	const [best, ...others] = settings?.ports ?? [];
	return (
		<>
			<PageHead
				title={words.card(mailbox.username)}
				back={{ href: "/mailboxes", label: words.title }}
				lead={mailbox.origin === "file" ? words.fromFile : mailbox.mailbox}
			/>
			{password === undefined ? null : <Notice kind="info" title={common.shownOnce} />}
			<Card>
				<Facts
					of={[
						settings === undefined
							? null
							: [words.server, <Copyable text={settings.server} label={words.server} />],
						best === undefined
							? null
							: [words.port, <Copyable text={String(best.port)} label={words.port} />],
						best === undefined ? null : [words.security, words.securities[best.security]],
						[words.username, <Copyable text={mailbox.username} label={words.username} />],
						password === undefined
							? null
							: [words.password, <Copyable text={password.reveal()} label={words.password} />],
						others.length === 0
							? null
							: [
									words.others,
									others.map(({ port, security }) => `${port}: ${words.securities[security]}`).join("; "),
								],
						[words.onDelete, words.onDeletes[mailbox.onDelete]],
					]}
				/>
			</Card>
			{mayAct ? (
				<Card title={words.test} class="narrow">
					<p>{words.testText}</p>
					{run === undefined ? null : <RunSteps run={run} id="test-steps" />}
					<Form action={`${path}/test`}>
						<TextField
							label={words.password}
							name="password"
							type="password"
							hint={words.testHint}
							maxlength={256}
						/>
						<div class="actions">
							<Button kind="quiet">{words.test}</Button>
						</div>
					</Form>
					{mailbox.origin === "saved" ? (
						<ActionButton action={`${path}/remove`} kind="danger">
							{words.remove}
						</ActionButton>
					) : null}
				</Card>
			) : null}
		</>
	);
};
