/** The steps of a test in the other languages (appliance/words/tests.ts). */
import { TESTS } from "../../appliance/words/tests.ts";
import { sayings } from "./sayings.ts";

export const saidOfTests = sayings(TESTS, {
	de: {
		notSignedIn: "Niemand ist angemeldet. Auf der Kommandozeile: postern account add {address}",
		signedInAs: "Angemeldet als {who}.",
		signedInAsApp: "Angemeldet als die App {id}.",
		sendingToItself: "Sendet eine Nachricht von {address} an sich selbst…",
		sendingFromShared: "Sendet eine Nachricht an {address} vom freigegebenen Postfach {sender}…",
		accepted: "Microsoft 365 hat sie angenommen ({way}: {reply}).",
		answer: "Antwort von Microsoft: {reply}",
		noAnswer: "Es kam keine Antwort.",
		mayLook:
			"Darf unter den Gesendeten nachsehen, damit nach einer verlorenen Antwort nichts zweimal gesendet wird.",
		mayNotLook:
			"Darf nicht in das eigene Postfach sehen: Die Berechtigung Mail.ReadWrite fehlt. Große Nachrichten und das Nachsehen nach einer verlorenen Antwort brauchen sie.",
		cannotLook:
			"Kann nicht unter den Gesendeten nachsehen; eine Nachricht, deren Antwort verloren geht, wird vielleicht zweimal gesendet (queue.when_unsure).",
		permitApp:
			"Geben Sie der App in Entra die Anwendungsberechtigung Mail.ReadWrite mit Administratorzustimmung, oder in Exchange die Rolle „Application Mail.ReadWrite“ für {address}; bis eine Änderung wirkt, vergehen bis zu zwei Stunden.",
		permitPerson:
			"Fügen Sie sie der App-Registrierung hinzu (API-Berechtigungen, Microsoft Graph) und melden Sie sich dann erneut an: postern account add {address}",
		sendAsRight:
			"Für {sender}: Geben Sie {address} im Exchange Admin Center unter Empfänger, Postfächer, {sender}, Delegierung das Recht „Senden als“; das dauert bis zu einer Stunde.",
		sharedPermission:
			"Hat es das schon: Die Berechtigung Mail.Send.Shared wird nur verlangt, wenn sich ein Konto mit freigegebenen Postfächern anmeldet; melden Sie sich erneut an: postern account add {address}",
		inSentItems: "Sie steht unter den Gesendeten: gesendet.",
		notInSentItems:
			"Sie steht nach 20 Sekunden nicht unter den Gesendeten. Sehen Sie in das Postfach: Vielleicht sagt dort ein Bericht, warum sie nicht gesendet wurde.",
		asItSignsIn: "Als „{device}“: Port {port} mit {security}, mit seinem Benutzernamen.",
		asItSignsInInClear: "Als „{device}“: Port {port} ohne Verschlüsselung, mit seinem Benutzernamen.",
		asFromItsAddress: "Als „{device}“: Port {port} mit {security}, wie von {address}.",
		asFromItsAddressInClear: "Als „{device}“: Port {port} ohne Verschlüsselung, wie von {address}.",
		wayNotTried:
			"Der Weg durch das Netz wird nicht erprobt: Dass das Gerät selbst {server} erreicht, zeigt nur ein Test aus seinem eigenen Menü.",
		connectedEncrypted: "Verbunden, verschlüsselt.",
		connectedInClear: "Verbunden, ohne Verschlüsselung.",
		taken: "Postern hat eine Nachricht von {sender} an {recipient} angenommen: {reply}",
		takenFromNobody: "Postern hat eine Nachricht ohne Absender an {recipient} angenommen: {reply}",
		notTaken: "Postern hat sie nicht angenommen: {why}",
		stillWaits:
			"Sie wartet noch; das Gerät hat das Seine getan. Wie es weitergeht, steht unter Mail (postern queue show {id}).",
		onItsWay: "In der Warteschlange, unterwegs zu Microsoft 365.",
		coalesces: "Sie wartet, bis die mit coalesce gesetzte Zeit um ist.",
		waits: "Sie wartet und wird noch einmal versucht:",
		held: "Sie ist angehalten, bis Sie sie freigeben.",
		replaced: "Eine spätere Nachricht des Geräts geht an ihrer Stelle (coalesce).",
		expired: "Sie wurde nicht zugestellt und nach ihrer Aufbewahrungszeit entfernt.",
		deleted: "Jemand hat sie aus der Warteschlange gelöscht.",
		delivered: "Microsoft 365 hat sie angenommen.",
		failed: "Sie ist auf dem Weg zu Microsoft 365 gescheitert:",
		answered: "({reply})",
		connecting: "Verbindet sich mit Port {port} ({security}).",
		portUnreachable: "Der Port ist nicht zu erreichen: {why}",
		greets: "Er grüßt: {greeting}",
		welcomed: "Angemeldet als {username}: {greeting}",
		wouldSee: "Das Programm sähe {#messages} Nachrichten, zusammen {#octets} Bytes.",
		oneMessage: "{#number}: {subject} ({#octets} Bytes, UIDL {uid})",
		oneWithoutSubject: "{#number}: ohne Betreff ({#octets} Bytes, UIDL {uid})",
		nothingTaken: "Nichts wurde abgeholt oder gelöscht.",
		boxRefused: "Postern hat abgelehnt: {why}",
		noPortOpen: "Kein Port von Postern steht ihm offen.",
		noPortOpenDo: "Siehe smtp.listen in der Konfiguration.",
		passwordNeeded: "„{device}“ meldet sich an, und von seinem Passwort wird nur ein Hash behalten.",
		passwordNeededDo: "Geben Sie das Passwort an (postern device test … --password-stdin).",
		hostAnswers: "{host} antwortet.",
		hostAnswersRight: "{host} antwortet, und sein Zertifikat stimmt.",
		hostAnswersThrough: "{host} antwortet durch den Proxy {proxy}.",
		hostAnswersThroughRight: "{host} antwortet durch den Proxy {proxy}, und sein Zertifikat stimmt.",
		nameKnown: "Der Name {host} ist bekannt: {address}.",
		nameSilent: "Niemand sagt, wo {host} ist.",
		nameUnknown: "Der Name {host} ist nicht zu finden ({why}).",
		nameAdvice:
			"Prüfen Sie Kabel und Router und den DNS-Server, den dieses Netz vorgibt. Hat der Standort einen Proxy, setzen Sie microsoft.proxy.",
		adviceUnreachable: "Prüfen Sie Kabel und Router, und ob die Firewall Postern an Port 443 lässt.",
		adviceTimeout:
			"Nichts antwortet: Vielleicht verschluckt es eine Firewall. Lassen Sie Postern an Port 443, oder setzen Sie microsoft.proxy.",
		adviceTls:
			"Jemand dazwischen gibt sich als Microsoft aus: Ist es die Prüfung am Standort, setzen Sie microsoft.ca_file auf deren Zertifizierungsstelle.",
		adviceReset:
			"Die Verbindung wurde abgebrochen: Vielleicht lässt eine Firewall oder ein Proxy sie nicht durch.",
		checkStopped: "Die Prüfung wurde abgebrochen.",
		notMicrosofts: "Die Antwort war nicht von Microsoft.",
		certificateAtOtherTime: "Das Zertifikat von {host} gilt nicht zu der Zeit, die Postern hat: {@time}.",
		proxySilent:
			"Der Proxy {proxy} des Standorts antwortet nicht oder lässt es nicht durch: Prüfen Sie microsoft.proxy, und ob der Proxy {host} erlaubt.",
		hostUnreachable: "{host} ist nicht zu erreichen ({why}).",
		setClock:
			"Stellen Sie die Uhr: Sorgen Sie dafür, dass ein Zeitserver (NTP, UDP-Port 123) zu erreichen ist.",
		clockRight: "Die Uhr dieses Geräts geht auf die Minute genau.",
		clockBehind: "Die Uhr dieses Geräts geht nach, mit {~time} Rückstand.",
		clockAhead: "Die Uhr dieses Geräts geht vor, mit {~time} Vorsprung.",
		noPop3Port: "Kein Port für POP3 ist offen.",
		noPop3PortDo: "Setzen Sie pop3.listen oder pop3.listen_tls.",
	},
	fr: {
		notSignedIn: "Personne n’est connecté. En ligne de commande : postern account add {address}",
		signedInAs: "Connecté comme {who}.",
		signedInAsApp: "Connecté comme l’application {id}.",
		sendingToItself: "Envoi d’un message de {address} à lui-même…",
		sendingFromShared: "Envoi d’un message à {address} depuis la boîte partagée {sender}…",
		accepted: "Microsoft 365 l’a accepté ({way} : {reply}).",
		answer: "Réponse de Microsoft : {reply}",
		noAnswer: "Il n’y a pas eu de réponse.",
		mayLook:
			"Peut regarder dans ses éléments envoyés, pour que rien ne parte deux fois après une réponse perdue.",
		mayNotLook:
			"Ne peut pas regarder dans sa propre boîte : l’autorisation Mail.ReadWrite manque. Les gros messages, et la vérification après une réponse perdue, en ont besoin.",
		cannotLook:
			"Ne peut pas regarder dans ses éléments envoyés ; un message dont la réponse se perd risque de partir deux fois (queue.when_unsure).",
		permitApp:
			"Dans Entra, donnez à l’application l’autorisation d’application Mail.ReadWrite avec le consentement de l’administrateur, ou dans Exchange le rôle « Application Mail.ReadWrite » pour {address} ; un changement met jusqu’à deux heures à se faire sentir.",
		permitPerson:
			"Ajoutez-la à l’inscription d’application (API autorisées, Microsoft Graph), puis reconnectez-vous : postern account add {address}",
		sendAsRight:
			"Pour {sender} : dans le centre d’administration Exchange, Destinataires, Boîtes aux lettres, {sender}, Délégation, donnez à {address} « Envoyer en tant que » ; cela prend jusqu’à une heure.",
		sharedPermission:
			"S’il l’a déjà : l’autorisation Mail.Send.Shared n’est demandée que lorsqu’un compte qui a des boîtes partagées se connecte ; reconnectez-vous : postern account add {address}",
		inSentItems: "Il est dans les éléments envoyés : envoyé.",
		notInSentItems:
			"Il n’est pas dans les éléments envoyés après 20 secondes. Regardez dans la boîte : un rapport y dit peut-être pourquoi il n’a pas été envoyé.",
		asItSignsIn: "Comme « {device} » : port {port} avec {security}, avec son nom d’utilisateur.",
		asItSignsInInClear: "Comme « {device} » : port {port} sans chiffrement, avec son nom d’utilisateur.",
		asFromItsAddress: "Comme « {device} » : port {port} avec {security}, comme depuis {address}.",
		asFromItsAddressInClear: "Comme « {device} » : port {port} sans chiffrement, comme depuis {address}.",
		wayNotTried:
			"Le chemin par le réseau n’est pas essayé : que l’appareil lui-même atteigne {server}, seul un test depuis son propre menu le montre.",
		connectedEncrypted: "Relié, avec chiffrement.",
		connectedInClear: "Relié, sans chiffrement.",
		taken: "Postern a pris un message de {sender} à {recipient} : {reply}",
		takenFromNobody: "Postern a pris un message sans expéditeur à {recipient} : {reply}",
		notTaken: "Postern ne l’a pas pris : {why}",
		stillWaits:
			"Il attend encore ; l’appareil a fait sa part. La suite se lit sous Courrier (postern queue show {id}).",
		onItsWay: "Dans la file, en route vers Microsoft 365.",
		coalesces: "Il attend que passe le temps fixé par coalesce.",
		waits: "Il attend et sera réessayé :",
		held: "Il est retenu jusqu’à ce que vous le libériez.",
		replaced: "Un message plus récent de l’appareil part à sa place (coalesce).",
		expired: "Il n’a pas été remis, et a été retiré après son temps de garde.",
		deleted: "Quelqu’un l’a effacé de la file.",
		delivered: "Microsoft 365 l’a accepté.",
		failed: "Il a échoué en chemin vers Microsoft 365 :",
		answered: "({reply})",
		connecting: "Connexion au port {port} ({security}).",
		portUnreachable: "Le port est injoignable : {why}",
		greets: "Il salue : {greeting}",
		welcomed: "Identifié comme {username} : {greeting}",
		wouldSee: "Le programme verrait {#messages} messages, {#octets} octets en tout.",
		oneMessage: "{#number} : {subject} ({#octets} octets, UIDL {uid})",
		oneWithoutSubject: "{#number} : sans objet ({#octets} octets, UIDL {uid})",
		nothingTaken: "Rien n’a été relevé ni effacé.",
		boxRefused: "Le boîtier a refusé : {why}",
		noPortOpen: "Aucun port de Postern ne lui est ouvert.",
		noPortOpenDo: "Voir smtp.listen dans la configuration.",
		passwordNeeded: "« {device} » s’identifie, et seul un condensé de son mot de passe est gardé.",
		passwordNeededDo: "Donnez le mot de passe (postern device test … --password-stdin).",
		hostAnswers: "{host} répond.",
		hostAnswersRight: "{host} répond, et son certificat est juste.",
		hostAnswersThrough: "{host} répond par le proxy {proxy}.",
		hostAnswersThroughRight: "{host} répond par le proxy {proxy}, et son certificat est juste.",
		nameKnown: "Le nom {host} est connu : {address}.",
		nameSilent: "Personne ne dit où est {host}.",
		nameUnknown: "Le nom {host} est introuvable ({why}).",
		nameAdvice:
			"Vérifiez le câble et le routeur, et le serveur DNS que donne ce réseau. Si le site a un proxy, réglez microsoft.proxy.",
		adviceUnreachable:
			"Vérifiez le câble et le routeur, et que le pare-feu laisse ce boîtier atteindre le port 443.",
		adviceTimeout:
			"Rien ne répond : un pare-feu l’avale peut-être. Laissez ce boîtier atteindre le port 443, ou réglez microsoft.proxy.",
		adviceTls:
			"Quelqu’un entre les deux se fait passer pour Microsoft : si c’est l’inspection du site, réglez microsoft.ca_file sur son autorité.",
		adviceReset: "La connexion a été coupée : un pare-feu ou un proxy ne la laisse peut-être pas passer.",
		checkStopped: "La vérification a été arrêtée.",
		notMicrosofts: "La réponse n’était pas de Microsoft.",
		certificateAtOtherTime: "Le certificat de {host} n’est pas valable à l’heure qu’a ce boîtier : {@time}.",
		proxySilent:
			"Le proxy {proxy} du site ne répond pas ou ne laisse pas passer : vérifiez microsoft.proxy, et que le proxy autorise {host}.",
		hostUnreachable: "{host} est injoignable ({why}).",
		setClock: "Réglez son horloge : laissez-le atteindre un serveur de temps (NTP, port UDP 123).",
		clockRight: "L’horloge de ce boîtier est juste à la minute près.",
		clockBehind: "L’horloge de ce boîtier retarde de {~time}.",
		clockAhead: "L’horloge de ce boîtier avance de {~time}.",
		noPop3Port: "Aucun port POP3 n’est ouvert.",
		noPop3PortDo: "Réglez pop3.listen ou pop3.listen_tls.",
	},
	es: {
		notSignedIn: "Nadie ha iniciado sesión. En la línea de órdenes: postern account add {address}",
		signedInAs: "Sesión iniciada como {who}.",
		signedInAsApp: "Sesión iniciada como la aplicación {id}.",
		sendingToItself: "Enviando un mensaje de {address} a sí misma…",
		sendingFromShared: "Enviando un mensaje a {address} desde el buzón compartido {sender}…",
		accepted: "Microsoft 365 lo aceptó ({way}: {reply}).",
		answer: "Respuesta de Microsoft: {reply}",
		noAnswer: "No hubo respuesta.",
		mayLook:
			"Puede mirar en sus elementos enviados, para que nada se envíe dos veces tras una respuesta perdida.",
		mayNotLook:
			"No puede mirar en su propio buzón: falta el permiso Mail.ReadWrite. Lo necesitan los mensajes grandes y la comprobación tras una respuesta perdida.",
		cannotLook:
			"No puede mirar en sus elementos enviados; un mensaje cuya respuesta se pierde puede enviarse dos veces (queue.when_unsure).",
		permitApp:
			"En Entra, dé a la aplicación el permiso de aplicación Mail.ReadWrite con consentimiento del administrador, o en Exchange el rol «Application Mail.ReadWrite» para {address}; un cambio tarda hasta dos horas en notarse.",
		permitPerson:
			"Añádalo al registro de la aplicación (Permisos de API, Microsoft Graph) y después inicie sesión de nuevo: postern account add {address}",
		sendAsRight:
			"Para {sender}: en el centro de administración de Exchange, Destinatarios, Buzones, {sender}, Delegación, dé a {address} «Enviar como»; tarda hasta una hora.",
		sharedPermission:
			"Si ya lo tiene: el permiso Mail.Send.Shared solo se pide cuando inicia sesión una cuenta que tiene buzones compartidos; inicie sesión de nuevo: postern account add {address}",
		inSentItems: "Está en los elementos enviados: enviado.",
		notInSentItems:
			"No está en los elementos enviados después de 20 segundos. Mire en el buzón: puede que un informe diga allí por qué no se envió.",
		asItSignsIn: "Como «{device}»: puerto {port} con {security}, con su nombre de usuario.",
		asItSignsInInClear: "Como «{device}»: puerto {port} sin cifrado, con su nombre de usuario.",
		asFromItsAddress: "Como «{device}»: puerto {port} con {security}, como desde {address}.",
		asFromItsAddressInClear: "Como «{device}»: puerto {port} sin cifrado, como desde {address}.",
		wayNotTried:
			"El camino por la red no se prueba: que el propio equipo llegue a {server} solo lo muestra una prueba desde su menú.",
		connectedEncrypted: "Conectado, con cifrado.",
		connectedInClear: "Conectado, sin cifrado.",
		taken: "Postern ha tomado un mensaje de {sender} a {recipient}: {reply}",
		takenFromNobody: "Postern ha tomado un mensaje sin remitente a {recipient}: {reply}",
		notTaken: "Postern no lo tomó: {why}",
		stillWaits:
			"Todavía espera; el equipo ha hecho su parte. Cómo sigue se ve en Correo (postern queue show {id}).",
		onItsWay: "En la cola, de camino a Microsoft 365.",
		coalesces: "Espera a que pase el tiempo fijado por coalesce.",
		waits: "Espera y se intenta de nuevo:",
		held: "Está retenido hasta que usted lo libere.",
		replaced: "Un mensaje posterior del equipo va en su lugar (coalesce).",
		expired: "No se entregó, y se ha retirado tras su tiempo de conservación.",
		deleted: "Alguien lo borró de la cola.",
		delivered: "Microsoft 365 lo ha aceptado.",
		failed: "Falló de camino a Microsoft 365:",
		answered: "({reply})",
		connecting: "Conectando al puerto {port} ({security}).",
		portUnreachable: "No se puede llegar al puerto: {why}",
		greets: "Saluda: {greeting}",
		welcomed: "Identificado como {username}: {greeting}",
		wouldSee: "El programa vería {#messages} mensajes, {#octets} bytes en total.",
		oneMessage: "{#number}: {subject} ({#octets} bytes, UIDL {uid})",
		oneWithoutSubject: "{#number}: sin asunto ({#octets} bytes, UIDL {uid})",
		nothingTaken: "No se recogió ni se borró nada.",
		boxRefused: "El aparato lo rechazó: {why}",
		noPortOpen: "No tiene abierto ningún puerto de Postern.",
		noPortOpenDo: "Vea smtp.listen en la configuración.",
		passwordNeeded: "«{device}» se identifica, y de su contraseña solo se guarda un hash.",
		passwordNeededDo: "Indique la contraseña (postern device test … --password-stdin).",
		hostAnswers: "{host} contesta.",
		hostAnswersRight: "{host} contesta, y su certificado es correcto.",
		hostAnswersThrough: "{host} contesta a través del proxy {proxy}.",
		hostAnswersThroughRight: "{host} contesta a través del proxy {proxy}, y su certificado es correcto.",
		nameKnown: "El nombre {host} es conocido: {address}.",
		nameSilent: "Nadie dice dónde está {host}.",
		nameUnknown: "El nombre {host} no se puede resolver ({why}).",
		nameAdvice:
			"Compruebe el cable y el rúter, y el servidor DNS que da esta red. Si la sede tiene un proxy, ponga microsoft.proxy.",
		adviceUnreachable:
			"Compruebe el cable y el rúter, y que el cortafuegos deja que este aparato llegue al puerto 443.",
		adviceTimeout:
			"Nada contesta: puede que un cortafuegos se lo trague. Deje que este aparato llegue al puerto 443, o ponga microsoft.proxy.",
		adviceTls:
			"Alguien intermedio se hace pasar por Microsoft: si es la inspección de la sede, ponga microsoft.ca_file en su autoridad.",
		adviceReset: "La conexión se cortó: puede que un cortafuegos o un proxy no la deje pasar.",
		checkStopped: "La comprobación se detuvo.",
		notMicrosofts: "La respuesta no era de Microsoft.",
		certificateAtOtherTime:
			"El certificado de {host} no es válido a la hora que tiene este aparato: {@time}.",
		proxySilent:
			"El proxy {proxy} de la sede no contesta o no deja pasar: compruebe microsoft.proxy, y que el proxy permite {host}.",
		hostUnreachable: "No se puede llegar a {host} ({why}).",
		setClock: "Ponga en hora su reloj: deje que llegue a un servidor de hora (NTP, puerto UDP 123).",
		clockRight: "El reloj de este aparato va bien al minuto.",
		clockBehind: "El reloj de este aparato atrasa {~time}.",
		clockAhead: "El reloj de este aparato adelanta {~time}.",
		noPop3Port: "No hay ningún puerto POP3 abierto.",
		noPop3PortDo: "Ponga pop3.listen o pop3.listen_tls.",
	},
});
