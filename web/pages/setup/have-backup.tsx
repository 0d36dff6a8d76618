/** For who has a backup: it is put in place instead of going through the steps. */
import type { FC } from "hono/jsx";
import { Card, LinkButton } from "../../components/page-parts.tsx";
import { backupWords } from "../../locales/backup.ts";
import { useWords } from "../../page-context.ts";

export const HaveBackup: FC = () => {
	const words = useWords(backupWords);
	return (
		<Card class="narrow" title={words.haveOne}>
			<p>{words.haveOneText}</p>
			<div class="actions">
				<LinkButton href="/system/restore">{words.restoreTitle}</LinkButton>
			</div>
		</Card>
	);
};
