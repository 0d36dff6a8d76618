/**
 * The languages of the console. Words stand in one file an area, the languages side by side; a language in which
 * one is missing does not compile.
 */
export const LANGUAGES = ["en", "de", "fr", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

/** As each calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
	en: "English",
	de: "Deutsch",
	fr: "Français",
	es: "Español",
};

/** What English has, in any words: texts, functions that make one, and groups of these. */
type Translation<Words> = {
	readonly [Key in keyof Words]: Words[Key] extends (...given: infer Given) => string
		? (...given: Given) => string
		: Words[Key] extends string
			? string
			: Translation<Words[Key]>;
};

export type Catalogue<Words> = Readonly<Record<Language, Translation<Words>>>;

/** English sets the shape. */
export function catalogue<Words>(
	en: Words,
	others: Readonly<Record<Exclude<Language, "en">, Translation<NoInfer<Words>>>>,
): Catalogue<Words> {
	return { en: en as Translation<Words>, ...others };
}

export function isLanguage(text: string): text is Language {
	return (LANGUAGES as readonly string[]).includes(text);
}
