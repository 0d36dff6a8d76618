/** Words of backup, restore and restart. */
import { catalogue } from "./languages.ts";

export const backupWords = catalogue(
	{
		title: "Backup",
		lead: "One encrypted file with all that this box needs to go on, should its card fail.",
		cardText: "Make one now and after each larger change: cards wear out.",
		makeOne: "Make a backup",
		inIt: "What is in it",
		always:
			"Settings, Microsoft accounts, devices, mailboxes, people, and the box's own certificate authority, so that devices go on trusting it.",
		notInIt:
			"Not in it: the history of mail that has gone out, and what stands in postern.toml. Keep a copy of that file with it.",
		signIns: "The sign-ins to Microsoft too",
		signInsHint:
			"Without them each account signs in again after a restore. With them, whoever has the file and its passphrase has the mailboxes.",
		queue: "The mail that waits too",
		queueHint:
			"For moving to another card. Stop this box for good before the backup is restored elsewhere: what both have may be sent twice.",
		passphrase: "Passphrase",
		passphraseHint: (least: number, different: number) =>
			`At least ${least} characters, ${different} of them different. Four or five words that have nothing to do with each other are good, and easy to write down.`,
		again: "Passphrase again",
		differ: "The two passphrases are not the same.",
		differHint: "Type the same passphrase twice.",
		nobody: "Without the passphrase nobody can open the file, whoever they are. Keep it apart from the file.",
		make: "Make and download",
		progress:
			"The download begins after some seconds and is made while your browser saves it. With much waiting mail it takes minutes; nothing of it stays on the card.",
		restoreTitle: "Restore a backup",
		restoreLead:
			"The file is checked first, and you see what is in it. Until you say so then, nothing changes.",
		file: "File",
		fileHint: (free: string) =>
			`The one that Postern gave you; its name ends in .postern-backup. Up to ${free}, which is what is free on the card.`,
		itsPassphrase: "Passphrase of the backup",
		check: "Send and check",
		patience: "Leave this page open until it answers: a large file takes minutes.",
		fileMissing: "No file was chosen.",
		fileMissingHint: "Choose the file and type its passphrase again.",
		another: "Take another file",
		waitsTitle: "Put this backup in place?",
		of: "Backup of",
		madeAt: "Made",
		madeBy: "By Postern",
		accounts: "Accounts",
		devices: "Devices",
		mailboxes: "Mailboxes",
		people: "People",
		mail: "Mail",
		mailWaited: (count: number) => (count === 1 ? "1 message that waited" : `${count} messages that waited`),
		noMail: "none",
		signInsOfIt: "Sign-ins",
		signInsIn: "in it",
		signInsOut: "not in it; accounts that are not signed in here sign in again",
		happens: "What happens then",
		replaced:
			"Settings, accounts, devices, mailboxes, people and the certificate authority become those of the backup.",
		mailStays: "Mail that waits here stays, and what waits in the backup is added.",
		signInThen: "Afterwards you sign in with a name and a password of the backup.",
		noPeople:
			"Nobody is in this backup: whoever opens the console first afterwards chooses its password, unless that stands in postern.toml.",
		kept: "What was here before is kept on the card for 30 days.",
		apply: "Put in place and restart",
		forget: "Do not restore",
		forgotten: "The backup was removed from the box again. Nothing was changed.",
		waitTitle: "Postern restarts",
		waitText: "It takes some seconds, on a slow card a minute. This page goes on by itself.",
		handTitle: "Start Postern again",
		waitByHand:
			"Nothing would start Postern again here. Stop it and start it where you started it: the backup is put in place then, and this page goes on.",
		waitLook: "Look now",
		waitElsewhere:
			"Nothing for two minutes? Open the console anew: its address or its certificate may be those of the backup by now.",
		restarted: "Postern has restarted.",
		doneTitle: "The backup is in place",
		doneMail: "Messages added to the queue",
		doneKnown: "Left out, because they went through this box before",
		doneKept: "What was here before",
		doneKeptIn: (folder: string) => `kept for 30 days as ${folder}`,
		doneNext:
			"Look at the accounts: one that came without its sign-in has to sign in before its mail goes out.",
		toAccounts: "Accounts",
		toOverview: "Overview",
		notDoneTitle: "No backup was put in place",
		notDone:
			"Postern's last start was one like any other. If a backup was to be restored then, send it once more; the log says what happened.",
		haveOne: "I have a backup",
		haveOneText: "Of another box, or of this one from before: take over what is in it.",
	},
	{
		de: {
			title: "Sicherung",
			lead: "Eine verschlüsselte Datei mit allem, was dieses Gerät braucht, um weiterzumachen, wenn seine Karte ausfällt.",
			cardText: "Machen Sie jetzt eine und nach jeder größeren Änderung: Karten nutzen sich ab.",
			makeOne: "Sicherung erstellen",
			inIt: "Was darin ist",
			always:
				"Einstellungen, Microsoft-Konten, Geräte, Postfächer, Personen und die eigene Zertifizierungsstelle, damit Geräte ihr weiter vertrauen.",
			notInIt:
				"Nicht darin: der Verlauf der Mail, die hinausgegangen ist, und was in postern.toml steht. Bewahren Sie eine Kopie jener Datei dabei auf.",
			signIns: "Auch die Anmeldungen bei Microsoft",
			signInsHint:
				"Ohne sie meldet sich jedes Konto nach dem Wiederherstellen neu an. Mit ihnen hat die Postfächer, wer Datei und Passphrase hat.",
			queue: "Auch die wartende Mail",
			queueHint:
				"Für den Umzug auf eine andere Karte. Nehmen Sie dieses Gerät endgültig außer Betrieb, bevor die Sicherung anderswo eingespielt wird: Was beide haben, könnte zweimal gesendet werden.",
			passphrase: "Passphrase",
			passphraseHint: (least, different) =>
				`Mindestens ${least} Zeichen, davon ${different} verschiedene. Vier oder fünf Wörter, die nichts miteinander zu tun haben, sind gut und leicht aufzuschreiben.`,
			again: "Passphrase noch einmal",
			differ: "Die beiden Passphrasen sind nicht gleich.",
			differHint: "Tippen Sie zweimal dieselbe Passphrase.",
			nobody:
				"Ohne die Passphrase kann niemand die Datei öffnen, wer es auch sei. Bewahren Sie sie getrennt von der Datei auf.",
			make: "Erstellen und herunterladen",
			progress:
				"Das Herunterladen beginnt nach einigen Sekunden; die Datei entsteht, während Ihr Browser sie speichert. Mit viel wartender Mail dauert es Minuten; auf der Karte bleibt nichts davon.",
			restoreTitle: "Sicherung wiederherstellen",
			restoreLead:
				"Die Datei wird zuerst geprüft, und Sie sehen, was darin ist. Bis Sie es dann bestätigen, ändert sich nichts.",
			file: "Datei",
			fileHint: (free) =>
				`Die, die Sie von Postern bekommen haben; ihr Name endet auf .postern-backup. Bis zu ${free}, so viel ist auf der Karte frei.`,
			itsPassphrase: "Passphrase der Sicherung",
			check: "Senden und prüfen",
			patience: "Lassen Sie diese Seite offen, bis sie antwortet: Eine große Datei braucht Minuten.",
			fileMissing: "Es wurde keine Datei gewählt.",
			fileMissingHint: "Wählen Sie die Datei und tippen Sie ihre Passphrase noch einmal.",
			another: "Eine andere Datei nehmen",
			waitsTitle: "Diese Sicherung einspielen?",
			of: "Sicherung von",
			madeAt: "Erstellt",
			madeBy: "Mit Postern",
			accounts: "Konten",
			devices: "Geräte",
			mailboxes: "Postfächer",
			people: "Personen",
			mail: "Mail",
			mailWaited: (count) => (count === 1 ? "1 wartende Nachricht" : `${count} wartende Nachrichten`),
			noMail: "keine",
			signInsOfIt: "Anmeldungen",
			signInsIn: "darin",
			signInsOut: "nicht darin; Konten, die hier nicht angemeldet sind, melden sich neu an",
			happens: "Was dann geschieht",
			replaced:
				"Einstellungen, Konten, Geräte, Postfächer, Personen und Zertifizierungsstelle werden die der Sicherung.",
			mailStays: "Mail, die hier wartet, bleibt; was in der Sicherung wartet, kommt dazu.",
			signInThen: "Danach melden Sie sich mit einem Namen und Passwort aus der Sicherung an.",
			noPeople:
				"In dieser Sicherung ist niemand: Wer danach zuerst die Konsole öffnet, wählt ihr Passwort, wenn es nicht in postern.toml steht.",
			kept: "Was vorher hier war, bleibt 30 Tage auf der Karte.",
			apply: "Einspielen und neu starten",
			forget: "Nicht wiederherstellen",
			forgotten: "Die Sicherung wurde wieder vom Gerät entfernt. Es hat sich nichts geändert.",
			waitTitle: "Postern startet neu",
			waitText:
				"Es dauert einige Sekunden, auf einer langsamen Karte eine Minute. Diese Seite geht von selbst weiter.",
			handTitle: "Starten Sie Postern neu",
			waitByHand:
				"Hier würde niemand Postern wieder starten. Beenden und starten Sie es dort, wo Sie es gestartet haben: Die Sicherung wird dann eingespielt, und diese Seite geht weiter.",
			waitLook: "Jetzt nachsehen",
			waitElsewhere:
				"Zwei Minuten lang nichts? Öffnen Sie die Konsole neu: Ihre Adresse oder ihr Zertifikat könnten inzwischen die der Sicherung sein.",
			restarted: "Postern wurde neu gestartet.",
			doneTitle: "Die Sicherung ist eingespielt",
			doneMail: "In die Warteschlange aufgenommen",
			doneKnown: "Ausgelassen, weil sie schon durch dieses Gerät gingen",
			doneKept: "Was vorher hier war",
			doneKeptIn: (folder) => `30 Tage aufbewahrt als ${folder}`,
			doneNext:
				"Sehen Sie nach den Konten: Eines, das ohne Anmeldung kam, muss sich anmelden, bevor seine Mail hinausgeht.",
			toAccounts: "Konten",
			toOverview: "Überblick",
			notDoneTitle: "Es wurde keine Sicherung eingespielt",
			notDone:
				"Der letzte Start von Postern war einer wie jeder andere. Sollte dabei eine Sicherung eingespielt werden, senden Sie sie noch einmal; das Protokoll sagt, was geschah.",
			haveOne: "Ich habe eine Sicherung",
			haveOneText:
				"Von einem anderen Gerät oder von diesem aus früherer Zeit: übernehmen Sie, was darin ist.",
		},
		fr: {
			title: "Sauvegarde",
			lead: "Un fichier chiffré avec tout ce qu’il faut à ce boîtier pour continuer si sa carte lâche.",
			cardText: "Faites-en une maintenant, puis après chaque changement important : les cartes s’usent.",
			makeOne: "Faire une sauvegarde",
			inIt: "Ce qu’elle contient",
			always:
				"Les réglages, comptes Microsoft, appareils, boîtes aux lettres, personnes et la propre autorité de certification du boîtier, pour que les appareils continuent à lui faire confiance.",
			notInIt:
				"Elle ne contient ni l’historique du courrier parti, ni ce qui figure dans postern.toml. Gardez une copie de ce fichier avec elle.",
			signIns: "Les connexions à Microsoft aussi",
			signInsHint:
				"Sans elles, chaque compte se reconnecte après une restauration. Avec elles, qui a le fichier et sa phrase secrète a les boîtes aux lettres.",
			queue: "Le courrier en attente aussi",
			queueHint:
				"Pour passer à une autre carte. Arrêtez ce boîtier définitivement avant de restaurer la sauvegarde ailleurs : ce que les deux détiennent pourrait être envoyé deux fois.",
			passphrase: "Phrase secrète",
			passphraseHint: (least, different) =>
				`Au moins ${least} caractères, dont ${different} différents. Quatre ou cinq mots sans rapport entre eux conviennent bien et se notent facilement.`,
			again: "Phrase secrète, encore une fois",
			differ: "Les deux phrases secrètes ne sont pas identiques.",
			differHint: "Saisissez deux fois la même phrase secrète.",
			nobody:
				"Sans la phrase secrète, personne ne peut ouvrir le fichier, absolument personne. Gardez-la à part.",
			make: "Créer et télécharger",
			progress:
				"Le téléchargement commence après quelques secondes ; le fichier se fait pendant que votre navigateur l’enregistre. Avec beaucoup de courrier en attente, cela prend des minutes ; rien n’en reste sur la carte.",
			restoreTitle: "Restaurer une sauvegarde",
			restoreLead:
				"Le fichier est d’abord vérifié, et vous voyez ce qu’il contient. Rien ne change avant votre accord.",
			file: "Fichier",
			fileHint: (free) =>
				`Celui que Postern vous a donné ; son nom finit par .postern-backup. Jusqu’à ${free}, la place libre sur la carte.`,
			itsPassphrase: "Phrase secrète de la sauvegarde",
			check: "Envoyer et vérifier",
			patience: "Laissez cette page ouverte jusqu’à sa réponse : un grand fichier prend des minutes.",
			fileMissing: "Aucun fichier n’a été choisi.",
			fileMissingHint: "Choisissez le fichier et saisissez de nouveau sa phrase secrète.",
			another: "Prendre un autre fichier",
			waitsTitle: "Mettre cette sauvegarde en place ?",
			of: "Sauvegarde de",
			madeAt: "Faite",
			madeBy: "Par Postern",
			accounts: "Comptes",
			devices: "Appareils",
			mailboxes: "Boîtes aux lettres",
			people: "Personnes",
			mail: "Courrier",
			mailWaited: (count) => (count === 1 ? "1 message en attente" : `${count} messages en attente`),
			noMail: "aucun",
			signInsOfIt: "Connexions",
			signInsIn: "comprises",
			signInsOut: "non comprises ; les comptes qui ne sont pas connectés ici se reconnectent",
			happens: "Ce qui se passe alors",
			replaced:
				"Réglages, comptes, appareils, boîtes aux lettres, personnes et autorité de certification deviennent ceux de la sauvegarde.",
			mailStays: "Le courrier qui attend ici reste ; celui de la sauvegarde s’y ajoute.",
			signInThen: "Ensuite, vous vous connectez avec un nom et un mot de passe de la sauvegarde.",
			noPeople:
				"Cette sauvegarde ne contient personne : le premier qui ouvre ensuite la console choisit son mot de passe, sauf s’il figure dans postern.toml.",
			kept: "Ce qui était ici avant est gardé 30 jours sur la carte.",
			apply: "Mettre en place et redémarrer",
			forget: "Ne pas restaurer",
			forgotten: "La sauvegarde a été retirée du boîtier. Rien n’a changé.",
			waitTitle: "Postern redémarre",
			waitText:
				"Cela prend quelques secondes, une minute sur une carte lente. Cette page continue d’elle-même.",
			handTitle: "Redémarrez Postern",
			waitByHand:
				"Rien ne relancerait Postern ici. Arrêtez-le et démarrez-le là où vous l’avez lancé : la sauvegarde est alors mise en place, et cette page continue.",
			waitLook: "Regarder maintenant",
			waitElsewhere:
				"Rien pendant deux minutes ? Rouvrez la console : son adresse ou son certificat sont peut-être désormais ceux de la sauvegarde.",
			restarted: "Postern a redémarré.",
			doneTitle: "La sauvegarde est en place",
			doneMail: "Messages ajoutés à la file",
			doneKnown: "Laissés de côté, car déjà passés par ce boîtier",
			doneKept: "Ce qui était ici avant",
			doneKeptIn: (folder) => `gardé 30 jours sous ${folder}`,
			doneNext:
				"Voyez les comptes : celui qui est venu sans sa connexion doit se connecter avant que son courrier parte.",
			toAccounts: "Comptes",
			toOverview: "Aperçu",
			notDoneTitle: "Aucune sauvegarde n’a été mise en place",
			notDone:
				"Le dernier démarrage de Postern était un démarrage ordinaire. Si une sauvegarde devait être restaurée, envoyez-la encore une fois ; le journal dit ce qui s’est passé.",
			haveOne: "J’ai une sauvegarde",
			haveOneText: "D’un autre boîtier, ou de celui-ci en d’autres temps : reprenez ce qu’elle contient.",
		},
		es: {
			title: "Copia de seguridad",
			lead: "Un archivo cifrado con todo lo que este aparato necesita para seguir si falla su tarjeta.",
			cardText: "Haga una ahora y después de cada cambio importante: las tarjetas se gastan.",
			makeOne: "Hacer una copia",
			inIt: "Qué contiene",
			always:
				"Ajustes, cuentas de Microsoft, equipos, buzones, personas y la autoridad de certificación propia del aparato, para que los equipos sigan confiando en ella.",
			notInIt:
				"No contiene el historial del correo que ya salió, ni lo que está en postern.toml. Guarde una copia de ese archivo junto a ella.",
			signIns: "También los inicios de sesión en Microsoft",
			signInsHint:
				"Sin ellos, cada cuenta vuelve a iniciar sesión tras restaurar. Con ellos, quien tenga el archivo y su frase de contraseña tiene los buzones.",
			queue: "También el correo que espera",
			queueHint:
				"Para pasar a otra tarjeta. Apague este aparato definitivamente antes de restaurar la copia en otro sitio: lo que tengan ambos podría enviarse dos veces.",
			passphrase: "Frase de contraseña",
			passphraseHint: (least, different) =>
				`Al menos ${least} caracteres, ${different} de ellos distintos. Cuatro o cinco palabras sin relación entre sí van bien y se anotan con facilidad.`,
			again: "Frase de contraseña otra vez",
			differ: "Las dos frases de contraseña no son iguales.",
			differHint: "Escriba dos veces la misma frase de contraseña.",
			nobody:
				"Sin la frase de contraseña nadie puede abrir el archivo, sea quien sea. Guárdela aparte del archivo.",
			make: "Crear y descargar",
			progress:
				"La descarga empieza tras unos segundos y se crea mientras el navegador la guarda. Con mucho correo en espera tarda minutos; en la tarjeta no queda nada de ella.",
			restoreTitle: "Restaurar una copia",
			restoreLead:
				"Primero se comprueba el archivo y se muestra qué contiene. Hasta que lo confirme entonces, nada cambia.",
			file: "Archivo",
			fileHint: (free) =>
				`El que le dio Postern; su nombre termina en .postern-backup. Hasta ${free}, que es lo libre en la tarjeta.`,
			itsPassphrase: "Frase de contraseña de la copia",
			check: "Enviar y comprobar",
			patience: "Deje esta página abierta hasta que responda: un archivo grande tarda minutos.",
			fileMissing: "No se eligió ningún archivo.",
			fileMissingHint: "Elija el archivo y escriba de nuevo su frase de contraseña.",
			another: "Tomar otro archivo",
			waitsTitle: "¿Aplicar esta copia?",
			of: "Copia de",
			madeAt: "Creada",
			madeBy: "Con Postern",
			accounts: "Cuentas",
			devices: "Equipos",
			mailboxes: "Buzones",
			people: "Personas",
			mail: "Correo",
			mailWaited: (count) => (count === 1 ? "1 mensaje en espera" : `${count} mensajes en espera`),
			noMail: "ninguno",
			signInsOfIt: "Inicios de sesión",
			signInsIn: "incluidos",
			signInsOut: "no incluidos; las cuentas sin sesión iniciada aquí vuelven a iniciarla",
			happens: "Qué ocurre entonces",
			replaced:
				"Ajustes, cuentas, equipos, buzones, personas y autoridad de certificación pasan a ser los de la copia.",
			mailStays: "El correo que espera aquí se queda, y se añade el que espera en la copia.",
			signInThen: "Después se inicia sesión con un nombre y una contraseña de la copia.",
			noPeople:
				"En esta copia no hay nadie: quien abra primero la consola después elige su contraseña, salvo que esté en postern.toml.",
			kept: "Lo que había aquí antes se guarda 30 días en la tarjeta.",
			apply: "Aplicar y reiniciar",
			forget: "No restaurar",
			forgotten: "La copia se ha quitado del aparato. No ha cambiado nada.",
			waitTitle: "Postern se reinicia",
			waitText: "Tarda unos segundos; en una tarjeta lenta, un minuto. Esta página continúa por sí sola.",
			handTitle: "Vuelva a iniciar Postern",
			waitByHand:
				"Aquí nadie volvería a iniciar Postern. Deténgalo e inícielo donde lo inició: entonces se aplica la copia y esta página continúa.",
			waitLook: "Mirar ahora",
			waitElsewhere:
				"¿Nada en dos minutos? Abra la consola de nuevo: su dirección o su certificado pueden ser ya los de la copia.",
			restarted: "Postern se ha reiniciado.",
			doneTitle: "La copia está aplicada",
			doneMail: "Mensajes añadidos a la cola",
			doneKnown: "Omitidos, porque ya pasaron por este aparato",
			doneKept: "Lo que había aquí antes",
			doneKeptIn: (folder) => `guardado 30 días como ${folder}`,
			doneNext:
				"Mire las cuentas: la que haya venido sin su inicio de sesión debe iniciarla antes de que salga su correo.",
			toAccounts: "Cuentas",
			toOverview: "Resumen",
			notDoneTitle: "No se aplicó ninguna copia",
			notDone:
				"El último arranque de Postern fue uno como cualquier otro. Si debía restaurarse una copia, envíela otra vez; el registro dice qué ocurrió.",
			haveOne: "Tengo una copia de seguridad",
			haveOneText: "De otro aparato, o de este en otro tiempo: recupere lo que contiene.",
		},
	},
);
