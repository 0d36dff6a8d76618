/** One session as its owner reads it: how it went, why, what to change; the raw lines beside as a dialogue. */
import type { FC } from "hono/jsx";
import type { SessionLog, SessionLogLine } from "../../../appliance/services.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { formatCount, Moment } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Said } from "../../components/said.tsx";
import { deviceWords } from "../../locales/devices.ts";
import type { Language } from "../../locales/languages.ts";
import { sessionWords } from "../../locales/sessions.ts";
import { usePage, useWords } from "../../page-context.ts";

export type Outcome = SessionLog["outcome"] | "open";

const TONES: Readonly<Record<Outcome, Tone>> = {
	accepted: "well",
	refused: "trouble",
	broken: "trouble",
	probe: "plain",
	open: "busy",
};

export function outcomeOf({ outcome, endedAt }: SessionLog): Outcome {
	// One that is under way has an outcome so far, which may still change for the worse or the better.
	return endedAt === null && outcome !== "refused" ? "open" : outcome;
}

/** The one that says most about a device: its latest that was more than a look. Sessions come the latest first. */
export function tellingSession(sessions: readonly SessionLog[]): SessionLog | undefined {
	return sessions.find(({ outcome }) => outcome !== "probe") ?? sessions[0];
}

export const OutcomeBadge: FC<{ readonly outcome: Outcome }> = ({ outcome }) => (
	<Badge tone={TONES[outcome]}>{useWords(sessionWords).outcome[outcome]}</Badge>
);

const NOTICES = {
	never: "info",
	open: "info",
	accepted: "well",
	probe: "info",
	refused: "trouble",
	broken: "trouble",
} as const;

/** How a device is, by the session that says most about it, and what to change; undefined: it has had none. */
export const Verdict: FC<{ readonly session: SessionLog | undefined }> = ({ session }) => {
	const words = useWords(deviceWords);
	const verdict = session === undefined ? "never" : outcomeOf(session);
	const texts = [...new Set(session?.ownerTexts ?? [])];
	return (
		<Notice kind={NOTICES[verdict]} title={words.verdict[verdict]}>
			{texts.length === 0 ? (
				<p>{words.verdictText[verdict]}</p>
			) : (
				texts.map((text) => (
					<p>
						<Said text={text} />
					</p>
				))
			)}
		</Notice>
	);
};

/** One text a refusal; the same one is said once. */
export const OwnerTexts: FC<{ readonly session: SessionLog }> = ({ session }) => (
	<>
		{[...new Set(session.ownerTexts)].map((text) => (
			<Notice kind="trouble" said={text} />
		))}
	</>
);

export const SessionFacts: FC<{ readonly session: SessionLog }> = ({ session }) => {
	const words = useWords(sessionWords);
	const { language } = usePage();
	const role = (words.roles as Readonly<Record<string, string>>)[session.role] ?? session.role;
	const parts = [
		words.from(session.address),
		role,
		...(session.endedAt === null
			? []
			: [words.lasted(seconds(language, Date.parse(session.endedAt) - Date.parse(session.startedAt)))]),
		...(session.times > 1 ? [words.times(session.times)] : []),
	];
	return (
		<p class="quiet small">
			<Moment at={session.startedAt} /> · {parts.join(" · ")}
		</p>
	);
};

export const SessionMails: FC<{ readonly session: SessionLog }> = ({ session }) => {
	const words = useWords(sessionWords);
	if (session.queueIds.length === 0) return null;
	return (
		<p>
			{words.mails}:{" "}
			{session.queueIds.map((id, index) => (
				<>
					{index === 0 ? "" : ", "}
					<a href={`/mail/${encodeURIComponent(id)}`}>{id}</a>
				</>
			))}
		</p>
	);
};

export const Dialogue: FC<{ readonly lines: readonly SessionLogLine[] }> = ({ lines }) => {
	const words = useWords(sessionWords);
	const { language } = usePage();
	if (lines.length === 0) return null;
	const speakers = { client: words.device, server: words.postern, note: words.note };
	return (
		<details>
			<summary>{words.lines(lines.length)}</summary>
			<ol class="dialogue">
				{turnsOf(lines).map(({ afterMs, from, text }) => (
					<li class={from}>
						<span class="speaker">
							{speakers[from]} <span class="quiet">{words.after(seconds(language, afterMs))}</span>
						</span>
						<code lang={from === "note" ? undefined : "en"}>
							{from === "note" ? <Said text={text} /> : text}
						</code>
					</li>
				))}
			</ol>
		</details>
	);
};

/** What one side says in a row is one turn; the time is that of its first line. */
function turnsOf(lines: readonly SessionLogLine[]): readonly SessionLogLine[] {
	const turns: SessionLogLine[] = [];
	for (const line of lines) {
		const last = turns.at(-1);
		if (last?.from === line.from) turns.splice(-1, 1, { ...last, text: `${last.text}\n${line.text}` });
		else turns.push(line);
	}
	return turns;
}

/** To the hundredth, and whole ones where that says enough. */
function seconds(language: Language, ms: number): string {
	const amount = Math.max(0, ms) / 1000;
	return formatCount(language, amount < 10 ? Math.round(amount * 100) / 100 : Math.round(amount));
}
