/** Why a device was not let send, and what to change on it, in the other languages (appliance/words/receiving.ts). */
import { RECEIVING } from "../../appliance/words/receiving.ts";
import { sayings } from "./sayings.ts";

export const saidOfReceiving = sayings(RECEIVING, {
	de: {
		stranger:
			"Postern kennt {address} nicht, und angemeldet hat es sich nicht. Gehört es Ihnen, lassen Sie es zu: postern device allow {address}. Oder tippen Sie Benutzername und Passwort eines Geräts dort ein.",
		submissionInClear:
			"Der Port für Submission verlangt Verschlüsselung und eine Anmeldung. Schalten Sie STARTTLS ein und tippen Sie Benutzername und Passwort in das Gerät ein, oder lassen Sie es an Port 25 senden, wo seine Adresse genügt.",
		submissionUnsigned:
			"Am Port für Submission genügt eine Adresse nicht. Tippen Sie Benutzername und Passwort in das Gerät ein, oder lassen Sie es an Port 25 senden.",
		usernameUnknown:
			"Das Gerät hat sich mit einem Benutzernamen angemeldet, den kein Gerät bei Postern hat. Die Benutzernamen stehen bei den Geräten (postern device list); tippen Sie einen davon mit seinem Passwort in das Gerät ein.",
		wrongPassword:
			"Jemand hat sich als „{username}“ ({device}) angemeldet, und das Passwort ist falsch. Tippen Sie es noch einmal ein, mit den Bindestrichen; ist es verloren, machen Sie ein neues: postern device password NAME.",
		signInLocked:
			"Zu viele Anmeldungen von dieser Adresse oder mit diesem Benutzernamen sind gescheitert, darum muss gewartet werden, zuerst einige Sekunden, höchstens eine Viertelstunde. Berichtigen Sie zuerst das Passwort am Gerät.",
		signInBusy:
			"Zu viele Geräte haben sich im selben Augenblick angemeldet. Das Gerät versucht es von selbst noch einmal.",
		passwordInClear:
			"„{device}“ hat sein Passwort unverschlüsselt gesendet. Schalten Sie dort TLS oder STARTTLS ein; hat es beides nicht, setzen Sie auth_without_tls dafür.",
		mayNotSendAs:
			"„{device}“ darf nicht als {sender} senden: {~rule}. Ändern Sie den Absender (From) am Gerät oder die Liste.",
		mayNotSendAsNobody:
			"„{device}“ darf nicht ohne Absender senden: {~rule}. Ändern Sie den Absender (From) am Gerät oder die Liste.",
		mayNotWriteAs:
			"„{device}“ hat {sender} als Absender in eine Nachricht geschrieben und darf das nicht: {~rule}. Ändern Sie den Absender (From) am Gerät oder die Liste.",
		itsFromIs: "from ist dort „{from}“",
		itsSendersAre: "erlaubt sind die Absender {senders}",
		noAccountToSendAs:
			'„{device}“ sendet mit der Adresse seines Microsoft-Kontos (from = "force"), und keines ist dafür eingerichtet. Fügen Sie eines hinzu: postern account add ADDRESS.',
		mayNotSendTo:
			"„{device}“ darf nicht an {recipient} senden: Erlaubt sind die Empfänger {recipients}. Ändern Sie die Adresse am Gerät oder die Liste.",
		overRate:
			"„{device}“ sendet öfter, als seine Rate erlaubt ({#count} Nachrichten in {~time}). Weiter geht es in {~wait}; die meisten Geräte versuchen es von selbst noch einmal. Erhöhen Sie die Rate, wenn das zu wenig ist.",
		overQuota:
			"„{device}“ sendet mehr, als sein Kontingent erlaubt. Weiter geht es in {~wait}; die meisten Geräte versuchen es von selbst noch einmal. Erhöhen Sie das Kontingent, wenn das zu wenig ist.",
		strangersFull:
			"{address} hat so viel gesendet, wie von einem Unbekannten aufbewahrt wird. Erlauben Sie es oder weisen Sie es ab: postern device allow {address}.",
		strangerSignedIn:
			"{address} wollte sich anmelden, scheiterte und wollte dann ohne Anmeldung senden. Berichtigen Sie Benutzername und Passwort, oder lassen Sie es über seine Adresse zu: postern device allow {address}.",
		cardFull:
			"Die Karte ist voll: Mail wird abgewiesen, bis Nachrichten die Warteschlange verlassen oder gelöscht werden.",
		cardSick:
			"Die Karte hat versagt, während eine Nachricht gespeichert wurde: Das Gerät wurde gebeten, es noch einmal zu versuchen.",
		tooLarge:
			"Die Nachricht ist größer als {#most} MB. Lassen Sie das Gerät weniger auf einmal senden (geringere Auflösung, weniger Seiten), oder erhöhen Sie smtp.max_message_size.",
		declaredTooLarge:
			"Das Gerät wollte {#declared} MB senden, angenommen werden höchstens {#most} MB. Lassen Sie es weniger auf einmal senden (geringere Auflösung, weniger Seiten), oder erhöhen Sie smtp.max_message_size.",
		loop: "Die Nachricht war schon einmal hier: Etwas sendet Posterns eigene Mail an Postern zurück. Suchen Sie nach einer Weiterleitung oder einem Smarthost, der hierher zeigt.",
		tooManyConnections:
			"{address} hält zu viele Verbindungen zugleich offen; weitere werden abgewiesen, bis es einige schließt. Starten Sie das Gerät neu, wenn das anhält.",
		order:
			"Das Gerät hat seine Befehle in einer Reihenfolge gesendet, die SMTP nicht kennt. Das ist ein Fehler seines Programms; eine Aktualisierung kann helfen.",
		badSender:
			"Das Gerät hat einen Absender angegeben, der keine Mailadresse ist: {command}. Tippen Sie eine ganze Adresse, etwa scan@contoso.com, in sein Feld für den Absender (From).",
		badRecipient:
			"Das Gerät hat einen Empfänger angegeben, der keine Mailadresse ist: {command}. Prüfen Sie die Adresse in seinem Adressbuch.",
		badParameter:
			"Das Gerät hat etwas verlangt, das Postern nicht versprechen kann ({answer}). Schalten Sie dort Zustellberichte aus, oder verbergen Sie ihm das Schlüsselwort (hide_ehlo).",
		nameTooLong:
			"Das Gerät nannte sich mit einem Namen von mehr als 512 Zeichen. Geben Sie ihm in seinen Netzwerkeinstellungen einen kurzen Hostnamen.",
		tooManyRecipients:
			"Das Gerät nannte mehr als {#most} Empfänger für eine Nachricht. Die meisten Geräte senden den Rest in einer zweiten Nachricht; wenn nicht, nehmen Sie eine Verteilerliste.",
		badChunk:
			"Das Gerät hat ein Stück einer Nachricht angekündigt, ohne zu sagen, wie lang es ist. Verbergen Sie ihm CHUNKING (hide_ehlo), damit es auf die übliche Weise sendet.",
		wantedPasswordInClear:
			"Das Gerät wollte sein Passwort unverschlüsselt senden. Schalten Sie in seinen Maileinstellungen TLS oder STARTTLS ein (Port 587 oder 465). Hat es beides nicht, lassen Sie es über seine Adresse senden, oder setzen Sie auth_without_tls dafür.",
		unknownMechanism:
			"Das Gerät wollte sich auf eine Weise anmelden, die Postern ihm nicht anbietet. Wählen Sie dort PLAIN oder LOGIN; kennt es nur CRAM-MD5, setzen Sie cram_md5 dafür.",
		endsInLf:
			"Das Gerät hat seine Nachricht mit bloßen Zeilenvorschüben beendet, was der Mailstandard nicht erlaubt, und das Warten aufgegeben. Setzen Sie lf_line_ends dafür; es muss an seiner Adresse erkannt werden.",
		broken:
			"Die Verbindung endete mitten in einer Nachricht, darum wurde nichts von ihr angenommen. Das Gerät oder das Netz hat sie abgebrochen: Sehen Sie nach Kabel oder WLAN und nach der Wartezeit in den Maileinstellungen (30 Sekunden oder mehr). Die meisten Geräte senden sie von selbst noch einmal.",
		brokenCiphers:
			"Das Gerät kennt nur SSL 3 oder gebrochene Verfahren (RC4, DES, 3DES), die kein Schalter zurückbringen kann. Schalten Sie SSL/TLS am Gerät aus, lassen Sie es an Port 25 senden, und sagen Sie Postern seine Adresse.",
		oldTls:
			"Das Gerät bietet höchstens {version} oder nur alte Verfahren, und die werden abgewiesen. Aktualisieren Sie seine Firmware, oder setzen Sie legacy_tls = true für dieses Gerät allein; Postern muss es an seiner Adresse erkennen.",
		certificateNotTrusted: "Das Gerät traut dem Zertifikat nicht.",
		hungUpInTls:
			"Das Gerät hat mitten im TLS-Handshake aufgelegt, meist, weil es dem Zertifikat nicht traut.",
		importAuthority:
			"Importieren Sie die Zertifizierungsstelle von http://{host}/authority.crt in das Gerät, oder schalten Sie seine Zertifikatsprüfung aus.",
		silentInTls:
			"Das Gerät hat TLS begonnen und dann nichts mehr gesagt. Lassen Sie es noch einmal senden; geschieht das weiter, wählen Sie am Gerät STARTTLS oder keine Verschlüsselung.",
		tlsFailed:
			"Mit dem Gerät kam keine verschlüsselte Verbindung zustande ({code}). Wählen Sie am Gerät eine andere Art der Verschlüsselung, oder keine, wenn Postern es an seiner Adresse erkennt.",
		tlsExpected:
			"Das Gerät spricht unverschlüsselt oder mit STARTTLS mit dem Port für SSL/TLS. Wählen Sie am Gerät SSL/TLS oder Port 587 (STARTTLS) oder 25.",
		tlsTooEarly:
			"Das Gerät spricht sofort TLS (SSL/TLS), und dieser Port grüßt im Klartext. Von nun an wird es erwartet, lassen Sie es also noch einmal senden; besser geben Sie ihm den Port für SSL/TLS oder den automatischen Port, oder stellen es auf STARTTLS.",
		noProxyHeader:
			"{address} steht in smtp.proxy_protocol_from und hat nicht mit einem gültigen PROXY-Kopf begonnen. Schalten Sie dort das PROXY-Protokoll ein, oder nehmen Sie die Adresse aus der Liste.",
		noteMessage: "Nachricht von {#count} Bytes",
		noteLeftOut: "{#count} Zeilen sind hier ausgelassen",
	},
	fr: {
		stranger:
			"Postern ne connaît pas {address}, qui ne s’est pas identifié. S’il est à vous, laissez-le entrer : postern device allow {address}. Ou tapez-y le nom d’utilisateur et le mot de passe d’un appareil.",
		submissionInClear:
			"Le port d’envoi exige un chiffrement et une identification. Activez STARTTLS et tapez le nom d’utilisateur et le mot de passe dans l’appareil, ou laissez-le envoyer au port 25, où son adresse suffit.",
		submissionUnsigned:
			"Sur le port d’envoi, une adresse ne suffit pas. Tapez le nom d’utilisateur et le mot de passe dans l’appareil, ou laissez-le envoyer au port 25.",
		usernameUnknown:
			"L’appareil s’est identifié avec un nom d’utilisateur qu’aucun appareil de Postern ne porte. Les noms sont dans la liste des appareils (postern device list) ; tapez-en un, avec son mot de passe, dans l’appareil.",
		wrongPassword:
			"Quelqu’un s’est identifié comme « {username} » ({device}), et le mot de passe est faux. Tapez-le de nouveau, tirets compris ; s’il est perdu, faites-en un nouveau : postern device password NAME.",
		signInLocked:
			"Trop d’identifications depuis cette adresse, ou avec ce nom d’utilisateur, ont échoué ; il faut donc attendre, quelques secondes d’abord, un quart d’heure au plus. Corrigez d’abord le mot de passe sur l’appareil.",
		signInBusy: "Trop d’appareils se sont identifiés au même moment. L’appareil réessaie de lui-même.",
		passwordInClear:
			"« {device} » a envoyé son mot de passe sans chiffrement. Activez-y TLS ou STARTTLS ; s’il n’a ni l’un ni l’autre, mettez auth_without_tls pour lui.",
		mayNotSendAs:
			"« {device} » ne peut pas envoyer comme {sender} : {~rule}. Changez l’expéditeur (From) sur l’appareil, ou la liste.",
		mayNotSendAsNobody:
			"« {device} » ne peut pas envoyer sans expéditeur : {~rule}. Changez l’expéditeur (From) sur l’appareil, ou la liste.",
		mayNotWriteAs:
			"« {device} » a mis {sender} comme expéditeur dans un message, et n’en a pas le droit : {~rule}. Changez l’expéditeur (From) sur l’appareil, ou la liste.",
		itsFromIs: "son from est « {from} »",
		itsSendersAre: "ses expéditeurs sont {senders}",
		noAccountToSendAs:
			'« {device} » envoie avec l’adresse de son compte Microsoft (from = "force"), et aucun n’est configuré pour lui. Ajoutez-en un : postern account add ADDRESS.',
		mayNotSendTo:
			"« {device} » ne peut pas envoyer à {recipient} : ses destinataires sont {recipients}. Changez l’adresse sur l’appareil, ou la liste.",
		overRate:
			"« {device} » envoie plus souvent que son débit ne le permet ({#count} messages en {~time}). Il reprend dans {~wait} ; la plupart des appareils réessaient d’eux-mêmes. Augmentez son débit si c’est trop peu.",
		overQuota:
			"« {device} » envoie plus que son quota ne le permet. Il reprend dans {~wait} ; la plupart des appareils réessaient d’eux-mêmes. Augmentez son quota si c’est trop peu.",
		strangersFull:
			"{address} a envoyé autant qu’il est gardé de quelqu’un que Postern ne connaît pas. Autorisez-le ou refusez-le : postern device allow {address}.",
		strangerSignedIn:
			"{address} a tenté de s’identifier, a échoué, puis a voulu envoyer sans. Corrigez son nom d’utilisateur et son mot de passe, ou laissez-le entrer par son adresse : postern device allow {address}.",
		cardFull:
			"La carte est pleine : le courrier est refusé jusqu’à ce que des messages quittent la file ou soient effacés.",
		cardSick: "La carte a failli pendant l’enregistrement d’un message : l’appareil a été prié de réessayer.",
		tooLarge:
			"Le message dépasse {#most} Mo. Faites envoyer moins à la fois par l’appareil (résolution plus basse, moins de pages), ou augmentez smtp.max_message_size.",
		declaredTooLarge:
			"L’appareil voulait envoyer {#declared} Mo, et {#most} Mo au plus sont acceptés. Faites-lui envoyer moins à la fois (résolution plus basse, moins de pages), ou augmentez smtp.max_message_size.",
		loop: "Le message est déjà passé par ici : quelque chose renvoie à Postern son propre courrier. Cherchez une règle de transfert ou un relais qui pointe ici.",
		tooManyConnections:
			"{address} tient trop de connexions ouvertes à la fois ; les suivantes sont refusées jusqu’à ce qu’il en ferme. Redémarrez l’appareil si cela dure.",
		order:
			"L’appareil a envoyé ses commandes dans un ordre que SMTP ne connaît pas. C’est un défaut de son programme ; une mise à jour peut aider.",
		badSender:
			"L’appareil a donné un expéditeur qui n’est pas une adresse de courrier : {command}. Tapez une adresse entière, comme scan@contoso.com, dans son champ d’expéditeur (From).",
		badRecipient:
			"L’appareil a donné un destinataire qui n’est pas une adresse de courrier : {command}. Vérifiez l’adresse dans son carnet.",
		badParameter:
			"L’appareil a demandé quelque chose que Postern ne peut pas promettre ({answer}). Désactivez-y les rapports de remise, ou cachez-lui le mot-clé (hide_ehlo).",
		nameTooLong:
			"L’appareil s’est nommé par un nom de plus de 512 caractères. Donnez-lui un nom d’hôte court dans ses réglages réseau.",
		tooManyRecipients:
			"L’appareil a nommé plus de {#most} destinataires pour un message. La plupart des appareils envoient le reste dans un second message ; sinon, prenez une liste de diffusion.",
		badChunk:
			"L’appareil a annoncé un morceau de message sans dire sa longueur. Cachez-lui CHUNKING (hide_ehlo), pour qu’il envoie de la façon habituelle.",
		wantedPasswordInClear:
			"L’appareil voulait envoyer son mot de passe sans chiffrement. Activez TLS ou STARTTLS dans ses réglages de courrier (port 587 ou 465). S’il n’a ni l’un ni l’autre, laissez-le envoyer par son adresse, ou mettez auth_without_tls pour lui.",
		unknownMechanism:
			"L’appareil voulait s’identifier par une méthode que Postern ne lui propose pas. Choisissez-y PLAIN ou LOGIN ; s’il ne connaît que CRAM-MD5, mettez cram_md5 pour lui.",
		endsInLf:
			"L’appareil a terminé son message par de simples sauts de ligne, ce que la norme du courrier ne permet pas, et a cessé d’attendre. Mettez lf_line_ends pour lui ; il doit être connu par son adresse.",
		broken:
			"La connexion s’est terminée au milieu d’un message, dont rien n’a donc été pris. L’appareil ou le réseau l’a rompue : voyez son câble ou son Wi-Fi, et le délai dans ses réglages de courrier (30 secondes ou plus). La plupart des appareils le renvoient d’eux-mêmes.",
		brokenCiphers:
			"L’appareil ne connaît que SSL 3 ou des chiffrements cassés (RC4, DES, 3DES), qu’aucun réglage ne peut ramener. Désactivez SSL/TLS sur l’appareil, laissez-le envoyer au port 25, et indiquez son adresse à Postern.",
		oldTls:
			"L’appareil propose {version} au mieux, ou seulement de vieux chiffrements, qui sont refusés. Mettez à jour son micrologiciel, ou mettez legacy_tls = true pour cet appareil seul ; Postern doit le connaître par son adresse.",
		certificateNotTrusted: "L’appareil ne fait pas confiance au certificat.",
		hungUpInTls:
			"L’appareil a raccroché au milieu de la négociation TLS, le plus souvent parce qu’il ne fait pas confiance au certificat.",
		importAuthority:
			"Importez l’autorité du boîtier depuis http://{host}/authority.crt dans l’appareil, ou désactivez-y la vérification des certificats.",
		silentInTls:
			"L’appareil a commencé TLS puis n’a plus rien dit. Faites-le envoyer de nouveau ; si cela continue, choisissez STARTTLS ou aucun chiffrement sur l’appareil.",
		tlsFailed:
			"Aucune connexion chiffrée n’a pu s’établir avec l’appareil ({code}). Choisissez une autre sorte de chiffrement sur l’appareil, ou aucune si Postern le connaît par son adresse.",
		tlsExpected:
			"L’appareil parle sans chiffrement, ou avec STARTTLS, au port pour SSL/TLS. Choisissez SSL/TLS sur l’appareil, ou le port 587 (STARTTLS) ou 25.",
		tlsTooEarly:
			"L’appareil parle TLS d’emblée (SSL/TLS), et ce port salue en clair. Il y est attendu désormais, laissez-le donc réessayer ; mieux, donnez-lui le port pour SSL/TLS ou le port automatique, ou réglez-le sur STARTTLS.",
		noProxyHeader:
			"{address} figure dans smtp.proxy_protocol_from et n’a pas commencé par un en-tête PROXY valable. Activez-y le protocole PROXY, ou retirez l’adresse de la liste.",
		noteMessage: "message de {#count} octets",
		noteLeftOut: "{#count} lignes sont omises ici",
	},
	es: {
		stranger:
			"Postern no conoce {address}, y no se identificó. Si es suyo, déjelo entrar: postern device allow {address}. O escriba en él el nombre de usuario y la contraseña de un equipo.",
		submissionInClear:
			"El puerto de envío exige cifrado e identificación. Active STARTTLS y escriba el nombre de usuario y la contraseña en el equipo, o deje que envíe al puerto 25, donde basta su dirección.",
		submissionUnsigned:
			"En el puerto de envío no basta una dirección. Escriba el nombre de usuario y la contraseña en el equipo, o deje que envíe al puerto 25.",
		usernameUnknown:
			"El equipo se identificó con un nombre de usuario que no tiene ningún equipo de Postern. Los nombres están en la lista de equipos (postern device list); escriba uno de ellos, con su contraseña, en el equipo.",
		wrongPassword:
			"Alguien se identificó como «{username}» ({device}), y la contraseña no es correcta. Escríbala otra vez, con sus guiones; si se ha perdido, haga una nueva: postern device password NAME.",
		signInLocked:
			"Demasiadas identificaciones desde esta dirección, o con este nombre de usuario, han fallado, así que hay que esperar, al principio unos segundos y como mucho un cuarto de hora. Corrija antes la contraseña en el equipo.",
		signInBusy:
			"Demasiados equipos se identificaron en el mismo momento. El equipo lo intenta de nuevo por sí solo.",
		passwordInClear:
			"«{device}» envió su contraseña sin cifrar. Active TLS o STARTTLS en él; si no tiene ninguno, ponga auth_without_tls para él.",
		mayNotSendAs:
			"«{device}» no puede enviar como {sender}: {~rule}. Cambie el remitente (From) en el equipo, o la lista.",
		mayNotSendAsNobody:
			"«{device}» no puede enviar sin remitente: {~rule}. Cambie el remitente (From) en el equipo, o la lista.",
		mayNotWriteAs:
			"«{device}» puso {sender} como remitente en un mensaje, y no puede: {~rule}. Cambie el remitente (From) en el equipo, o la lista.",
		itsFromIs: "su from es «{from}»",
		itsSendersAre: "sus remitentes son {senders}",
		noAccountToSendAs:
			'«{device}» envía con la dirección de su cuenta de Microsoft (from = "force"), y no hay ninguna configurada para él. Añada una: postern account add ADDRESS.',
		mayNotSendTo:
			"«{device}» no puede enviar a {recipient}: sus destinatarios son {recipients}. Cambie la dirección en el equipo, o la lista.",
		overRate:
			"«{device}» envía más a menudo de lo que permite su ritmo ({#count} mensajes en {~time}). Sigue dentro de {~wait}; la mayoría de los equipos lo intentan de nuevo por sí solos. Aumente el ritmo si es demasiado poco.",
		overQuota:
			"«{device}» envía más de lo que permite su cupo. Sigue dentro de {~wait}; la mayoría de los equipos lo intentan de nuevo por sí solos. Aumente el cupo si es demasiado poco.",
		strangersFull:
			"{address} ha enviado tanto como se guarda de alguien a quien Postern no conoce. Permítalo o rechácelo: postern device allow {address}.",
		strangerSignedIn:
			"{address} intentó identificarse, falló y luego quiso enviar sin hacerlo. Corrija su nombre de usuario y su contraseña, o déjelo entrar por su dirección: postern device allow {address}.",
		cardFull: "La tarjeta está llena: se rechaza el correo hasta que salgan mensajes de la cola o se borren.",
		cardSick: "La tarjeta falló mientras se guardaba un mensaje: se pidió al equipo que lo intente de nuevo.",
		tooLarge:
			"El mensaje es mayor de {#most} MB. Haga que el equipo envíe menos cada vez (menos resolución, menos páginas), o aumente smtp.max_message_size.",
		declaredTooLarge:
			"El equipo quería enviar {#declared} MB, y se aceptan como mucho {#most} MB. Haga que envíe menos cada vez (menos resolución, menos páginas), o aumente smtp.max_message_size.",
		loop: "El mensaje ya ha estado aquí: algo devuelve a Postern su propio correo. Busque una regla de reenvío o un relé que apunte aquí.",
		tooManyConnections:
			"{address} mantiene abiertas demasiadas conexiones a la vez; las siguientes se rechazan hasta que cierre algunas. Reinicie el equipo si continúa.",
		order:
			"El equipo envió sus órdenes en un orden que SMTP no conoce. Es un fallo de su programa; una actualización puede ayudar.",
		badSender:
			"El equipo dio un remitente que no es una dirección de correo: {command}. Escriba una dirección completa, como scan@contoso.com, en su campo de remitente (From).",
		badRecipient:
			"El equipo dio un destinatario que no es una dirección de correo: {command}. Compruebe la dirección en su libreta.",
		badParameter:
			"El equipo pidió algo que Postern no puede prometer ({answer}). Desactive en él los informes de entrega, o escóndale la palabra clave (hide_ehlo).",
		nameTooLong:
			"El equipo se presentó con un nombre de más de 512 caracteres. Déle un nombre de host corto en sus ajustes de red.",
		tooManyRecipients:
			"El equipo nombró más de {#most} destinatarios para un mensaje. La mayoría de los equipos envían el resto en un segundo mensaje; si no, use una lista de distribución.",
		badChunk:
			"El equipo anunció una parte de un mensaje sin decir cuánto mide. Escóndale CHUNKING (hide_ehlo), para que envíe de la manera habitual.",
		wantedPasswordInClear:
			"El equipo quería enviar su contraseña sin cifrar. Active TLS o STARTTLS en sus ajustes de correo (puerto 587 o 465). Si no tiene ninguno, deje que envíe por su dirección, o ponga auth_without_tls para él.",
		unknownMechanism:
			"El equipo quería identificarse por un método que Postern no le ofrece. Elija en él PLAIN o LOGIN; si solo conoce CRAM-MD5, ponga cram_md5 para él.",
		endsInLf:
			"El equipo terminó su mensaje solo con saltos de línea, lo que la norma del correo no permite, y dejó de esperar. Ponga lf_line_ends para él; debe ser conocido por su dirección.",
		broken:
			"La conexión terminó en medio de un mensaje, así que no se tomó nada de él. El equipo o la red la cortó: mire su cable o su wifi, y el tiempo de espera en sus ajustes de correo (30 segundos o más). La mayoría de los equipos lo envían de nuevo por sí solos.",
		brokenCiphers:
			"El equipo solo conoce SSL 3 o cifrados rotos (RC4, DES, 3DES), que ningún ajuste puede recuperar. Desactive SSL/TLS en el equipo, deje que envíe al puerto 25 e indique su dirección a Postern.",
		oldTls:
			"El equipo ofrece {version} como mucho, o solo cifrados antiguos, que se rechazan. Actualice su firmware, o ponga legacy_tls = true solo para este equipo; Postern debe conocerlo por su dirección.",
		certificateNotTrusted: "El equipo no se fía del certificado.",
		hungUpInTls:
			"El equipo colgó en medio de la negociación TLS, casi siempre porque no se fía del certificado.",
		importAuthority:
			"Importe en el equipo la autoridad del aparato desde http://{host}/authority.crt, o desactive su comprobación de certificados.",
		silentInTls:
			"El equipo empezó TLS y luego no dijo nada. Haga que envíe de nuevo; si sigue pasando, elija en el equipo STARTTLS o ningún cifrado.",
		tlsFailed:
			"No se logró una conexión cifrada con el equipo ({code}). Elija en el equipo otro tipo de cifrado, o ninguno si Postern lo conoce por su dirección.",
		tlsExpected:
			"El equipo habla sin cifrado, o con STARTTLS, al puerto para SSL/TLS. Elija en el equipo SSL/TLS, o el puerto 587 (STARTTLS) o 25.",
		tlsTooEarly:
			"El equipo habla TLS desde el principio (SSL/TLS), y este puerto saluda en claro. A partir de ahora se espera, así que deje que lo intente otra vez; mejor, déle el puerto para SSL/TLS o el automático, o póngalo en STARTTLS.",
		noProxyHeader:
			"{address} figura en smtp.proxy_protocol_from y no empezó con una cabecera PROXY válida. Active allí el protocolo PROXY, o quite la dirección de la lista.",
		noteMessage: "mensaje de {#count} bytes",
		noteLeftOut: "aquí se omiten {#count} líneas",
	},
});
