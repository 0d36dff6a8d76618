/** A length of time in its largest whole unit, as the owner gave it: `30 days`. */
import { numberForm } from "../../components/number-forms.ts";
import type { Language } from "../../locales/languages.ts";

const UNITS = [
	["day", 86_400_000],
	["hour", 3_600_000],
	["minute", 60_000],
	["second", 1000],
] as const;

export function formatSpan(language: Language, spanMs: number): string {
	const [unit, sizeMs] = UNITS.find(([, size]) => spanMs % size === 0) ?? (["second", 1000] as const);
	return numberForm(language, { style: "unit", unit, unitDisplay: "long" }).format(
		Math.round(spanMs / sizeMs),
	);
}
