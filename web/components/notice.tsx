/** What must be seen before the rest: what came of a form, what is wrong and what to do next. */
import type { Child, FC } from "hono/jsx";
import type { UserError } from "../../appliance/errors.ts";
import { refusalText } from "../locales/refusals.ts";
import { usePage } from "../page-context.ts";
import { Icon } from "./icon.tsx";

interface NoticeProps {
	readonly kind: "well" | "trouble" | "info";
	readonly title?: string;
	readonly children?: Child;
	/** It came with this very page: a screen reader says it at once. */
	readonly isNew?: boolean;
}

const ICONS = { well: "check", trouble: "alert", info: "info" } as const;

export const Notice: FC<NoticeProps> = ({ kind, title, children, isNew = false }) => (
	<div class={`notice ${kind}`} role={isNew ? (kind === "trouble" ? "alert" : "status") : undefined}>
		<Icon name={ICONS[kind]} />
		<div>
			{title === undefined ? null : <p class="notice-title">{title}</p>}
			{children}
		</div>
	</div>
);

/** Why a form was not taken; nothing when it was. */
export const Refused: FC<{ readonly error: UserError | undefined }> = ({ error }) => {
	const { language } = usePage();
	if (error === undefined) return null;
	const { text, hint } = refusalText(language, error);
	return (
		<Notice kind="trouble" title={text} isNew>
			{hint === "" ? null : <p>{hint}</p>}
		</Notice>
	);
};
