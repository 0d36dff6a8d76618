/** What each setting is for, in the other languages; in English the configuration's own schema says it (config/schema.ts). */
import type { Setting, SettingKey } from "../../appliance/console-services.ts";
import type { Language } from "./languages.ts";

type Descriptions = Readonly<Record<SettingKey, string>>;

const descriptions: Readonly<Record<Exclude<Language, "en">, Descriptions>> = {
	de: {
		name: "Hostname im lokalen Netz, SMTP-Gruß, mDNS",
		state_dir: "wo Mail, Anmeldungen und Einstellungen liegen",
		"console.listen": "„host:port“; ein Port allein bedeutet jede Adresse",
		"console.listen_tls": "dasselbe mit TLS",
		"console.password_hash": "das Passwort des Inhabers für die Konsole; sonst beim ersten Besuch gesetzt",
		"console.trusted_proxies": "Adressen, deren X-Forwarded-* geglaubt wird",
		"console.names":
			"weitere Namen, unter denen die Konsole geöffnet wird; sie hört auf ihre eigenen, auf Adressen und auf diese",
		"console.require_tls": "http führt zu https; vertrauen Sie zuerst der Zertifizierungsstelle von Postern",
		"sign_up.enabled": "die Seite /join der Konsole ist offen für die, die allow nennt",
		"sign_up.allow": "Adressen wie „*@contoso.com“; niemand, solange es leer ist",
		"sign_up.deny": "Adressen, die nicht dürfen, was auch immer allow sagt",
		"sign_up.fetch_mail": "sie dürfen auch ihr eigenes Postfach über POP3 abholen, mit demselben Passwort",
		"sign_up.most_people": "so viele können sich zugleich eingetragen haben",
		"smtp.listen": "unverschlüsselt, STARTTLS angeboten",
		"smtp.listen_submission": "STARTTLS, Anmeldung verlangt",
		"smtp.listen_tls": "TLS von Anfang an",
		"smtp.listen_auto": "jedes der drei, von selbst erkannt",
		"smtp.max_message_size":
			"die größte Nachricht, die angenommen wird; 1 MB sind 1 000 000 Bytes, 1 MiB sind 1 048 576",
		"smtp.strangers":
			"Mail von einem unbekannten Gerät: abweisen (refuse) oder aufbewahren und den Inhaber fragen (ask)",
		"smtp.proxy_protocol_from": "Adressen, deren PROXY-Kopf (v1/v2) geglaubt wird",
		"pop3.listen": "unverschlüsselt, STLS angeboten",
		"pop3.listen_tls": "TLS von Anfang an",
		"tls.certificate_file":
			"PEM; sonst macht Postern eine eigene Zertifizierungsstelle und ein Zertifikat, zum Herunterladen",
		"tls.key_file": "PEM; der Schlüssel zu certificate_file",
		"queue.retry": "Wartezeiten vor dem nächsten Versuch; die letzte wiederholt sich",
		"queue.expire_after": "nach so viel Zeit aufgeben, in der eine Zustellung möglich gewesen wäre",
		"queue.when_unsure":
			"eine Nachricht ist vielleicht gesendet, und niemand darf nachsehen: noch einmal senden (send-again; sie kommt vielleicht zweimal) oder für Sie anhalten (ask)",
		"queue.keep_subjects": "Betreffe werden mit dem Verlauf der Mail aufbewahrt und in der Konsole gezeigt",
		"queue.paused": "keine Mail geht hinaus, bis das wieder aus ist; Geräte werden weiter bedient",
		"queue.reports_to":
			"wer von gescheiterter Mail erfährt: der Absender, sonst der Inhaber des Kontos (sender), der Inhaber (owner) oder niemand (nobody)",
		"queue.keep_failed": "gescheiterte Mail, um die sich niemand kümmert, wird so lange aufbewahrt",
		"queue.delay_warning_after":
			"dem Absender nach so langer Zeit sagen, dass eine Nachricht noch wartet; oder never (nie)",
		"queue.reserve":
			"Platz, der auf der Karte frei bleibt; darunter werden Geräte gebeten, es später zu versuchen, dringende unter der Hälfte davon",
		"microsoft.cloud": "global | us-gov | us-dod | china | custom",
		"microsoft.client_id": "die App-Registrierung des Inhabers: ihre Anwendungs-ID (Client)",
		"microsoft.tenant": "common, organizations, consumers oder die ID oder Domäne des Mandanten",
		"microsoft.redirect":
			"wo eine Anmeldung mit dem Browser endet, wie in der App-Registrierung: https://…/sign-in/return der Konsole oder http://localhost; sonst Microsofts leere Seite, deren Adresse eingefügt wird",
		"microsoft.authority":
			'nur bei cloud = "custom": der Anmeldedienst; http:// nur für Adressen dieses Rechners selbst',
		"microsoft.graph": 'nur bei cloud = "custom": Graph, ohne /v1.0',
		"microsoft.smtp": 'nur bei cloud = "custom": der SMTP-Server für Submission',
		"microsoft.pop": 'nur bei cloud = "custom": POP3 über TLS',
		"microsoft.ca_file": "PEM; Zertifizierungsstellen, denen außer den üblichen vertraut wird",
		"microsoft.proxy": "http://host:port des Proxys am Standort; sonst HTTPS_PROXY / NO_PROXY",
		"lights.board_light": "das eigene Licht der Platine zeigt, wie es steht; sonst bleibt es dunkel",
		"lights.green_pin":
			"ein Licht, das alles zeigt, was das der Platine zeigt; die GPIO-Nummer (BCM, 2 bis 27) oder leer",
		"lights.red_pin": "ein Licht, das nur Störungen zeigt; die GPIO-Nummer (BCM, 2 bis 27) oder leer",
		"lights.button_pin":
			"ein Taster gegen Masse: kurz für „gesehen“, zehn Sekunden für einen neuen Weg in die Konsole; die GPIO-Nummer (BCM, 2 bis 27) oder leer",
	},
	fr: {
		name: "nom d’hôte sur le réseau local, salut SMTP, mDNS",
		state_dir: "où sont gardés le courrier, les connexions et les réglages",
		"console.listen": "« host:port » ; un port seul signifie toutes les adresses",
		"console.listen_tls": "de même, avec TLS",
		"console.password_hash":
			"le mot de passe du propriétaire pour la console ; sinon fixé à la première visite",
		"console.trusted_proxies": "adresses dont les X-Forwarded-* sont crus",
		"console.names":
			"autres noms sous lesquels la console s’ouvre ; elle répond aux siens, aux adresses, et à ceux-ci",
		"console.require_tls": "http mène à https ; faites d’abord confiance à l’autorité du boîtier",
		"sign_up.enabled": "la page /join de la console est ouverte à ceux que nomme allow",
		"sign_up.allow": "adresses, comme « *@contoso.com » ; personne tant que c’est vide",
		"sign_up.deny": "adresses qui ne peuvent pas, quoi que dise allow",
		"sign_up.fetch_mail": "ils peuvent aussi relever leur propre boîte par POP3, avec le même mot de passe",
		"sign_up.most_people": "tant de personnes peuvent être inscrites à la fois",
		"smtp.listen": "en clair, STARTTLS proposé",
		"smtp.listen_submission": "STARTTLS, identification exigée",
		"smtp.listen_tls": "TLS d’emblée",
		"smtp.listen_auto": "l’un des trois, reconnu",
		"smtp.max_message_size":
			"le plus gros message accepté ; 1 MB fait 1 000 000 octets, 1 MiB en fait 1 048 576",
		"smtp.strangers":
			"courrier d’un appareil inconnu : le refuser (refuse), ou le garder et demander au propriétaire (ask)",
		"smtp.proxy_protocol_from": "adresses dont l’en-tête PROXY (v1/v2) est cru",
		"pop3.listen": "en clair, STLS proposé",
		"pop3.listen_tls": "TLS d’emblée",
		"tls.certificate_file": "PEM ; sinon le boîtier fait sa propre autorité et son certificat, à télécharger",
		"tls.key_file": "PEM ; la clé de certificate_file",
		"queue.retry": "attentes avant de réessayer ; la dernière se répète",
		"queue.expire_after": "abandonner après tant de temps où la remise était possible",
		"queue.when_unsure":
			"un message a peut-être été envoyé et personne ne peut regarder : le renvoyer (send-again ; il peut arriver deux fois) ou le retenir pour vous (ask)",
		"queue.keep_subjects": "les objets sont gardés avec l’historique du courrier et montrés dans la console",
		"queue.paused": "aucun courrier ne part tant que ce n’est pas désactivé ; les appareils sont servis",
		"queue.reports_to":
			"qui est averti du courrier échoué : l’expéditeur, sinon le propriétaire du compte (sender), le propriétaire (owner) ou personne (nobody)",
		"queue.keep_failed": "le courrier échoué dont personne ne s’occupe est gardé aussi longtemps",
		"queue.delay_warning_after":
			"dire à l’expéditeur, après tant de temps, qu’un message attend encore ; ou never (jamais)",
		"queue.reserve":
			"place gardée libre sur la carte ; en dessous, les appareils sont priés de réessayer plus tard, les urgents en dessous de la moitié",
		"microsoft.cloud": "global | us-gov | us-dod | china | custom",
		"microsoft.client_id":
			"l’inscription d’application du propriétaire : son identifiant d’application (client)",
		"microsoft.tenant": "common, organizations, consumers, ou l’identifiant ou le domaine de l’organisation",
		"microsoft.redirect":
			"où s’arrête une connexion par navigateur, comme dans l’inscription d’application : https://…/sign-in/return de la console, ou http://localhost ; sinon la page vide de Microsoft, dont on colle l’adresse",
		"microsoft.authority":
			'seulement avec cloud = "custom" : le service de connexion ; http:// n’est accepté que pour les adresses de cette machine',
		"microsoft.graph": 'seulement avec cloud = "custom" : Graph, sans /v1.0',
		"microsoft.smtp": 'seulement avec cloud = "custom" : le serveur d’envoi SMTP',
		"microsoft.pop": 'seulement avec cloud = "custom" : POP3 sur TLS',
		"microsoft.ca_file": "PEM ; autorités de confiance en plus des habituelles",
		"microsoft.proxy": "http://host:port du proxy du site ; sinon HTTPS_PROXY / NO_PROXY",
		"lights.board_light": "le voyant de la carte montre l’état ; sinon il reste éteint",
		"lights.green_pin":
			"un voyant qui montre tout ce que montre celui de la carte ; le numéro GPIO (BCM, de 2 à 27), ou vide",
		"lights.red_pin": "un voyant qui ne montre que les problèmes ; le numéro GPIO (BCM, de 2 à 27), ou vide",
		"lights.button_pin":
			"un bouton vers la masse : appui bref pour « vu », dix secondes pour une nouvelle entrée dans la console ; le numéro GPIO (BCM, de 2 à 27), ou vide",
	},
	es: {
		name: "nombre de host en la red local, saludo SMTP, mDNS",
		state_dir: "dónde se guardan el correo, los inicios de sesión y los ajustes",
		"console.listen": "«host:port»; un puerto solo significa todas las direcciones",
		"console.listen_tls": "lo mismo con TLS",
		"console.password_hash":
			"la contraseña del propietario para la consola; si no, se fija en la primera visita",
		"console.trusted_proxies": "direcciones cuyas X-Forwarded-* se creen",
		"console.names":
			"otros nombres con los que se abre la consola; responde a los suyos, a direcciones y a estos",
		"console.require_tls": "http lleva a https; confíe antes en la autoridad del aparato",
		"sign_up.enabled": "la página /join de la consola está abierta a quienes nombra allow",
		"sign_up.allow": "direcciones como «*@contoso.com»; nadie mientras esté vacío",
		"sign_up.deny": "direcciones que no pueden, diga lo que diga allow",
		"sign_up.fetch_mail": "también pueden recoger su propio buzón por POP3, con la misma contraseña",
		"sign_up.most_people": "cuántas personas pueden estar dadas de alta a la vez",
		"smtp.listen": "sin cifrar, con STARTTLS ofrecido",
		"smtp.listen_submission": "STARTTLS, con identificación obligatoria",
		"smtp.listen_tls": "TLS desde el principio",
		"smtp.listen_auto": "cualquiera de los tres, detectado",
		"smtp.max_message_size":
			"el mensaje más grande que se acepta; 1 MB son 1 000 000 bytes, 1 MiB son 1 048 576",
		"smtp.strangers":
			"correo de un equipo desconocido: rechazarlo (refuse), o guardarlo y preguntar al propietario (ask)",
		"smtp.proxy_protocol_from": "direcciones cuya cabecera PROXY (v1/v2) se cree",
		"pop3.listen": "sin cifrar, con STLS ofrecido",
		"pop3.listen_tls": "TLS desde el principio",
		"tls.certificate_file":
			"PEM; si no, el aparato hace su propia autoridad y su certificado, para descargar",
		"tls.key_file": "PEM; la clave de certificate_file",
		"queue.retry": "esperas antes de reintentar; la última se repite",
		"queue.expire_after": "abandonar tras este tiempo en el que la entrega era posible",
		"queue.when_unsure":
			"puede que un mensaje se haya enviado y nadie puede mirarlo: enviarlo otra vez (send-again; puede llegar dos veces) o retenerlo para usted (ask)",
		"queue.keep_subjects": "los asuntos se guardan con el historial del correo y se muestran en la consola",
		"queue.paused": "no sale ningún correo hasta que se desactive; los equipos se siguen atendiendo",
		"queue.reports_to":
			"a quién se avisa del correo fallido: al remitente, si no al propietario de la cuenta (sender), al propietario (owner) o a nadie (nobody)",
		"queue.keep_failed": "el correo fallido del que nadie se ocupa se guarda este tiempo",
		"queue.delay_warning_after":
			"avisar al remitente, tras este tiempo, de que un mensaje aún espera; o never (nunca)",
		"queue.reserve":
			"espacio que queda libre en la tarjeta; por debajo se pide a los equipos que lo intenten más tarde, a los urgentes por debajo de la mitad",
		"microsoft.cloud": "global | us-gov | us-dod | china | custom",
		"microsoft.client_id": "el registro de la aplicación del propietario: su id. de aplicación (cliente)",
		"microsoft.tenant": "common, organizations, consumers, o el id. o dominio de la organización",
		"microsoft.redirect":
			"dónde termina un inicio de sesión con navegador, como en el registro de la aplicación: https://…/sign-in/return de la consola, o http://localhost; si no, la página vacía de Microsoft, cuya dirección se pega",
		"microsoft.authority":
			'solo con cloud = "custom": el servicio de inicio de sesión; http:// solo se acepta para direcciones de esta misma máquina',
		"microsoft.graph": 'solo con cloud = "custom": Graph, sin /v1.0',
		"microsoft.smtp": 'solo con cloud = "custom": el servidor de envío SMTP',
		"microsoft.pop": 'solo con cloud = "custom": POP3 sobre TLS',
		"microsoft.ca_file": "PEM; autoridades de confianza además de las habituales",
		"microsoft.proxy": "http://host:port del proxy de la sede; si no, HTTPS_PROXY / NO_PROXY",
		"lights.board_light": "la luz de la placa muestra cómo está; si no, queda apagada",
		"lights.green_pin":
			"una luz que muestra todo lo que muestra la de la placa; el número GPIO (BCM, de 2 a 27), o vacío",
		"lights.red_pin": "una luz que muestra solo los problemas; el número GPIO (BCM, de 2 a 27), o vacío",
		"lights.button_pin":
			"un botón a masa: pulsación corta para «visto», diez segundos para una nueva entrada a la consola; el número GPIO (BCM, de 2 a 27), o vacío",
	},
};

export function describeSetting(
	{ key, description }: Pick<Setting, "key" | "description">,
	language: Language,
): string {
	if (language === "en") return description;
	const known: Readonly<Record<string, string>> = descriptions[language];
	return known[key] ?? description;
}
