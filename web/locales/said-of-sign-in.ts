/** What Microsoft's answers to a sign-in mean, in the other languages (appliance/words/sign-in.ts). Menus as Entra names them there. */
import { SIGN_IN } from "../../appliance/words/sign-in.ts";
import { sayings } from "./sayings.ts";

export const saidOfSignIn = sayings(SIGN_IN, {
	de: {
		again: "Melden Sie sich erneut an.",
		askAdministrator:
			"Fragen Sie Ihren Microsoft-365-Administrator; das Anmeldeprotokoll in Entra nennt die Regel.",
		otherWays:
			"Melden Sie sich statt dessen mit einem Browser an (`postern account add ADDRESS --method browser`), an einem verwalteten Rechner, wenn einer verlangt wird, oder mit einem Zertifikat (`--method certificate`). Oder lassen Sie dieses Konto vom Administrator von der Regel ausnehmen.",
		checkRegistration: "Prüfen Sie `client_id` und `tenant` und die App-Registrierung in Entra.",
		lapsed: "Die Anmeldung ist abgelaufen, weil sie zu lange nicht gebraucht wurde (in der Regel 90 Tage).",
		ended: "Die Anmeldung wurde beendet: Das Passwort wurde geändert, oder die Sitzungen wurden widerrufen.",
		setTime:
			"Ihre Organisation lässt Anmeldungen nach einer festen Zeit ablaufen, und bei dieser ist sie um.",
		setTimeDo:
			"Melden Sie sich erneut an. Es wird wiederkehren, bis der Administrator dieses Konto von der Anmeldehäufigkeit ausnimmt.",
		codesBlocked:
			"Ihre Organisation sperrt nun die Anmeldung mit einem Code und hat diese Anmeldung beendet.",
		notKnown:
			"Microsoft kennt diese Anmeldung nicht mehr; vielleicht gehört sie zu einer anderen App-Registrierung.",
		secondProof: "Microsoft verlangt für dieses Konto einen zweiten Nachweis (mehrstufige Anmeldung).",
		notAllowedYet: "Noch niemand hat dieser App-Registrierung das für das Konto erlaubt.",
		notAllowedYetDo:
			"Melden Sie sich erneut an und stimmen Sie dem zu, was gefragt wird, oder lassen Sie den Administrator zustimmen.",
		permissionsRefused: "Die verlangten Berechtigungen wurden verweigert.",
		permissionsRefusedDo: "Melden Sie sich erneut an und stimmen Sie ihnen zu.",
		declined: "Die Anmeldung wurde auf der Seite abgelehnt, auf der der Code eingegeben wird.",
		declinedDo: "Beginnen Sie noch einmal und nehmen Sie an.",
		codeExpired: "Der Code wurde nicht rechtzeitig benutzt und ist abgelaufen.",
		newCode: "Beginnen Sie noch einmal; Sie bekommen einen neuen Code.",
		codeUsed: "Der Code ist schon benutzt worden.",
		passwordExpired: "Das Passwort des Kontos ist abgelaufen.",
		passwordExpiredDo: "Ändern Sie es bei Microsoft und melden Sie sich dann erneut an.",
		passwordRefused: "Microsoft hat den Benutzernamen oder das Passwort abgelehnt.",
		needsConsent: "In Ihrer Organisation muss ein Administrator diese App zuerst erlauben.",
		needsConsentDo:
			"Lassen Sie den Administrator der App-Registrierung zustimmen und melden Sie sich dann erneut an.",
		ruleForbids: "Eine Regel Ihrer Organisation (bedingter Zugriff) verbietet diese Anmeldung.",
		ifCodesForbidden: "Verbietet sie die Anmeldung mit einem Code:",
		managedDevice: "Ihre Organisation erlaubt diese Anmeldung nur von einem verwalteten Gerät.",
		managedDeviceNoCode:
			"Ihre Organisation verlangt ein verwaltetes Gerät, und eine Anmeldung mit Code kann nie von einem sein.",
		securityBlocks: "Eine Sicherheitseinstellung Ihrer Organisation sperrt diese Anmeldung.",
		accountDisabled: "Das Konto ist in Microsoft 365 deaktiviert.",
		haveItEnabled: "Lassen Sie es vom Administrator aktivieren.",
		accountLocked:
			"Microsoft hat das Konto für eine Weile gesperrt, nach zu vielen falschen Passwörtern oder wegen seiner Adresse.",
		accountLockedDo: "Warten Sie eine Stunde, oder lassen Sie es vom Administrator entsperren.",
		notInTenant: "Dieses Konto gibt es in der Organisation (dem Mandanten) nicht, die Postern fragt.",
		notInTenantDo: "Prüfen Sie die Adresse des Kontos und `tenant`.",
		appUnknown: "Microsoft kennt die App-Registrierung in dieser Organisation nicht.",
		noCodes: "Die App-Registrierung erlaubt keine Anmeldung mit einem Code.",
		noCodesDo:
			"Stellen Sie in Entra unter Authentifizierung „Öffentliche Clientflows zulassen“ auf Ja; melden Sie sich dann erneut an.",
		certificateMissing: "Die App-Registrierung in Entra hat das Zertifikat von Postern nicht.",
		certificateMissingDo:
			"Laden Sie es dort unter Zertifikate & Geheimnisse hoch; es steht beim Konto (`postern account certificate ADDRESS`).",
		certificateExpired: "Das Zertifikat ist abgelaufen oder wurde widerrufen.",
		certificateExpiredDo:
			"Machen Sie ein neues (`postern account certificate ADDRESS --renew`) und laden Sie es in Entra hoch.",
		clockWrong: "Microsoft findet die Zeit dieser Anmeldung falsch: Die Uhr geht nicht richtig.",
		clockWrongDo: "Prüfen Sie, ob ein Zeitserver (NTP) zu erreichen ist.",
		appNotAllowed: "Noch niemand hat die App-Registrierung in dieser Organisation erlaubt.",
		appNotAllowedDo: "Lassen Sie einen Administrator ihr in Entra zustimmen (API-Berechtigungen).",
		appDisabled: "Die App ist in Ihrer Organisation deaktiviert.",
		appDisabledDo: "Lassen Sie sie vom Administrator aktivieren (Unternehmensanwendungen, Eigenschaften).",
		secretWrong: "Das Geheimnis oder Zertifikat passt nicht zur App-Registrierung.",
		permissionLacking:
			"Der App-Registrierung oder der Organisation fehlt eine Berechtigung, die Postern verlangt.",
		permissionLackingDo:
			"Fügen Sie der App-Registrierung in Entra die Mailberechtigungen hinzu, und prüfen Sie, ob das Postfach eine Lizenz hat.",
		tenantUnknown:
			"Microsoft kennt die Organisation nicht, die `tenant` nennt, oder sie ist in einer anderen Cloud.",
		tenantUnknownDo: "Prüfen Sie `tenant` und `cloud`.",
		oneTenantOnly: "Die App-Registrierung gilt nur für eine Organisation, und `tenant` nennt sie nicht.",
		setTenant: "Setzen Sie `tenant` auf die Domäne oder die ID Ihrer Organisation.",
		personalOnly: "Die App-Registrierung gilt nur für persönliche Konten.",
		personalOnlyDo: 'Setzen Sie `tenant = "consumers"`.',
		workOnly: "Die App-Registrierung gilt nur für Arbeitskonten, und `tenant` verlangt persönliche.",
		microsoftsOwnApp: "Diese `client_id` gehört Microsoft und darf nicht für Mail verwendet werden.",
		microsoftsOwnAppDo: "Registrieren Sie in Entra eine eigene App und verwenden Sie deren ID.",
		otherSignIn: "Die eingefügte Adresse gehört zu einer anderen Anmeldung als der laufenden.",
		otherSignInDo:
			"Beginnen Sie noch einmal, öffnen Sie den neuen Link und fügen Sie die Adresse ein, bei der er endet.",
		redirectUnknown:
			"Die App-Registrierung kennt die Adresse nicht, bei der eine Anmeldung mit dem Browser endet.",
		redirectUnknownDo:
			"Fügen Sie in Entra unter Authentifizierung die Plattform „Mobilgerät- und Desktopanwendungen“ mit dieser Adresse hinzu (`microsoft.redirect` oder die nativeclient-Adresse, die Entra anbietet).",
		requestFaulty: "Microsoft fand die Anfrage der Anmeldung fehlerhaft.",
		busy: "Microsofts Anmeldedienst ist überlastet oder gestört.",
		busyDo: "Nichts zu tun; Postern versucht es von selbst noch einmal.",
		somebodySignsIn: "Microsoft verlangt, dass sich jemand erneut an diesem Konto anmeldet.",
		answerUnknown: "Microsofts Anmeldedienst hat eine Antwort gegeben, die Postern nicht kennt.",
		answerUnknownDo: "Postern versucht es von selbst noch einmal. Bleibt es so, melden Sie sich erneut an.",
		strange: "Etwas zwischen Postern und Microsoft antwortet an Microsofts Stelle.",
		strangeDo: "Prüfen Sie, ob das Netz eine Anmeldeseite oder einen Proxy verlangt.",
		unreachable: "Microsofts Anmeldedienst ist nicht zu erreichen.",
		unreachableDo: "Prüfen Sie die Internetverbindung; Postern versucht es von selbst noch einmal.",
		notTrusted: "Der Verbindung zu Microsofts Anmeldedienst ist nicht zu trauen.",
		notTrustedDo: "Prüfen Sie Datum und Uhrzeit, und ob das Netz TLS untersucht (dann setzen Sie `ca_file`).",
		notAccepted: "Microsoft nimmt diese Anmeldung nicht mehr an.",
		incomplete: "Die gespeicherte Anmeldung ist nicht vollständig.",
		cancelled: "Die Anmeldung wurde abgebrochen.",
		cancelledDo: "Beginnen Sie noch einmal, wenn Sie mögen.",
		nobody: "Microsoft hat die Anmeldung angenommen, aber nicht gesagt, wer sich angemeldet hat.",
		nobodyDo:
			"Prüfen Sie, ob die App-Registrierung `openid` und `profile` erlaubt, und beginnen Sie noch einmal.",
		noSendPermission:
			"{who} hat sich angemeldet, aber die Berechtigung, Mail zu senden ({permission}), wurde nicht erteilt.",
		noSendPermissionDo:
			"Fügen Sie {permission} der App-Registrierung in Entra hinzu und beginnen Sie noch einmal.",
		notCompleted: "Die Anmeldung ließ sich nicht abschließen.",
		notCompletedDo: "Prüfen Sie `client_id`, `tenant` und `cloud` und beginnen Sie noch einmal.",
		inSomeMinutes: "Beginnen Sie in einigen Minuten noch einmal.",
		noRegistration: "Postern weiß nicht, mit welcher App-Registrierung es sich anmelden soll.",
		noRegistrationDo:
			"Registrieren Sie eine App in Entra und setzen Sie ihre ID als `client_id` unter [microsoft], oder geben Sie sie mit --client-id an.",
		waitsForCode: "Wartet, bis der Code eingegeben ist.",
		disturbed: "Microsoft antwortet gerade nicht, wie es soll; es wird weiter gewartet.",
		signedInAsOther:
			"Angemeldet hat sich {who}, nicht {address}. Mail geht durch das Postfach von {who} hinaus; ist das nicht gemeint, melden Sie sich noch einmal an.",
		triesEvery: "Postern versucht es alle {#seconds} Sekunden.",
		nothingPasted: "Es wurde nichts eingefügt.",
		pastedTooLong: "Das ist zu lang, um die Adresse zu sein.",
		pastedLink: "Das ist der Link zum Öffnen, nicht die Adresse, bei der die Anmeldung endet.",
		pastedWithoutCode: "Diese Adresse enthält keinen Anmeldecode.",
		pasteWanted:
			"Kopieren Sie nach der Anmeldung die ganze Adresse aus der Adresszeile des Browsers, wenn die Seite leer ist oder nicht erreichbar genannt wird, und fügen Sie sie hier ein.",
		pastedOfOther: "Diese Adresse gehört zu einer anderen, vielleicht früheren Anmeldung.",
		pastedOfOtherDo:
			"Öffnen Sie den Link, der jetzt gezeigt wird, melden Sie sich an und fügen Sie die Adresse ein, die der Browser dann zeigt.",
		tooLate: "Niemand hat die Anmeldung innerhalb einer halben Stunde abgeschlossen.",
		stale:
			"Microsoft nimmt diese Adresse nicht mehr an: Sie wurde schon benutzt, oder es ist zu viel Zeit vergangen.",
		pasteSoon:
			"Beginnen Sie noch einmal, öffnen Sie den neuen Link und fügen Sie die Adresse bald nach der Anmeldung ein.",
		notWaiting:
			"Es läuft keine Anmeldung mit dem Browser, zu der das gehört; vielleicht wurde sie abgebrochen, oder Postern ist neu gestartet.",
		notWaitingDo: "Beginnen Sie noch einmal: {command}",
		unsaved:
			"Die Anmeldung gilt, ließ sich aber nicht speichern ({why}); nach einem Neustart wird sie wieder verlangt.",
		accountUnknown: "Das Konto {address} gibt es nicht.",
		stopping: "Postern wurde gerade angehalten.",
		theApp: "die App {id}",
		noCertificate: "Es gibt kein Zertifikat, mit dem man sich anmelden könnte.",
		noCertificateDo: "Prüfen Sie das Zertifikat: postern account certificate",
		noCertificateYet: "{address} hat noch kein Zertifikat.",
		makeOne: "Machen Sie eines: postern account add {address} --method certificate",
		oneOrganisation:
			"Ein Zertifikat meldet sich bei einer bestimmten Organisation an, und `tenant` nennt sie für {address} nicht. Setzen Sie `tenant` auf die Domäne oder die ID Ihrer Organisation. Persönliche Konten können kein Zertifikat verwenden.",
		certificateUnreadable:
			"Das gespeicherte Zertifikat von {address} ist nicht zu lesen ({why}). Machen Sie ein neues: postern account certificate {address} --renew",
		certificateFileUnreadable:
			"Die Zertifikatsdatei {file} ist nicht zu lesen ({why}). Der Benutzer, als der Postern läuft, muss sie lesen dürfen.",
		certificateFileUnusable: "Die Zertifikatsdatei {file} ist nicht zu gebrauchen: {~why}.",
		pemTooLong: "sie ist zu lang",
		pemWithoutKey: "sie enthält keinen privaten Schlüssel",
		pemProtected: "ihr privater Schlüssel ist durch ein Passwort geschützt; speichern Sie ihn ohne",
		pemWithoutCertificate: "sie enthält kein Zertifikat",
		pemNotRsa: "ihr Schlüssel ist nicht RSA, und anderes nimmt Microsoft nicht",
		pemKeyShort: "ihr Schlüssel ist kürzer als {#bits} Bits",
		pemNoPair: "ihr Zertifikat gehört nicht zu ihrem Schlüssel",
		pemUnreadable: "sie ist nicht zu lesen ({why})",
		certificateInFile: "Das Zertifikat von {address} kommt aus {file}.",
		certificateInFileDo: "Legen Sie den neuen Schlüssel und das Zertifikat dorthin, dann: postern reload",
		otherMethod: "{address} meldet sich nicht mit einem Zertifikat an, sondern mit {method}.",
		otherMethodDo: "Um das zu ändern: postern account add {address} --method certificate",
		timeUnknown: "Postern kennt das Datum noch nicht, und ein Zertifikat beginnt mit einem.",
		timeUnknownDo:
			"Sorgen Sie dafür, dass das Internet oder ein Zeitserver zu erreichen ist, und versuchen Sie es dann noch einmal.",
	},
	fr: {
		again: "Reconnectez-vous.",
		askAdministrator:
			"Adressez-vous à votre administrateur Microsoft 365 ; le journal des connexions d’Entra nomme la règle.",
		otherWays:
			"Connectez-vous plutôt avec un navigateur (`postern account add ADDRESS --method browser`), depuis un ordinateur géré si c’est exigé, ou avec un certificat (`--method certificate`). Ou faites exempter ce compte de la règle par l’administrateur.",
		checkRegistration: "Vérifiez `client_id` et `tenant`, et l’inscription d’application dans Entra.",
		lapsed:
			"La connexion a expiré, parce qu’elle n’a pas servi pendant trop longtemps (90 jours en général).",
		ended: "La connexion a été terminée : le mot de passe a changé, ou les sessions ont été révoquées.",
		setTime: "Votre organisation fait expirer les connexions après un temps fixé, et celle-ci l’a atteint.",
		setTimeDo:
			"Reconnectez-vous. Cela reviendra tant que l’administrateur n’aura pas exempté ce compte de la fréquence de connexion.",
		codesBlocked: "Votre organisation bloque désormais la connexion par code, et a terminé cette connexion.",
		notKnown:
			"Microsoft ne connaît plus cette connexion ; elle appartient peut-être à une autre inscription d’application.",
		secondProof:
			"Microsoft exige une seconde preuve d’identité (authentification multifacteur) pour ce compte.",
		notAllowedYet: "Personne n’a encore autorisé cette inscription d’application à le faire pour le compte.",
		notAllowedYetDo:
			"Reconnectez-vous et acceptez ce qui est demandé, ou faites donner le consentement par l’administrateur.",
		permissionsRefused: "Les autorisations demandées ont été refusées.",
		permissionsRefusedDo: "Reconnectez-vous et acceptez-les.",
		declined: "La connexion a été refusée sur la page où l’on saisit le code.",
		declinedDo: "Recommencez et acceptez.",
		codeExpired: "Le code n’a pas été utilisé à temps, et a expiré.",
		newCode: "Recommencez ; un nouveau code est donné.",
		codeUsed: "Le code a déjà été utilisé.",
		passwordExpired: "Le mot de passe du compte a expiré.",
		passwordExpiredDo: "Changez-le chez Microsoft, puis reconnectez-vous.",
		passwordRefused: "Microsoft a refusé le nom d’utilisateur ou le mot de passe.",
		needsConsent: "Dans votre organisation, un administrateur doit d’abord autoriser cette application.",
		needsConsentDo:
			"Faites donner par l’administrateur son consentement à l’inscription d’application, puis reconnectez-vous.",
		ruleForbids: "Une règle de votre organisation (accès conditionnel) interdit cette connexion.",
		ifCodesForbidden: "Si elle interdit la connexion par code :",
		managedDevice: "Votre organisation n’autorise cette connexion que depuis un appareil géré.",
		managedDeviceNoCode:
			"Votre organisation exige un appareil géré, et une connexion par code ne peut jamais en être un.",
		securityBlocks: "Un réglage de sécurité de votre organisation bloque cette connexion.",
		accountDisabled: "Le compte est désactivé dans Microsoft 365.",
		haveItEnabled: "Faites-le activer par l’administrateur.",
		accountLocked:
			"Microsoft a verrouillé le compte pour un temps, après trop de mots de passe faux ou à cause de son adresse.",
		accountLockedDo: "Attendez une heure, ou faites-le déverrouiller par l’administrateur.",
		notInTenant: "Ce compte n’existe pas dans l’organisation (tenant) que Postern interroge.",
		notInTenantDo: "Vérifiez l’adresse du compte et `tenant`.",
		appUnknown: "Microsoft ne connaît pas l’inscription d’application dans cette organisation.",
		noCodes: "L’inscription d’application n’autorise pas la connexion par code.",
		noCodesDo:
			"Dans Entra, sous Authentification, mettez « Autoriser les flux clients publics » à Oui ; puis reconnectez-vous.",
		certificateMissing: "L’inscription d’application dans Entra n’a pas le certificat de ce boîtier.",
		certificateMissingDo:
			"Chargez-le là sous Certificats et secrets ; il se trouve auprès du compte (`postern account certificate ADDRESS`).",
		certificateExpired: "Le certificat a expiré ou a été révoqué.",
		certificateExpiredDo:
			"Faites-en un nouveau (`postern account certificate ADDRESS --renew`) et chargez-le dans Entra.",
		clockWrong: "Microsoft trouve fausse l’heure de cette connexion : l’horloge du boîtier n’est pas juste.",
		clockWrongDo: "Vérifiez que le boîtier atteint un serveur de temps (NTP).",
		appNotAllowed: "Personne n’a encore autorisé l’inscription d’application dans cette organisation.",
		appNotAllowedDo: "Faites-y consentir un administrateur dans Entra (API autorisées).",
		appDisabled: "L’application est désactivée dans votre organisation.",
		appDisabledDo: "Faites-la activer par l’administrateur (Applications d’entreprise, Propriétés).",
		secretWrong: "Le secret ou le certificat ne va pas avec l’inscription d’application.",
		permissionLacking:
			"Il manque à l’inscription d’application ou à l’organisation une autorisation que Postern demande.",
		permissionLackingDo:
			"Ajoutez les autorisations de courrier à l’inscription d’application dans Entra, et vérifiez que la boîte a une licence.",
		tenantUnknown:
			"Microsoft ne connaît pas l’organisation nommée par `tenant`, ou elle est dans un autre cloud.",
		tenantUnknownDo: "Vérifiez `tenant` et `cloud`.",
		oneTenantOnly:
			"L’inscription d’application vaut pour une seule organisation, et `tenant` ne la nomme pas.",
		setTenant: "Réglez `tenant` sur le domaine ou l’identifiant de votre organisation.",
		personalOnly: "L’inscription d’application ne vaut que pour les comptes personnels.",
		personalOnlyDo: 'Réglez `tenant = "consumers"`.',
		workOnly:
			"L’inscription d’application ne vaut que pour les comptes professionnels, et `tenant` en demande des personnels.",
		microsoftsOwnApp: "Ce `client_id` appartient à Microsoft et ne peut pas servir au courrier.",
		microsoftsOwnAppDo: "Inscrivez votre propre application dans Entra et utilisez son identifiant.",
		otherSignIn: "L’adresse collée est celle d’une autre connexion que celle en cours.",
		otherSignInDo: "Recommencez, ouvrez le nouveau lien, et collez l’adresse où il s’arrête.",
		redirectUnknown:
			"L’inscription d’application ne connaît pas l’adresse où s’arrête une connexion par navigateur.",
		redirectUnknownDo:
			"Dans Entra, sous Authentification, ajoutez la plateforme « Applications mobiles et de bureau » avec cette adresse (`microsoft.redirect`, ou l’adresse nativeclient que propose Entra).",
		requestFaulty: "Microsoft a trouvé fautive la demande de connexion.",
		busy: "Le service de connexion de Microsoft est occupé ou perturbé.",
		busyDo: "Rien à faire ; Postern réessaie de lui-même.",
		somebodySignsIn: "Microsoft veut que quelqu’un se reconnecte à ce compte.",
		answerUnknown: "Le service de connexion de Microsoft a donné une réponse que Postern ne connaît pas.",
		answerUnknownDo: "Postern réessaie de lui-même. Si cela dure, reconnectez-vous.",
		strange: "Quelque chose entre ce boîtier et Microsoft répond à la place de Microsoft.",
		strangeDo: "Vérifiez si le réseau exige une page de connexion ou un proxy.",
		unreachable: "Le service de connexion de Microsoft est injoignable.",
		unreachableDo: "Vérifiez la connexion internet ; Postern réessaie de lui-même.",
		notTrusted: "La connexion au service de connexion de Microsoft n’est pas digne de confiance.",
		notTrustedDo:
			"Vérifiez la date et l’heure du boîtier, et si le réseau inspecte TLS (réglez alors `ca_file`).",
		notAccepted: "Microsoft n’accepte plus cette connexion.",
		incomplete: "La connexion enregistrée n’est pas complète.",
		cancelled: "La connexion a été annulée.",
		cancelledDo: "Recommencez quand vous voulez.",
		nobody: "Microsoft a accepté la connexion mais n’a pas dit qui s’est connecté.",
		nobodyDo: "Vérifiez que l’inscription d’application autorise `openid` et `profile`, et recommencez.",
		noSendPermission:
			"{who} s’est connecté, mais l’autorisation d’envoyer du courrier ({permission}) n’a pas été donnée.",
		noSendPermissionDo: "Ajoutez {permission} à l’inscription d’application dans Entra, et recommencez.",
		notCompleted: "La connexion n’a pas pu être menée à bien.",
		notCompletedDo: "Vérifiez `client_id`, `tenant` et `cloud`, et recommencez.",
		inSomeMinutes: "Recommencez dans quelques minutes.",
		noRegistration: "Postern ne sait pas avec quelle inscription d’application se connecter.",
		noRegistrationDo:
			"Inscrivez une application dans Entra et mettez son identifiant comme `client_id` sous [microsoft], ou donnez-le avec --client-id.",
		waitsForCode: "En attente de la saisie du code.",
		disturbed: "Microsoft ne répond pas comme il faut à l’instant ; l’attente continue.",
		signedInAsOther:
			"Notez que {who} s’est connecté, et non {address}. Le courrier part par la boîte de {who} ; si ce n’est pas voulu, reconnectez-vous.",
		triesEvery: "Postern réessaie toutes les {#seconds} secondes.",
		nothingPasted: "Rien n’a été collé.",
		pastedTooLong: "C’est trop long pour être l’adresse.",
		pastedLink: "C’est le lien à ouvrir, non l’adresse où la connexion s’arrête.",
		pastedWithoutCode: "Cette adresse ne contient pas de code de connexion.",
		pasteWanted:
			"Après vous être connecté, copiez l’adresse entière depuis la barre d’adresse du navigateur, quand la page est vide ou déclarée injoignable, et collez-la ici.",
		pastedOfOther: "Cette adresse appartient à une autre connexion, peut-être précédente.",
		pastedOfOtherDo:
			"Ouvrez le lien affiché maintenant, connectez-vous, et collez l’adresse que le navigateur montre alors.",
		tooLate: "Personne n’a achevé la connexion en une demi-heure.",
		stale: "Microsoft n’accepte plus cette adresse : elle a déjà servi, ou trop de temps a passé.",
		pasteSoon: "Recommencez, ouvrez le nouveau lien, et collez l’adresse peu après vous être connecté.",
		notWaiting:
			"Aucune connexion par navigateur n’est en cours à laquelle cela appartienne ; elle a peut-être été annulée, ou le boîtier a redémarré.",
		notWaitingDo: "Recommencez : {command}",
		unsaved:
			"La connexion fonctionne mais n’a pas pu être enregistrée ({why}) ; elle sera redemandée après un redémarrage.",
		accountUnknown: "Il n’y a pas de compte {address}.",
		stopping: "Postern était en train de s’arrêter.",
		theApp: "l’application {id}",
		noCertificate: "Il n’y a pas de certificat avec lequel se connecter.",
		noCertificateDo: "Vérifiez le certificat : postern account certificate",
		noCertificateYet: "{address} n’a pas encore de certificat.",
		makeOne: "Faites-en un : postern account add {address} --method certificate",
		oneOrganisation:
			"Un certificat se connecte à une seule organisation, et `tenant` ne la nomme pas pour {address}. Réglez `tenant` sur le domaine ou l’identifiant de votre organisation. Les comptes personnels ne peuvent pas utiliser de certificat.",
		certificateUnreadable:
			"Le certificat enregistré de {address} ne peut pas être lu ({why}). Faites-en un nouveau : postern account certificate {address} --renew",
		certificateFileUnreadable:
			"Le fichier de certificat {file} ne peut pas être lu ({why}). L’utilisateur de Postern doit pouvoir le lire.",
		certificateFileUnusable: "Le fichier de certificat {file} n’est pas utilisable : {~why}.",
		pemTooLong: "il est trop long",
		pemWithoutKey: "il n’a pas de clé privée",
		pemProtected: "sa clé privée est protégée par un mot de passe ; enregistrez-la sans",
		pemWithoutCertificate: "il n’a pas de certificat",
		pemNotRsa: "sa clé n’est pas RSA, et Microsoft n’en prend pas d’autre",
		pemKeyShort: "sa clé est plus courte que {#bits} bits",
		pemNoPair: "son certificat ne va pas avec sa clé",
		pemUnreadable: "il ne peut pas être lu ({why})",
		certificateInFile: "Le certificat de {address} vient de {file}.",
		certificateInFileDo: "Mettez-y la nouvelle clé et le certificat, puis : postern reload",
		otherMethod: "{address} ne se connecte pas par certificat, mais par {method}.",
		otherMethodDo: "Pour changer cela : postern account add {address} --method certificate",
		timeUnknown: "Le boîtier ne connaît pas encore la date, et un certificat commence par une date.",
		timeUnknownDo: "Laissez-le atteindre internet ou un serveur de temps, puis réessayez.",
	},
	es: {
		again: "Inicie sesión de nuevo.",
		askAdministrator:
			"Consulte a su administrador de Microsoft 365; el registro de inicios de sesión de Entra nombra la regla.",
		otherWays:
			"Inicie sesión con un navegador (`postern account add ADDRESS --method browser`), desde un ordenador administrado si se exige, o con un certificado (`--method certificate`). O haga que el administrador exima a esta cuenta de la regla.",
		checkRegistration: "Compruebe `client_id` y `tenant`, y el registro de la aplicación en Entra.",
		lapsed:
			"El inicio de sesión ha caducado porque no se usó durante demasiado tiempo (90 días por lo general).",
		ended: "El inicio de sesión se terminó: se cambió la contraseña o se revocaron las sesiones.",
		setTime:
			"Su organización hace caducar los inicios de sesión tras un tiempo fijado, y este lo ha cumplido.",
		setTimeDo:
			"Inicie sesión de nuevo. Volverá a ocurrir hasta que el administrador exima a esta cuenta de la frecuencia de inicio de sesión.",
		codesBlocked: "Su organización bloquea ahora el inicio de sesión con código, y ha terminado este.",
		notKnown: "Microsoft ya no conoce este inicio de sesión; puede que sea de otro registro de aplicación.",
		secondProof:
			"Microsoft exige una segunda prueba de identidad (autenticación multifactor) para esta cuenta.",
		notAllowedYet: "Nadie ha permitido todavía que este registro de aplicación lo haga para la cuenta.",
		notAllowedYetDo:
			"Inicie sesión de nuevo y acepte lo que se pide, o haga que el administrador dé su consentimiento.",
		permissionsRefused: "Los permisos pedidos se denegaron.",
		permissionsRefusedDo: "Inicie sesión de nuevo y acéptelos.",
		declined: "El inicio de sesión se rechazó en la página donde se escribe el código.",
		declinedDo: "Empiece de nuevo y acepte.",
		codeExpired: "El código no se usó a tiempo y ha caducado.",
		newCode: "Empiece de nuevo; se da un código nuevo.",
		codeUsed: "El código ya se ha usado.",
		passwordExpired: "La contraseña de la cuenta ha caducado.",
		passwordExpiredDo: "Cámbiela en Microsoft y después inicie sesión de nuevo.",
		passwordRefused: "Microsoft rechazó el nombre de usuario o la contraseña.",
		needsConsent: "En su organización un administrador debe permitir antes esta aplicación.",
		needsConsentDo:
			"Haga que el administrador dé su consentimiento al registro de la aplicación y después inicie sesión de nuevo.",
		ruleForbids: "Una regla de su organización (acceso condicional) prohíbe este inicio de sesión.",
		ifCodesForbidden: "Si prohíbe iniciar sesión con código:",
		managedDevice: "Su organización solo permite este inicio de sesión desde un dispositivo administrado.",
		managedDeviceNoCode:
			"Su organización exige un dispositivo administrado, y un inicio con código nunca puede serlo.",
		securityBlocks: "Un ajuste de seguridad de su organización bloquea este inicio de sesión.",
		accountDisabled: "La cuenta está deshabilitada en Microsoft 365.",
		haveItEnabled: "Haga que el administrador la habilite.",
		accountLocked:
			"Microsoft ha bloqueado la cuenta por un tiempo, tras demasiadas contraseñas incorrectas o por su dirección.",
		accountLockedDo: "Espere una hora, o haga que el administrador la desbloquee.",
		notInTenant: "Esta cuenta no existe en la organización (tenant) a la que pregunta Postern.",
		notInTenantDo: "Compruebe la dirección de la cuenta y `tenant`.",
		appUnknown: "Microsoft no conoce el registro de la aplicación en esta organización.",
		noCodes: "El registro de la aplicación no permite iniciar sesión con código.",
		noCodesDo:
			"En Entra, en Autenticación, ponga «Permitir flujos de clientes públicos» en Sí; después inicie sesión de nuevo.",
		certificateMissing: "El registro de la aplicación en Entra no tiene el certificado de este aparato.",
		certificateMissingDo:
			"Súbalo allí en Certificados y secretos; está junto a la cuenta (`postern account certificate ADDRESS`).",
		certificateExpired: "El certificado ha caducado o se ha revocado.",
		certificateExpiredDo: "Haga uno nuevo (`postern account certificate ADDRESS --renew`) y súbalo a Entra.",
		clockWrong:
			"A Microsoft le parece incorrecta la hora de este inicio de sesión: el reloj del aparato está mal.",
		clockWrongDo: "Compruebe que el aparato llega a un servidor de hora (NTP).",
		appNotAllowed: "Nadie ha permitido todavía el registro de la aplicación en esta organización.",
		appNotAllowedDo: "Haga que un administrador le dé su consentimiento en Entra (Permisos de API).",
		appDisabled: "La aplicación está deshabilitada en su organización.",
		appDisabledDo: "Haga que el administrador la habilite (Aplicaciones empresariales, Propiedades).",
		secretWrong: "El secreto o el certificado no corresponde al registro de la aplicación.",
		permissionLacking:
			"Al registro de la aplicación o a la organización le falta un permiso que pide Postern.",
		permissionLackingDo:
			"Añada los permisos de correo al registro de la aplicación en Entra, y compruebe que el buzón tiene licencia.",
		tenantUnknown: "Microsoft no conoce la organización que nombra `tenant`, o está en otra nube.",
		tenantUnknownDo: "Compruebe `tenant` y `cloud`.",
		oneTenantOnly: "El registro de la aplicación es para una sola organización, y `tenant` no la nombra.",
		setTenant: "Ponga en `tenant` el dominio o el id. de su organización.",
		personalOnly: "El registro de la aplicación es solo para cuentas personales.",
		personalOnlyDo: 'Ponga `tenant = "consumers"`.',
		workOnly: "El registro de la aplicación es solo para cuentas de trabajo, y `tenant` pide personales.",
		microsoftsOwnApp: "Este `client_id` es de Microsoft y no se puede usar para correo.",
		microsoftsOwnAppDo: "Registre una aplicación propia en Entra y use su id.",
		otherSignIn: "La dirección pegada es de otro inicio de sesión que el que está en curso.",
		otherSignInDo: "Empiece de nuevo, abra el enlace nuevo y pegue la dirección en la que termina.",
		redirectUnknown:
			"El registro de la aplicación no conoce la dirección en la que termina un inicio de sesión con navegador.",
		redirectUnknownDo:
			"En Entra, en Autenticación, añada la plataforma «Aplicaciones móviles y de escritorio» con esa dirección (`microsoft.redirect`, o la dirección nativeclient que ofrece Entra).",
		requestFaulty: "A Microsoft le pareció defectuosa la petición de inicio de sesión.",
		busy: "El servicio de inicio de sesión de Microsoft está ocupado o perturbado.",
		busyDo: "No hay nada que hacer; Postern lo intenta de nuevo por sí solo.",
		somebodySignsIn: "Microsoft quiere que alguien inicie sesión de nuevo en esta cuenta.",
		answerUnknown: "El servicio de inicio de sesión de Microsoft dio una respuesta que Postern no conoce.",
		answerUnknownDo: "Postern lo intenta de nuevo por sí solo. Si sigue así, inicie sesión de nuevo.",
		strange: "Algo entre este aparato y Microsoft contesta en lugar de Microsoft.",
		strangeDo: "Compruebe si la red exige una página de acceso o un proxy.",
		unreachable: "No se puede llegar al servicio de inicio de sesión de Microsoft.",
		unreachableDo: "Compruebe la conexión a internet; Postern lo intenta de nuevo por sí solo.",
		notTrusted: "La conexión con el servicio de inicio de sesión de Microsoft no es de confianza.",
		notTrustedDo:
			"Compruebe la fecha y la hora del aparato, y si la red inspecciona TLS (ponga entonces `ca_file`).",
		notAccepted: "Microsoft ya no acepta este inicio de sesión.",
		incomplete: "El inicio de sesión guardado no está completo.",
		cancelled: "El inicio de sesión se canceló.",
		cancelledDo: "Empiece de nuevo cuando quiera.",
		nobody: "Microsoft aceptó el inicio de sesión pero no dijo quién lo inició.",
		nobodyDo: "Compruebe que el registro de la aplicación permite `openid` y `profile`, y empiece de nuevo.",
		noSendPermission: "{who} inició sesión, pero no se dio el permiso de enviar correo ({permission}).",
		noSendPermissionDo: "Añada {permission} al registro de la aplicación en Entra y empiece de nuevo.",
		notCompleted: "El inicio de sesión no se pudo completar.",
		notCompletedDo: "Compruebe `client_id`, `tenant` y `cloud`, y empiece de nuevo.",
		inSomeMinutes: "Empiece de nuevo dentro de unos minutos.",
		noRegistration: "Postern no sabe con qué registro de aplicación iniciar sesión.",
		noRegistrationDo:
			"Registre una aplicación en Entra y ponga su id. como `client_id` en [microsoft], o indíquelo con --client-id.",
		waitsForCode: "A la espera de que se escriba el código.",
		disturbed: "Microsoft no contesta ahora como debe; se sigue esperando.",
		signedInAsOther:
			"Tenga en cuenta que inició sesión {who}, no {address}. El correo sale por el buzón de {who}; si no es lo que quiere, inicie sesión de nuevo.",
		triesEvery: "Postern lo intenta cada {#seconds} segundos.",
		nothingPasted: "No se pegó nada.",
		pastedTooLong: "Eso es demasiado largo para ser la dirección.",
		pastedLink: "Ese es el enlace que se abre, no la dirección en la que termina el inicio de sesión.",
		pastedWithoutCode: "Esa dirección no contiene ningún código de inicio de sesión.",
		pasteWanted:
			"Después de iniciar sesión, copie la dirección entera de la barra del navegador, cuando la página esté vacía o diga que no se puede alcanzar, y péguela aquí.",
		pastedOfOther: "Esa dirección es de otro inicio de sesión, quizá anterior.",
		pastedOfOtherDo:
			"Abra el enlace que se muestra ahora, inicie sesión y pegue la dirección que muestre entonces el navegador.",
		tooLate: "Nadie ha terminado el inicio de sesión en media hora.",
		stale: "Microsoft ya no acepta esta dirección: se usó antes, o ha pasado demasiado tiempo.",
		pasteSoon: "Empiece de nuevo, abra el enlace nuevo y pegue la dirección poco después de iniciar sesión.",
		notWaiting:
			"No hay en curso ningún inicio de sesión con navegador al que esto pertenezca; puede que se cancelara, o que el aparato se reiniciara.",
		notWaitingDo: "Empiece de nuevo: {command}",
		unsaved:
			"El inicio de sesión funciona pero no se pudo guardar ({why}); se pedirá de nuevo tras un reinicio.",
		accountUnknown: "No existe la cuenta {address}.",
		stopping: "Postern se estaba deteniendo.",
		theApp: "la aplicación {id}",
		noCertificate: "No hay ningún certificado con el que iniciar sesión.",
		noCertificateDo: "Compruebe el certificado: postern account certificate",
		noCertificateYet: "{address} no tiene todavía certificado.",
		makeOne: "Haga uno: postern account add {address} --method certificate",
		oneOrganisation:
			"Un certificado inicia sesión en una organización, y `tenant` no la nombra para {address}. Ponga en `tenant` el dominio o el id. de su organización. Las cuentas personales no pueden usar certificado.",
		certificateUnreadable:
			"El certificado guardado de {address} no se puede leer ({why}). Haga uno nuevo: postern account certificate {address} --renew",
		certificateFileUnreadable:
			"El archivo de certificado {file} no se puede leer ({why}). El usuario de Postern debe poder leerlo.",
		certificateFileUnusable: "El archivo de certificado {file} no se puede usar: {~why}.",
		pemTooLong: "es demasiado largo",
		pemWithoutKey: "no tiene clave privada",
		pemProtected: "su clave privada está protegida por una contraseña; guárdela sin ella",
		pemWithoutCertificate: "no tiene certificado",
		pemNotRsa: "su clave no es RSA, y Microsoft no acepta otra",
		pemKeyShort: "su clave es más corta de {#bits} bits",
		pemNoPair: "su certificado no corresponde a su clave",
		pemUnreadable: "no se puede leer ({why})",
		certificateInFile: "El certificado de {address} viene de {file}.",
		certificateInFileDo: "Ponga allí la clave y el certificado nuevos y después: postern reload",
		otherMethod: "{address} no inicia sesión con certificado, sino con {method}.",
		otherMethodDo: "Para cambiarlo: postern account add {address} --method certificate",
		timeUnknown: "El aparato no sabe todavía la fecha, y un certificado empieza con una.",
		timeUnknownDo: "Deje que llegue a internet o a un servidor de hora e inténtelo de nuevo.",
	},
});
