/**
 * The frame of every page: style sheet, script, name of the box, navigation. Complete without the script, and
 * shows nothing from outside. Everything put into it is escaped by hono/jsx.
 */
import type { Child, FC } from "hono/jsx";
import { ICON_PATH, SCRIPT_PATH, STYLE_PATH } from "../assets/files.ts";
import { ActionButton } from "../components/form.tsx";
import { Icon } from "../components/icon.tsx";
import { Notice } from "../components/notice.tsx";
import { commonWords } from "../locales/common.ts";
import { LANGUAGE_NAMES, LANGUAGES } from "../locales/languages.ts";
import { usePage, useWords } from "../page-context.ts";

const SECTIONS = [
	"overview",
	"mail",
	"devices",
	"microsoft",
	"mailboxes",
	"log",
	"system",
	"people",
] as const;
/** A thumb reaches five. */
const TABS = ["overview", "mail", "devices", "microsoft", "more"] as const;

/** `elsewhere`: in the frame, and in no section of it. */
export type Section = (typeof SECTIONS)[number] | "more" | "me" | "elsewhere";

const HOMES: Readonly<Record<Exclude<Section, "me" | "elsewhere">, string>> = {
	overview: "/",
	mail: "/mail",
	devices: "/devices",
	microsoft: "/microsoft",
	mailboxes: "/mailboxes",
	log: "/log",
	system: "/system",
	people: "/people",
	more: "/more",
};

interface FrameProps {
	readonly title: string;
	readonly section?: Section;
	readonly refreshSeconds?: number;
	readonly body: Child;
}

export const Frame: FC<FrameProps> = ({ title, section, refreshSeconds, body }) => {
	const { language, boxName, flash } = usePage();
	const words = useWords(commonWords);
	return (
		<html lang={language}>
			<head>
				<meta charset="utf-8" />
				<title>{`${title} · ${boxName}`}</title>
				<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
				<meta name="color-scheme" content="light dark" />
				{refreshSeconds === undefined ? null : (
					<noscript>
						<meta http-equiv="refresh" content={String(refreshSeconds)} />
					</noscript>
				)}
				<link rel="stylesheet" href={STYLE_PATH} />
				<link rel="icon" type="image/svg+xml" href={ICON_PATH} />
				<script type="module" src={SCRIPT_PATH} />
			</head>
			<body class={section === undefined ? "plain" : "framed"}>
				<a class="skip" href="#content">
					{words.skip}
				</a>
				<Masthead isFramed={section !== undefined} />
				{section === undefined ? null : <Navigation section={section} />}
				<main id="content" tabindex={-1}>
					{section === undefined ? null : <OutOfReach />}
					{flash === undefined ? null : (
						<Notice kind={flash.kind === "done" ? "well" : "trouble"} title={flash.text} isNew />
					)}
					{body}
				</main>
				{section === undefined ? <Languages /> : null}
			</body>
		</html>
	);
};

/** Filled by the script while it cannot reach the box (client/live.ts); text browsers show what is hidden, too. */
const OutOfReach: FC = () => {
	const { title, text } = useWords(commonWords).outOfReach;
	return <div id="out-of-reach" role="status" data-title={title} data-text={text} />;
};

const Masthead: FC<{ readonly isFramed: boolean }> = ({ isFramed }) => {
	const { boxName, person } = usePage();
	const words = useWords(commonWords);
	return (
		<header class="masthead">
			<a class="brand" href="/">
				<img src={ICON_PATH} alt="" width="32" height="32" />
				<span>{boxName}</span>
			</a>
			{isFramed && person !== undefined ? (
				<div class="who">
					<a href="/me" aria-label={words.signedInAs(person.name)}>
						{person.name}
					</a>
					<ActionButton action="/sign-out">{words.signOut}</ActionButton>
				</div>
			) : null}
		</header>
	);
};

const Navigation: FC<{ readonly section: Section }> = ({ section }) => {
	const words = useWords(commonWords);
	const link = (name: (typeof SECTIONS)[number] | "more", isCurrent: boolean) => (
		<li>
			<a href={HOMES[name]} aria-current={isCurrent ? "page" : undefined}>
				<Icon name={name} />
				<span>{words.sections[name]}</span>
			</a>
		</li>
	);
	const tab = section === "elsewhere" || TABS.some((name) => name === section) ? section : "more";
	return (
		<nav class="sections" aria-label={words.menu}>
			<ul class="side">{SECTIONS.map((name) => link(name, name === section))}</ul>
			<ul class="tabs">{TABS.map((name) => link(name, name === tab))}</ul>
		</nav>
	);
};

/** Under pages before a sign-in; afterwards it stands with what is one's own (/me). */
export const Languages: FC = () => {
	const { language } = usePage();
	const words = useWords(commonWords);
	return (
		<footer class="languages">
			<span id="languages">{words.language}</span>
			<ul aria-labelledby="languages">
				{LANGUAGES.map((one) => (
					<li>
						<ActionButton action="/language" fields={{ language: one }}>
							<span lang={one}>
								{one === language ? <strong>{LANGUAGE_NAMES[one]}</strong> : LANGUAGE_NAMES[one]}
							</span>
						</ActionButton>
					</li>
				))}
			</ul>
		</footer>
	);
};
