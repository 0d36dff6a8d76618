/** Why a program could not fetch its mail, in the other languages (appliance/words/fetching.ts). */
import { FETCHING } from "../../appliance/words/fetching.ts";
import { sayings } from "./sayings.ts";

export const saidOfFetching = sayings(FETCHING, {
	de: {
		unreachable:
			"Microsoft 365 war nicht zu erreichen. Prüfen Sie die Internetverbindung; das Programm versucht es von selbst noch einmal.",
		notPermitted:
			"Microsoft lässt dieses Konto das Postfach nicht lesen. Für das eigene Postfach braucht es die Berechtigung Mail.ReadWrite; für ein freigegebenes außerdem Vollzugriff in Exchange, und das Postfach muss vor der Anmeldung in shared_mailboxes des Kontos stehen.",
		notThere:
			"Microsoft findet das Postfach, den Ordner oder die Nachricht nicht. Prüfen Sie `mailbox` und `folder`.",
		busy: "Microsoft 365 ist überlastet oder gestört. Das Programm versucht es von selbst noch einmal.",
		namesNoAccount:
			"Der Zugang „{username}“ nennt kein Konto, und es gibt nicht genau eines. Setzen Sie sein `account`.",
		accountMissing: "Der Zugang „{username}“ verwendet das Konto {account}, das es nicht gibt.",
		cardUnread: "Die Karte ließ sich nicht lesen; prüfen Sie sie.",
		cardUnwritten: "Die Karte ließ sich nicht beschreiben; prüfen Sie sie.",
		notKept:
			"Es gibt kein Internet, und die Nachricht liegt nicht auf der Karte. Ein größerer `cache` behält mehr.",
		removedMeanwhile: "Die Nachricht wurde von einem anderen Programm entfernt, während dieses abholte.",
		pop3Refused:
			"Microsofts POP3 hat abgelehnt ({answer}). POP muss für das Postfach eingeschaltet sein, und das Konto braucht die Berechtigung POP.AccessAsUser.All: Melden Sie sich neu an, nachdem sie erteilt wurde.",
		pop3Unreachable:
			"Microsofts POP3 war nicht zu erreichen. Das Programm versucht es von selbst noch einmal.",
	},
	fr: {
		unreachable:
			"Microsoft 365 n’a pas pu être joint. Vérifiez la connexion internet ; le programme réessaie de lui-même.",
		notPermitted:
			"Microsoft ne laisse pas ce compte lire la boîte. Pour sa propre boîte, il faut l’autorisation Mail.ReadWrite ; pour une boîte partagée, aussi l’accès total dans Exchange, et la boîte dans shared_mailboxes du compte avant qu’il ne se connecte.",
		notThere: "Microsoft ne trouve pas la boîte, le dossier ou le message. Vérifiez `mailbox` et `folder`.",
		busy: "Microsoft 365 est occupé ou perturbé. Le programme réessaie de lui-même.",
		namesNoAccount:
			"L’accès « {username} » ne nomme aucun compte, et il n’y en a pas exactement un. Réglez son `account`.",
		accountMissing: "L’accès « {username} » utilise le compte {account}, qui n’existe pas.",
		cardUnread: "La carte n’a pas pu être lue ; vérifiez-la.",
		cardUnwritten: "La carte n’a pas pu être écrite ; vérifiez-la.",
		notKept:
			"Il n’y a pas d’internet, et le message n’est pas gardé sur le boîtier. Un `cache` plus grand en garde davantage.",
		removedMeanwhile: "Le message a été retiré par un autre programme pendant que celui-ci relevait.",
		pop3Refused:
			"Le POP3 de Microsoft a refusé ({answer}). POP doit être activé pour la boîte, et le compte a besoin de l’autorisation POP.AccessAsUser.All : reconnectez-vous une fois qu’elle est accordée.",
		pop3Unreachable: "Le POP3 de Microsoft n’a pas pu être joint. Le programme réessaie de lui-même.",
	},
	es: {
		unreachable:
			"No se pudo llegar a Microsoft 365. Compruebe la conexión a internet; el programa lo intenta de nuevo por sí solo.",
		notPermitted:
			"Microsoft no deja que esta cuenta lea el buzón. Para su propio buzón hace falta el permiso Mail.ReadWrite; para uno compartido, además acceso total en Exchange, y el buzón en shared_mailboxes de la cuenta antes de que inicie sesión.",
		notThere: "Microsoft no encuentra el buzón, la carpeta o el mensaje. Compruebe `mailbox` y `folder`.",
		busy: "Microsoft 365 está ocupado o perturbado. El programa lo intenta de nuevo por sí solo.",
		namesNoAccount:
			"El acceso «{username}» no nombra ninguna cuenta, y no hay exactamente una. Fije su `account`.",
		accountMissing: "El acceso «{username}» usa la cuenta {account}, que no existe.",
		cardUnread: "La tarjeta no se pudo leer; compruébela.",
		cardUnwritten: "La tarjeta no se pudo escribir; compruébela.",
		notKept: "No hay internet, y el mensaje no está guardado en el aparato. Un `cache` mayor guarda más.",
		removedMeanwhile: "Otro programa quitó el mensaje mientras este recogía.",
		pop3Refused:
			"El POP3 de Microsoft rechazó ({answer}). POP debe estar activado para el buzón, y la cuenta necesita el permiso POP.AccessAsUser.All: inicie sesión de nuevo cuando se haya concedido.",
		pop3Unreachable: "No se pudo llegar al POP3 de Microsoft. El programa lo intenta de nuevo por sí solo.",
	},
});
