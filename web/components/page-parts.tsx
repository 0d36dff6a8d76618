/** The furniture of pages: heading with its actions, cards, facts in pairs, lists that are empty, pages of a list. */
import type { Child, FC } from "hono/jsx";
import { commonWords } from "../locales/common.ts";
import { useWords } from "../page-context.ts";
import { Icon, type IconName } from "./icon.tsx";

/** Where a page leads back to. */
export interface Crumb {
	readonly href: string;
	readonly label: string;
}

export const PageHead: FC<{
	readonly title: Child;
	readonly back?: Crumb;
	readonly lead?: Child | undefined;
	/** Buttons and links. */
	readonly children?: Child;
}> = ({ title, back, lead, children }) => (
	<header class="page-head">
		<div>
			{back === undefined ? null : (
				<a class="crumb" href={back.href}>
					<Icon name="back" size={18} /> <span>{back.label}</span>
				</a>
			)}
			<h1>{title}</h1>
			{lead === undefined ? null : <p class="lead">{lead}</p>}
		</div>
		{children === undefined ? null : <div class="actions">{children}</div>}
	</header>
);

export const Card: FC<{
	readonly title?: Child;
	readonly children: Child;
	readonly actions?: Child | undefined;
	/** Where there is more of it: the title leads there. */
	readonly href?: string | undefined;
	/** Changed in place when one of these topics has news (client/live.ts): needs `id`. */
	readonly live?: string;
	readonly id?: string;
	readonly class?: string;
	/** Something is under way: asked for again after so many seconds. */
	readonly poll?: number;
}> = ({ title, children, actions, href, live, id, poll, ...rest }) => (
	<section class={`card ${rest.class ?? ""}`.trim()} id={id} data-live={live} data-poll={poll}>
		{title === undefined ? null : (
			<header>
				<h2>
					{href === undefined ? (
						title
					) : (
						<a class="card-link" href={href}>
							{title}
							<Icon name="forward" size={18} />
						</a>
					)}
				</h2>
				{actions === undefined ? null : <div class="actions">{actions}</div>}
			</header>
		)}
		{children}
	</section>
);

export const LinkButton: FC<{
	readonly href: string;
	readonly children: Child;
	readonly kind?: "primary" | "quiet";
	readonly icon?: IconName;
	/** The browser saves it. */
	readonly isDownload?: boolean;
}> = ({ href, children, kind = "quiet", icon, isDownload = false }) => (
	<a class={`button ${kind}`} href={href} download={isDownload ? "" : undefined}>
		{icon === undefined ? null : <Icon name={icon} size={20} />}
		{children}
	</a>
);

/** What is known of a thing, in pairs. */
export const Facts: FC<{ readonly of: readonly (readonly [name: Child, value: Child] | null)[] }> = ({
	of,
}) => (
	<dl class="facts">
		{of.map((fact) =>
			fact === null ? null : (
				<div>
					<dt>{fact[0]}</dt>
					<dd>{fact[1]}</dd>
				</div>
			),
		)}
	</dl>
);

/** Instead of a list with nothing in it: what would be here, and how to get it. */
export const Empty: FC<{ readonly icon: IconName; readonly title: string; readonly children?: Child }> = ({
	icon,
	title,
	children,
}) => (
	<div class="empty">
		<Icon name={icon} size={40} />
		<p class="empty-title">{title}</p>
		{children}
	</div>
);

export const Pager: FC<{ readonly newer: string | null; readonly older: string | null }> = ({
	newer,
	older,
}) => {
	const words = useWords(commonWords);
	if (newer === null && older === null) return null;
	return (
		<nav class="pager" aria-label={`${words.newer}, ${words.older}`}>
			{newer === null ? <span /> : <a href={newer} rel="prev">{`← ${words.newer}`}</a>}
			{older === null ? <span /> : <a href={older} rel="next">{`${words.older} →`}</a>}
		</nav>
	);
};

/** A text to be typed or pasted elsewhere, with a button that copies it where scripts run. */
export const Copyable: FC<{ readonly text: string; readonly label: string; readonly isLarge?: boolean }> = ({
	text,
	label,
	isLarge = false,
}) => {
	const words = useWords(commonWords);
	return (
		<span class={isLarge ? "copyable large" : "copyable"}>
			<code>{text}</code>
			<button
				type="button"
				class="button quiet small"
				data-copy={text}
				data-copied={words.copied}
				aria-label={`${words.copy}: ${label}`}
				hidden
			>
				<Icon name="copy" size={18} />
				<span>{words.copy}</span>
			</button>
		</span>
	);
};
