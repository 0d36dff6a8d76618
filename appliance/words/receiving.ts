/** Why a device or a stranger was not let send, and what to change on it: for smtp/. What happened, why, what to do. */
export const RECEIVING = {
	stranger:
		"Postern does not know {address}, and it did not sign in. If it is yours, let it in: postern device allow {address}. Or type the user name and password of a device into it.",
	submissionInClear:
		"The submission port wants encryption and a sign-in. Turn on STARTTLS and type the user name and password into the device, or let it send to port 25, where its address is enough.",
	submissionUnsigned:
		"On the submission port an address is not enough. Type the user name and password into the device, or let it send to port 25.",
	usernameUnknown:
		"The device signed in by a user name that no device of Postern's has. postern device list shows the user names; type one of them, with its password, into the device.",
	wrongPassword:
		'Somebody signed in as "{username}" ({device}), and the password is wrong. Type it again, its dashes included; if it is lost, make a new one: postern device password NAME.',
	signInLocked:
		"Too many sign-ins from this address, or by this user name, have failed, so it has to wait, some seconds at first and at most a quarter of an hour. Correct the password on the device first.",
	signInBusy: "Too many devices signed in at the same moment. The device tries again by itself.",
	passwordInClear:
		'"{device}" sent its password without encryption. Turn on TLS or STARTTLS on it; if it has neither, set auth_without_tls for it.',
	mayNotSendAs:
		'"{device}" may not send as {sender}: {~rule}. Change the sender (From) on the device, or the list.',
	mayNotSendAsNobody:
		'"{device}" may not send as nobody: {~rule}. Change the sender (From) on the device, or the list.',
	mayNotWriteAs:
		'"{device}" wrote {sender} as the sender into a message, and may not: {~rule}. Change the sender (From) on the device, or the list.',
	itsFromIs: 'its from is "{from}"',
	itsSendersAre: "its senders are {senders}",
	noAccountToSendAs:
		'"{device}" sends with the address of its Microsoft account (from = "force"), and no account is set up for it. Add one: postern account add ADDRESS.',
	mayNotSendTo:
		'"{device}" may not send to {recipient}: its recipients are {recipients}. Change the address on the device, or the list.',
	overRate:
		'"{device}" sends more than its rate allows ({#count} messages in {~time}). It goes on in {~wait}; most devices try again by themselves. Raise its rate if that is too little.',
	overQuota:
		'"{device}" sends more than its quota allows. It goes on in {~wait}; most devices try again by themselves. Raise its quota if that is too little.',
	strangersFull:
		"{address} has sent as much as is kept of somebody Postern does not know. Allow it or refuse it: postern device allow {address}.",
	strangerSignedIn:
		"{address} tried to sign in, failed, and then wanted to send without. Correct its user name and password, or let it in by its address: postern device allow {address}.",
	cardFull: "The card is full: mail is refused until messages leave the queue or are deleted.",
	cardSick: "The card failed while a message was being saved: the device was asked to try again.",
	tooLarge:
		"The message is larger than {#most} MB. Let the device send less at a time (lower resolution, fewer pages), or raise smtp.max_message_size.",
	declaredTooLarge:
		"The device wanted to send {#declared} MB, and at most {#most} MB are taken. Let it send less at a time (lower resolution, fewer pages), or raise smtp.max_message_size.",
	loop: "The message has been here before: something sends Postern's own mail back to it. Look for a forwarding rule or a smarthost that points here.",
	tooManyConnections:
		"{address} holds too many connections open at once; further ones are turned away until it closes some. Restart the device if that goes on.",
	order:
		"The device sent its commands in an order that SMTP does not know. This is a fault of its program; an update of it may help.",
	badSender:
		"The device gave a sender that is no mail address: {command}. Type a whole address, such as scan@contoso.com, into its sender (From) field.",
	badRecipient:
		"The device gave a recipient that is no mail address: {command}. Check the address in its address book.",
	badParameter:
		"The device asked for something that Postern cannot promise ({answer}). Turn off delivery reports on it, or hide the keyword from it (hide_ehlo).",
	nameTooLong:
		"The device called itself by a name of more than 512 characters. Give it a short host name in its network settings.",
	tooManyRecipients:
		"The device named more than {#most} recipients for one message. Most devices send the rest in a second message; if not, use a distribution list.",
	badChunk:
		"The device announced a part of a message without saying how long it is. Hide CHUNKING from it (hide_ehlo), so that it sends the usual way.",
	wantedPasswordInClear:
		"The device wanted to send its password without encryption. Turn on TLS or STARTTLS in its mail settings (port 587 or 465). If it has neither, let it send by its address, or set auth_without_tls for it.",
	unknownMechanism:
		"The device wanted to sign in by a method that Postern does not offer it. Choose PLAIN or LOGIN on it; if it knows CRAM-MD5 alone, set cram_md5 for it.",
	endsInLf:
		"The device ended its message with line feeds alone, which the mail standard does not allow, and gave up waiting. Set lf_line_ends for it; it must be known by its address.",
	broken:
		"The connection ended in the middle of a message, so nothing of it was taken. The device or the network broke it off: look at its cable or Wi-Fi, and at the time-out in its mail settings (30 seconds or more). Most devices send it again by themselves.",
	brokenCiphers:
		"The device knows only SSL 3 or ciphers that are broken (RC4, DES, 3DES), which no switch can bring back. Turn SSL/TLS off on the device, let it send to port 25, and tell Postern its address.",
	oldTls:
		"The device offers {version} at most, or only old ciphers, which are refused. Update its firmware, or set legacy_tls = true for this device alone; Postern must know it by its address.",
	certificateNotTrusted: "The device does not trust the certificate.",
	hungUpInTls:
		"The device hung up in the middle of the TLS handshake, most often because it does not trust the certificate.",
	importAuthority:
		"Import the box's authority from http://{host}/authority.crt into the device, or turn off its certificate check.",
	silentInTls:
		"The device began TLS and then said nothing. Let it send again; if that keeps happening, choose STARTTLS or no encryption on the device.",
	tlsFailed:
		"No encrypted connection came about with the device ({code}). Choose another kind of encryption on the device, or none if Postern knows it by its address.",
	tlsExpected:
		"The device speaks without encryption, or with STARTTLS, to the port for SSL/TLS. Choose SSL/TLS on the device, or port 587 (STARTTLS) or 25.",
	tlsTooEarly:
		"The device speaks TLS at once (SSL/TLS), and this port greets in clear. It is expected from now on, so let it try again; better, give it the port for SSL/TLS or the auto port, or set it to STARTTLS.",
	noProxyHeader:
		'{address} is listed in smtp.proxy_protocol_from and did not begin with a valid PROXY header. Turn "send PROXY protocol" on there, or take the address out of the list.',
	noteMessage: "message of {#count} bytes",
	noteLeftOut: "{#count} lines are left out here",
} as const;
