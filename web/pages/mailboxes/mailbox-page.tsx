/** One login: what it may, what to type, a test, and its removal. */
import type { FC } from "hono/jsx";
import type { MailboxPort, TestStep } from "../../../appliance/services.ts";
import { Button, Form, TextField } from "../../components/form.tsx";
import { Count, Size } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { RunSteps } from "../../components/steps.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import type { Run } from "../../runs.ts";
import { type Mailbox, mailboxPath } from "./mailbox-path.ts";
import { ProgramCard } from "./program-card.tsx";
import { formatSpan } from "./span.ts";

interface MailboxPageProps {
	readonly mailbox: Mailbox;
	readonly server: string;
	readonly ports: readonly MailboxPort[];
	/** While its maker may still see it. */
	readonly password: string | null;
	/** Owner texts. */
	readonly troubles: readonly string[];
	readonly test: Run<TestStep> | undefined;
}

export const MailboxPage: FC<MailboxPageProps> = (props) => {
	const words = useWords(mailboxWords);
	const mayTest = useMay("operator");
	const { mailbox, server, ports, password, troubles, test } = props;
	const { username } = mailbox;
	return (
		<>
			<PageHead title={username} back={{ href: "/mailboxes", label: words.title }} lead={mailbox.mailbox} />
			<div id="troubles" class="stack" data-live="mailboxes accounts">
				{troubles.map((text) => (
					<Notice kind="trouble" said={text} />
				))}
			</div>
			<ProgramCard server={server} ports={ports} username={username} password={password} />
			<Card title={words.test}>
				<p class="quiet">{words.testText}</p>
				{test === undefined ? null : <RunSteps run={test} id="test" />}
				{mayTest ? <TestForm username={username} /> : null}
			</Card>
			<About mailbox={mailbox} />
			<Removal mailbox={mailbox} />
		</>
	);
};

const TestForm: FC<{ readonly username: string }> = ({ username }) => {
	const words = useWords(mailboxWords);
	return (
		<Form action={`${mailboxPath(username)}/test`} class="narrow">
			<TextField label={words.password} name="password" type="password" maxlength={256} />
			<div>
				<Button>{words.testDo}</Button>
			</div>
		</Form>
	);
};

const About: FC<{ readonly mailbox: Mailbox }> = ({ mailbox }) => {
	const words = useWords(mailboxWords);
	const { language } = usePage();
	const { account, folder, onDelete, newerThanMs, mostMessages, cacheBytes } = mailbox;
	const on = {
		only_unread: mailbox.onlyUnread,
		mark_read: mailbox.markRead,
		exact_sizes: mailbox.exactSizes,
		auth_without_tls: mailbox.authWithoutTls,
		apop: mailbox.apop,
	};
	const switches = (Object.keys(on) as (keyof typeof on)[]).filter((name) => on[name]);
	return (
		<Card title={words.about}>
			<Facts
				of={[
					[words.mailbox, mailbox.mailbox],
					[
						words.account,
						account === "" ? (
							words.accountOnly
						) : (
							<a href={`/microsoft/${encodeURIComponent(account)}`}>{account}</a>
						),
					],
					[words.folder, folder],
					[words.deleting, words.onDelete[onDelete]],
					newerThanMs === undefined ? null : [words.newerThan, formatSpan(language, newerThanMs)],
					mostMessages === undefined ? null : [words.most, <Count of={mostMessages} />],
					cacheBytes === undefined ? null : [words.cache, <Size bytes={cacheBytes} />],
					switches.length === 0
						? null
						: [words.options, switches.map((name) => words.switches[name]).join("; ")],
				]}
			/>
		</Card>
	);
};

const Removal: FC<{ readonly mailbox: Mailbox }> = ({ mailbox: { username, origin } }) => {
	const words = useWords(mailboxWords);
	if (origin === "file") return <p class="hint">{words.inFile}</p>;
	if (!useMay("owner")) return null;
	return (
		<Form action={`${mailboxPath(username)}/remove`} class="inline">
			<button type="submit" class="button danger" data-confirm={words.removeAsk(username)}>
				{words.remove}
			</button>
		</Form>
	);
};

/** Asks where no script did. */
export const RemovePage: FC<{ readonly mailbox: Mailbox }> = ({ mailbox: { username, mailbox } }) => {
	const words = useWords(mailboxWords);
	return (
		<section class="card narrow">
			<h1>{words.removeTitle(username)}</h1>
			<p>{words.removeText(mailbox)}</p>
			<Form action={`${mailboxPath(username)}/remove`}>
				<input type="hidden" name="confirmed" value="yes" />
				<div class="toolbar">
					<Button kind="danger">{words.remove}</Button>
					<LinkButton href={mailboxPath(username)}>{useWords(commonWords).cancel}</LinkButton>
				</div>
			</Form>
		</section>
	);
};
