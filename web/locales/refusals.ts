/**
 * What the appliance refuses with (`UserError`), in the language of the page. Those here are put in other words than on the
 * command line, by code; all others are said as the appliance says them (said.ts).
 */
import type { UserError } from "../../appliance/errors.ts";
import { catalogue, type Language } from "./languages.ts";
import { said } from "./said.ts";

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
		"form-unreadable": { text: "The form did not come whole.", hint: "Go back and send it again." },
		"totp-wrong": {
			text: "That code is not right.",
			hint: "Codes change every half minute; check that the phone's clock is right.",
		},
		"device-unplaceable": {
			text: "Nothing would be left to know this device by.",
			hint: "Let it sign in, or give its network address.",
		},
		"device-name-unusable": { text: "A device cannot be called that.", hint: "Choose another name." },
		"rule-sender-missing": {
			text: "“Only these senders” needs at least one.",
			hint: "Write one a line, or choose another rule.",
		},
		"rule-limit-invalid": {
			text: "A limit is a whole number above zero.",
			hint: "Leave the field empty for no limit.",
		},
		"mail-address-invalid": {
			text: "That is no mail address.",
			hint: "A mail address is such as name@contoso.com.",
		},
		"device-locked": { text: "This device stands in the configuration file.", hint: "Change it there." },
		"device-unknown": {
			text: "There is no such device any more.",
			hint: "It was removed or renamed: look at the devices. Mail that it sent stays in the list of mail.",
		},
		"stranger-unknown": {
			text: "Nobody of that address has tried to send since Postern was started.",
			hint: "It may have been allowed or refused meanwhile: look at the devices.",
		},
		"queue-unknown-id": {
			text: "There is no such message.",
			hint: "It is neither in the queue nor in its history, which keeps the latest messages.",
		},
		"mail-gone": {
			text: "The message has left Postern: its content is no longer on the card.",
			hint: "What was delivered is in the mailbox of its recipient.",
		},
		"sign-up-denied": {
			text: "This address may not sign up here.",
			hint: "Check how it is written; else ask whoever looks after this box.",
		},
		"sign-up-busy": {
			text: "Too many people are signing up at this moment.",
			hint: "Try again in a few minutes.",
		},
		"sign-up-locked": {
			text: "Too many tries from here came to nothing.",
			hint: "Wait a quarter of an hour, then try again.",
		},
		"sign-up-full": {
			text: "As many people have signed up as may.",
			hint: "Ask whoever looks after this box to make room.",
		},
		"sign-up-closed": {
			text: "Nobody can sign up here by themselves any more.",
			hint: "Ask whoever looks after this box.",
		},
		"sign-up-other": {
			text: "Somebody else signed in to Microsoft than you typed here.",
			hint: "If both addresses are yours, start again with the one with which you sign in to Microsoft.",
		},
		"sign-up-taken": {
			text: "This address was set up by whoever looks after this box, for other devices too.",
			hint: "Ask them for a user name and a password.",
		},
		"joined-unknown": { text: "This address has not signed up here.", hint: "There is nothing to leave." },
		"last-owner": { text: "The last owner cannot go.", hint: "Make somebody else an owner first." },
		"passphrase-weak": {
			text: "This passphrase is too easy to guess.",
			hint: "Take a longer one: four or five words that have nothing to do with each other.",
		},
		"passphrase-wrong": {
			text: "The passphrase does not open this backup. Nothing was changed.",
			hint: "Capitals and blanks count. Without the passphrase nobody can open the file.",
		},
		"backup-damaged": {
			text: "This backup is damaged or cut short. Nothing was changed.",
			hint: "Copy the file again from where it is kept, or take an older backup.",
		},
		"backup-foreign": {
			text: "This is no backup of a Postern. Nothing was changed.",
			hint: "Choose the file that Postern gave you; its name ends in .postern-backup.",
		},
		"backup-too-new": {
			text: "This backup was made by a newer Postern. Nothing was changed.",
			hint: "Update this Postern first, then restore the backup again.",
		},
		"backup-too-large": {
			text: "There is not enough room on the card for this backup. Nothing was changed.",
			hint: "Delete messages that are not needed any more, or use a larger card.",
		},
		"backup-busy": { text: "Another backup is being taken in just now.", hint: "Try again when it is done." },
		"no-backup": {
			text: "That backup is no longer here. Nothing was changed.",
			hint: "Send the file again: it is kept for an hour, and only the last one.",
		},
		"upload-broken": { text: "The upload broke off. Nothing was changed.", hint: "Send the file again." },
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
			"form-unreadable": {
				text: "Das Formular ist nicht vollständig angekommen.",
				hint: "Gehen Sie zurück und senden Sie es noch einmal.",
			},
			"totp-wrong": {
				text: "Dieser Code stimmt nicht.",
				hint: "Codes wechseln jede halbe Minute; prüfen Sie, ob die Uhr des Telefons richtig geht.",
			},
			"device-unplaceable": {
				text: "Nichts bliebe, woran das Gerät zu erkennen wäre.",
				hint: "Lassen Sie es sich anmelden, oder geben Sie seine Netzwerkadresse an.",
			},
			"device-name-unusable": {
				text: "So kann ein Gerät nicht heißen.",
				hint: "Wählen Sie einen anderen Namen.",
			},
			"rule-sender-missing": {
				text: "„Nur diese Absender“ braucht mindestens einen.",
				hint: "Schreiben Sie einen je Zeile, oder wählen Sie eine andere Regel.",
			},
			"rule-limit-invalid": {
				text: "Eine Grenze ist eine ganze Zahl über null.",
				hint: "Lassen Sie das Feld leer, wenn es keine geben soll.",
			},
			"mail-address-invalid": {
				text: "Das ist keine Mailadresse.",
				hint: "Eine Mailadresse sieht aus wie name@contoso.com.",
			},
			"device-locked": {
				text: "Dieses Gerät steht in der Konfigurationsdatei.",
				hint: "Ändern Sie es dort.",
			},
			"device-unknown": {
				text: "Dieses Gerät gibt es nicht mehr.",
				hint: "Es wurde entfernt oder umbenannt: Sehen Sie bei den Geräten nach. Mail, die es gesendet hat, bleibt in der Mail-Liste.",
			},
			"stranger-unknown": {
				text: "Niemand mit dieser Adresse hat seit dem Start von Postern zu senden versucht.",
				hint: "Vielleicht wurde es inzwischen erlaubt oder abgewiesen: Sehen Sie bei den Geräten nach.",
			},
			"queue-unknown-id": {
				text: "Diese Nachricht gibt es nicht.",
				hint: "Sie ist weder in der Warteschlange noch in deren Verlauf, der die neuesten behält.",
			},
			"mail-gone": {
				text: "Die Nachricht hat Postern verlassen: ihr Inhalt ist nicht mehr auf der Karte.",
				hint: "Was zugestellt wurde, liegt im Postfach des Empfängers.",
			},
			"sign-up-denied": {
				text: "Diese Adresse darf sich hier keinen Zugang holen.",
				hint: "Prüfen Sie, wie sie geschrieben ist; sonst fragen Sie, wo Postern betreut wird.",
			},
			"sign-up-busy": {
				text: "Gerade melden sich zu viele Leute an.",
				hint: "Versuchen Sie es in einigen Minuten noch einmal.",
			},
			"sign-up-locked": {
				text: "Zu viele Versuche von hier führten zu nichts.",
				hint: "Warten Sie eine Viertelstunde und versuchen Sie es dann noch einmal.",
			},
			"sign-up-full": {
				text: "Es haben schon so viele Leute einen Zugang, wie dürfen.",
				hint: "Fragen Sie, wo Postern betreut wird, ob Platz gemacht werden kann.",
			},
			"sign-up-closed": {
				text: "Niemand kann sich hier noch selbst einen Zugang holen.",
				hint: "Fragen Sie, wo Postern betreut wird.",
			},
			"sign-up-other": {
				text: "Bei Microsoft hat sich jemand anderes angemeldet, als Sie hier eingegeben haben.",
				hint: "Gehören beide Adressen Ihnen, beginnen Sie neu mit der, mit der Sie sich bei Microsoft anmelden.",
			},
			"sign-up-taken": {
				text: "Diese Adresse ist hier schon eingerichtet, auch für andere Geräte.",
				hint: "Fragen Sie nach einem Benutzernamen und einem Passwort, wo Postern betreut wird.",
			},
			"joined-unknown": { text: "Diese Adresse hat hier keinen Zugang.", hint: "Es gibt nichts zu beenden." },
			"last-owner": {
				text: "Der letzte Inhaber kann nicht gehen.",
				hint: "Machen Sie zuerst jemand anderen zum Inhaber.",
			},
			"passphrase-weak": {
				text: "Diese Passphrase ist zu leicht zu erraten.",
				hint: "Nehmen Sie eine längere: vier oder fünf Wörter, die nichts miteinander zu tun haben.",
			},
			"passphrase-wrong": {
				text: "Die Passphrase öffnet diese Sicherung nicht. Es hat sich nichts geändert.",
				hint: "Großschreibung und Leerzeichen zählen. Ohne die Passphrase kann niemand die Datei öffnen.",
			},
			"backup-damaged": {
				text: "Diese Sicherung ist beschädigt oder abgeschnitten. Es hat sich nichts geändert.",
				hint: "Kopieren Sie die Datei noch einmal von dort, wo sie aufbewahrt wird, oder nehmen Sie eine ältere Sicherung.",
			},
			"backup-foreign": {
				text: "Das ist keine Sicherung von Postern. Es hat sich nichts geändert.",
				hint: "Wählen Sie die Datei, die Sie von Postern bekommen haben; ihr Name endet auf .postern-backup.",
			},
			"backup-too-new": {
				text: "Diese Sicherung stammt von einem neueren Postern. Es hat sich nichts geändert.",
				hint: "Aktualisieren Sie zuerst dieses Postern und spielen Sie die Sicherung dann noch einmal ein.",
			},
			"backup-too-large": {
				text: "Auf der Karte ist nicht genug Platz für diese Sicherung. Es hat sich nichts geändert.",
				hint: "Löschen Sie Nachrichten, die nicht mehr gebraucht werden, oder nehmen Sie eine größere Karte.",
			},
			"backup-busy": {
				text: "Gerade wird eine andere Sicherung entgegengenommen.",
				hint: "Versuchen Sie es noch einmal, wenn das fertig ist.",
			},
			"no-backup": {
				text: "Diese Sicherung ist nicht mehr hier. Es hat sich nichts geändert.",
				hint: "Senden Sie die Datei noch einmal: Sie bleibt eine Stunde, und nur die letzte.",
			},
			"upload-broken": {
				text: "Das Hochladen brach ab. Es hat sich nichts geändert.",
				hint: "Senden Sie die Datei noch einmal.",
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
			"form-unreadable": {
				text: "Le formulaire n’est pas arrivé en entier.",
				hint: "Revenez en arrière et envoyez-le de nouveau.",
			},
			"totp-wrong": {
				text: "Ce code n’est pas le bon.",
				hint: "Les codes changent toutes les trente secondes ; vérifiez l’heure du téléphone.",
			},
			"device-unplaceable": {
				text: "Rien ne permettrait de reconnaître cet appareil.",
				hint: "Laissez-le s’identifier, ou indiquez son adresse réseau.",
			},
			"device-name-unusable": {
				text: "Un appareil ne peut pas s’appeler ainsi.",
				hint: "Choisissez un autre nom.",
			},
			"rule-sender-missing": {
				text: "« Seulement ces expéditeurs » en demande au moins un.",
				hint: "Écrivez-en un par ligne, ou choisissez une autre règle.",
			},
			"rule-limit-invalid": {
				text: "Une limite est un nombre entier supérieur à zéro.",
				hint: "Laissez le champ vide pour ne pas limiter.",
			},
			"mail-address-invalid": {
				text: "Ce n’est pas une adresse de messagerie.",
				hint: "Une adresse ressemble à nom@contoso.com.",
			},
			"device-locked": {
				text: "Cet appareil figure dans le fichier de configuration.",
				hint: "Modifiez-le là.",
			},
			"device-unknown": {
				text: "Cet appareil n’existe plus.",
				hint: "Il a été supprimé ou renommé : consultez la liste des appareils. Le courrier qu’il a envoyé reste dans la liste.",
			},
			"stranger-unknown": {
				text: "Personne à cette adresse n’a tenté d’envoyer depuis le démarrage de Postern.",
				hint: "Il a pu être autorisé ou refusé entre-temps : voyez les appareils.",
			},
			"queue-unknown-id": {
				text: "Ce message n’existe pas.",
				hint: "Il n’est ni dans la file ni dans son historique, qui garde les plus récents.",
			},
			"mail-gone": {
				text: "Le message a quitté Postern : son contenu n’est plus sur la carte.",
				hint: "Ce qui a été remis se trouve dans la boîte du destinataire.",
			},
			"sign-up-denied": {
				text: "Cette adresse ne peut pas s’inscrire ici.",
				hint: "Vérifiez son orthographe ; sinon demandez à qui s’occupe de ce boîtier.",
			},
			"sign-up-busy": {
				text: "Trop de personnes s’inscrivent en ce moment.",
				hint: "Réessayez dans quelques minutes.",
			},
			"sign-up-locked": {
				text: "Trop d’essais depuis ici n’ont abouti à rien.",
				hint: "Attendez un quart d’heure, puis réessayez.",
			},
			"sign-up-full": {
				text: "Autant de personnes se sont inscrites qu’il est permis.",
				hint: "Demandez à qui s’occupe de ce boîtier de faire de la place.",
			},
			"sign-up-closed": {
				text: "Personne ne peut plus s’inscrire ici soi-même.",
				hint: "Demandez à qui s’occupe de ce boîtier.",
			},
			"sign-up-other": {
				text: "Une autre adresse que celle saisie ici s’est connectée à Microsoft.",
				hint: "Si les deux sont à vous, recommencez avec celle qui vous sert à vous connecter à Microsoft.",
			},
			"sign-up-taken": {
				text: "Cette adresse est déjà configurée ici, pour d’autres appareils aussi.",
				hint: "Demandez un nom d’utilisateur et un mot de passe à qui s’occupe de ce boîtier.",
			},
			"joined-unknown": { text: "Cette adresse n’est pas inscrite ici.", hint: "Il n’y a rien à quitter." },
			"last-owner": {
				text: "Le dernier propriétaire ne peut pas partir.",
				hint: "Nommez d’abord un autre propriétaire.",
			},
			"passphrase-weak": {
				text: "Cette phrase secrète est trop facile à deviner.",
				hint: "Prenez-en une plus longue : quatre ou cinq mots sans rapport entre eux.",
			},
			"passphrase-wrong": {
				text: "La phrase secrète n’ouvre pas cette sauvegarde. Rien n’a changé.",
				hint: "Les majuscules et les espaces comptent. Sans la phrase secrète, personne ne peut ouvrir le fichier.",
			},
			"backup-damaged": {
				text: "Cette sauvegarde est endommagée ou tronquée. Rien n’a changé.",
				hint: "Copiez de nouveau le fichier depuis l’endroit où il est gardé, ou prenez une sauvegarde plus ancienne.",
			},
			"backup-foreign": {
				text: "Ce n’est pas une sauvegarde de Postern. Rien n’a changé.",
				hint: "Choisissez le fichier que Postern vous a donné ; son nom finit par .postern-backup.",
			},
			"backup-too-new": {
				text: "Cette sauvegarde vient d’un Postern plus récent. Rien n’a changé.",
				hint: "Mettez d’abord ce Postern à jour, puis restaurez de nouveau la sauvegarde.",
			},
			"backup-too-large": {
				text: "La carte n’a pas assez de place pour cette sauvegarde. Rien n’a changé.",
				hint: "Supprimez des messages devenus inutiles, ou prenez une carte plus grande.",
			},
			"backup-busy": {
				text: "Une autre sauvegarde est justement en cours de réception.",
				hint: "Réessayez quand ce sera fini.",
			},
			"no-backup": {
				text: "Cette sauvegarde n’est plus ici. Rien n’a changé.",
				hint: "Envoyez de nouveau le fichier : il est gardé une heure, et seulement le dernier.",
			},
			"upload-broken": {
				text: "L’envoi s’est interrompu. Rien n’a changé.",
				hint: "Envoyez de nouveau le fichier.",
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
			"form-unreadable": {
				text: "El formulario no ha llegado completo.",
				hint: "Vuelva atrás y envíelo de nuevo.",
			},
			"totp-wrong": {
				text: "Ese código no es correcto.",
				hint: "Los códigos cambian cada medio minuto; compruebe el reloj del teléfono.",
			},
			"device-unplaceable": {
				text: "No quedaría nada por lo que reconocer este equipo.",
				hint: "Deje que se identifique, o indique su dirección de red.",
			},
			"device-name-unusable": { text: "Un equipo no puede llamarse así.", hint: "Elija otro nombre." },
			"rule-sender-missing": {
				text: "«Solo estos remitentes» necesita al menos uno.",
				hint: "Escriba uno por línea, o elija otra regla.",
			},
			"rule-limit-invalid": {
				text: "Un límite es un número entero mayor que cero.",
				hint: "Deje el campo vacío para no limitar.",
			},
			"mail-address-invalid": {
				text: "Eso no es una dirección de correo.",
				hint: "Una dirección de correo es como nombre@contoso.com.",
			},
			"device-locked": { text: "Este equipo está en el archivo de configuración.", hint: "Cámbielo allí." },
			"device-unknown": {
				text: "Este dispositivo ya no existe.",
				hint: "Se eliminó o cambió de nombre: mire la lista de dispositivos. El correo que envió permanece en la lista.",
			},
			"stranger-unknown": {
				text: "Nadie con esa dirección ha intentado enviar desde que arrancó Postern.",
				hint: "Puede que se haya permitido o rechazado entretanto: mire los equipos.",
			},
			"queue-unknown-id": {
				text: "Ese mensaje no existe.",
				hint: "No está en la cola ni en su historial, que guarda los más recientes.",
			},
			"mail-gone": {
				text: "El mensaje ha salido de Postern: su contenido ya no está en la tarjeta.",
				hint: "Lo que se entregó está en el buzón del destinatario.",
			},
			"sign-up-denied": {
				text: "Esta dirección no puede darse de alta aquí.",
				hint: "Revise cómo está escrita; si no, pregunte a quien cuida de este aparato.",
			},
			"sign-up-busy": {
				text: "Demasiadas personas se están dando de alta en este momento.",
				hint: "Inténtelo de nuevo en unos minutos.",
			},
			"sign-up-locked": {
				text: "Demasiados intentos desde aquí no llegaron a nada.",
				hint: "Espere un cuarto de hora e inténtelo de nuevo.",
			},
			"sign-up-full": {
				text: "Ya se han dado de alta tantas personas como se permite.",
				hint: "Pida a quien cuida de este aparato que haga sitio.",
			},
			"sign-up-closed": {
				text: "Ya nadie puede darse de alta aquí por sí mismo.",
				hint: "Pregunte a quien cuida de este aparato.",
			},
			"sign-up-other": {
				text: "En Microsoft ha iniciado sesión otra dirección que la escrita aquí.",
				hint: "Si las dos son suyas, empiece de nuevo con la que usa para iniciar sesión en Microsoft.",
			},
			"sign-up-taken": {
				text: "Esta dirección ya está configurada aquí, también para otros equipos.",
				hint: "Pida un nombre de usuario y una contraseña a quien cuida de este aparato.",
			},
			"joined-unknown": { text: "Esta dirección no está dada de alta aquí.", hint: "No hay nada que dejar." },
			"last-owner": {
				text: "El último propietario no puede irse.",
				hint: "Nombre antes a otro propietario.",
			},
			"passphrase-weak": {
				text: "Esta frase de contraseña es demasiado fácil de adivinar.",
				hint: "Tome una más larga: cuatro o cinco palabras sin relación entre sí.",
			},
			"passphrase-wrong": {
				text: "La frase de contraseña no abre esta copia. No ha cambiado nada.",
				hint: "Cuentan las mayúsculas y los espacios. Sin la frase de contraseña nadie puede abrir el archivo.",
			},
			"backup-damaged": {
				text: "Esta copia está dañada o cortada. No ha cambiado nada.",
				hint: "Copie otra vez el archivo desde donde se guarda, o tome una copia más antigua.",
			},
			"backup-foreign": {
				text: "Esto no es una copia de Postern. No ha cambiado nada.",
				hint: "Elija el archivo que le dio Postern; su nombre termina en .postern-backup.",
			},
			"backup-too-new": {
				text: "Esta copia la hizo un Postern más nuevo. No ha cambiado nada.",
				hint: "Actualice primero este Postern y restaure después la copia.",
			},
			"backup-too-large": {
				text: "No hay sitio suficiente en la tarjeta para esta copia. No ha cambiado nada.",
				hint: "Elimine mensajes que ya no hagan falta, o use una tarjeta más grande.",
			},
			"backup-busy": {
				text: "Ahora mismo se está recibiendo otra copia.",
				hint: "Inténtelo de nuevo cuando termine.",
			},
			"no-backup": {
				text: "Esa copia ya no está aquí. No ha cambiado nada.",
				hint: "Envíe otra vez el archivo: se guarda una hora, y solo el último.",
			},
			"upload-broken": {
				text: "El envío se interrumpió. No ha cambiado nada.",
				hint: "Envíe otra vez el archivo.",
			},
		},
	},
);

export function refusalText(language: Language, error: UserError): RefusalText {
	const known: Readonly<Record<string, RefusalText>> = words[language];
	return known[error.code] ?? { text: said(error.message, language), hint: said(error.hint, language) };
}
