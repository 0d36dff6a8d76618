/** One message: its journey, who gets it, what is known of it, what can be done with it. Its content is never shown. */
import type { Child, FC } from "hono/jsx";
import type { MailEntry } from "../../../appliance/console-services.ts";
import type { QueueAction, RecipientRow } from "../../../appliance/services.ts";
import { Badge, MailBadge } from "../../components/badge.tsx";
import { DeviceLink, devicePath, strangerAddress } from "../../components/device-name.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Moment, Size } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { mailWords } from "../../locales/mail.ts";
import { messageWords } from "../../locales/message.ts";
import { useMay, useWords } from "../../page-context.ts";
import { Journey, MessageLink, Recorded } from "./journey.tsx";

/** Out of which states an action leads somewhere (the queue judges; this only shows what makes sense). */
const OFFERED: Readonly<Partial<Record<MailEntry["state"], readonly QueueAction[]>>> = {
	incoming: ["hold", "delete"],
	deferred: ["retry", "hold", "delete"],
	held: ["release", "delete"],
	failed: ["retry", "delete"],
};

/** What an owner most likely came for. */
function isNextStep(action: QueueAction, state: MailEntry["state"]): boolean {
	return (action === "retry" && state === "failed") || action === "release";
}

const IS_WAITING: ReadonlySet<string> = new Set(["incoming", "active", "deferred"]);

interface MessagePageProps {
	readonly mail: MailEntry;
	readonly isPaused: boolean;
	/** Of the device's name: none has it any more. */
	readonly isDeviceGone: boolean;
}

export const MessagePage: FC<MessagePageProps> = ({ mail, isPaused, isDeviceGone }) => {
	const words = useWords(messageWords);
	return (
		<div id="message" data-live="mail" class="stack">
			<PageHead
				title={
					<>
						{titleOf(mail, words)} <MailBadge state={mail.state} />
					</>
				}
				back={{ href: "/mail", label: words.back }}
			>
				<Actions mail={mail} />
			</PageHead>
			<Trouble mail={mail} />
			<div class="cards">
				<Card title={words.journey}>
					<Journey mail={mail} isPaused={isPaused} />
					<Recorded history={mail.history} />
				</Card>
				<Card title={words.facts}>
					<FactsOf mail={mail} isDeviceGone={isDeviceGone} />
				</Card>
			</div>
			<Card title={words.recipients}>
				<Recipients of={mail.recipientStates} said={mail.lastError} />
			</Card>
		</div>
	);
};

export function titleOf({ subject, id }: MailEntry, words: { readonly message: string }): string {
	return subject === "" ? `${words.message} ${id}` : subject;
}

const Actions: FC<{ readonly mail: MailEntry }> = ({ mail }) => {
	const words = useWords(messageWords);
	const { actions, deleteOne } = useWords(mailWords);
	if (!useMay("operator")) return null;
	const path = `/mail/${encodeURIComponent(mail.id)}`;
	const isStrangers = strangerAddress(mail.device) !== undefined;
	const offered = OFFERED[mail.state] ?? [];
	// It goes by the owner's word about the stranger, not about the message.
	const possible = offered.filter((action) => !(isStrangers && (action === "release" || action === "retry")));
	const place = devicePath(mail.device);
	return (
		<>
			{isStrangers && mail.state === "held" && place !== undefined ? (
				<LinkButton href={place} kind="primary">
					{words.decide}
				</LinkButton>
			) : null}
			{possible.map((action) => (
				<ActionButton
					action="/mail/actions"
					kind={action === "delete" ? "danger" : isNextStep(action, mail.state) ? "primary" : "quiet"}
					fields={{ id: mail.id, do: `marked:${action}`, back: path }}
					{...(action === "delete" ? { confirm: deleteOne } : {})}
				>
					{actions[action]}
				</ActionButton>
			))}
			{mail.isKept ? (
				<LinkButton href={`${path}.eml`} isDownload>
					{words.download}
				</LinkButton>
			) : null}
		</>
	);
};

const Trouble: FC<{ readonly mail: MailEntry }> = ({ mail: { state, device, lastError } }) => {
	const words = useWords(messageWords);
	if (state === "held") {
		const text = strangerAddress(device) === undefined ? words.heldText : words.strangerText;
		if (lastError === "") return <Notice kind="info" title={text} />;
		return (
			<Notice kind="info" said={lastError}>
				<p>{text}</p>
			</Notice>
		);
	}
	if (lastError === "" || !(state === "failed" || IS_WAITING.has(state))) return null;
	return <Notice kind={state === "failed" ? "trouble" : "info"} said={lastError} />;
};

const RECIPIENT_TONES = { pending: "busy", delivered: "well", failed: "trouble" } as const;

/** `said`: stands above already, and with only one recipient needs no second time. */
const Recipients: FC<{ readonly of: readonly RecipientRow[]; readonly said: string }> = ({ of, said }) => {
	const words = useWords(messageWords);
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
							<Badge tone={RECIPIENT_TONES[state]}>{words.recipientStates[state]}</Badge>
						</td>
						<td>
							{ownerText === "" || (of.length === 1 && ownerText === said) ? null : (
								<p>
									<Said text={ownerText} />
								</p>
							)}
							{reply === "" ? null : (
								<code class="quiet" lang="en">
									{reply}
								</code>
							)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
};

const FactsOf: FC<Pick<MessagePageProps, "mail" | "isDeviceGone">> = ({ mail, isDeviceGone }) => {
	const words = useWords(messageWords);
	const { nobody } = useWords(mailWords);
	return (
		<Facts
			of={[
				[words.id, <code>{mail.id}</code>],
				mail.subject === "" ? null : [words.subject, mail.subject],
				[words.device, <DeviceLink name={mail.device} isGone={isDeviceGone} />],
				[words.sender, mail.sender === "" ? nobody : mail.sender],
				mail.account === ""
					? null
					: [words.account, <a href={`/microsoft/${encodeURIComponent(mail.account)}`}>{mail.account}</a>],
				[words.size, <Size bytes={mail.sizeBytes} />],
				[words.received, <Moment at={mail.receivedAt} isAbsolute />],
				mail.finishedAt === null ? null : [words.left, <Moment at={mail.finishedAt} isAbsolute />],
				mail.nextAttemptAt === null ? null : [words.nextTry, <Moment at={mail.nextAttemptAt} isAbsolute />],
				[words.attempts, String(mail.attempts)],
				mail.dsn === null ? null : [words.dsn, <Wishes mail={mail} />],
				mail.dsn?.envid ? [words.envelopeId, <code>{mail.dsn.envid}</code>] : null,
				mail.reports.length === 0 ? null : [words.reports, <Reports ids={mail.reports} />],
				mail.reportOf === null ? null : [words.reportOf, <MessageLink id={mail.reportOf} />],
				[words.content, mail.isKept ? words.kept : words.notKept],
			]}
		/>
	);
};

const Reports: FC<{ readonly ids: readonly string[] }> = ({ ids }) => (
	<ul class="answers">
		{ids.map((id) => (
			<li>
				<MessageLink id={id} />
			</li>
		))}
	</ul>
);

/** RFC 3461 NOTIFY, as the device asked for any of its recipients. */
const Wishes: FC<{ readonly mail: MailEntry }> = ({ mail }): Child => {
	const words = useWords(messageWords);
	const known: Readonly<Record<string, string>> = words.notify;
	const asked = new Set(Object.values(mail.dsn?.recipients ?? {}).flatMap(({ notify }) => notify));
	return <>{[...asked].map((wish) => known[wish.toUpperCase()] ?? wish).join(", ")}</>;
};
