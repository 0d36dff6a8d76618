/** What became of a message, and why its account sends nothing, in the other languages (appliance/words/delivery.ts). */
import { DELIVERY } from "../../appliance/words/delivery.ts";
import { sayings } from "./sayings.ts";

export const saidOfDelivery = sayings(DELIVERY, {
	de: {
		sendAsDenied:
			'Microsoft 365 lässt dieses Konto nicht mit der Absenderadresse senden, die das Gerät verwendet hat. Stellen Sie am Gerät die Adresse des Kontos als Absender ein, oder lassen Sie Postern das tun (Geräteeinstellung from = "force"), oder geben Sie dem Konto das Recht, als diese Adresse zu senden; versuchen Sie die Nachricht dann erneut.',
		mailboxFull:
			"Das Postfach in Microsoft 365 ist voll und kann darum nicht senden. Leeren Sie es (auch Gesendete und Gelöschte Elemente); Postern macht dann von selbst weiter.",
		dailyLimit:
			"Dieses Konto hat heute schon an so viele Empfänger gesendet, wie Microsoft erlaubt. Postern macht weiter, sobald wieder Raum ist, spätestens in einem Tag.",
		accountBlocked:
			"Microsoft hat dieses Konto für das Senden gesperrt, meist nach etwas, das wie Spam aussah. Melden Sie sich im Browser an dem Postfach an und folgen Sie der Meldung dort, oder bitten Sie Ihren Microsoft-365-Administrator, es zu entsperren (Defender-Portal, Eingeschränkte Entitäten).",
		tenantBlocked:
			"Microsoft lässt Ihre Organisation zur Zeit nicht senden (ein neues oder Probe-Abonnement, eine nicht registrierte Domäne oder zu viel Mail). Ihr Microsoft-365-Administrator muss sich an den Support von Microsoft wenden.",
		tooManyRecipients:
			"Die Nachricht hat mehr Empfänger, als Microsoft in einer Nachricht annimmt. Senden Sie sie an weniger auf einmal oder an eine Gruppe.",
		recipientUnknown:
			"Microsoft nimmt die Adresse dieses Empfängers nicht an. Prüfen Sie, wie sie im Gerät geschrieben ist.",
		tooLarge:
			"Die Nachricht ist größer, als Microsoft annimmt. Lassen Sie das Gerät weniger auf einmal senden: eine geringere Auflösung, weniger Seiten oder mehrere Nachrichten.",
		throttled: "Microsoft bittet um ein langsameres Tempo. Postern wartet und macht von selbst weiter.",
		serviceTrouble:
			"Microsoft 365 ist zur Zeit gestört. Postern sieht nach, ob die Nachricht angekommen ist, und versucht es von selbst noch einmal.",
		unreadable:
			"Microsoft 365 kann diese Nachricht nicht lesen: Das Gerät hat sie falsch gebaut. Verwerfen Sie sie, und sehen Sie nach neuer Firmware für das Gerät.",
		signInAgain: "Microsoft nimmt die Anmeldung dieses Kontos nicht mehr an. Melden Sie sich erneut an.",
		permissionMissing:
			"Microsoft verweigert diesem Konto die Berechtigung zu senden. Melden Sie sich erneut an und stimmen Sie allen Berechtigungen zu; hilft das nicht, muss Ihr Microsoft-365-Administrator der App-Registrierung das Senden erlauben (Mail.Send; bei einem Zertifikat als Anwendungsberechtigung oder durch RBAC for Applications für dieses Postfach).",
		noMailbox:
			"Dieses Konto hat kein Postfach in Exchange Online (keine Lizenz, oder das Postfach ist nicht in der Cloud). Bitten Sie Ihren Microsoft-365-Administrator um eine Lizenz, oder melden Sie sich mit einem anderen Konto an.",
		accountDisabled: "Dieses Microsoft-Konto ist deaktiviert. Fragen Sie Ihren Microsoft-365-Administrator.",
		unknownAnswer:
			"Microsoft 365 hat eine Antwort gegeben, die Postern nicht kennt. Postern sieht nach, ob die Nachricht angekommen ist, und versucht es von selbst noch einmal.",
		answerLost:
			"Die Verbindung brach ab, bevor Microsoft die Nachricht bestätigte. Postern sieht nach, ob sie angekommen ist, bevor es sie noch einmal sendet.",
		unreachable:
			"Microsoft 365 ist nicht zu erreichen. Prüfen Sie die Internetverbindung; die Mail wartet so lange sicher.",
		notTrusted:
			"Der Verbindung zu Microsoft 365 ist nicht zu trauen. Entweder ist das Datum hier falsch, oder etwas in Ihrem Netz untersucht TLS: Tragen Sie dann dessen Zertifikat als ca_file ein.",
		clockOrCertificate:
			"Das Datum hier passt nicht zum Zertifikat von Microsoft 365, darum traut Postern der Verbindung nicht. Wahrscheinlich geht die Uhr falsch: Sorgen Sie dafür, dass ein Zeitserver (NTP) zu erreichen ist. Die Mail wartet so lange sicher, und keine verfällt. Stimmt das Datum in `postern status`, gibt sich etwas in Ihrem Netz als Microsoft aus.",
		networkAnswers:
			"Etwas in Ihrem Netz antwortet an Microsofts Stelle (eine Anmeldeseite des WLANs, eine Firewall oder ein Proxy). Lassen Sie Postern ohne das zu Microsoft 365 durch; die Mail wartet so lange sicher.",
		notInScope:
			"Ihre Organisation lässt diese App nur für bestimmte Postfächer senden, und dieses gehört nicht dazu. Ihr Microsoft-365-Administrator nimmt es in den Bereich der App auf (Exchange: RBAC for Applications oder die Anwendungszugriffsrichtlinie); das dauert bis zu einer Stunde.",
		tenantDaily:
			"Ihre Organisation hat heute schon an so viele Empfänger außerhalb gesendet, wie Microsoft ihr erlaubt. Postern macht von selbst weiter, sobald wieder Raum ist, spätestens in einem Tag; Ihr Microsoft-365-Administrator sieht es im Exchange Admin Center unter Berichte.",
		directSend:
			"Microsoft nimmt unter dieser Adresse keine Mail Ihrer Organisation ohne Anmeldung an. Stellen Sie [microsoft] smtp auf den Server für Submission (smtp.office365.com:587) oder den Transport des Kontos auf graph.",
		proxyRefuses:
			"Der Proxy Ihres Standorts lässt Postern nicht zu Microsofts Mailserver durch. Bitten Sie den, der ihn betreibt, Verbindungen zu smtp.office365.com, Port 587, zu erlauben; oder stellen Sie den Transport des Kontos auf graph, der allein Port 443 braucht.",
		notEncrypted:
			"Der Mailserver bietet keine Verschlüsselung (STARTTLS) an, darum meldet Postern sich nicht an ihm an. Vielleicht nimmt etwas dazwischen sie weg (eine Firewall, die Mail untersucht), oder der SMTP-Server in der Konfiguration ist ein falscher.",
		uploadBroke:
			"Die Verbindung brach ab, während die Nachricht gesendet wurde. Nichts wurde zugestellt; Postern versucht es von selbst noch einmal.",
		stopped: "Postern wurde angehalten, während die Nachricht gesendet wurde. Nach dem Start geht es weiter.",
		spoolUnreadable:
			"Postern konnte die Nachricht nicht von der Karte lesen. Es versucht es noch einmal; prüfen Sie die Karte.",
		temporary:
			"Microsoft 365 hat die Nachricht gerade nicht angenommen. Postern versucht es von selbst noch einmal.",
		refused:
			"Microsoft 365 hat die Nachricht endgültig abgelehnt. Was es sagte, steht daneben; beheben Sie das und versuchen Sie es erneut, oder verwerfen Sie die Nachricht.",
		mayNeedProof:
			"Bleibt es so, melden Sie sich im Browser an dem Postfach an: Vielleicht will Microsoft das Konto bestätigt haben.",
		smtpSwitchedOff:
			"Das Senden über SMTP ist für dieses Postfach abgeschaltet. Ihr Microsoft-365-Administrator schaltet es ein: Admin Center, Benutzer, der Benutzer, Mail, E-Mail-Apps verwalten, Authentifiziertes SMTP. Oder stellen Sie den Transport des Kontos auf graph, der den Schalter nicht braucht.",
		smtpPolicy:
			"Die Richtlinie Ihrer Organisation lässt dieses Konto sich nicht für SMTP anmelden. Fragen Sie Ihren Microsoft-365-Administrator (bedingter Zugriff, Sicherheitsstandards), oder stellen Sie den Transport des Kontos auf graph.",
		smtpSignInRefused: "Microsoft nimmt die Anmeldung dieses Kontos für SMTP nicht an. Prüfen Sie zuerst:",
		smtpSwitchedOn: "Ist es eingeschaltet, melden Sie sich erneut als Inhaber des Postfachs an.",
		noModernSignIn:
			"Der Mailserver nimmt die moderne Anmeldung (XOAUTH2) nicht an, die Postern verwendet. Prüfen Sie den SMTP-Server in der Konfiguration, oder stellen Sie den Transport des Kontos auf graph.",
		stoppedForFailures:
			"Microsoft hat dieses Konto für einige Stunden angehalten, weil zu viele seiner Nachrichten nicht gesendet werden konnten. Sehen Sie sich die gescheiterten Nachrichten an, beheben Sie, was sie nennen, und warten Sie: Niemand kann das aufheben.",
		stoppedForSender:
			"Microsoft hat dieses Konto für einige Stunden angehalten, weil es immer wieder mit einer Absenderadresse sendete, die es nicht verwenden darf.",
		othersNext:
			"Microsoft nimmt nur so viele Empfänger auf einmal an. Postern sendet als Nächstes an die anderen.",
		serverRefuses:
			"Microsofts Mailserver spricht zur Zeit nicht mit Postern. Was er sagte, steht im Protokoll; Postern versucht es von selbst noch einmal.",
		draftGone:
			"Jemand oder etwas hat den Entwurf dieser Nachricht aus dem Postfach gelöscht, während Postern ihn aufbaute. Postern versucht es von selbst noch einmal.",
		draftsForbidden:
			"Die Nachricht ist zu groß, um in einem Stück gesendet zu werden, und dieses Konto darf sie nicht Stück für Stück aufbauen: Die Berechtigung Mail.ReadWrite fehlt. Fügen Sie sie der App-Registrierung hinzu (API-Berechtigungen, Microsoft Graph), melden Sie sich mit `postern account add` erneut an und versuchen Sie die Nachricht dann erneut. Oder lassen Sie das Gerät weniger auf einmal senden (geringere Auflösung, weniger Seiten).",
		askTheOwner:
			"Es ist nicht bekannt, ob Microsoft diese Nachricht bekommen hat: Die Antwort ging verloren, und dieses Konto darf nicht in sein Postfach sehen. Sehen Sie selbst dort nach. Ist sie angekommen, löschen Sie sie hier (postern queue delete); wenn nicht, geben Sie sie frei (postern queue release), dann wird sie noch einmal gesendet.",
		ownFault:
			"Postern selbst hat beim Senden versagt. Es sieht nach, ob die Nachricht angekommen ist, und versucht es noch einmal.",
		damagedOnCard:
			"Die Karte hat diese Nachricht beschädigt, während sie wartete; sie wurde deshalb nicht gesendet. Senden Sie sie vom Gerät noch einmal, und setzen Sie bald eine neue Karte ein.",
		cardTrouble:
			"Die Karte ließ sich nicht lesen oder beschreiben. Postern versucht es von selbst wieder; prüfen Sie die Karte.",
		givenUp: "Aufgegeben: In der Zeit, die expire_after setzt, ließ sie sich nicht zustellen.",
		accountGone:
			"Das Microsoft-Konto {account} ist nicht mehr eingerichtet. Fügen Sie es wieder hinzu: postern account add {account}",
		severalAccounts:
			"Es gibt mehrere Microsoft-Konten; weder ein Gerät noch seine Absenderadresse sagt, welches seine Mail senden soll. Stellen Sie das Konto des Geräts ein oder die Absender des Kontos.",
		noAccount:
			"Kein Microsoft-Konto ist eingerichtet: Die Mail wartet. Fügen Sie eines hinzu, auch mit `postern account add ADDRESS`.",
		noteMayComeTwice:
			"niemand darf nachsehen, ob ein früherer Versuch angekommen war, darum wurde sie noch einmal gesendet: Vielleicht kam sie zweimal",
		noteNotThere: "im Postfach nachgesehen, nicht da",
		noteFound: "unter den Gesendeten gefunden",
		noteNotThereOne: "im Postfach nachgesehen, nicht da; darum noch einmal an einen Empfänger gesendet",
		noteNotThereMany: "im Postfach nachgesehen, nicht da; darum noch einmal an {#count} Empfänger gesendet",
		noteFoundOne: "unter den Gesendeten gefunden; darum noch einmal an einen Empfänger gesendet",
		noteFoundMany: "unter den Gesendeten gefunden; darum noch einmal an {#count} Empfänger gesendet",
		noteAttached:
			"als angehängte .eml-Datei gesendet, weil eine große Nachricht dieser Art sich nicht zerlegen lässt",
		noteFieldsLost: "zu groß, um zu gehen, wie sie war; weggelassene Kopffelder: {fields}",
		microsoftMessages: "Microsofts Grenze von {#count} Nachrichten je Minute über SMTP",
		ownMessages: "die Grenze des Kontos von {#count} Nachrichten je Minute über SMTP",
		microsoftRequests: "Microsofts Grenze von {#count} Anfragen in 10 Minuten",
		ownRequests: "die Grenze des Kontos von {#count} Anfragen in 10 Minuten",
		microsoftUploads: "Microsofts Grenze von {#count} MB hochgeladener Daten in 5 Minuten",
		ownUploads: "die Grenze des Kontos von {#count} MB hochgeladener Daten in 5 Minuten",
		microsoftRecipients: "Microsofts Grenze von {#count} Empfängern am Tag",
		ownRecipients: "die Grenze des Kontos von {#count} Empfängern am Tag",
	},
	fr: {
		sendAsDenied:
			'Microsoft 365 ne laisse pas ce compte envoyer avec l’adresse d’expéditeur que l’appareil a utilisée. Donnez à l’appareil l’adresse du compte comme expéditeur, ou laissez Postern le faire (réglage de l’appareil from = "force"), ou donnez au compte le droit d’envoyer sous cette adresse ; puis réessayez le message.',
		mailboxFull:
			"La boîte Microsoft 365 est pleine et ne peut donc pas envoyer. Videz-la (aussi Éléments envoyés et Éléments supprimés) ; Postern reprend alors de lui-même.",
		dailyLimit:
			"Ce compte a écrit aujourd’hui à autant de destinataires que Microsoft le permet. Postern reprend dès que la limite se libère, en moins d’un jour.",
		accountBlocked:
			"Microsoft a bloqué l’envoi pour ce compte, d’ordinaire après quelque chose qui ressemblait à du pourriel. Connectez-vous à la boîte dans un navigateur et suivez le message affiché, ou demandez à votre administrateur Microsoft 365 de le débloquer (portail Defender, Entités restreintes).",
		tenantBlocked:
			"Microsoft ne laisse pas votre organisation envoyer pour le moment (abonnement nouveau ou d’essai, domaine non inscrit, ou trop de courrier). Votre administrateur Microsoft 365 doit s’adresser au support de Microsoft.",
		tooManyRecipients:
			"Le message a plus de destinataires que Microsoft n’en accepte en un message. Envoyez-le à moins de personnes à la fois, ou à un groupe.",
		recipientUnknown:
			"Microsoft n’accepte pas l’adresse de ce destinataire. Vérifiez comment elle est écrite dans l’appareil.",
		tooLarge:
			"Le message est plus gros que ce que Microsoft accepte. Faites envoyer moins à la fois par l’appareil : une résolution plus basse, moins de pages, ou plusieurs messages.",
		throttled: "Microsoft a demandé de ralentir. Postern attend et reprend de lui-même.",
		serviceTrouble:
			"Microsoft 365 est perturbé pour le moment. Postern regarde si le message est arrivé et réessaie de lui-même.",
		unreadable:
			"Microsoft 365 ne peut pas lire ce message : l’appareil l’a mal construit. Écartez-le, et cherchez une mise à jour du micrologiciel de l’appareil.",
		signInAgain: "Microsoft n’accepte plus la connexion de ce compte. Reconnectez-vous.",
		permissionMissing:
			"Microsoft refuse à ce compte l’autorisation d’envoyer. Reconnectez-vous et acceptez toutes les autorisations ; si cela ne suffit pas, votre administrateur Microsoft 365 doit autoriser l’inscription d’application à envoyer du courrier (Mail.Send ; pour un certificat, comme autorisation d’application ou par RBAC for Applications pour cette boîte).",
		noMailbox:
			"Ce compte n’a pas de boîte Exchange Online (pas de licence, ou la boîte n’est pas dans le cloud). Demandez une licence à votre administrateur Microsoft 365, ou connectez-vous avec un autre compte.",
		accountDisabled: "Ce compte Microsoft est désactivé. Adressez-vous à votre administrateur Microsoft 365.",
		unknownAnswer:
			"Microsoft 365 a donné une réponse que Postern ne connaît pas. Postern regarde si le message est arrivé et réessaie de lui-même.",
		answerLost:
			"La connexion s’est rompue avant que Microsoft ne confirme le message. Postern regarde s’il est arrivé avant de l’envoyer de nouveau.",
		unreachable:
			"Microsoft 365 est injoignable. Vérifiez la connexion internet ; le courrier attend en sûreté.",
		notTrusted:
			"La connexion à Microsoft 365 n’est pas digne de confiance. Ou bien la date du boîtier est fausse, ou bien quelque chose sur votre réseau inspecte TLS : indiquez alors son certificat comme ca_file.",
		clockOrCertificate:
			"La date de ce boîtier ne va pas avec le certificat de Microsoft 365, et le boîtier ne fait donc pas confiance à la connexion. Le plus souvent, son horloge est fausse : veillez à ce qu’il atteigne un serveur de temps (NTP). Le courrier attend en sûreté, et rien n’expire. Si la date dans `postern status` est juste, quelque chose sur votre réseau se fait passer pour Microsoft.",
		networkAnswers:
			"Quelque chose sur votre réseau répond à la place de Microsoft (une page de connexion du Wi-Fi, un pare-feu ou un proxy). Laissez le boîtier atteindre Microsoft 365 sans cela ; le courrier attend en sûreté.",
		notInScope:
			"Votre organisation ne laisse cette application envoyer que pour certaines boîtes, et celle-ci n’en fait pas partie. Votre administrateur Microsoft 365 l’ajoute à la portée de l’application (Exchange : RBAC for Applications, ou la stratégie d’accès aux applications) ; cela prend jusqu’à une heure.",
		tenantDaily:
			"Votre organisation a écrit aujourd’hui à autant de destinataires extérieurs que Microsoft le lui permet. Postern reprend de lui-même dès que la limite se libère, en moins d’un jour ; votre administrateur Microsoft 365 le voit dans le centre d’administration Exchange, Rapports.",
		directSend:
			"Microsoft ne prend pas de courrier sans connexion pour votre organisation à cette adresse. Réglez [microsoft] smtp sur le serveur d’envoi (smtp.office365.com:587), ou le transport du compte sur graph.",
		proxyRefuses:
			"Le proxy de votre site ne laisse pas Postern atteindre le serveur de courrier de Microsoft. Demandez à qui le gère d’autoriser les connexions à smtp.office365.com, port 587 ; ou réglez le transport du compte sur graph, qui n’a besoin que du port 443.",
		notEncrypted:
			"Le serveur de courrier ne propose pas de chiffrement (STARTTLS), et Postern ne s’y connecte donc pas. Quelque chose l’enlève peut-être en chemin (un pare-feu qui inspecte le courrier), ou le serveur SMTP de la configuration n’est pas le bon.",
		uploadBroke:
			"La connexion s’est rompue pendant l’envoi du message. Rien n’a été remis ; Postern réessaie de lui-même.",
		stopped: "Postern a été arrêté pendant l’envoi du message. Il reprend au démarrage.",
		spoolUnreadable: "Postern n’a pas pu lire le message sur sa carte. Il réessaie ; vérifiez la carte.",
		temporary: "Microsoft 365 n’a pas pris le message à l’instant. Postern réessaie de lui-même.",
		refused:
			"Microsoft 365 a refusé le message définitivement. Sa réponse est à côté ; corrigez et réessayez, ou écartez le message.",
		mayNeedProof:
			"Si cela dure, connectez-vous à la boîte dans un navigateur : Microsoft veut peut-être faire vérifier le compte.",
		smtpSwitchedOff:
			"L’envoi par SMTP est désactivé pour cette boîte. Votre administrateur Microsoft 365 l’active : centre d’administration, Utilisateurs, l’utilisateur, Courrier, Gérer les applications de messagerie, SMTP authentifié. Ou réglez le transport du compte sur graph, qui n’en a pas besoin.",
		smtpPolicy:
			"La stratégie de votre organisation ne laisse pas ce compte se connecter pour SMTP. Adressez-vous à votre administrateur Microsoft 365 (accès conditionnel, paramètres de sécurité par défaut), ou réglez le transport du compte sur graph.",
		smtpSignInRefused: "Microsoft n’accepte pas la connexion de ce compte pour SMTP. Vérifiez d’abord :",
		smtpSwitchedOn: "Si c’est activé, reconnectez-vous en tant que propriétaire de la boîte.",
		noModernSignIn:
			"Le serveur de courrier n’accepte pas la connexion moderne (XOAUTH2) qu’utilise Postern. Vérifiez le serveur SMTP dans la configuration, ou réglez le transport du compte sur graph.",
		stoppedForFailures:
			"Microsoft a arrêté ce compte pour quelques heures, parce que trop de ses messages n’ont pas pu être envoyés. Regardez les messages échoués, corrigez ce qu’ils indiquent, et attendez : personne ne peut lever cet arrêt.",
		stoppedForSender:
			"Microsoft a arrêté ce compte pour quelques heures, parce qu’il envoyait sans cesse avec une adresse d’expéditeur qu’il ne peut pas utiliser.",
		othersNext:
			"Microsoft ne prend qu’un certain nombre de destinataires à la fois. Postern envoie ensuite aux autres.",
		serverRefuses:
			"Le serveur de courrier de Microsoft ne parle pas à ce boîtier pour le moment. Ce qu’il a dit est dans le journal ; Postern réessaie de lui-même.",
		draftGone:
			"Quelqu’un ou quelque chose a supprimé de la boîte le brouillon de ce message pendant que Postern le construisait. Postern réessaie de lui-même.",
		draftsForbidden:
			"Le message est trop gros pour être envoyé d’un seul tenant, et ce compte ne peut pas le construire morceau par morceau : l’autorisation Mail.ReadWrite manque. Ajoutez-la à l’inscription d’application (API autorisées, Microsoft Graph), reconnectez-vous avec `postern account add`, puis réessayez le message. Ou faites envoyer moins à la fois par l’appareil (résolution plus basse, moins de pages).",
		askTheOwner:
			"On ne sait pas si Microsoft a reçu ce message : la réponse s’est perdue, et ce compte ne peut pas regarder dans sa boîte. Regardez-y vous-même. S’il est arrivé, effacez-le ici (postern queue delete) ; sinon, libérez-le (postern queue release), et il est envoyé encore une fois.",
		ownFault:
			"Postern lui-même a échoué pendant l’envoi. Il regardera si le message est arrivé et réessaiera.",
		damagedOnCard:
			"La carte a endommagé ce message pendant qu’il attendait ; il n’a donc pas été envoyé. Renvoyez-le depuis l’appareil, et mettez bientôt une nouvelle carte.",
		cardTrouble: "La carte n’a pas pu être lue ou écrite. Postern réessaie de lui-même ; vérifiez la carte.",
		givenUp: "Abandonné : il n’a pas pu être remis dans le temps fixé par expire_after.",
		accountGone:
			"Le compte Microsoft {account} n’est plus configuré. Ajoutez-le de nouveau : postern account add {account}",
		severalAccounts:
			"Il y a plusieurs comptes Microsoft ; ni l’appareil ni son adresse d’expéditeur ne dit lequel doit envoyer son courrier. Réglez le compte de l’appareil, ou les expéditeurs du compte.",
		noAccount:
			"Aucun compte Microsoft n’est configuré : le courrier attend. Ajoutez-en un, par exemple avec `postern account add ADDRESS`.",
		noteMayComeTwice:
			"personne ne peut regarder si un essai précédent était arrivé ; il a donc été envoyé de nouveau : il est peut-être arrivé deux fois",
		noteNotThere: "cherché dans la boîte, absent",
		noteFound: "trouvé dans Éléments envoyés",
		noteNotThereOne: "cherché dans la boîte, absent ; il a donc été renvoyé à un destinataire",
		noteNotThereMany: "cherché dans la boîte, absent ; il a donc été renvoyé à {#count} destinataires",
		noteFoundOne: "trouvé dans Éléments envoyés ; il a donc été renvoyé à un destinataire",
		noteFoundMany: "trouvé dans Éléments envoyés ; il a donc été renvoyé à {#count} destinataires",
		noteAttached:
			"envoyé comme fichier .eml joint, car un gros message de cette sorte ne peut pas être décomposé",
		noteFieldsLost: "trop gros pour partir tel quel ; champs d’en-tête omis : {fields}",
		microsoftMessages: "la limite de Microsoft de {#count} messages par minute par SMTP",
		ownMessages: "la limite du compte de {#count} messages par minute par SMTP",
		microsoftRequests: "la limite de Microsoft de {#count} requêtes en 10 minutes",
		ownRequests: "la limite du compte de {#count} requêtes en 10 minutes",
		microsoftUploads: "la limite de Microsoft de {#count} Mo téléversés en 5 minutes",
		ownUploads: "la limite du compte de {#count} Mo téléversés en 5 minutes",
		microsoftRecipients: "la limite de Microsoft de {#count} destinataires par jour",
		ownRecipients: "la limite du compte de {#count} destinataires par jour",
	},
	es: {
		sendAsDenied:
			'Microsoft 365 no deja que esta cuenta envíe con la dirección de remitente que usó el equipo. Ponga en el equipo la dirección de la cuenta como remitente, o deje que lo haga Postern (ajuste del equipo from = "force"), o dé a la cuenta el derecho de enviar como esa dirección; después reintente el mensaje.',
		mailboxFull:
			"El buzón de Microsoft 365 está lleno y por eso no puede enviar. Vacíelo (también Elementos enviados y Elementos eliminados); Postern sigue entonces por sí solo.",
		dailyLimit:
			"Esta cuenta ya ha enviado hoy a tantos destinatarios como permite Microsoft. Postern sigue cuando se libere el límite, en menos de un día.",
		accountBlocked:
			"Microsoft ha bloqueado el envío de esta cuenta, por lo general tras algo que parecía spam. Inicie sesión en el buzón con un navegador y siga el aviso que aparece, o pida a su administrador de Microsoft 365 que la desbloquee (portal de Defender, Entidades restringidas).",
		tenantBlocked:
			"Microsoft no deja que su organización envíe por ahora (una suscripción nueva o de prueba, un dominio sin registrar o demasiado correo). Su administrador de Microsoft 365 tiene que acudir al soporte de Microsoft.",
		tooManyRecipients:
			"El mensaje tiene más destinatarios de los que Microsoft acepta en un mensaje. Envíelo a menos cada vez, o a un grupo.",
		recipientUnknown:
			"Microsoft no acepta la dirección de este destinatario. Compruebe cómo está escrita en el equipo.",
		tooLarge:
			"El mensaje es mayor de lo que Microsoft acepta. Haga que el equipo envíe menos cada vez: menos resolución, menos páginas o varios mensajes.",
		throttled: "Microsoft ha pedido ir más despacio. Postern espera y sigue por sí solo.",
		serviceTrouble:
			"Microsoft 365 tiene ahora una perturbación. Postern mira si el mensaje llegó y lo intenta de nuevo por sí solo.",
		unreadable:
			"Microsoft 365 no puede leer este mensaje: el equipo lo construyó mal. Descártelo y busque una actualización del firmware del equipo.",
		signInAgain: "Microsoft ya no acepta el inicio de sesión de esta cuenta. Inicie sesión de nuevo.",
		permissionMissing:
			"Microsoft niega a esta cuenta el permiso de enviar. Inicie sesión de nuevo y acepte todos los permisos; si no basta, su administrador de Microsoft 365 tiene que permitir que el registro de la aplicación envíe correo (Mail.Send; con un certificado, como permiso de aplicación o por RBAC for Applications para este buzón).",
		noMailbox:
			"Esta cuenta no tiene buzón de Exchange Online (no hay licencia, o el buzón no está en la nube). Pida una licencia a su administrador de Microsoft 365, o inicie sesión con otra cuenta.",
		accountDisabled:
			"Esta cuenta de Microsoft está deshabilitada. Consulte a su administrador de Microsoft 365.",
		unknownAnswer:
			"Microsoft 365 ha dado una respuesta que Postern no conoce. Postern mira si el mensaje llegó y lo intenta de nuevo por sí solo.",
		answerLost:
			"La conexión se cortó antes de que Microsoft confirmara el mensaje. Postern mira si llegó antes de enviarlo otra vez.",
		unreachable:
			"No se puede llegar a Microsoft 365. Compruebe la conexión a internet; el correo espera seguro mientras tanto.",
		notTrusted:
			"La conexión con Microsoft 365 no es de confianza. O la fecha del aparato es incorrecta, o algo de su red inspecciona TLS: indique entonces su certificado como ca_file.",
		clockOrCertificate:
			"La fecha de este aparato no concuerda con el certificado de Microsoft 365, y por eso no se fía de la conexión. Lo más probable es que el reloj del aparato esté mal: cuide de que llegue a un servidor de hora (NTP). El correo espera seguro mientras tanto, y ninguno caduca. Si la fecha en `postern status` es correcta, algo de su red se hace pasar por Microsoft.",
		networkAnswers:
			"Algo de su red contesta en lugar de Microsoft (una página de acceso de la wifi, un cortafuegos o un proxy). Deje pasar el aparato a Microsoft 365 sin ello; el correo espera seguro mientras tanto.",
		notInScope:
			"Su organización solo deja que esta aplicación envíe por ciertos buzones, y este no está entre ellos. Su administrador de Microsoft 365 lo añade al ámbito de la aplicación (Exchange: RBAC for Applications, o la directiva de acceso de aplicaciones); tarda hasta una hora.",
		tenantDaily:
			"Su organización ya ha enviado hoy a tantos destinatarios externos como le permite Microsoft. Postern sigue por sí solo cuando se libere el límite, en menos de un día; su administrador de Microsoft 365 lo ve en el centro de administración de Exchange, Informes.",
		directSend:
			"Microsoft no acepta en esta dirección correo de su organización sin inicio de sesión. Ponga [microsoft] smtp en el servidor de envío (smtp.office365.com:587), o el transporte de la cuenta en graph.",
		proxyRefuses:
			"El proxy de su sede no deja que Postern llegue al servidor de correo de Microsoft. Pida a quien lo lleva que permita conexiones a smtp.office365.com, puerto 587; o ponga el transporte de la cuenta en graph, que solo necesita el puerto 443.",
		notEncrypted:
			"El servidor de correo no ofrece cifrado (STARTTLS), y por eso Postern no inicia sesión en él. Puede que algo intermedio lo quite (un cortafuegos que inspecciona el correo), o que el servidor SMTP de la configuración no sea el correcto.",
		uploadBroke:
			"La conexión se cortó mientras se enviaba el mensaje. No se entregó nada; Postern lo intenta de nuevo por sí solo.",
		stopped: "Postern se detuvo mientras se enviaba el mensaje. Sigue cuando arranque.",
		spoolUnreadable:
			"Postern no pudo leer el mensaje de su tarjeta. Lo intenta de nuevo; compruebe la tarjeta.",
		temporary:
			"Microsoft 365 no ha aceptado el mensaje en este momento. Postern lo intenta de nuevo por sí solo.",
		refused:
			"Microsoft 365 ha rechazado el mensaje definitivamente. Lo que dijo está al lado; corríjalo y reintente, o descarte el mensaje.",
		mayNeedProof:
			"Si sigue así, inicie sesión en el buzón con un navegador: puede que Microsoft quiera verificar la cuenta.",
		smtpSwitchedOff:
			"El envío por SMTP está desactivado para este buzón. Su administrador de Microsoft 365 lo activa: centro de administración, Usuarios, el usuario, Correo, Administrar aplicaciones de correo electrónico, SMTP autenticado. O ponga el transporte de la cuenta en graph, que no lo necesita.",
		smtpPolicy:
			"La directiva de su organización no deja que esta cuenta inicie sesión para SMTP. Consulte a su administrador de Microsoft 365 (acceso condicional, valores predeterminados de seguridad), o ponga el transporte de la cuenta en graph.",
		smtpSignInRefused: "Microsoft no acepta el inicio de sesión de esta cuenta para SMTP. Compruebe primero:",
		smtpSwitchedOn: "Si está activado, inicie sesión de nuevo como propietario del buzón.",
		noModernSignIn:
			"El servidor de correo no acepta el inicio de sesión moderno (XOAUTH2) que usa Postern. Compruebe el servidor SMTP de la configuración, o ponga el transporte de la cuenta en graph.",
		stoppedForFailures:
			"Microsoft ha detenido esta cuenta unas horas porque demasiados de sus mensajes no se pudieron enviar. Mire los mensajes fallidos, corrija lo que indican y espere: nadie puede levantar esa detención.",
		stoppedForSender:
			"Microsoft ha detenido esta cuenta unas horas porque enviaba una y otra vez con una dirección de remitente que no puede usar.",
		othersNext:
			"Microsoft solo acepta cierto número de destinatarios a la vez. Postern envía después a los demás.",
		serverRefuses:
			"El servidor de correo de Microsoft no habla con este aparato por ahora. Lo que dijo está en el registro; Postern lo intenta de nuevo por sí solo.",
		draftGone:
			"Alguien o algo eliminó del buzón el borrador de este mensaje mientras Postern lo construía. Postern lo intenta de nuevo por sí solo.",
		draftsForbidden:
			"El mensaje es demasiado grande para enviarse de una vez, y esta cuenta no puede construirlo por partes: falta el permiso Mail.ReadWrite. Añádalo al registro de la aplicación (Permisos de API, Microsoft Graph), inicie sesión de nuevo con `postern account add` y después reintente el mensaje. O haga que el equipo envíe menos cada vez (menos resolución, menos páginas).",
		askTheOwner:
			"No se sabe si Microsoft recibió este mensaje: la respuesta se perdió, y esta cuenta no puede mirar en su buzón. Mire allí usted. Si llegó, bórrelo aquí (postern queue delete); si no, libérelo (postern queue release) y se envía una vez más.",
		ownFault: "El propio Postern falló al enviar. Mirará si el mensaje llegó y lo intentará de nuevo.",
		damagedOnCard:
			"La tarjeta dañó este mensaje mientras esperaba, así que no se envió. Envíelo otra vez desde el equipo y ponga pronto una tarjeta nueva.",
		cardTrouble:
			"La tarjeta no se pudo leer o escribir. Postern vuelve a intentarlo por sí mismo; compruebe la tarjeta.",
		givenUp: "Abandonado: no se pudo entregar en el tiempo fijado por expire_after.",
		accountGone:
			"La cuenta de Microsoft {account} ya no está configurada. Añádala de nuevo: postern account add {account}",
		severalAccounts:
			"Hay varias cuentas de Microsoft; ni el equipo ni su dirección de remitente dicen cuál debe enviar su correo. Fije la cuenta del equipo, o los remitentes de la cuenta.",
		noAccount:
			"No hay ninguna cuenta de Microsoft configurada: el correo espera. Añada una, por ejemplo con `postern account add ADDRESS`.",
		noteMayComeTwice:
			"nadie puede mirar si llegó un intento anterior, así que se envió de nuevo: puede que llegara dos veces",
		noteNotThere: "se miró en el buzón, no está",
		noteFound: "encontrado en Elementos enviados",
		noteNotThereOne: "se miró en el buzón, no está; se envió de nuevo a un destinatario",
		noteNotThereMany: "se miró en el buzón, no está; se envió de nuevo a {#count} destinatarios",
		noteFoundOne: "encontrado en Elementos enviados; se envió de nuevo a un destinatario",
		noteFoundMany: "encontrado en Elementos enviados; se envió de nuevo a {#count} destinatarios",
		noteAttached:
			"enviado como archivo .eml adjunto, porque un mensaje grande de este tipo no se puede descomponer",
		noteFieldsLost: "demasiado grande para ir como era; campos de cabecera omitidos: {fields}",
		microsoftMessages: "el límite de Microsoft de {#count} mensajes por minuto por SMTP",
		ownMessages: "el límite de la cuenta de {#count} mensajes por minuto por SMTP",
		microsoftRequests: "el límite de Microsoft de {#count} solicitudes en 10 minutos",
		ownRequests: "el límite de la cuenta de {#count} solicitudes en 10 minutos",
		microsoftUploads: "el límite de Microsoft de {#count} MB subidos en 5 minutos",
		ownUploads: "el límite de la cuenta de {#count} MB subidos en 5 minutos",
		microsoftRecipients: "el límite de Microsoft de {#count} destinatarios al día",
		ownRecipients: "el límite de la cuenta de {#count} destinatarios al día",
	},
});
