/** The few requests of man(7) that our pages need. Text is escaped here and nowhere else. */

export function title(name: string, section: number, date: string): string {
	return `.TH ${name.toUpperCase()} ${section} ${date} Postern`;
}

export function section(heading: string, ...content: readonly string[]): string {
	return [`.SH ${heading}`, ...content].join("\n");
}

export function subsection(heading: string, ...content: readonly string[]): string {
	return [`.SS ${escaped(heading)}`, ...content].join("\n");
}

export function paragraph(text: string): string {
	return `.PP\n${escaped(text)}`;
}

/** A term, and what it means, indented below it. */
export function item(term: string, ...meaning: readonly string[]): string {
	return [`.TP\n.B ${escaped(term)}`, ...meaning.map((text) => escaped(text))].join("\n.br\n");
}

/** As typed, line for line. */
export function verbatim(text: string): string {
	return `.PP\n.nf\n${escaped(text)}\n.fi`;
}

/** groff_char(7): a hyphen that is copied as one, and no line that is taken for a request. */
function escaped(text: string): string {
	return text
		.replaceAll("\\", "\\e")
		.replaceAll("-", "\\-")
		.replaceAll(/^(?=[.'])/gm, "\\&");
}
