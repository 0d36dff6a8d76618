/** Words of the page at which a browser ends after signing in to Microsoft. */
import { catalogue } from "./languages.ts";

export const returnWords = catalogue(
	{
		handed: "Handed to Postern",
		goesOn: (address: string) =>
			`The sign-in of ${address} goes on where it was begun, which says what came of it. This page can be closed.`,
		stops: "This sign-in does not go on",
	},
	{
		de: {
			handed: "An Postern übergeben",
			goesOn: (address) =>
				`Die Anmeldung von ${address} geht dort weiter, wo sie begonnen wurde. Diese Seite kann geschlossen werden.`,
			stops: "Diese Anmeldung geht nicht weiter",
		},
		fr: {
			handed: "Remis à Postern",
			goesOn: (address) =>
				`La connexion de ${address} continue là où elle a commencé. Cette page peut être fermée.`,
			stops: "Cette connexion ne continue pas",
		},
		es: {
			handed: "Entregado a Postern",
			goesOn: (address) =>
				`El inicio de sesión de ${address} continúa donde empezó. Esta página se puede cerrar.`,
			stops: "Este inicio de sesión no continúa",
		},
	},
);
