/** Words of charts of traffic, shared by the overview and the devices. */
import { catalogue } from "./languages.ts";

export const trafficWords = catalogue(
	{
		slice: { hour: "Minute", day: "Hour", month: "Day" },
		asTable: "As a table",
		nothing: "None in this time.",
	},
	{
		de: {
			slice: { hour: "Minute", day: "Stunde", month: "Tag" },
			asTable: "Als Tabelle",
			nothing: "Keine in dieser Zeit.",
		},
		fr: {
			slice: { hour: "Minute", day: "Heure", month: "Jour" },
			asTable: "En tableau",
			nothing: "Aucun pendant cette période.",
		},
		es: {
			slice: { hour: "Minuto", day: "Hora", month: "Día" },
			asTable: "Como tabla",
			nothing: "Ninguno en este período.",
		},
	},
);
