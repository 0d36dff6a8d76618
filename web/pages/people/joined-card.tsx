/** Who came by self-service, with the way out for each. For the page of people. */
import type { FC } from "hono/jsx";
import type { JoinedPerson } from "../../../appliance/console-services.ts";
import { Badge } from "../../components/badge.tsx";
import { ActionButton } from "../../components/form.tsx";
import { Moment } from "../../components/moment.tsx";
import { Card, LinkButton } from "../../components/page-parts.tsx";
import { signUpWords } from "../../locales/sign-up.ts";
import { useWords } from "../../page-context.ts";
import { devicePath } from "../devices/paths.ts";

export function joinedPath(address: string): string {
	return `/people/joined/${encodeURIComponent(address)}/remove`;
}

interface JoinedCardProps {
	readonly joined: readonly JoinedPerson[];
	readonly isOpen: boolean;
}

export const JoinedCard: FC<JoinedCardProps> = ({ joined, isOpen }) => {
	const words = useWords(signUpWords);
	return (
		<Card
			title={words.title}
			id="joined"
			actions={
				<>
					<Badge tone={isOpen ? "well" : "plain"}>{isOpen ? words.isOpen : words.isClosed}</Badge>
					<LinkButton href="/people/sign-up">{words.toRules}</LinkButton>
				</>
			}
		>
			<p class="quiet">{words.lead}</p>
			{joined.length === 0 ? (
				<p>{words.none}</p>
			) : (
				<ul class="rows">
					{joined.map((person) => (
						<JoinedRow person={person} />
					))}
				</ul>
			)}
		</Card>
	);
};

const JoinedRow: FC<{ readonly person: JoinedPerson }> = ({ person }) => {
	const words = useWords(signUpWords);
	const { address, device, joinedAt, lastMailAt, state, isDenied } = person;
	return (
		<li>
			<div>
				<strong>{device === "" ? address : <a href={devicePath(device)}>{address}</a>}</strong>{" "}
				{isDenied ? <Badge tone="trouble">{words.denied}</Badge> : null}
				{state === "needs-sign-in" ? <Badge tone="trouble">{words.needsSignIn}</Badge> : null}
				<div class="quiet small">
					{joinedAt === null ? null : (
						<>
							{words.joined} <Moment at={joinedAt} />
							{" · "}
						</>
					)}
					{device === "" ? words.noLogin : <LastMail at={lastMailAt} />}
				</div>
			</div>
			<ActionButton action={joinedPath(address)} kind="danger">
				{words.remove}
			</ActionButton>
		</li>
	);
};

const LastMail: FC<{ readonly at: string | null }> = ({ at }) => {
	const words = useWords(signUpWords);
	if (at === null) return <>{words.noMail}</>;
	return (
		<>
			{words.lastMail} <Moment at={at} />
		</>
	);
};
