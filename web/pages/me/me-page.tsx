/** What is one's own: sessions, password, one-time codes, language. */
import type { FC } from "hono/jsx";
import type { PeopleService, Person, TotpSetup } from "../../../appliance/console-services.ts";
import type { UserError } from "../../../appliance/errors.ts";
import type { Secret } from "../../../appliance/secret.ts";
import { ActionButton, Button, Form, TextField } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, Refused } from "../../components/notice.tsx";
import { Card, Copyable, PageHead } from "../../components/page-parts.tsx";
import { Qr } from "../../components/qr.tsx";
import { commonWords } from "../../locales/common.ts";
import { peopleWords } from "../../locales/people.ts";
import { useWords } from "../../page-context.ts";
import { Languages } from "../frame.tsx";
import { browserName } from "./browser-name.ts";

interface MePageProps {
	readonly person: Person;
	readonly sessions: ReturnType<PeopleService["sessions"]>;
	readonly sessionId: string;
	/** Begun and not confirmed. */
	readonly setup?: TotpSetup | undefined;
	/** Just made. */
	readonly recovery?: readonly Secret[] | undefined;
	readonly refused?: UserError | undefined;
}

export const MePage: FC<MePageProps> = (props) => {
	const words = useWords(peopleWords);
	const common = useWords(commonWords);
	const { person, sessions, sessionId, refused } = props;
	return (
		<>
			<PageHead title={person.name} lead={common.roles[person.role]} />
			<Refused error={refused} />
			<Card title={words.me.sessions}>
				<ul class="rows">
					{sessions.map(({ id, peer, lastSeenAt }) => (
						<li>
							<div>
								{peer.address} · <Moment at={lastSeenAt} />
								{id === sessionId ? ` (${words.me.thisOne})` : ""}
								<div class="quiet small one-line" title={peer.agent}>
									{browserName(peer.agent)}
								</div>
							</div>
							{id === sessionId ? null : (
								<ActionButton action={`/me/sessions/${encodeURIComponent(id)}/end`}>
									{words.me.end}
								</ActionButton>
							)}
						</li>
					))}
				</ul>
			</Card>
			{person.origin === "file" ? (
				<Notice kind="info" title={words.fromFile} />
			) : (
				<>
					<PasswordCard />
					<CodesCard {...props} />
				</>
			)}
			<Card title={words.me.language}>
				<Languages />
			</Card>
		</>
	);
};

const PasswordCard: FC = () => {
	const words = useWords(peopleWords).me;
	return (
		<Card title={words.password} class="narrow">
			<Form action="/me/password">
				<TextField label={words.current} name="current" type="password" autocomplete="current-password" />
				<TextField
					label={words.next}
					name="next"
					type="password"
					autocomplete="new-password"
					maxlength={256}
				/>
				<TextField
					label={words.again}
					name="again"
					type="password"
					autocomplete="new-password"
					maxlength={256}
				/>
				<div class="actions">
					<Button kind="quiet">{words.password}</Button>
				</div>
			</Form>
		</Card>
	);
};

const CodesCard: FC<MePageProps> = ({ person, setup, recovery }) => {
	const words = useWords(peopleWords).me;
	return (
		<Card title={words.codes} class="narrow">
			<p>{words.codesText}</p>
			{recovery === undefined ? null : (
				<Notice kind="info" title={words.recovery} isNew>
					<ul>
						{recovery.map((code) => (
							<li>
								<code>{code.reveal()}</code>
							</li>
						))}
					</ul>
				</Notice>
			)}
			{person.hasTotp ? (
				<>
					<p>{words.codesOn}</p>
					<Form action="/me/codes/off">
						<TextField
							label={words.current}
							name="password"
							id="off-password"
							type="password"
							autocomplete="current-password"
						/>
						<div class="actions">
							<Button kind="quiet">{words.off}</Button>
						</div>
					</Form>
				</>
			) : setup === undefined ? (
				<ActionButton action="/me/codes">{words.begin}</ActionButton>
			) : (
				<>
					<p>{words.scan}</p>
					<Qr text={setup.uri.reveal()} label={words.codes} />
					<Copyable text={setup.secret.reveal()} label={words.codes} />
					<Form action="/me/codes/confirm">
						<TextField
							label={words.confirm}
							name="code"
							autocomplete="one-time-code"
							inputmode="numeric"
							maxlength={10}
							isCode
						/>
						<div class="actions">
							<Button>{words.confirmGo}</Button>
						</div>
					</Form>
				</>
			)}
		</Card>
	);
};
