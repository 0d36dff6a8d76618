/**
 * The journey of a message: who gave it in, each attempt and what Microsoft answered, what people did with it, and what
 * comes next. In words; what was recorded is there below them as it is.
 */
import type { Child, FC } from "hono/jsx";
import type { MailEntry } from "../../../appliance/console-services.ts";
import type { HistoryRow } from "../../../appliance/services.ts";
import { deviceTitle } from "../../components/device-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { Said } from "../../components/said.tsx";
import { mailWords } from "../../locales/mail.ts";
import { messageWords } from "../../locales/message.ts";
import { useWords } from "../../page-context.ts";
import { type AttemptOutcome, type HistoryStep, type OutcomeName, stepOf } from "./history-steps.ts";
import { NextTry } from "./next-try.tsx";

type AttemptStep = Extract<HistoryStep, { kind: "attempt" }>;

/** Answers told apart in one step; the rest is in what was recorded. */
const MOST_ANSWERS = 5;
const MOST_NAMES = 3;

export const Journey: FC<{ readonly mail: MailEntry; readonly isPaused: boolean }> = ({ mail, isPaused }) => {
	const words = useWords(messageWords);
	const mailNames = useWords(mailWords);
	return (
		<ol class="journey">
			<li class="well">
				<strong>
					{mail.reportOf === null ? words.taken(deviceTitle(mail.device, mailNames)) : words.written}
				</strong>
				<When at={mail.receivedAt} />
			</li>
			{mail.history.map((line) => (
				<Line line={line} />
			))}
			<Next mail={mail} isPaused={isPaused} />
		</ol>
	);
};

/** For who compares it with the log, or asks somebody for help. */
export const Recorded: FC<{ readonly history: readonly HistoryRow[] }> = ({ history }) => {
	const words = useWords(messageWords);
	if (history.length === 0) return null;
	return (
		<details id="recorded">
			<summary>{words.recorded}</summary>
			<ol class="recorded small" lang="en">
				{history.map(({ at, event, detail }) => (
					<li>
						<span class="quiet">
							<Moment at={at} isAbsolute />
						</span>
						<br />
						<code>
							<strong>{event}</strong>
							{detail === "" ? null : ` ${detail}`}
						</code>
					</li>
				))}
			</ol>
		</details>
	);
};

const When: FC<{ readonly at: string }> = ({ at }) => (
	<p class="quiet small">
		<Moment at={at} isAbsolute />
	</p>
);

const Line: FC<{ readonly line: HistoryRow }> = ({ line }) => {
	const step = stepOf(line);
	return (
		<li class={toneOf(step)}>
			<strong>
				<StepTitle step={step} event={line.event} />
			</strong>
			{step.kind === "attempt" ? <AttemptText step={step} /> : null}
			{step.kind === "replaced" ? <MessageLink id={step.by} /> : null}
			<When at={line.at} />
			{step.kind === "other" && line.detail !== "" ? (
				<p class="small">
					<Said text={line.detail} />
				</p>
			) : null}
		</li>
	);
};

const StepTitle: FC<{ readonly step: HistoryStep; readonly event: string }> = ({ step, event }): Child => {
	const words = useWords(messageWords);
	if (step.kind === "other") return <span lang="en">{event}</span>;
	if (step.kind === "attempt") return <AttemptTitle step={step} />;
	if (step.kind === "waits") return <>{step.count === 0 ? words.waits : words.waitsFor(step.count)}</>;
	if (step.kind === "report") {
		const known: Readonly<Record<string, string>> = words.report;
		return (
			<>
				{known[step.action] ?? event} (<MessageLink id={step.about} />)
			</>
		);
	}
	return <>{words[step.kind]}</>;
};

const ORDER: readonly OutcomeName[] = ["delivered", "deferred", "unknown", "failed"];

const AttemptTitle: FC<{ readonly step: AttemptStep }> = ({ step: { outcomes } }) => {
	const words = useWords(messageWords);
	const count = (name: OutcomeName) => outcomes.filter(({ outcome }) => outcome === name).length;
	const present = ORDER.filter((name) => count(name) > 0);
	const [only] = present;
	if (present.length === 1 && only !== undefined) return <>{words.results[only]}</>;
	return <>{present.map((name) => words.mixed[name](count(name))).join(", ")}</>;
};

const AttemptText: FC<{ readonly step: AttemptStep }> = ({ step: { number, via, outcomes, note } }) => {
	const words = useWords(messageWords);
	const ways: Readonly<Record<string, string>> = words.ways;
	return (
		<>
			<p class="small">{words.attempt(number, ways[via] ?? words.otherWay(via))}</p>
			<Answers of={outcomes} />
			{note === "" ? null : (
				<p class="small">
					<Said text={note} />
				</p>
			)}
			{outcomes.some(({ outcome }) => outcome === "unknown") ? <p class="small">{words.looks}</p> : null}
		</>
	);
};

/** Who got the same answer stands together. */
const Answers: FC<{ readonly of: readonly AttemptOutcome[] }> = ({ of }) => {
	const words = useWords(messageWords);
	const byReply = Map.groupBy(of, ({ reply }) => reply);
	const groups = [...byReply].slice(0, MOST_ANSWERS);
	return (
		<ul class="answers small">
			{groups.map(([reply, outcomes]) => (
				<li>
					<code lang="en">{reply}</code>
					{byReply.size === 1 ? null : (
						<span class="quiet">
							{" "}
							{outcomes
								.slice(0, MOST_NAMES)
								.map(({ recipient }) => recipient)
								.join(", ")}
							{outcomes.length > MOST_NAMES ? ` ${words.others(outcomes.length - MOST_NAMES)}` : null}
						</span>
					)}
				</li>
			))}
		</ul>
	);
};

/** What it waits for; nothing for one that has left or failed. */
const Next: FC<{ readonly mail: MailEntry; readonly isPaused: boolean }> = ({ mail, isPaused }) => {
	const words = useWords(messageWords);
	const { state, nextAttemptAt } = mail;
	if (state === "held") return <li class="next">{words.now.held}</li>;
	if (state !== "incoming" && state !== "active" && state !== "deferred") return null;
	if (isPaused && state !== "active") return <li class="next">{words.now.paused}</li>;
	return (
		<li class="next">
			{words.now[state]}
			{state === "deferred" && nextAttemptAt !== null ? (
				<>
					{" "}
					<NextTry at={nextAttemptAt} />
				</>
			) : null}
		</li>
	);
};

export const MessageLink: FC<{ readonly id: string }> = ({ id }) => (
	<a href={`/mail/${encodeURIComponent(id)}`}>
		<code>{id}</code>
	</a>
);

const TONES: Readonly<Record<OutcomeName, "well" | "trouble" | "plain">> = {
	delivered: "well",
	deferred: "plain",
	unknown: "trouble",
	failed: "trouble",
};

/** Of the worst that happened in it. */
function toneOf(step: HistoryStep): "well" | "trouble" | "plain" {
	if (step.kind === "deleted" || step.kind === "removed") return "trouble";
	if (step.kind !== "attempt") return "plain";
	const tones = step.outcomes.map(({ outcome }) => TONES[outcome]);
	return tones.find((tone) => tone === "trouble") ?? tones.find((tone) => tone === "plain") ?? "well";
}
