import { expect, it } from "vitest";
import { agoForm, dateForm, numberForm } from "./number-forms.ts";

const LOCALES = ["en-GB", "de-DE", "fr-FR", "es-ES"];
const AT = new Date(Date.UTC(2026, 10, 20, 14, 30));

it("a kept formatter writes as a new one does, in each language and each form", () => {
	for (const _ of ["made", "kept"]) {
		for (const locale of LOCALES) {
			for (const options of [{ dateStyle: "medium" }, { hour: "2-digit", minute: "2-digit" }] as const) {
				expect(dateForm(locale, options).format(AT)).toBe(
					new Intl.DateTimeFormat(locale, options).format(AT),
				);
			}
			for (const options of [{}, { style: "unit", unit: "megabyte" }] as const) {
				expect(numberForm(locale, options).format(1234.5)).toBe(
					new Intl.NumberFormat(locale, options).format(1234.5),
				);
			}
			const options = { numeric: "auto" } as const;
			expect(agoForm(locale, options).format(-1, "day")).toBe(
				new Intl.RelativeTimeFormat(locale, options).format(-1, "day"),
			);
		}
	}
	expect(dateForm("de-DE", { dateStyle: "medium" })).toBe(dateForm("de-DE", { dateStyle: "medium" }));
});
