/** The last step: the first mail of a device arrives and goes out, before its owner's eyes. */
import type { FC } from "hono/jsx";
import type { MailRow } from "../../../appliance/console-services.ts";
import { MailBadge } from "../../components/badge.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice } from "../../components/notice.tsx";
import { Card, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { Said } from "../../components/said.tsx";
import { setupWords } from "../../locales/setup.ts";
import { useWords } from "../../page-context.ts";

/** `latest`: the newest message there is. */
export const FirstMailPage: FC<{ readonly latest: MailRow | undefined }> = ({ latest }) => {
	const words = useWords(setupWords);
	const isGone = latest?.state === "delivered";
	return (
		<>
			<PageHead
				title={words.mailTitle}
				lead={words.mailLead}
				back={{ href: "/setup", label: words.backToSteps }}
			/>
			<Card class="narrow" id="first-mail" live="mail devices">
				{latest === undefined ? <Waiting /> : <Arrived mail={latest} />}
				<div class="actions">
					<LinkButton href="/" kind={isGone ? "primary" : "quiet"}>
						{isGone ? words.finish : words.later}
					</LinkButton>
				</div>
			</Card>
			<Card class="narrow" title={words.mailNothing}>
				<p>
					{words.mailNothingText} <a href="/devices">{words.devices}</a>
				</p>
			</Card>
		</>
	);
};

const Waiting: FC = () => (
	<ol class="steps" data-poll="3" aria-live="polite">
		<li class="busy">
			<span class="spinner" aria-hidden="true" />
			<span>{useWords(setupWords).mailWaiting}</span>
		</li>
	</ol>
);

const Arrived: FC<{ readonly mail: MailRow }> = ({ mail }) => {
	const words = useWords(setupWords);
	const isOver = ["delivered", "failed", "held", "deleted"].includes(mail.state);
	const kind = mail.state === "delivered" ? "well" : mail.state === "failed" ? "trouble" : "info";
	const verdict = {
		well: words.mailGone,
		trouble: words.mailFailed,
		info: words.mailGoing,
	}[kind];
	return (
		<div class="stack-small" data-poll={isOver ? undefined : "2"} aria-live="polite">
			<p>
				<strong>{words.mailArrived}</strong> {words.mailFrom(mail.device)} · <Moment at={mail.receivedAt} />{" "}
				<MailBadge state={mail.state} />
			</p>
			<Notice kind={kind} title={verdict}>
				{mail.lastError === "" ? null : (
					<p>
						<Said text={mail.lastError} />
					</p>
				)}
			</Notice>
			<p>
				<a href={`/mail/${encodeURIComponent(mail.id)}`}>{words.mailLook}</a>
			</p>
		</div>
	);
};
