/** The last sessions of a device or a stranger: what came of each in words, with the raw lines beside it. */
import type { FC } from "hono/jsx";
import type { SessionLog } from "../../../appliance/services.ts";
import { Badge } from "../../components/badge.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, type Crumb, Empty, PageHead } from "../../components/page-parts.tsx";
import { deviceWords } from "../../locales/devices.ts";
import { useWords } from "../../page-context.ts";
import { OUTCOME_TONES } from "./list-page.tsx";

export const SessionsPage: FC<{
	readonly name: string;
	readonly back: Crumb;
	readonly sessions: readonly SessionLog[];
}> = ({ name, back, sessions }) => {
	const words = useWords(deviceWords);
	return (
		<>
			<PageHead title={`${words.sessions}: ${name}`} lead={words.sessionsLead} back={back} />
			<div id="sessions" data-live="devices mail" class="stack">
				{sessions.length === 0 ? (
					<Card>
						<Empty icon="devices" title={words.noSessions} />
					</Card>
				) : (
					sessions.map((session, index) => <SessionCard session={session} isOpen={index === 0} />)
				)}
			</div>
		</>
	);
};

const SessionCard: FC<{ readonly session: SessionLog; readonly isOpen: boolean }> = ({ session, isOpen }) => {
	const words = useWords(deviceWords);
	const { outcome, startedAt, address, role, times, ownerTexts, queueIds, lines } = session;
	return (
		<Card
			title={
				<>
					<Moment at={startedAt} isAbsolute />{" "}
					<Badge tone={OUTCOME_TONES[outcome]}>{words.outcomes[outcome]}</Badge>
					{times > 1 ? <span class="quiet small"> {words.times(times)}</span> : null}
				</>
			}
		>
			<p class="quiet small">
				{address} · {role}
			</p>
			{ownerTexts.length === 0 ? (
				<p>{words.fine}</p>
			) : (
				ownerTexts.map((text) => (
					<p>
						<strong>{text}</strong>
					</p>
				))
			)}
			{queueIds.length === 0 ? null : (
				<p>
					{queueIds.map((id) => (
						<>
							<a href={`/mail/${encodeURIComponent(id)}`}>{id}</a>{" "}
						</>
					))}
				</p>
			)}
			<details open={isOpen && outcome !== "accepted"}>
				<summary>{words.raw}</summary>
				<ol class="dialogue">
					{lines.map(({ afterMs, from, text }) => (
						<li class={from}>
							<span class="quiet small nowrap">
								{words.from[from]} +{(afterMs / 1000).toFixed(1)} s
							</span>
							<code>{text}</code>
						</li>
					))}
				</ol>
			</details>
		</Card>
	);
};
