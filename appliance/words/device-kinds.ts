/**
 * What is worth knowing of kinds of devices, and when a switch helps one: for accounts/device-kind-table.ts. Words of a
 * maker's menu stay as they are. `http://THIS-BOX` is this box, however it is reached.
 */
export const DEVICE_KINDS = {
	oldTls: 'it says "TLS" or "SSL error" and was made before about 2014: it knows TLS 1.0 only',
	lineEnds: "it times out after sending the message: it ends its lines with LF alone",
	insistsOnPassword: "its menu does not let user name and password be empty",
	ricohEncryption: "SMTP Auth. Encryption cannot be turned off on it",
	cramOnly: "a communications processor (CP) of it signs in with CRAM-MD5 only",
	mustSignIn: "it must sign in and has no TLS",
	bursts: "A camera sends bursts of pictures: give it a rate, so that it leaves room for others.",
	threeRecipients: "Most models take three recipients at most.",
	senderNeeded: "Nothing is sent while its own (sender's) address is empty.",
	checkOff:
		'If it verifies certificates, import this box\'s authority (http://THIS-BOX/authority.crt), or turn "verify server certificate" off.',
	brother: "Choose SMTP-AUTH as the server authentication method when it has a password.",
	epson: "Authentication Method is SMTP AUTH with a password, Off without one.",
	hp: "Models that know SSLv3 only (LaserJet Pro M276 and its time) cannot use encryption here: use port 25 by address.",
	kyocera: "The SMTP (E-mail TX) protocol itself must be on as well.",
	lexmark: 'With a password, "Device-Initiated E-mail" uses the device\'s credentials.',
	ricoh: "Set SMTP Auth. Encryption to Inactive, and the Administrator E-mail Address to the sender as well.",
	toshiba: '"Accept all certificates without CA" saves importing this box\'s authority.',
	dahuaAnonymity: "Without a password, tick Anonymity.",
	dahuaHealth: 'Its "health mail" and keep-alives are not errors.',
	reolink:
		"Many models sign in with the sender's address as their user name: give it that address as its user name here.",
	synology: "Choose a custom SMTP server as the service provider.",
	qnap: "Choose Custom as the e-mail service provider.",
	siemensOld:
		"An S7-1200 before firmware 4.4 (TIA Portal V16) has no TLS: use port 25, known by its address.",
	siemensAuthority:
		"For TLS, import this box's authority (http://THIS-BOX/authority.crt) into the project's certificate manager.",
	siemensAddress: "Give the server as an IP address; the CPU needs no DNS then.",
	apc: "The first generation of cards (AP9630 with old firmware, AP9617) has no TLS: use port 25 by address.",
	iloSender:
		'It makes its sender\'s name itself, and writes addresses such as "name.@domain", which are taken.',
	iloRefused: "If Microsoft 365 refuses the sender, force it: see the From policy of the device.",
	idrac: "Older ones have no encryption: use port 25 by address.",
	zabbix:
		"SSL verify peer and host need this box's authority on the Zabbix server; without them, leave both off.",
	plc: "Most have no encryption: use port 25, known by its address.",
	server: "A mail server can relay to port 25 by its address, as to a smarthost.",
} as const;
