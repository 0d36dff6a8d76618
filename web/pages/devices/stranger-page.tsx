/** Somebody who knocked and is not known: what it is like, and whether it may send. */
import type { FC } from "hono/jsx";
import type { UserError } from "../../../appliance/errors.ts";
import type { KindHints, SessionLog, StrangerRow } from "../../../appliance/services.ts";
import { ActionButton, Button, Form, TextField } from "../../components/form.tsx";
import { formatSize, Moment } from "../../components/moment.tsx";
import { Refused } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { deviceSetupWords } from "../../locales/device-setup.ts";
import { deviceWords } from "../../locales/devices.ts";
import { sessionWords } from "../../locales/sessions.ts";
import { useMay, usePage, useWords } from "../../page-context.ts";
import { AccountField, KindField } from "./device-fields.tsx";
import { strangerPath } from "./paths.ts";
import { Dialogue, OwnerTexts, SessionFacts } from "./session-parts.tsx";

/** As typed. */
export interface AllowDraft {
	readonly name: string;
	readonly kind: string;
	readonly account: string;
}

interface StrangerPageProps {
	readonly stranger: StrangerRow;
	readonly session: SessionLog | undefined;
	readonly draft: AllowDraft;
	readonly kinds: readonly KindHints[];
	readonly accounts: readonly string[];
	readonly refused?: UserError | undefined;
}

export const StrangerPage: FC<StrangerPageProps> = (props) => {
	const words = useWords(sessionWords);
	const devices = useWords(deviceWords);
	const mayAct = useMay("operator");
	const { stranger, refused } = props;
	return (
		<>
			<PageHead title={words.stranger(stranger.address)} back={{ href: "/devices", label: devices.title }} />
			<Refused error={refused} />
			<div class="cards">
				<About {...props} />
				{mayAct ? <Allow {...props} /> : null}
			</div>
			{mayAct ? (
				<div class="actions">
					<ActionButton
						action={strangerPath(stranger.address, "refuse")}
						kind="danger"
						confirm={`${words.refuseTitle(stranger.address)} ${words.refuseText(stranger.heldMessages)}`}
					>
						{words.refuse}
					</ActionButton>
				</div>
			) : null}
		</>
	);
};

const About: FC<StrangerPageProps> = ({ stranger, session }) => {
	const words = useWords(sessionWords);
	const devices = useWords(deviceWords);
	const { language } = usePage();
	const { helo, senders, heldMessages, heldBytes, refusals } = stranger;
	return (
		<Card id="stranger" live="devices">
			<Facts
				of={[
					[words.greeted, helo === "" ? words.greetedNothing : helo],
					senders.length === 0 ? null : [words.senders, senders.join(", ")],
					[
						words.held,
						heldMessages === 0
							? words.heldNone
							: words.heldCount(heldMessages, formatSize(language, heldBytes)),
					],
					refusals === 0 ? null : [words.refusals, words.refusalCount(refusals)],
					[words.firstSeen, <Moment at={stranger.firstSeenAt} />],
					[words.lastSeen, <Moment at={stranger.lastSeenAt} />],
				]}
			/>
			{session === undefined ? null : (
				<>
					<h2>{devices.lastSession}</h2>
					<SessionFacts session={session} />
					<OwnerTexts session={session} />
					<Dialogue lines={session.lines} />
				</>
			)}
			<div class="actions">
				<LinkButton href={strangerPath(stranger.address, "sessions")}>{devices.allSessions}</LinkButton>
			</div>
		</Card>
	);
};

const Allow: FC<StrangerPageProps> = ({ stranger, draft, kinds, accounts }) => {
	const words = useWords(sessionWords);
	const setup = useWords(deviceSetupWords);
	return (
		<Card title={words.allowTitle}>
			<p class="quiet">
				{words.allowText}
				{stranger.heldMessages === 0 ? "" : ` ${words.allowHeld(stranger.heldMessages)}`}
			</p>
			<Form action={strangerPath(stranger.address, "allow")}>
				<TextField label={setup.name} name="name" value={draft.name} hint={setup.nameHint} maxlength={100} />
				<KindField label={words.kind} none={words.kindUnsure} kinds={kinds} value={draft.kind} />
				<AccountField accounts={accounts} value={draft.account} />
				<Button>{words.allowButton}</Button>
			</Form>
		</Card>
	);
};
