/** Words beside the steps of a test. */
import { catalogue } from "./languages.ts";

export const stepWords = catalogue(
	{ done: "Done", wrong: "Wrong", underWay: "Under way…" },
	{
		de: { done: "Erledigt", wrong: "Falsch", underWay: "Läuft…" },
		fr: { done: "Fait", wrong: "Erreur", underWay: "En cours…" },
		es: { done: "Hecho", wrong: "Error", underWay: "En curso…" },
	},
);
