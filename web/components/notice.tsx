/** What must be seen before the rest: what came of a form, what is wrong and what to do next. */
import type { Child, FC } from "hono/jsx";
import type { UserError } from "../../appliance/errors.ts";
import { refusalText } from "../locales/refusals.ts";
import { translated } from "../locales/said.ts";
import { usePage } from "../page-context.ts";
import { Icon } from "./icon.tsx";
import { Prose } from "./said.tsx";

interface NoticeProps {
	readonly kind: "well" | "trouble" | "info";
	/** In the language of the page. */
	readonly title?: string;
	/** In place of a title: words of the appliance. */
	readonly said?: string;
	readonly children?: Child;
	/** It came with this very page: a screen reader says it at once. */
	readonly isNew?: boolean;
}

const ICONS = { well: "check", trouble: "alert", info: "info" } as const;

export const Notice: FC<NoticeProps> = ({ kind, title = "", said = "", children, isNew = false }) => {
	const told = translated(said, usePage().language);
	const [head, rest] = headOf(title || (told ?? said));
	const lang = told === undefined ? "en" : undefined;
	const isRefusal = isNew && kind === "trouble";
	return (
		<div
			class={`notice ${kind}`}
			role={isNew ? (isRefusal ? "alert" : "status") : undefined}
			// Where a form came back, reading and the Tab key go on from here; the first to ask for the focus gets it.
			{...(isRefusal ? { tabindex: -1, autofocus: true } : {})}
		>
			<Icon name={ICONS[kind]} />
			<div>
				{head === "" ? null : (
					<p class="notice-title" lang={lang}>
						{said === "" ? head : <Prose text={head} />}
					</p>
				)}
				{rest === "" ? null : <p lang={lang}>{said === "" ? rest : <Prose text={rest} />}</p>}
				{children}
			</div>
		</div>
	);
};

const SHORT_TITLE = 70;

/** What is wrong stands out, what to do follows: a long text is parted after its first sentence. */
function headOf(title: string): readonly [head: string, rest: string] {
	if (title.length <= SHORT_TITLE) return [title, ""];
	// Not after an abbreviation, which is shorter.
	const end = /[\p{L}\p{N}"”’)-]{3}[.!?] (?=\p{Lu})/u.exec(title);
	if (end === null) return [title, ""];
	const at = end.index + end[0].length;
	return [title.slice(0, at - 1), title.slice(at)];
}

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
