/** What stands on a page of the console for people to read, piece by piece, and in which language each says it is. For tests. */

export interface PageText {
	readonly text: string;
	/** By the nearest `lang` around it. */
	readonly language: string;
	/** Names of the elements around it, the innermost last. */
	readonly within: readonly string[];
}

const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const UNREAD = new Set(["script", "style", "svg"]);
/** Of attributes that are read aloud or shown. */
const READ = /\s(?:title|aria-label|placeholder|alt|data-confirm)="([^"]*)"/g;

interface Open {
	readonly name: string;
	readonly language: string;
}

/** Texts of elements whole, as far as no other element is in between; and what attributes say. */
export function textsOf(html: string): readonly PageText[] {
	const texts: PageText[] = [];
	let open: readonly Open[] = [];
	const tell = (raw: string) => {
		const text = decoded(raw).replaceAll(/\s+/g, " ").trim();
		if (text === "" || open.some(({ name }) => UNREAD.has(name))) return;
		texts.push({ text, language: open.at(-1)?.language ?? "", within: open.map(({ name }) => name) });
	};
	for (const [piece, close, name = "", attributes = ""] of html.matchAll(
		/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>|[^<]+|</gi,
	)) {
		if (name === "") tell(piece);
		else if (close === "/") {
			const index = open.findLastIndex((each) => each.name === name);
			if (index !== -1) open = open.slice(0, index);
		} else {
			const [, language = open.at(-1)?.language ?? ""] = /\slang="([^"]*)"/.exec(attributes) ?? [];
			const inside = [...open, { name, language }];
			const outside = open;
			open = inside;
			for (const [, value = ""] of attributes.matchAll(READ)) tell(value);
			if (VOID.has(name) || attributes.endsWith("/")) open = outside;
		}
	}
	return texts;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decoded(text: string): string {
	return text.replaceAll(/&(\w+|#\d+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
