/** Words of sessions, as the wire saw them, and of strangers that knocked. */
import { catalogue } from "./languages.ts";

export const sessionWords = catalogue(
	{
		title: "Last sessions",
		lead: "What was said, the latest first. Passwords are masked. Kept in memory until Postern starts again.",
		of: (who: string) => `Sessions of ${who}`,
		none: "Nothing heard yet",
		noneText: "Sessions are listed here from the first connection on; a restart of Postern forgets them.",
		outcome: {
			accepted: "mail taken",
			refused: "refused",
			broken: "broke off",
			probe: "looked only",
			open: "under way",
		},
		roles: {
			relay: "relay port",
			submission: "submission port",
			"implicit-tls": "TLS port",
			auto: "automatic port",
		},
		from: (address: string) => `from ${address}`,
		times: (count: number) => `${count} times alike`,
		lasted: (seconds: string) => `${seconds} s`,
		mails: "Its mail",
		lines: (count: number) =>
			count === 1 ? "The one line that was said" : `The ${count} lines that were said`,
		device: "Device",
		postern: "Postern",
		note: "Note",
		after: (seconds: string) => `after ${seconds} s`,
		strangersTitle: "Wants to send and is not known",
		strangersText: "Refused until you say otherwise. Allow what is yours; leave or refuse the rest.",
		stranger: (address: string) => `Stranger at ${address}`,
		greeted: "Greets as",
		greetedNothing: "gives no name",
		senders: "Sends as",
		held: "Held for you",
		heldCount: (count: number, size: string) =>
			count === 1 ? `1 message, ${size}` : `${count} messages, ${size}`,
		heldNone: "nothing",
		refusals: "Refused",
		refusalCount: (count: number) => (count === 1 ? "once" : `${count} times`),
		firstSeen: "First seen",
		lastSeen: "Last seen",
		look: "Look closer",
		allow: "Allow",
		allowTitle: "Let it send",
		allowText: "It becomes a device that is known by this address, without a password.",
		allowHeld: (count: number) =>
			count === 1
				? "The message that is held goes out then."
				: `The ${count} messages that are held go out then.`,
		allowButton: "Allow it",
		allowed: (name: string, released: number) =>
			released === 0
				? `${name} may send now.`
				: `${name} may send now; ${released === 1 ? "its held message goes" : `its ${released} held messages go`} out.`,
		refuse: "Refuse",
		refuseTitle: (address: string) => `Refuse ${address}?`,
		refuseText: (held: number) =>
			held === 0
				? "It is taken off this list, and nothing of it is kept. If it knocks again it is listed again."
				: `${held === 1 ? "The message" : `The ${held} messages`} held of it will be deleted for good. If it knocks again it is listed again.`,
		refuseYes: "Refuse it",
		refuseDelete: "Refuse it and delete its mail",
		refused: (address: string, deleted: number) =>
			deleted === 0
				? `${address} is refused.`
				: `${address} is refused; ${deleted === 1 ? "its message is" : `its ${deleted} messages are`} deleted.`,
		kind: "What is it?",
		kindUnsure: "I do not know",
	},
	{
		de: {
			title: "Letzte Sitzungen",
			lead: "Was gesagt wurde, das Neueste zuerst. Passwörter sind verdeckt. Im Speicher bis zum nächsten Start von Postern.",
			of: (who) => `Sitzungen von ${who}`,
			none: "Noch nichts gehört",
			noneText:
				"Ab der ersten Verbindung stehen Sitzungen hier; nach einem Neustart von Postern sind sie vergessen.",
			outcome: {
				accepted: "Mail angenommen",
				refused: "abgewiesen",
				broken: "abgebrochen",
				probe: "nur nachgesehen",
				open: "läuft",
			},
			roles: {
				relay: "Relay-Port",
				submission: "Submission-Port",
				"implicit-tls": "TLS-Port",
				auto: "automatischer Port",
			},
			from: (address) => `von ${address}`,
			times: (count) => `${count}-mal gleich`,
			lasted: (seconds) => `${seconds} s`,
			mails: "Seine Mail",
			lines: (count) => (count === 1 ? "Die eine gesprochene Zeile" : `Die ${count} gesprochenen Zeilen`),
			device: "Gerät",
			postern: "Postern",
			note: "Anmerkung",
			after: (seconds) => `nach ${seconds} s`,
			strangersTitle: "Möchte senden und ist nicht bekannt",
			strangersText:
				"Wird abgewiesen, bis Sie anders entscheiden. Erlauben Sie, was Ihres ist; das Übrige lassen Sie oder weisen es ab.",
			stranger: (address) => `Fremdes Gerät an ${address}`,
			greeted: "Grüßt als",
			greetedNothing: "nennt keinen Namen",
			senders: "Sendet als",
			held: "Für Sie zurückgehalten",
			heldCount: (count, size) => (count === 1 ? `1 Nachricht, ${size}` : `${count} Nachrichten, ${size}`),
			heldNone: "nichts",
			refusals: "Abgewiesen",
			refusalCount: (count) => (count === 1 ? "einmal" : `${count}-mal`),
			firstSeen: "Zuerst gesehen",
			lastSeen: "Zuletzt gesehen",
			look: "Näher ansehen",
			allow: "Erlauben",
			allowTitle: "Senden lassen",
			allowText: "Es wird ein Gerät, das an dieser Adresse erkannt wird, ohne Passwort.",
			allowHeld: (count) =>
				count === 1
					? "Die zurückgehaltene Nachricht geht dann hinaus."
					: `Die ${count} zurückgehaltenen Nachrichten gehen dann hinaus.`,
			allowButton: "Erlauben",
			allowed: (name, released) =>
				released === 0
					? `${name} darf jetzt senden.`
					: `${name} darf jetzt senden; ${released === 1 ? "seine zurückgehaltene Nachricht geht" : `seine ${released} zurückgehaltenen Nachrichten gehen`} hinaus.`,
			refuse: "Abweisen",
			refuseTitle: (address) => `${address} abweisen?`,
			refuseText: (held) =>
				held === 0
					? "Es verschwindet aus dieser Liste, und nichts davon wird behalten. Klopft es wieder an, erscheint es wieder."
					: `${held === 1 ? "Die zurückgehaltene Nachricht wird" : `Die ${held} zurückgehaltenen Nachrichten werden`} endgültig gelöscht. Klopft es wieder an, erscheint es wieder.`,
			refuseYes: "Abweisen",
			refuseDelete: "Abweisen und seine Mail löschen",
			refused: (address, deleted) =>
				deleted === 0
					? `${address} ist abgewiesen.`
					: `${address} ist abgewiesen; ${deleted === 1 ? "seine Nachricht ist" : `seine ${deleted} Nachrichten sind`} gelöscht.`,
			kind: "Was ist es?",
			kindUnsure: "Weiß ich nicht",
		},
		fr: {
			title: "Dernières sessions",
			lead: "Ce qui s’est dit, le plus récent d’abord. Les mots de passe sont masqués. En mémoire jusqu’au prochain démarrage de Postern.",
			of: (who) => `Sessions de ${who}`,
			none: "Rien encore",
			noneText: "Les sessions figurent ici dès la première connexion ; un redémarrage de Postern les oublie.",
			outcome: {
				accepted: "message accepté",
				refused: "refusé",
				broken: "interrompue",
				probe: "simple contrôle",
				open: "en cours",
			},
			roles: {
				relay: "port relais",
				submission: "port de soumission",
				"implicit-tls": "port TLS",
				auto: "port automatique",
			},
			from: (address) => `depuis ${address}`,
			times: (count) => `${count} fois de même`,
			lasted: (seconds) => `${seconds} s`,
			mails: "Ses messages",
			lines: (count) => (count === 1 ? "La seule ligne échangée" : `Les ${count} lignes échangées`),
			device: "Appareil",
			postern: "Postern",
			note: "Note",
			after: (seconds) => `après ${seconds} s`,
			strangersTitle: "Veut envoyer et n’est pas connu",
			strangersText:
				"Refusé jusqu’à votre décision. Autorisez ce qui est à vous ; laissez ou refusez le reste.",
			stranger: (address) => `Inconnu à ${address}`,
			greeted: "Se présente comme",
			greetedNothing: "ne donne pas de nom",
			senders: "Envoie en tant que",
			held: "Retenu pour vous",
			heldCount: (count, size) => (count === 1 ? `1 message, ${size}` : `${count} messages, ${size}`),
			heldNone: "rien",
			refusals: "Refusé",
			refusalCount: (count) => (count === 1 ? "une fois" : `${count} fois`),
			firstSeen: "Vu d’abord",
			lastSeen: "Vu en dernier",
			look: "Regarder de près",
			allow: "Autoriser",
			allowTitle: "Le laisser envoyer",
			allowText: "Il devient un appareil reconnu à cette adresse, sans mot de passe.",
			allowHeld: (count) =>
				count === 1 ? "Le message retenu part alors." : `Les ${count} messages retenus partent alors.`,
			allowButton: "L’autoriser",
			allowed: (name, released) =>
				released === 0
					? `${name} peut envoyer.`
					: `${name} peut envoyer ; ${released === 1 ? "son message retenu part" : `ses ${released} messages retenus partent`}.`,
			refuse: "Refuser",
			refuseTitle: (address) => `Refuser ${address} ?`,
			refuseText: (held) =>
				held === 0
					? "Il quitte cette liste et rien n’en est gardé. S’il revient, il y figurera de nouveau."
					: `${held === 1 ? "Le message retenu sera effacé" : `Les ${held} messages retenus seront effacés`} définitivement. S’il revient, il figurera de nouveau ici.`,
			refuseYes: "Le refuser",
			refuseDelete: "Le refuser et effacer ses messages",
			refused: (address, deleted) =>
				deleted === 0
					? `${address} est refusé.`
					: `${address} est refusé ; ${deleted === 1 ? "son message est effacé" : `ses ${deleted} messages sont effacés`}.`,
			kind: "Qu’est-ce que c’est ?",
			kindUnsure: "Je ne sais pas",
		},
		es: {
			title: "Últimas sesiones",
			lead: "Lo que se dijo, lo más reciente primero. Las contraseñas van ocultas. En memoria hasta el próximo arranque de Postern.",
			of: (who) => `Sesiones de ${who}`,
			none: "Nada todavía",
			noneText: "Las sesiones aparecen aquí desde la primera conexión; al reiniciarse, Postern las olvida.",
			outcome: {
				accepted: "correo aceptado",
				refused: "rechazado",
				broken: "cortada",
				probe: "solo miró",
				open: "en curso",
			},
			roles: {
				relay: "puerto de relé",
				submission: "puerto de envío",
				"implicit-tls": "puerto TLS",
				auto: "puerto automático",
			},
			from: (address) => `desde ${address}`,
			times: (count) => `${count} veces igual`,
			lasted: (seconds) => `${seconds} s`,
			mails: "Su correo",
			lines: (count) => (count === 1 ? "La única línea que se dijo" : `Las ${count} líneas que se dijeron`),
			device: "Equipo",
			postern: "Postern",
			note: "Nota",
			after: (seconds) => `a los ${seconds} s`,
			strangersTitle: "Quiere enviar y no se conoce",
			strangersText: "Se rechaza hasta que usted decida. Permita lo que sea suyo; deje o rechace lo demás.",
			stranger: (address) => `Desconocido en ${address}`,
			greeted: "Saluda como",
			greetedNothing: "no da nombre",
			senders: "Envía como",
			held: "Retenido para usted",
			heldCount: (count, size) => (count === 1 ? `1 mensaje, ${size}` : `${count} mensajes, ${size}`),
			heldNone: "nada",
			refusals: "Rechazado",
			refusalCount: (count) => (count === 1 ? "una vez" : `${count} veces`),
			firstSeen: "Visto por primera vez",
			lastSeen: "Visto por última vez",
			look: "Ver de cerca",
			allow: "Permitir",
			allowTitle: "Dejarlo enviar",
			allowText: "Pasa a ser un equipo que se reconoce por esta dirección, sin contraseña.",
			allowHeld: (count) =>
				count === 1
					? "El mensaje retenido sale entonces."
					: `Los ${count} mensajes retenidos salen entonces.`,
			allowButton: "Permitirlo",
			allowed: (name, released) =>
				released === 0
					? `${name} ya puede enviar.`
					: `${name} ya puede enviar; ${released === 1 ? "su mensaje retenido sale" : `sus ${released} mensajes retenidos salen`}.`,
			refuse: "Rechazar",
			refuseTitle: (address) => `¿Rechazar ${address}?`,
			refuseText: (held) =>
				held === 0
					? "Sale de esta lista y no se guarda nada suyo. Si vuelve a llamar, aparecerá de nuevo."
					: `${held === 1 ? "El mensaje retenido se borrará" : `Los ${held} mensajes retenidos se borrarán`} para siempre. Si vuelve a llamar, aparecerá de nuevo.`,
			refuseYes: "Rechazarlo",
			refuseDelete: "Rechazarlo y borrar su correo",
			refused: (address, deleted) =>
				deleted === 0
					? `${address} está rechazado.`
					: `${address} está rechazado; ${deleted === 1 ? "su mensaje se ha borrado" : `sus ${deleted} mensajes se han borrado`}.`,
			kind: "¿Qué es?",
			kindUnsure: "No lo sé",
		},
	},
);
