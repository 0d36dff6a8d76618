/** While the box is away: says so, and asks until it is back. Where a script runs it goes on by itself (client/live.ts). */
import type { FC } from "hono/jsx";
import { Card, LinkButton } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { usePage, useWords } from "../../page-context.ts";

interface RestartingPageProps {
	/** A backup is put in place meanwhile. */
	readonly isRestore: boolean;
	/** False: its owner has to start it again. */
	readonly comesBack: boolean;
}

export const RestartingPage: FC<RestartingPageProps> = ({ isRestore, comesBack }) => {
	const words = useWords(backupWords);
	const { path } = usePage();
	return (
		<Card class="narrow" id="restarting" poll={2}>
			<h1>{comesBack ? words.waitTitle : words.handTitle}</h1>
			{comesBack ? (
				<ol class="steps" aria-live="polite">
					<li class="busy">
						<span class="spinner" aria-hidden="true" />
						<span>{words.waitText}</span>
					</li>
				</ol>
			) : (
				<p>{words.waitByHand}</p>
			)}
			{isRestore ? (
				<>
					<p>{words.signInThen}</p>
					<p class="quiet">{words.waitElsewhere}</p>
				</>
			) : null}
			<div class="actions">
				<LinkButton href={path}>{words.waitLook}</LinkButton>
			</div>
		</Card>
	);
};
