/** Asks before mail is deleted, where no script has asked: what exactly will be gone. */
import type { FC } from "hono/jsx";
import type { MailRow } from "../../../appliance/console-services.ts";
import { MailBadge } from "../../components/badge.tsx";
import { DeviceName } from "../../components/device-name.tsx";
import { Button, Form } from "../../components/form.tsx";
import { Card, LinkButton } from "../../components/page-parts.tsx";
import { commonWords } from "../../locales/common.ts";
import { mailWords } from "../../locales/mail.ts";
import { useWords } from "../../page-context.ts";
import { Correspondents, type Scope } from "./list-rows.tsx";

export type DoomedRow = Pick<
	MailRow,
	"id" | "state" | "device" | "sender" | "recipients" | "recipientCount" | "subject"
>;

interface DeletePageProps {
	readonly scope: Scope;
	/** The marked ones; empty for all that match. */
	readonly ids: readonly string[];
	/** The first few of what will go. */
	readonly rows: readonly DoomedRow[];
	/** There are more than these. */
	readonly hasMore: boolean;
	/** Where it is sent, again. */
	readonly action: string;
	/** Where the person came from. */
	readonly back: string;
}

export const DeletePage: FC<DeletePageProps> = ({ scope, ids, rows, hasMore, action, back }) => {
	const words = useWords(mailWords);
	const common = useWords(commonWords);
	const more = ids.length - rows.length;
	return (
		<Card class="narrow">
			<h1>{words.deleteTitle}</h1>
			<p>{scope === "all" ? words.deleteAll : words.deleteMany(ids.length)}</p>
			<ul class="rows">
				{rows.map((row) => (
					<li>
						<div>
							<strong>
								<DeviceName name={row.device} />
							</strong>
							{row.subject === "" ? null : `: ${row.subject}`}
							<p class="small">
								<Correspondents of={row} />
							</p>
						</div>
						<MailBadge state={row.state} />
					</li>
				))}
				{scope === "marked" && more > 0 ? <li>{words.others(more)}</li> : null}
				{scope === "all" && hasMore ? <li>{words.andOthers}</li> : null}
			</ul>
			<p class="quiet">{words.deleteRest}</p>
			<Form action={action}>
				{ids.map((id) => (
					<input type="hidden" name="id" value={id} />
				))}
				<input type="hidden" name="back" value={back} />
				<input type="hidden" name="confirmed" value="yes" />
				<div class="actions">
					<Button kind="danger" name="do" value={`${scope}:delete`}>
						{words.deleteYes}
					</Button>
					<LinkButton href={back}>{common.cancel}</LinkButton>
				</div>
			</Form>
		</Card>
	);
};
