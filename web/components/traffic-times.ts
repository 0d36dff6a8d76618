/** How the slices of a traffic chart are called, in the language of the page and the time zone of the box. */
import type { TrafficPoint, TrafficSpan } from "../../appliance/console-services.ts";
import type { Language } from "../locales/languages.ts";
import { dateForm } from "./number-forms.ts";

const FORMS: Readonly<Record<TrafficSpan, Intl.DateTimeFormatOptions>> = {
	hour: { hour: "2-digit", minute: "2-digit" },
	day: { hour: "2-digit", minute: "2-digit" },
	month: { day: "numeric", month: "short" },
};

const TICKS = 5;

export function sliceLabels(
	language: Language,
	span: TrafficSpan,
	series: readonly TrafficPoint[],
): readonly string[] {
	const form = dateForm(language === "en" ? "en-GB" : language, FORMS[span]);
	return series.map(({ startsAt }) => form.format(new Date(startsAt)));
}

/** A few, evenly spread, the first and the last among them. */
export function chartTicks(language: Language, span: TrafficSpan, series: readonly TrafficPoint[]) {
	const labels = sliceLabels(language, span, series);
	const last = labels.length - 1;
	if (last < TICKS) return labels.map((label, at) => ({ at, label }));
	return Array.from({ length: TICKS }, (_, index) => {
		const at = Math.round((index * last) / (TICKS - 1));
		return { at, label: labels[at] ?? "" };
	});
}
