/**
 * The frame of every page: title, style sheet, name of the box. Needs no script, shows nothing from
 * outside. Everything put into it is escaped by hono/jsx.
 */
import { createHash } from "node:crypto";
import type { Child, FC } from "hono/jsx";
import styleSheet from "../assets/console.css?raw";

/** Changes with the sheet, so that browsers may keep each version for good. */
const STYLE_VERSION = createHash("sha256").update(styleSheet).digest("hex").slice(0, 12);
export const STYLE_PATH = "/assets/console.css";
export const ICON_PATH = "/assets/postern.svg";
export { styleSheet };

interface LayoutProps {
	/** First in the browser's tab: what the page says. */
	readonly title: string;
	/** What the owner calls the box. */
	readonly name: string;
	/** The page asks for itself again after this time. */
	readonly refreshSeconds?: number;
	readonly children: Child;
}

export const Layout: FC<LayoutProps> = ({ title, name, refreshSeconds, children }) => (
	<html lang="en">
		<head>
			<meta charset="utf-8" />
			<title>{`${title} · ${name}`}</title>
			<meta name="viewport" content="width=device-width, initial-scale=1" />
			<meta name="color-scheme" content="light dark" />
			{refreshSeconds === undefined ? null : <meta http-equiv="refresh" content={String(refreshSeconds)} />}
			<link rel="stylesheet" href={`${STYLE_PATH}?v=${STYLE_VERSION}`} />
			<link rel="icon" type="image/svg+xml" href={ICON_PATH} />
		</head>
		<body>
			<header class="masthead">
				<img src={ICON_PATH} alt="" width="36" height="36" />
				<p>{name}</p>
			</header>
			{children}
		</body>
	</html>
);

/** A page as it is sent. */
export function htmlDocument(page: { toString(): string | Promise<string> }): string {
	return `<!doctype html>${String(page)}`;
}
