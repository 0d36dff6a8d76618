/** What needs the owner now, and how long things take, in the other languages (appliance/words/status.ts, amounts.ts). */
import { AMOUNTS } from "../../appliance/words/amounts.ts";
import { STATUS } from "../../appliance/words/status.ts";
import { sayings } from "./sayings.ts";

export const saidOfStatus = sayings(STATUS, {
	de: {
		cardFull:
			"Die Karte ist voll: Geräte werden gebeten, es später zu versuchen. Löschen Sie Nachrichten aus der Warteschlange.",
		cardSick:
			"Die Karte speichert nicht mehr ({why}): Geräte werden gebeten, es später zu versuchen, und die angenommene Mail wartet. Postern versucht es von selbst wieder. Wenn das anhält, setzen Sie eine neue Karte ein und spielen Sie eine Sicherung zurück.",
		rebuilt:
			"Die Maildatenbank war am {@date} beschädigt und wurde instand gesetzt: {#saved} wartende Nachrichten wurden gerettet, {#damaged} davon nicht vollständig. Was vorher da war, liegt in {folder}. Die Karte könnte am Ende sein: Machen Sie eine Sicherung und setzen Sie eine neue ein.",
		paused:
			"Das Senden ist angehalten: Die Mail wartet. Nehmen Sie es unter Mail wieder auf, oder setzen Sie queue.paused auf false.",
		needsSignIn: "{address}: {~trouble} Auf der Kommandozeile: postern account add {address}",
		accountTrouble: "{address}: {~trouble}",
		failedOne: "1 Nachricht konnte nicht zugestellt werden. Siehe `postern queue list`.",
		failedMany: "{#count} Nachrichten konnten nicht zugestellt werden. Siehe `postern queue list`.",
		lapses:
			"Die Anmeldung von {address} läuft in {~time} ab, wenn Postern Microsoft bis dahin nicht erreicht: Das ist lange nicht geschehen. Geben Sie ihm für eine Minute Internet, oder melden Sie sich danach neu an: postern account add {address}",
		certificateExpired: "Das Zertifikat, mit dem sich {address} anmeldet, ist abgelaufen.",
		certificateExpires: "Das Zertifikat, mit dem sich {address} anmeldet, läuft in {~time} ab.",
		renewOwn:
			"Machen Sie ein neues und laden Sie es in Entra hoch: postern account certificate {address} --renew",
		renewFile:
			"Legen Sie ein neues nach {file}, laden Sie seine öffentliche Hälfte in Entra hoch, dann: postern reload",
		oldOneServes: "Das alte gilt, bis Microsoft das neue hat.",
		outOfStep:
			"Was an „{box}“ geändert wird, ist seit einer Stunde nicht hier angekommen. Ist es aus, oder hat es eine andere Adresse? Auf diesem Gerät: systemctl status postern-follow",
		clockWrong:
			"Die Uhr geht falsch: Sie zeigt {@said}, und es ist {@real}. Mail wird trotzdem richtig datiert, aber die Uhr sollte gestellt werden: Prüfen Sie, ob ein Zeitserver (NTP) zu erreichen ist.",
		tlsMismatch: "tls.key_file gehört nicht zu tls.certificate_file.",
		tlsUnusable: "Das Zertifikat ist nicht zu gebrauchen: {why}",
		tlsUnusableDo:
			"Setzen Sie tls.certificate_file und tls.key_file beide auf PEM-Dateien, die Postern lesen darf, oder keine von beiden.",
		tlsFromBefore: "Das bisherige Zertifikat bleibt in Gebrauch.",
		fetching: "Mail, die als „{username}“ abgeholt wird: {~trouble}",
	},
	fr: {
		cardFull:
			"La carte est pleine : les appareils sont priés de réessayer plus tard. Effacez des messages de la file.",
		cardSick:
			"La carte n’enregistre plus ({why}) : les appareils sont priés de réessayer plus tard, et le courrier accepté attend. Postern réessaie de lui-même. Si cela dure, mettez une nouvelle carte et restaurez une sauvegarde.",
		rebuilt:
			"La base du courrier a été trouvée endommagée le {@date} et a été réparée : {#saved} messages en attente ont été sauvés, dont {#damaged} incomplets. Ce qu’il y avait avant est gardé dans {folder}. La carte est peut-être en fin de vie : faites une sauvegarde et mettez-en une nouvelle.",
		paused:
			"L’envoi est suspendu : le courrier attend. Reprenez-le sous Courrier, ou mettez queue.paused à false.",
		needsSignIn: "{address} : {~trouble} En ligne de commande : postern account add {address}",
		accountTrouble: "{address} : {~trouble}",
		failedOne: "1 message n’a pas pu être remis. Voir `postern queue list`.",
		failedMany: "{#count} messages n’ont pas pu être remis. Voir `postern queue list`.",
		lapses:
			"La connexion de {address} expire dans {~time}, à moins que le boîtier n’atteigne Microsoft d’ici là : il ne l’a pas fait depuis longtemps. Donnez-lui internet pour une minute, ou reconnectez-vous ensuite : postern account add {address}",
		certificateExpired: "Le certificat avec lequel {address} se connecte a expiré.",
		certificateExpires: "Le certificat avec lequel {address} se connecte expire dans {~time}.",
		renewOwn: "Faites-en un nouveau et chargez-le dans Entra : postern account certificate {address} --renew",
		renewFile:
			"Mettez-en un nouveau dans {file}, chargez sa moitié publique dans Entra, puis : postern reload",
		oldOneServes: "L’ancien sert jusqu’à ce que Microsoft ait le nouveau.",
		outOfStep:
			"Ce qui est changé sur « {box} » n’est pas arrivé ici depuis une heure. Est-il éteint, ou a-t-il une autre adresse ? Sur ce boîtier : systemctl status postern-follow",
		clockWrong:
			"L’horloge du boîtier est fausse : elle dit {@said}, et il est {@real}. Le courrier est tout de même daté juste, mais l’horloge devrait être réglée : vérifiez que le boîtier atteint un serveur de temps (NTP).",
		tlsMismatch: "tls.key_file ne va pas avec tls.certificate_file.",
		tlsUnusable: "Le certificat n’est pas utilisable : {why}",
		tlsUnusableDo:
			"Réglez tls.certificate_file et tls.key_file tous deux sur des fichiers PEM que Postern peut lire, ou aucun des deux.",
		tlsFromBefore: "Le certificat précédent reste en service.",
		fetching: "Courrier relevé comme « {username} » : {~trouble}",
	},
	es: {
		cardFull:
			"La tarjeta está llena: se pide a los equipos que lo intenten más tarde. Borre mensajes de la cola.",
		cardSick:
			"La tarjeta ya no guarda nada ({why}): se pide a los equipos que lo intenten más tarde, y el correo aceptado espera. Postern vuelve a intentarlo por sí mismo. Si esto sigue, ponga una tarjeta nueva y restaure una copia.",
		rebuilt:
			"La base de datos del correo se encontró dañada el {@date} y se ha reparado: se salvaron {#saved} mensajes en espera, {#damaged} de ellos incompletos. Lo que había antes se guarda en {folder}. La tarjeta puede estar fallando: haga una copia y ponga una nueva.",
		paused: "El envío está en pausa: el correo espera. Reanúdelo en Correo, o ponga queue.paused en false.",
		needsSignIn: "{address}: {~trouble} En la línea de órdenes: postern account add {address}",
		accountTrouble: "{address}: {~trouble}",
		failedOne: "1 mensaje no se pudo entregar. Vea `postern queue list`.",
		failedMany: "{#count} mensajes no se pudieron entregar. Vea `postern queue list`.",
		lapses:
			"El inicio de sesión de {address} caduca en {~time} si el aparato no llega a Microsoft antes: hace mucho que no lo hace. Déle internet un minuto, o inicie sesión de nuevo después: postern account add {address}",
		certificateExpired: "El certificado con el que {address} inicia sesión ha caducado.",
		certificateExpires: "El certificado con el que {address} inicia sesión caduca en {~time}.",
		renewOwn: "Haga uno nuevo y súbalo a Entra: postern account certificate {address} --renew",
		renewFile: "Ponga uno nuevo en {file}, suba su mitad pública a Entra y después: postern reload",
		oldOneServes: "El antiguo sirve hasta que Microsoft tenga el nuevo.",
		outOfStep:
			"Lo que se cambia en «{box}» no llega aquí desde hace una hora. ¿Está apagado o tiene otra dirección? En este equipo: systemctl status postern-follow",
		clockWrong:
			"El reloj del aparato está mal: dice {@said}, y es {@real}. El correo se fecha bien de todos modos, pero conviene poner el reloj en hora: compruebe que el aparato llega a un servidor de hora (NTP).",
		tlsMismatch: "tls.key_file no corresponde a tls.certificate_file.",
		tlsUnusable: "El certificado no se puede usar: {why}",
		tlsUnusableDo:
			"Ponga tls.certificate_file y tls.key_file ambos en archivos PEM que Postern pueda leer, o ninguno.",
		tlsFromBefore: "El certificado anterior sigue en uso.",
		fetching: "Correo recogido como «{username}»: {~trouble}",
	},
});

/** In German all of them stand behind “in”. */
export const saidOfAmounts = sayings(AMOUNTS, {
	de: {
		second: "1 Sekunde",
		seconds: "{#count} Sekunden",
		minutes: "{#count} Minuten",
		hours: "{#count} Stunden",
		aDay: "einem Tag",
		days: "{#count} Tagen",
	},
	fr: {
		second: "1 seconde",
		seconds: "{#count} secondes",
		minutes: "{#count} minutes",
		hours: "{#count} heures",
		aDay: "un jour",
		days: "{#count} jours",
	},
	es: {
		second: "1 segundo",
		seconds: "{#count} segundos",
		minutes: "{#count} minutos",
		hours: "{#count} horas",
		aDay: "un día",
		days: "{#count} días",
	},
});
