/** What came of a restore, once the box is back. */
import type { FC } from "hono/jsx";
import type { RestoreReport } from "../../../appliance/console-services.ts";
import { Notice } from "../../components/notice.tsx";
import { Card, Facts, LinkButton, PageHead } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { boxWords } from "../../locales/box.ts";
import { useWords } from "../../page-context.ts";

export const RestoreDonePage: FC<{ readonly restored: RestoreReport | null }> = ({ restored }) => {
	const words = useWords(backupWords);
	return (
		<>
			<PageHead title={words.restoreTitle} back={{ href: "/system", label: useWords(boxWords).title }} />
			<Card class="narrow">
				{restored === null ? (
					<Notice kind="info" title={words.notDoneTitle}>
						<p>{words.notDone}</p>
					</Notice>
				) : (
					<>
						<Notice kind="well" title={words.doneTitle} />
						<Facts
							of={[
								[words.doneMail, String(restored.messages)],
								restored.known === 0 ? null : [words.doneKnown, String(restored.known)],
								[words.doneKept, words.doneKeptIn(restored.keptAs)],
							]}
						/>
						<p>{words.doneNext}</p>
					</>
				)}
				<div class="actions">
					<LinkButton href="/" kind="primary">
						{words.toOverview}
					</LinkButton>
					<LinkButton href="/microsoft">{words.toAccounts}</LinkButton>
				</div>
			</Card>
		</>
	);
};
