/** Words of self-service as its visitors read them: no administrators, and often in a hurry. */
import { catalogue } from "./languages.ts";

export const joinWords = catalogue(
	{
		title: "Send mail as yourself",
		lead: "Get a user name and a password for your program or device. Its mail then leaves through your own Microsoft mailbox, in your name.",
		how: "How it goes",
		howText: {
			signIn:
				"You sign in to Microsoft, on Microsoft’s own page. This box never sees your Microsoft password.",
			consent:
				"Microsoft asks whether the box may send mail as you and read and write your mailbox. It needs the latter for large mail, and to see that nothing goes twice.",
			login:
				"You get a user name and a password that are good on this box, for mail of your own, and for nothing else.",
		},
		honest:
			"Whoever looks after this box sees to whom your mail goes and when, and can end your login. You can come back here at any time for a new password, or to leave.",
		address: "Your mail address",
		addressHint: "The one with which you sign in to Microsoft: name@contoso.com",
		wish: "What would you like?",
		wishes: { join: "A user name and a password", leave: "To leave" },
		wishHints: {
			join: "Also when you have them already and need a new password; the old one ends then.",
			leave: "Your login ends, and this box forgets your sign-in.",
		},
		begin: "Sign in to Microsoft",
		visitTitle: (address: string) => `${address}: sign in to Microsoft`,
		cancel: "Stop",
		startAgain: "Start again",
		cancelled: "The sign-in has ended",
		cancelledText: "Nothing was kept of it.",
		again: "Try once more",
		otherWay: "Or try the other way:",
		joined: "Your login is ready",
		renewed: "Your new password is ready",
		joinedLead: "Type this into your program or device.",
		renewedLead: "The old one has ended. Type this into your program or device.",
		senderFixed: "Whatever your program writes as the sender, your mail leaves as you.",
		lost: "Lost it? Come back here and sign in once more: you get a new one.",
		done: "I have it: hide it",
		left: "You have left",
		leftText:
			"Your login has ended, and this box has forgotten your sign-in. What it had taken before stays in its queue.",
		leftMicrosoft:
			"In your Microsoft account you can take the permission back as well, under the apps that you have allowed.",
		closedTitle: "There is nothing here",
		closed: "Nobody can sign up here by themselves.",
		closedHint: "Ask whoever looks after this box for a user name and a password.",
	},
	{
		de: {
			title: "Mail in Ihrem Namen senden",
			lead: "Holen Sie sich einen Benutzernamen und ein Passwort für Ihr Programm oder Gerät. Dessen Mail geht dann über Ihr eigenes Microsoft-Postfach hinaus, in Ihrem Namen.",
			how: "So geht es",
			howText: {
				signIn:
					"Sie melden sich bei Microsoft an, auf Microsofts eigener Seite. Postern sieht Ihr Microsoft-Passwort nie.",
				consent:
					"Microsoft fragt, ob Postern in Ihrem Namen senden und Ihr Postfach lesen und ändern darf. Letzteres braucht es für große Mail, und um zu sehen, dass nichts doppelt hinausgeht.",
				login:
					"Sie bekommen einen Benutzernamen und ein Passwort, die bei Postern für Ihre eigene Mail gelten und zu nichts sonst.",
			},
			honest:
				"Wer Postern betreut, sieht, an wen Ihre Mail geht und wann, und kann Ihren Zugang beenden. Sie können jederzeit wiederkommen, für ein neues Passwort oder um zu gehen.",
			address: "Ihre Mailadresse",
			addressHint: "Die, mit der Sie sich bei Microsoft anmelden: name@contoso.com",
			wish: "Was möchten Sie?",
			wishes: { join: "Einen Benutzernamen und ein Passwort", leave: "Gehen" },
			wishHints: {
				join: "Auch wenn Sie sie schon haben und ein neues Passwort brauchen; das alte endet dann.",
				leave: "Ihr Zugang endet, und Postern vergisst Ihre Anmeldung.",
			},
			begin: "Bei Microsoft anmelden",
			visitTitle: (address) => `${address}: bei Microsoft anmelden`,
			cancel: "Abbrechen",
			startAgain: "Neu beginnen",
			cancelled: "Die Anmeldung ist zu Ende",
			cancelledText: "Davon wurde nichts behalten.",
			again: "Noch einmal versuchen",
			otherWay: "Oder versuchen Sie es auf dem anderen Weg:",
			joined: "Ihr Zugang ist bereit",
			renewed: "Ihr neues Passwort ist bereit",
			joinedLead: "Geben Sie dies in Ihr Programm oder Gerät ein.",
			renewedLead: "Das alte gilt nicht mehr. Geben Sie dies in Ihr Programm oder Gerät ein.",
			senderFixed: "Was Ihr Programm auch als Absender schreibt: Ihre Mail geht unter Ihrem Namen hinaus.",
			lost: "Verloren? Kommen Sie wieder und melden Sie sich noch einmal an: Sie bekommen ein neues.",
			done: "Ich habe es: verbergen",
			left: "Sie sind gegangen",
			leftText:
				"Ihr Zugang ist beendet, und Postern hat Ihre Anmeldung vergessen. Was es vorher angenommen hat, bleibt in seiner Warteschlange.",
			leftMicrosoft:
				"In Ihrem Microsoft-Konto können Sie auch die Erlaubnis zurücknehmen, bei den Apps, die Sie zugelassen haben.",
			closedTitle: "Hier ist nichts",
			closed: "Niemand kann sich hier selbst einen Zugang holen.",
			closedHint: "Fragen Sie nach einem Benutzernamen und einem Passwort, wo Postern betreut wird.",
		},
		fr: {
			title: "Envoyer du courrier en votre nom",
			lead: "Obtenez un nom d’utilisateur et un mot de passe pour votre programme ou votre appareil. Son courrier part alors par votre propre boîte Microsoft, en votre nom.",
			how: "Comment cela se passe",
			howText: {
				signIn:
					"Vous vous connectez à Microsoft, sur la page de Microsoft. Ce boîtier ne voit jamais votre mot de passe Microsoft.",
				consent:
					"Microsoft demande si le boîtier peut envoyer du courrier en votre nom, et lire et modifier votre boîte. Il lui faut cela pour les gros messages, et pour vérifier que rien ne part deux fois.",
				login:
					"Vous recevez un nom d’utilisateur et un mot de passe qui servent sur ce boîtier, pour votre propre courrier, et à rien d’autre.",
			},
			honest:
				"Qui s’occupe de ce boîtier voit à qui va votre courrier et quand, et peut mettre fin à votre accès. Vous pouvez revenir à tout moment pour un nouveau mot de passe, ou pour partir.",
			address: "Votre adresse de messagerie",
			addressHint: "Celle avec laquelle vous vous connectez à Microsoft : nom@contoso.com",
			wish: "Que souhaitez-vous ?",
			wishes: { join: "Un nom d’utilisateur et un mot de passe", leave: "Partir" },
			wishHints: {
				join: "Aussi quand vous les avez déjà et qu’il vous faut un nouveau mot de passe ; l’ancien prend alors fin.",
				leave: "Votre accès prend fin, et ce boîtier oublie votre connexion.",
			},
			begin: "Se connecter à Microsoft",
			visitTitle: (address) => `${address} : connexion à Microsoft`,
			cancel: "Arrêter",
			startAgain: "Recommencer",
			cancelled: "La connexion est terminée",
			cancelledText: "Rien n’en a été gardé.",
			again: "Essayer encore",
			otherWay: "Ou essayez l’autre façon :",
			joined: "Votre accès est prêt",
			renewed: "Votre nouveau mot de passe est prêt",
			joinedLead: "Saisissez ceci dans votre programme ou votre appareil.",
			renewedLead: "L’ancien n’est plus valable. Saisissez ceci dans votre programme ou votre appareil.",
			senderFixed: "Quel que soit l’expéditeur que votre programme écrit, votre courrier part en votre nom.",
			lost: "Perdu ? Revenez ici et connectez-vous encore une fois : vous en recevez un nouveau.",
			done: "Je l’ai : le cacher",
			left: "Vous êtes parti",
			leftText:
				"Votre accès a pris fin, et ce boîtier a oublié votre connexion. Ce qu’il avait déjà reçu reste dans sa file.",
			leftMicrosoft:
				"Dans votre compte Microsoft, vous pouvez aussi retirer l’autorisation, parmi les applications que vous avez acceptées.",
			closedTitle: "Il n’y a rien ici",
			closed: "Personne ne peut s’inscrire ici soi-même.",
			closedHint: "Demandez un nom d’utilisateur et un mot de passe à qui s’occupe de ce boîtier.",
		},
		es: {
			title: "Enviar correo en su nombre",
			lead: "Obtenga un nombre de usuario y una contraseña para su programa o equipo. Su correo sale entonces por su propio buzón de Microsoft, en su nombre.",
			how: "Cómo funciona",
			howText: {
				signIn:
					"Inicia sesión en Microsoft, en la página de Microsoft. Este aparato no ve nunca su contraseña de Microsoft.",
				consent:
					"Microsoft pregunta si el aparato puede enviar correo en su nombre y leer y modificar su buzón. Lo necesita para el correo grande y para comprobar que nada salga dos veces.",
				login:
					"Recibe un nombre de usuario y una contraseña que sirven en este aparato, para su propio correo, y para nada más.",
			},
			honest:
				"Quien cuida de este aparato ve a quién va su correo y cuándo, y puede poner fin a su acceso. Puede volver aquí en cualquier momento por una contraseña nueva, o para irse.",
			address: "Su dirección de correo",
			addressHint: "La que usa para iniciar sesión en Microsoft: nombre@contoso.com",
			wish: "¿Qué desea?",
			wishes: { join: "Un nombre de usuario y una contraseña", leave: "Irme" },
			wishHints: {
				join: "También si ya los tiene y necesita una contraseña nueva; la anterior deja de valer.",
				leave: "Su acceso acaba, y este aparato olvida su inicio de sesión.",
			},
			begin: "Iniciar sesión en Microsoft",
			visitTitle: (address) => `${address}: iniciar sesión en Microsoft`,
			cancel: "Detener",
			startAgain: "Empezar de nuevo",
			cancelled: "El inicio de sesión ha acabado",
			cancelledText: "No se ha guardado nada de él.",
			again: "Intentarlo otra vez",
			otherWay: "O pruebe de la otra forma:",
			joined: "Su acceso está listo",
			renewed: "Su contraseña nueva está lista",
			joinedLead: "Escriba esto en su programa o equipo.",
			renewedLead: "La anterior ya no vale. Escriba esto en su programa o equipo.",
			senderFixed: "Sea cual sea el remitente que escriba su programa, su correo sale en su nombre.",
			lost: "¿La ha perdido? Vuelva aquí e inicie sesión otra vez: recibirá una nueva.",
			done: "Ya la tengo: ocultarla",
			left: "Se ha ido",
			leftText:
				"Su acceso ha acabado, y este aparato ha olvidado su inicio de sesión. Lo que ya había recibido sigue en su cola.",
			leftMicrosoft:
				"En su cuenta de Microsoft puede retirar también el permiso, entre las aplicaciones que ha aceptado.",
			closedTitle: "Aquí no hay nada",
			closed: "Nadie puede darse de alta aquí por sí mismo.",
			closedHint: "Pida un nombre de usuario y una contraseña a quien cuida de este aparato.",
		},
	},
);
