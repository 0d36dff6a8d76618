/** What is known of an account at a glance: who it is, what it may do, when its sign-in lapses. For list and page. */
import type { FC } from "hono/jsx";
import type { AccountStatus, Status } from "../../../appliance/services.ts";
import { Moment } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Facts } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { microsoftWords } from "../../locales/microsoft.ts";
import { said } from "../../locales/said.ts";
import { usePage, useWords } from "../../page-context.ts";

/** An account with what others know of it. */
export interface AccountView {
	readonly status: AccountStatus;
	readonly circuit: Status["accounts"][number]["circuit"];
	/** Of the circuit, where the sign-in itself has none; or empty. */
	readonly trouble: string;
	/** Logins that fetch through it. */
	readonly readers: readonly string[];
}

export const AccountFacts: FC<{ readonly view: AccountView }> = ({ view: { status, readers } }) => {
	const words = useWords(microsoftWords);
	const { language } = usePage();
	const { account, state, signedInAs, signedInAt, lapsesAt } = status;
	const isSignedIn = state === "signed-in";
	return (
		<Facts
			of={[
				[
					words.signedInAs,
					<>
						{signedInAs === "" ? words.nobody : said(signedInAs, language)}
						{signedInAt === null ? null : (
							<span class="quiet">
								{" "}
								({words.since} <Moment at={signedInAt} isAbsolute />)
							</span>
						)}
					</>,
				],
				[words.sends, isSignedIn ? words.sendsYes(words.transports[account.transport]) : words.sendsNo],
				account.sharedMailboxes.length === 0 ? null : [words.shared, account.sharedMailboxes.join(", ")],
				[words.reads, readers.length === 0 ? words.readsNone : <Readers names={readers} />],
				lapsesAt === null ? null : [lapseWord(status, words), <Lapse status={status} at={lapsesAt} />],
			]}
		/>
	);
};

function lapseWord(
	{ account }: AccountStatus,
	words: { lapses: string; certificateExpires: string },
): string {
	return account.method === "certificate" ? words.certificateExpires : words.lapses;
}

const Lapse: FC<{ readonly status: AccountStatus; readonly at: string }> = ({ status, at }) => {
	const words = useWords(microsoftWords);
	return (
		<>
			<Moment at={at} isAbsolute />
			{status.account.method === "certificate" ? null : <span class="quiet">, {words.lapsesWhen}</span>}
		</>
	);
};

const Readers: FC<{ readonly names: readonly string[] }> = ({ names }) => (
	<>
		{names.map((name, index) => (
			<>
				{index === 0 ? "" : ", "}
				<a href={`/mailboxes/${encodeURIComponent(name)}`}>{name}</a>
			</>
		))}
	</>
);

/** Why nothing goes through it, and whether that passes by itself. */
export const AccountTrouble: FC<{ readonly view: AccountView }> = ({ view }) => {
	const words = useWords(microsoftWords);
	const { status, circuit } = view;
	const trouble = status.trouble || view.trouble;
	const isHeldUp = status.state === "signed-in" && circuit !== "closed";
	const passage = isHeldUp ? words.circuit[circuit] : "";
	return (
		<>
			{trouble === "" ? (
				<Passage text={passage} />
			) : (
				<Notice kind="trouble" said={trouble}>
					<Passage text={passage} />
				</Notice>
			)}
			{status.waits === null ? null : (
				<Notice kind="info" title={words.waits}>
					<p>
						<Said text={status.waits.why} />, {words.waitsUntil} <Moment at={status.waits.until} isAbsolute />
					</p>
				</Notice>
			)}
		</>
	);
};

const Passage: FC<{ readonly text: string }> = ({ text }) => (text === "" ? null : <p>{text}</p>);
