/**
 * What is worth knowing of kinds of devices, in the other languages (appliance/words/device-kinds.ts). When a switch helps
 * is said behind “wenn”, “si”.
 */
import { DEVICE_KINDS } from "../../appliance/words/device-kinds.ts";
import { sayings } from "./sayings.ts";

export const saidOfDeviceKinds = sayings(DEVICE_KINDS, {
	de: {
		oldTls: "es „TLS“ oder „SSL-Fehler“ meldet und vor etwa 2014 gebaut wurde: Es kennt nur TLS 1.0",
		lineEnds: "es nach dem Senden der Nachricht vergeblich wartet: Es beendet seine Zeilen nur mit LF",
		insistsOnPassword: "sein Menü Benutzername und Passwort nicht leer lässt",
		ricohEncryption: "„SMTP Auth. Encryption“ sich dort nicht abschalten lässt",
		cramOnly: "ein Kommunikationsprozessor (CP) von ihm sich nur mit CRAM-MD5 anmeldet",
		mustSignIn: "es sich anmelden muss und kein TLS hat",
		bursts: "Eine Kamera sendet Bilder schubweise: Geben Sie ihr eine Rate, damit sie anderen Raum lässt.",
		threeRecipients: "Die meisten Modelle nehmen höchstens drei Empfänger.",
		senderNeeded: "Solange seine eigene Adresse (die des Absenders) leer ist, sendet es nichts.",
		checkOff:
			"Prüft es Zertifikate, importieren Sie die Zertifizierungsstelle von Postern (http://THIS-BOX/authority.crt), oder schalten Sie die Prüfung des Serverzertifikats aus.",
		brother: "Wählen Sie als Methode der Serverauthentifizierung SMTP-AUTH, wenn es ein Passwort hat.",
		epson: "„Authentication Method“ ist SMTP AUTH mit einem Passwort, Off ohne eines.",
		hp: "Modelle, die nur SSLv3 kennen (LaserJet Pro M276 und seine Zeit), können hier nicht verschlüsseln: Nehmen Sie Port 25, erkannt an der Adresse.",
		kyocera: "Auch das Protokoll SMTP (E-Mail-Übertragung) selbst muss eingeschaltet sein.",
		lexmark: "Mit Passwort verwendet „Device-Initiated E-mail“ die Anmeldedaten des Geräts.",
		ricoh:
			"Stellen Sie „SMTP Auth. Encryption“ auf Inactive und auch „Administrator E-mail Address“ auf den Absender.",
		toshiba:
			"„Accept all certificates without CA“ erspart es, die Zertifizierungsstelle von Postern zu importieren.",
		dahuaAnonymity: "Ohne Passwort kreuzen Sie „Anonymity“ an.",
		dahuaHealth: "Seine „health mail“ und Lebenszeichen sind keine Fehler.",
		reolink:
			"Viele Modelle melden sich mit der Adresse des Absenders als Benutzernamen an: Geben Sie ihm hier diese Adresse als Benutzernamen.",
		synology: "Wählen Sie als Dienstanbieter einen benutzerdefinierten SMTP-Server.",
		qnap: "Wählen Sie als E-Mail-Dienstanbieter „Benutzerdefiniert“.",
		siemensOld:
			"Eine S7-1200 vor Firmware 4.4 (TIA Portal V16) hat kein TLS: Nehmen Sie Port 25, erkannt an der Adresse.",
		siemensAuthority:
			"Für TLS importieren Sie die Zertifizierungsstelle von Postern (http://THIS-BOX/authority.crt) in den Zertifikatsmanager des Projekts.",
		siemensAddress: "Geben Sie den Server als IP-Adresse an; dann braucht die CPU kein DNS.",
		apc: "Die erste Generation der Karten (AP9630 mit alter Firmware, AP9617) hat kein TLS: Nehmen Sie Port 25, erkannt an der Adresse.",
		iloSender:
			"Es bildet den Namen seines Absenders selbst und schreibt Adressen wie „name.@domain“, die angenommen werden.",
		iloRefused:
			"Lehnt Microsoft 365 den Absender ab, erzwingen Sie ihn: siehe die Regel für den Absender beim Gerät.",
		idrac: "Ältere haben keine Verschlüsselung: Nehmen Sie Port 25, erkannt an der Adresse.",
		zabbix:
			"„SSL verify peer“ und „host“ brauchen die Zertifizierungsstelle von Postern auf dem Zabbix-Server; ohne sie lassen Sie beide aus.",
		plc: "Die meisten haben keine Verschlüsselung: Nehmen Sie Port 25, erkannt an der Adresse.",
		server: "Ein Mailserver kann an Port 25 weiterleiten, erkannt an seiner Adresse, wie an einen Smarthost.",
	},
	fr: {
		oldTls:
			"l’appareil affiche « TLS » ou « erreur SSL » et date d’avant 2014 environ : il ne connaît que TLS 1.0",
		lineEnds: "l’appareil attend en vain après avoir envoyé le message : il termine ses lignes par LF seul",
		insistsOnPassword: "son menu ne laisse pas vides le nom d’utilisateur et le mot de passe",
		ricohEncryption: "« SMTP Auth. Encryption » ne peut pas y être désactivé",
		cramOnly: "un de ses processeurs de communication (CP) ne s’identifie qu’avec CRAM-MD5",
		mustSignIn: "l’appareil doit s’identifier et n’a pas TLS",
		bursts:
			"Une caméra envoie des images par rafales : donnez-lui un débit, pour qu’elle laisse de la place aux autres.",
		threeRecipients: "La plupart des modèles prennent trois destinataires au plus.",
		senderNeeded: "Rien n’est envoyé tant que sa propre adresse (celle de l’expéditeur) est vide.",
		checkOff:
			"S’il vérifie les certificats, importez l’autorité de ce boîtier (http://THIS-BOX/authority.crt), ou désactivez la vérification du certificat du serveur.",
		brother: "Choisissez SMTP-AUTH comme méthode d’authentification du serveur quand il a un mot de passe.",
		epson: "« Authentication Method » est SMTP AUTH avec un mot de passe, Off sans.",
		hp: "Les modèles qui ne connaissent que SSLv3 (LaserJet Pro M276 et son époque) ne peuvent pas chiffrer ici : prenez le port 25, par l’adresse.",
		kyocera: "Le protocole SMTP (envoi d’e-mails) lui-même doit aussi être activé.",
		lexmark: "Avec un mot de passe, « Device-Initiated E-mail » utilise les identifiants de l’appareil.",
		ricoh:
			"Mettez « SMTP Auth. Encryption » sur Inactive, et aussi « Administrator E-mail Address » sur l’expéditeur.",
		toshiba: "« Accept all certificates without CA » évite d’importer l’autorité de ce boîtier.",
		dahuaAnonymity: "Sans mot de passe, cochez « Anonymity ».",
		dahuaHealth: "Ses « health mail » et signes de vie ne sont pas des erreurs.",
		reolink:
			"Beaucoup de modèles s’identifient avec l’adresse de l’expéditeur comme nom d’utilisateur : donnez-lui ici cette adresse comme nom d’utilisateur.",
		synology: "Choisissez un serveur SMTP personnalisé comme fournisseur de service.",
		qnap: "Choisissez « Personnalisé » comme fournisseur de messagerie.",
		siemensOld:
			"Une S7-1200 d’avant le micrologiciel 4.4 (TIA Portal V16) n’a pas TLS : prenez le port 25, connue par son adresse.",
		siemensAuthority:
			"Pour TLS, importez l’autorité de ce boîtier (http://THIS-BOX/authority.crt) dans le gestionnaire de certificats du projet.",
		siemensAddress: "Donnez le serveur comme adresse IP ; la CPU n’a alors pas besoin de DNS.",
		apc: "La première génération de cartes (AP9630 au vieux micrologiciel, AP9617) n’a pas TLS : prenez le port 25, par l’adresse.",
		iloSender:
			"Il forme lui-même le nom de son expéditeur, et écrit des adresses comme « name.@domain », qui sont acceptées.",
		iloRefused:
			"Si Microsoft 365 refuse l’expéditeur, imposez-le : voir la règle d’expéditeur de l’appareil.",
		idrac: "Les plus anciens n’ont pas de chiffrement : prenez le port 25, par l’adresse.",
		zabbix:
			"« SSL verify peer » et « host » ont besoin de l’autorité de ce boîtier sur le serveur Zabbix ; sans elle, laissez les deux désactivés.",
		plc: "La plupart n’ont pas de chiffrement : prenez le port 25, connus par leur adresse.",
		server: "Un serveur de courrier peut relayer vers le port 25 par son adresse, comme vers un relais.",
	},
	es: {
		oldTls: "el equipo dice «TLS» o «error SSL» y se fabricó antes de 2014 más o menos: solo conoce TLS 1.0",
		lineEnds: "el equipo espera en vano después de enviar el mensaje: termina sus líneas solo con LF",
		insistsOnPassword: "su menú no deja vacíos el nombre de usuario y la contraseña",
		ricohEncryption: "«SMTP Auth. Encryption» no se puede desactivar en él",
		cramOnly: "un procesador de comunicaciones (CP) suyo solo se identifica con CRAM-MD5",
		mustSignIn: "el equipo debe identificarse y no tiene TLS",
		bursts: "Una cámara envía imágenes a ráfagas: déle un ritmo, para que deje sitio a los demás.",
		threeRecipients: "La mayoría de los modelos admiten tres destinatarios como mucho.",
		senderNeeded: "No se envía nada mientras su propia dirección (la del remitente) esté vacía.",
		checkOff:
			"Si comprueba los certificados, importe la autoridad de este aparato (http://THIS-BOX/authority.crt), o desactive la comprobación del certificado del servidor.",
		brother: "Elija SMTP-AUTH como método de autenticación del servidor cuando tenga contraseña.",
		epson: "«Authentication Method» es SMTP AUTH con contraseña, Off sin ella.",
		hp: "Los modelos que solo conocen SSLv3 (LaserJet Pro M276 y su época) no pueden cifrar aquí: use el puerto 25, por la dirección.",
		kyocera: "El propio protocolo SMTP (envío de correo) también debe estar activado.",
		lexmark: "Con contraseña, «Device-Initiated E-mail» usa las credenciales del equipo.",
		ricoh:
			"Ponga «SMTP Auth. Encryption» en Inactive, y también «Administrator E-mail Address» en el remitente.",
		toshiba: "«Accept all certificates without CA» ahorra importar la autoridad de este aparato.",
		dahuaAnonymity: "Sin contraseña, marque «Anonymity».",
		dahuaHealth: "Sus «health mail» y señales de vida no son errores.",
		reolink:
			"Muchos modelos se identifican con la dirección del remitente como nombre de usuario: déle aquí esa dirección como nombre de usuario.",
		synology: "Elija un servidor SMTP personalizado como proveedor de servicios.",
		qnap: "Elija «Personalizado» como proveedor de correo.",
		siemensOld:
			"Una S7-1200 anterior al firmware 4.4 (TIA Portal V16) no tiene TLS: use el puerto 25, conocida por su dirección.",
		siemensAuthority:
			"Para TLS, importe la autoridad de este aparato (http://THIS-BOX/authority.crt) en el administrador de certificados del proyecto.",
		siemensAddress: "Indique el servidor como dirección IP; así la CPU no necesita DNS.",
		apc: "La primera generación de tarjetas (AP9630 con firmware antiguo, AP9617) no tiene TLS: use el puerto 25, por la dirección.",
		iloSender:
			"Forma él mismo el nombre de su remitente, y escribe direcciones como «name.@domain», que se aceptan.",
		iloRefused: "Si Microsoft 365 rechaza el remitente, fuércelo: vea la regla de remitente del equipo.",
		idrac: "Los más antiguos no tienen cifrado: use el puerto 25, por la dirección.",
		zabbix:
			"«SSL verify peer» y «host» necesitan la autoridad de este aparato en el servidor Zabbix; sin ella, deje ambos desactivados.",
		plc: "La mayoría no tienen cifrado: use el puerto 25, conocidos por su dirección.",
		server: "Un servidor de correo puede retransmitir al puerto 25 por su dirección, como a un relé.",
	},
});
