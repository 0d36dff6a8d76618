/**
 * What a browser calls itself, as its user knows it: "Firefox, Android". For the list of one's sessions, where it only helps to tell
 * them apart. Anything unusual stays as it is.
 */

/** Each pretends to be the ones below it. */
const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
	[/\bEdg(?:A|iOS)?\//, "Edge"],
	[/\b(?:OPR|Opera)\//, "Opera"],
	[/\bSamsungBrowser\//, "Samsung Internet"],
	[/\b(?:Firefox|FxiOS)\//, "Firefox"],
	[/\b(?:HeadlessChrome|Chrome|CriOS)\//, "Chrome"],
	[/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
	[/\biPhone\b/, "iPhone"],
	[/\biPad\b/, "iPad"],
	[/\bAndroid\b/, "Android"],
	[/\bWindows\b/, "Windows"],
	[/\bMac OS X\b/, "Mac"],
	[/\bCrOS\b/, "ChromeOS"],
	[/\bLinux\b/, "Linux"],
];

export function browserName(agent: string): string {
	const [browser, system] = [BROWSERS, SYSTEMS].map((table) => table.find(([mark]) => mark.test(agent))?.[1]);
	if (browser === undefined) return agent;
	return system === undefined ? browser : `${browser}, ${system}`;
}
