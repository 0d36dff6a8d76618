/** The last sessions of a device or of a stranger, one below the other. */
import type { FC } from "hono/jsx";
import type { SessionLog } from "../../../appliance/services.ts";
import { Moment } from "../../components/moment.tsx";
import { Card, type Crumb, Empty, PageHead } from "../../components/page-parts.tsx";
import { sessionWords } from "../../locales/sessions.ts";
import { useWords } from "../../page-context.ts";
import {
	Dialogue,
	OutcomeBadge,
	OwnerTexts,
	outcomeOf,
	SessionFacts,
	SessionMails,
} from "./session-parts.tsx";

interface SessionsPageProps {
	/** Name or address. */
	readonly of: string;
	readonly back: Crumb;
	/** The latest first. */
	readonly sessions: readonly SessionLog[];
}

export const SessionsPage: FC<SessionsPageProps> = ({ of, back, sessions }) => {
	const words = useWords(sessionWords);
	return (
		<>
			<PageHead title={words.of(of)} lead={words.lead} back={back} />
			<div id="sessions" class="stack" data-live="devices mail">
				{sessions.length === 0 ? (
					<Card>
						<Empty icon="log" title={words.none}>
							<p>{words.noneText}</p>
						</Empty>
					</Card>
				) : (
					sessions.map((session) => <SessionCard session={session} />)
				)}
			</div>
		</>
	);
};

const SessionCard: FC<{ readonly session: SessionLog }> = ({ session }) => (
	<Card
		title={
			<>
				<Moment at={session.startedAt} isAbsolute /> <OutcomeBadge outcome={outcomeOf(session)} />
			</>
		}
	>
		<SessionFacts session={session} />
		<OwnerTexts session={session} />
		<SessionMails session={session} />
		<Dialogue lines={session.lines} />
	</Card>
);
