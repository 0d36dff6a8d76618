/** The look of the simulation's pages: one layout, one style sheet, nothing from elsewhere, no script. */
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Sent with every page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
	"Content-Security-Policy":
		"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer",
	"Cache-Control": "no-store",
};

export const STYLE_PATH = "/sandbox.css";

export interface PageOptions {
	readonly title: string;
	/** Seconds after which the browser asks again. */
	readonly refreshSeconds?: number;
	/** A narrow column for a form, else the full width. */
	readonly narrow?: boolean;
}

export function page({ title, refreshSeconds, narrow }: PageOptions, content: Html): Html {
	const refresh =
		refreshSeconds === undefined ? "" : raw(`<meta http-equiv="refresh" content="${refreshSeconds}">`);
	return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh}
<title>${title}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header><strong>Postern sandbox</strong><span>simulated Microsoft 365: nothing here leaves this computer</span></header>
<main class="${narrow === true ? "narrow" : "wide"}">${content}</main>
</body>
</html>`;
}

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f3f5f8, #1f242c);
  --text: light-dark(#1b2330, #e6e9ef); --quiet: light-dark(#5a6475, #9aa4b4); --accent: light-dark(#0b5cad, #7ab8ff);
  --paper: light-dark(#ffffff, #15191f); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--soft); }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .75rem 1.25rem; background: var(--paper);
  border-bottom: 1px solid var(--line); }
header span { color: var(--quiet); }
main { margin: 1.5rem auto; padding: 0 1.25rem; }
main.narrow { max-width: 28rem; }
main.wide { max-width: 72rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem;
  margin-bottom: 1.25rem; overflow-x: auto; }
h1 { font-size: 1.4rem; margin: 0 0 .75rem; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; }
.quiet { color: var(--quiet); }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--quiet); font-size: .9rem; }
tr:last-child td { border-bottom: 0; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input { width: 100%; font: inherit; padding: .7rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--paper); color: inherit; margin-bottom: 1rem; }
input.code { font: 600 1.4rem/1.2 ui-monospace, monospace; letter-spacing: .15em; text-transform: uppercase; }
button { font: inherit; font-weight: 600; padding: .75rem 1.25rem; border-radius: .4rem; border: 1px solid var(--accent);
  background: var(--accent); color: var(--paper); cursor: pointer; margin: 0 .5rem .5rem 0; }
button.second { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.45 ui-monospace, monospace; margin: 0; }
code { font: .95em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: .25em;
  overflow-wrap: anywhere; }
@media (max-width: 600px) {
  thead { display: none; }
  tr, td { display: block; }
  td { border-bottom: 0; padding: .1rem 0; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
}
`;
