/**
 * What the appliance refuses with (`UserError`), in the language of the page, by code. The appliance itself speaks English;
 * a refusal without an entry here, or whose text holds what only it knows, is shown as it said it.
 */
import type { UserError } from "../../appliance/errors.ts";
import { catalogue, type Language } from "./languages.ts";

interface RefusalText {
	readonly text: string;
	readonly hint: string;
}

const words = catalogue(
	{
		"sign-in-wrong": { text: "Name, password or code is wrong.", hint: "Check capitals, and try again." },
		"sign-in-locked": {
			text: "There were too many wrong tries.",
			hint: "Wait a few minutes, then try again.",
		},
		"sign-in-busy": { text: "The box is busy checking others.", hint: "Try again in a moment." },
		"code-wrong": { text: "The setup code is wrong.", hint: "It stands on the boot partition of the card." },
		"console-claimed": { text: "This box has an owner already.", hint: "Sign in instead." },
		"totp-wrong": {
			text: "That code is not right.",
			hint: "Codes change every half minute; check that the phone's clock is right.",
		},
		"last-owner": { text: "The last owner cannot go.", hint: "Make somebody else an owner first." },
	},
	{
		de: {
			"sign-in-wrong": {
				text: "Name, Passwort oder Code ist falsch.",
				hint: "Prüfen Sie die Großschreibung und versuchen Sie es noch einmal.",
			},
			"sign-in-locked": {
				text: "Es gab zu viele falsche Versuche.",
				hint: "Warten Sie einige Minuten und versuchen Sie es dann noch einmal.",
			},
			"sign-in-busy": {
				text: "Das Gerät prüft gerade andere.",
				hint: "Versuchen Sie es gleich noch einmal.",
			},
			"code-wrong": {
				text: "Der Einrichtungscode ist falsch.",
				hint: "Er steht auf der Boot-Partition der Karte.",
			},
			"console-claimed": { text: "Dieses Gerät hat schon einen Inhaber.", hint: "Melden Sie sich an." },
			"totp-wrong": {
				text: "Dieser Code stimmt nicht.",
				hint: "Codes wechseln jede halbe Minute; prüfen Sie, ob die Uhr des Telefons richtig geht.",
			},
			"last-owner": {
				text: "Der letzte Inhaber kann nicht gehen.",
				hint: "Machen Sie zuerst jemand anderen zum Inhaber.",
			},
		},
		fr: {
			"sign-in-wrong": {
				text: "Le nom, le mot de passe ou le code est faux.",
				hint: "Vérifiez les majuscules et réessayez.",
			},
			"sign-in-locked": {
				text: "Il y a eu trop d’essais erronés.",
				hint: "Attendez quelques minutes, puis réessayez.",
			},
			"sign-in-busy": { text: "Le boîtier vérifie d’autres personnes.", hint: "Réessayez dans un instant." },
			"code-wrong": {
				text: "Le code d’installation est faux.",
				hint: "Il se trouve sur la partition de démarrage de la carte.",
			},
			"console-claimed": { text: "Ce boîtier a déjà un propriétaire.", hint: "Connectez-vous." },
			"totp-wrong": {
				text: "Ce code n’est pas le bon.",
				hint: "Les codes changent toutes les trente secondes ; vérifiez l’heure du téléphone.",
			},
			"last-owner": {
				text: "Le dernier propriétaire ne peut pas partir.",
				hint: "Nommez d’abord un autre propriétaire.",
			},
		},
		es: {
			"sign-in-wrong": {
				text: "El nombre, la contraseña o el código no es correcto.",
				hint: "Revise las mayúsculas e inténtelo de nuevo.",
			},
			"sign-in-locked": {
				text: "Ha habido demasiados intentos fallidos.",
				hint: "Espere unos minutos e inténtelo de nuevo.",
			},
			"sign-in-busy": {
				text: "El aparato está comprobando a otros.",
				hint: "Inténtelo de nuevo en un momento.",
			},
			"code-wrong": {
				text: "El código de instalación no es correcto.",
				hint: "Está en la partición de arranque de la tarjeta.",
			},
			"console-claimed": { text: "Este aparato ya tiene propietario.", hint: "Inicie sesión." },
			"totp-wrong": {
				text: "Ese código no es correcto.",
				hint: "Los códigos cambian cada medio minuto; compruebe el reloj del teléfono.",
			},
			"last-owner": {
				text: "El último propietario no puede irse.",
				hint: "Nombre antes a otro propietario.",
			},
		},
	},
);

export function refusalText(language: Language, error: UserError): RefusalText {
	const known: Readonly<Record<string, RefusalText>> = words[language];
	return known[error.code] ?? { text: error.message, hint: error.hint };
}
