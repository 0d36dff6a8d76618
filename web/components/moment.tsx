/** Times, sizes and numbers as people of the page's language write them. Times stand in the box's own time zone. */
import type { FC } from "hono/jsx";
import type { Language } from "../locales/languages.ts";
import { usePage } from "../page-context.ts";
import { agoForm, dateForm, numberForm } from "./number-forms.ts";

const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE", fr: "fr-FR", es: "es-ES" };

const STEPS = [
	["second", 60],
	["minute", 60],
	["hour", 24],
	["day", 30],
	["month", 12],
	["year", Number.POSITIVE_INFINITY],
] as const;

/** `3 minutes ago`, with the whole date on it for who wants to know. */
export const Moment: FC<{ readonly at: string; readonly isAbsolute?: boolean }> = ({
	at,
	isAbsolute = false,
}) => {
	const { language } = usePage();
	const absolute = formatTime(language, at);
	return (
		<time datetime={at} title={isAbsolute ? undefined : absolute}>
			{isAbsolute ? absolute : formatAgo(language, Date.parse(at) - Date.now())}
		</time>
	);
};

export function formatTime(language: Language, at: string): string {
	const form = dateForm(LOCALES[language], { dateStyle: "medium", timeStyle: "medium" });
	return form.format(new Date(at));
}

function formatAgo(language: Language, awayMs: number): string {
	let amount = awayMs / 1000;
	for (const [unit, size] of STEPS) {
		if (Math.abs(amount) < size) {
			const form = agoForm(LOCALES[language], { numeric: "auto", style: "short" });
			return form.format(Math.trunc(amount), unit);
		}
		amount /= size;
	}
	return "";
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Decimal: 1 MB is 1,000,000 bytes, as cards are sold and limits are written. */
export function formatSize(language: Language, bytes: number): string {
	let amount = bytes;
	let unit = 0;
	while (amount >= 1000 && unit < UNITS.length - 1) {
		amount /= 1000;
		unit += 1;
	}
	return numberForm(LOCALES[language], {
		style: "unit",
		unit: UNITS[unit] ?? "byte",
		unitDisplay: unit === 0 ? "long" : "short",
		maximumFractionDigits: unit === 0 || amount >= 100 ? 0 : 1,
	}).format(amount);
}

export const Size: FC<{ readonly bytes: number }> = ({ bytes }) => (
	<>{formatSize(usePage().language, bytes)}</>
);

export function formatCount(language: Language, count: number): string {
	return numberForm(LOCALES[language], {}).format(count);
}

export const Count: FC<{ readonly of: number }> = ({ of }) => <>{formatCount(usePage().language, of)}</>;
