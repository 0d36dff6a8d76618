/** Words of charts of traffic, shared by the overview and the devices. */
import { catalogue } from "./languages.ts";

export const trafficWords = catalogue(
	{ slice: { hour: "Minute", day: "Hour", month: "Day" }, asTable: "As a table" },
	{
		de: { slice: { hour: "Minute", day: "Stunde", month: "Tag" }, asTable: "Als Tabelle" },
		fr: { slice: { hour: "Minute", day: "Heure", month: "Jour" }, asTable: "En tableau" },
		es: { slice: { hour: "Minuto", day: "Hora", month: "Día" }, asTable: "Como tabla" },
	},
);
