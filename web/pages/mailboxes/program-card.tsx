/** What to type into the program that fetches. The password is there only for a while after the login was made. */
import type { FC } from "hono/jsx";
import type { MailboxPort } from "../../../appliance/services.ts";
import { Notice } from "../../components/notice.tsx";
import { Card, Copyable, Facts } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailboxWords } from "../../locales/mailboxes.ts";
import { useWords } from "../../page-context.ts";

interface ProgramCardProps {
	readonly server: string;
	/** Best first. */
	readonly ports: readonly MailboxPort[];
	readonly username: string;
	readonly password: string | null;
}

export const ProgramCard: FC<ProgramCardProps> = ({ server, ports, username, password }) => {
	const words = useWords(mailboxWords);
	const common = useWords(commonWords);
	const [best, ...others] = ports;
	return (
		<Card title={words.typeThis}>
			{best === undefined ? <Notice kind="trouble" title={words.noPort} /> : null}
			<Facts
				of={[
					[words.protocol, "POP3"],
					[words.server, <Copyable text={server} label={words.server} />],
					best === undefined ? null : [words.port, <Port port={best} />],
					...others.map((port) => [words.orPort, <Port port={port} />] as const),
					[words.username, <Copyable text={username} label={words.username} />],
					[
						words.password,
						password === null ? (
							<span class="quiet">{words.passwordKept}</span>
						) : (
							<Copyable text={password} label={words.password} isLarge />
						),
					],
				]}
			/>
			{password === null ? null : <Notice kind="info" title={common.shownOnce} />}
		</Card>
	);
};

const Port: FC<{ readonly port: MailboxPort }> = ({ port: { port, security } }) => {
	const words = useWords(mailboxWords);
	return (
		<>
			<code>{port}</code>, {words.security}: {words.securities[security]}
		</>
	);
};
