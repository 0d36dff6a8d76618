/**
 * Finds the pages of a console by its own links, one of each kind: what differs only by a name, an id or the values of a
 * filter is one kind. For the figures of the console, which so never miss a new page.
 */
import type { CountedRequests } from "../../appliance/e2e/counted-requests.ts";

/** Files and streams, and what brings something about when it is opened. */
const NO_PAGE = /^\/(?:assets|live|authority|api)\b|\.(?:eml|pem|crt|txt|jsonl?|csv)$/;
/** A kind of page is a word; a name or an id is not. */
const WORD = /^[a-z]+(?:-[a-z0-9]+)*$/;

/** `first`: where it begins; these are all kept. */
export async function crawl(requests: CountedRequests, first: readonly string[]): Promise<readonly string[]> {
	const pages: string[] = [];
	const kinds = new Set(first.map(kindOf));
	const waiting = [...first];
	for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
		const answer = await requests.ask(path);
		const isPage = (answer.headers["content-type"] ?? "").startsWith("text/html");
		if (!isPage || answer.status !== 200) continue;
		pages.push(path);
		for (const [, link = ""] of answer.text().matchAll(/<a\b[^>]*?\shref="([^"#]+)/g)) {
			const next = new URL(link.replaceAll("&amp;", "&"), `http://console${path}`);
			const target = next.pathname + next.search;
			if (next.host !== "console" || NO_PAGE.test(next.pathname) || kinds.has(kindOf(target))) continue;
			kinds.add(kindOf(target));
			waiting.push(target);
		}
	}
	return pages;
}

function kindOf(path: string): string {
	const { pathname, searchParams } = new URL(path, "http://console");
	const segments = pathname
		.split("/")
		.map((segment) => (WORD.test(segment) || segment === "" ? segment : "*"));
	return [segments.join("/"), ...new Set(searchParams.keys())].join(" ");
}
