/** One message: its journey in words, who got it, what is known of it. Its content is never shown. */
import type { Child, FC } from "hono/jsx";
import type { MailEntry } from "../../../appliance/console-services.ts";
import type { HistoryRow, QueueAction, RecipientRow } from "../../../appliance/services.ts";
import { Badge, MailBadge, type Tone } from "../../components/badge.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Moment, Size } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { mailWords } from "../../locales/mail.ts";
import { useMay, useWords } from "../../page-context.ts";

/** Whose states an action leads out of (queue-actions.ts judges; this only shows what makes sense). */
const OFFERED: Readonly<Partial<Record<MailEntry["state"], readonly QueueAction[]>>> = {
	incoming: ["hold", "delete"],
	deferred: ["retry", "hold", "delete"],
	held: ["release", "delete"],
	failed: ["retry", "delete"],
};

const IS_WAITING: ReadonlySet<string> = new Set(["incoming", "active", "deferred"]);

export const MessagePage: FC<{ readonly mail: MailEntry }> = ({ mail }) => {
	const words = useWords(mailWords);
	const mayAct = useMay("operator");
	const path = `/mail/${encodeURIComponent(mail.id)}`;
	return (
		<div id="message" data-live="mail" class="stack">
			<PageHead
				title={
					<>
						{mail.subject === "" ? `${words.message} ${mail.id}` : mail.subject}{" "}
						<MailBadge state={mail.state} />
					</>
				}
				back={{ href: "/mail", label: words.back }}
			>
				{mail.isKept && mayAct ? (
					<LinkButton href={`${path}.eml`} isDownload>
						{words.download}
					</LinkButton>
				) : null}
				{mayAct
					? (OFFERED[mail.state] ?? []).map((action) => (
							<ActionButton
								action="/mail/actions"
								kind={action === "delete" ? "danger" : "quiet"}
								fields={{ id: mail.id, do: `marked:${action}`, back: action === "delete" ? "/mail" : path }}
							>
								{words.actions[action]}
							</ActionButton>
						))
					: null}
			</PageHead>
			{mail.lastError !== "" && mail.state !== "delivered" ? (
				<Notice kind={IS_WAITING.has(mail.state) ? "info" : "trouble"} title={mail.lastError} />
			) : null}
			<div class="cards">
				<Card title={words.journey}>
					<Journey history={mail.history} device={mail.device} receivedAt={mail.receivedAt} />
				</Card>
				<Card title={words.facts}>
					<FactsOf mail={mail} />
				</Card>
			</div>
			<Card title={words.recipients}>
				<Recipients of={mail.recipientStates} />
			</Card>
		</div>
	);
};

const TONES: Readonly<Record<string, Tone>> = {
	delivered: "well",
	verified: "well",
	failed: "trouble",
	expired: "trouble",
	deleted: "trouble",
};

const Journey: FC<{
	readonly history: readonly HistoryRow[];
	readonly device: string;
	readonly receivedAt: string;
}> = ({ history, device, receivedAt }) => {
	const words = useWords(mailWords);
	const names: Readonly<Record<string, string>> = words.events;
	const isTold = history[0]?.event === "accepted";
	return (
		<ol class="journey">
			{isTold ? null : (
				<li class="well">
					<strong>{words.events.accepted}</strong> ({device})
					<div class="quiet small">
						<Moment at={receivedAt} isAbsolute />
					</div>
				</li>
			)}
			{history.map(({ at, event, detail }) => (
				<li class={TONES[event] ?? "plain"}>
					<strong>{names[event] ?? event}</strong>
					<div class="quiet small">
						<Moment at={at} isAbsolute />
					</div>
					{detail === "" ? null : <div class="small">{detail}</div>}
				</li>
			))}
		</ol>
	);
};

const Recipients: FC<{ readonly of: readonly RecipientRow[] }> = ({ of }) => {
	const words = useWords(mailWords);
	const tones = { pending: "busy", delivered: "well", failed: "trouble" } as const;
	return (
		<table class="stacked">
			<thead>
				<tr>
					<th scope="col">{words.recipient}</th>
					<th scope="col">{words.state}</th>
					<th scope="col">{words.answer}</th>
				</tr>
			</thead>
			<tbody>
				{of.map(({ address, state, reply, ownerText }) => (
					<tr>
						<th scope="row">{address}</th>
						<td>
							<Badge tone={tones[state]}>{words.recipientStates[state]}</Badge>
						</td>
						<td>
							{ownerText === "" ? null : <div>{ownerText}</div>}
							{reply === "" ? null : <code class="quiet">{reply}</code>}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
};

const FactsOf: FC<{ readonly mail: MailEntry }> = ({ mail }) => {
	const words = useWords(mailWords);
	const device = mail.device.startsWith("stranger ") ? (
		mail.device
	) : (
		<a href={`/devices/${encodeURIComponent(mail.device)}`}>{mail.device}</a>
	);
	return (
		<Facts
			of={[
				[words.id, <code>{mail.id}</code>],
				[words.device, device],
				[words.sender, mail.sender === "" ? words.nobody : mail.sender],
				mail.account === ""
					? null
					: [words.account, <a href={`/microsoft/${encodeURIComponent(mail.account)}`}>{mail.account}</a>],
				[words.size, <Size bytes={mail.sizeBytes} />],
				[words.received, <Moment at={mail.receivedAt} isAbsolute />],
				mail.finishedAt === null ? null : [words.left, <Moment at={mail.finishedAt} isAbsolute />],
				mail.nextAttemptAt === null ? null : [words.nextTry, <Moment at={mail.nextAttemptAt} />],
				[words.attempts, String(mail.attempts)],
				mail.dsn === null ? null : [words.dsn, <Wishes mail={mail} />],
				mail.reports.length === 0 ? null : [words.reports, <Links ids={mail.reports} />],
				mail.reportOf === null ? null : [words.reportOf, <Links ids={[mail.reportOf]} />],
				mail.isKept ? null : ["", <span class="quiet">{words.notKept}</span>],
			]}
		/>
	);
};

const Links: FC<{ readonly ids: readonly string[] }> = ({ ids }) => (
	<>
		{ids.map((id) => (
			<>
				<a href={`/mail/${encodeURIComponent(id)}`}>{id}</a>{" "}
			</>
		))}
	</>
);

/** RFC 3461 NOTIFY, as the device asked for any of its recipients. */
const Wishes: FC<{ readonly mail: MailEntry }> = ({ mail }): Child => {
	const words = useWords(mailWords);
	const asked = new Set(Object.values(mail.dsn?.recipients ?? {}).flatMap(({ notify }) => notify));
	const texts = [...asked].map(
		(wish) => words.dsnText[wish.toLowerCase() as keyof typeof words.dsnText] ?? wish,
	);
	return <>{texts.join(", ")}</>;
};
