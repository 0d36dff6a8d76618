/**
 * The kinds of devices, as data: a new one is an entry here. Words are those of the makers' manuals and
 * menus, where they have been the same for years; where they have not, the usual names are used.
 *
 * `plain` is given where a device has, or had until lately, no encryption at all: then it is known by
 * its address, on the local network, and no password crosses the wire.
 */

import { DEVICE_KINDS } from "../words/device-kinds.ts";
import type { DeviceKind } from "./device-kinds.ts";

const OLD_TLS = {
	turnOn: "legacy_tls",
	when: DEVICE_KINDS.oldTls,
} as const;
const LINE_ENDS = {
	turnOn: "lf_line_ends",
	when: DEVICE_KINDS.lineEnds,
} as const;
const INSISTS_ON_PASSWORD = {
	turnOn: "accept_any_credentials",
	when: DEVICE_KINDS.insistsOnPassword,
} as const;

export const KINDS: Readonly<Record<string, DeviceKind>> = {
	brother: {
		title: "Brother printers and copiers",
		make: "Brother",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Address",
			port: "SMTP Port",
			security: "SSL/TLS",
			username: "SMTP-AUTH Account Name",
			password: "SMTP-AUTH Account Password",
			sender: "Device E-mail Address",
		},
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.brother, DEVICE_KINDS.checkOff],
	},
	canon: {
		title: "Canon printers and copiers",
		make: "Canon",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server",
			security: "Allow TLS (SMTP)",
			username: "User Name (SMTP Authentication)",
			password: "Password (SMTP Authentication)",
			sender: "E-Mail Address",
		},
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.senderNeeded, DEVICE_KINDS.checkOff],
	},
	epson: {
		title: "Epson printers and scanners",
		make: "Epson",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Address",
			port: "SMTP Server Port Number",
			security: "Secure Connection",
			username: "Authenticated Account",
			password: "Authenticated Password",
			sender: "Sender's Email Address",
		},
		securityWords: { none: "None", STARTTLS: "STARTTLS", TLS: "SSL/TLS" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.epson, DEVICE_KINDS.checkOff],
	},
	hp: {
		title: "HP printers and copiers",
		make: "HP",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.hp],
	},
	"konica-minolta": {
		title: "Konica Minolta bizhub",
		make: "Konica Minolta",
		family: "printer",

		aliases: ["konica", "minolta", "bizhub"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Address",
			port: "Port Number",
			security: "Use SSL/TLS",
			username: "User ID (SMTP Authentication)",
			password: "Password (SMTP Authentication)",
			sender: "Administrator E-Mail Address",
		},
		securityWords: { none: "OFF", STARTTLS: "Start TLS", TLS: "SMTP over SSL" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.senderNeeded],
	},
	kyocera: {
		title: "Kyocera printers and copiers",
		make: "Kyocera, Utax",
		family: "printer",

		aliases: ["utax", "triumph-adler"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Name",
			port: "SMTP Port Number",
			security: "SMTP Security",
			username: "Login User Name",
			password: "Login Password",
			sender: "Sender Address",
		},
		securityWords: { none: "Off", STARTTLS: "STARTTLS", TLS: "TLS" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.kyocera],
	},
	lexmark: {
		title: "Lexmark printers and copiers",
		make: "Lexmark",
		family: "printer",

		ways: ["submission", "relay", "implicit-tls", "plain"],
		words: {
			server: "Primary SMTP Gateway",
			port: "Primary SMTP Gateway Port",
			security: "Use SSL/TLS",
			username: "Device Userid",
			password: "Device Password",
			sender: "Reply Address",
		},
		securityWords: { none: "Disabled", STARTTLS: "Required" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.lexmark],
	},
	ricoh: {
		title: "Ricoh printers and copiers",
		make: "Ricoh, Lanier, Savin",
		family: "printer",

		aliases: ["lanier", "savin", "nashuatec", "gestetner"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Name",
			port: "SMTP Port No.",
			security: "Use Secure Connection (SSL)",
			username: "SMTP Auth. User Name",
			password: "SMTP Auth. Password",
			sender: "SMTP Auth. E-mail Address",
		},
		tryIf: [OLD_TLS, { turnOn: "cram_md5", when: DEVICE_KINDS.ricohEncryption }],
		notes: [DEVICE_KINDS.ricoh],
	},
	sharp: {
		title: "Sharp copiers",
		make: "Sharp",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: { server: "Primary Server" },
		tryIf: [OLD_TLS],
	},
	toshiba: {
		title: "Toshiba e-STUDIO",
		make: "Toshiba e-STUDIO",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP Server Address",
			port: "Port Number",
			security: "Enable SSL/TLS",
			username: "Login Name",
			password: "Password",
			sender: "From Address",
		},
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.toshiba],
	},
	xerox: {
		title: "Xerox printers and copiers",
		make: "Xerox",
		family: "printer",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: { server: "SMTP Server", sender: "Device Email Address" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.senderNeeded],
	},
	axis: {
		title: "Axis cameras",
		make: "Axis",
		family: "camera",

		ways: ["submission", "implicit-tls", "plain"],
		tryIf: [OLD_TLS, INSISTS_ON_PASSWORD],
		notes: [DEVICE_KINDS.bursts],
	},
	hikvision: {
		title: "Hikvision cameras and recorders",
		make: "Hikvision",
		family: "camera",

		ways: ["submission", "implicit-tls", "plain"],
		words: {
			server: "SMTP Server",
			port: "SMTP Port",
			security: "E-mail Encryption",
			username: "User Name",
			password: "Password",
			sender: "Sender's Address",
		},
		securityWords: { none: "None", STARTTLS: "TLS, with Enable STARTTLS", TLS: "SSL" },
		tryIf: [OLD_TLS, INSISTS_ON_PASSWORD],
		notes: [DEVICE_KINDS.bursts, DEVICE_KINDS.threeRecipients],
	},
	dahua: {
		title: "Dahua and Amcrest cameras and recorders",
		make: "Dahua, Amcrest, Lorex",
		family: "camera",

		aliases: ["amcrest", "lorex", "trivision"],
		ways: ["submission", "implicit-tls", "plain"],
		words: {
			server: "SMTP Server",
			port: "Port",
			security: "Encryption Type (older: Authentication)",
			username: "Username",
			password: "Password",
			sender: "Sender",
		},
		securityWords: { none: "None", STARTTLS: "TLS", TLS: "SSL" },
		tryIf: [OLD_TLS, INSISTS_ON_PASSWORD],
		notes: [DEVICE_KINDS.bursts, DEVICE_KINDS.dahuaAnonymity, DEVICE_KINDS.dahuaHealth],
	},
	reolink: {
		title: "Reolink cameras and recorders",
		make: "Reolink",
		family: "camera",

		ways: ["implicit-tls", "submission", "plain"],
		words: { server: "SMTP Server", port: "SMTP Port", sender: "Sender Address", password: "Password" },
		tryIf: [INSISTS_ON_PASSWORD],
		notes: [DEVICE_KINDS.reolink, DEVICE_KINDS.bursts],
	},
	synology: {
		title: "Synology NAS",
		make: "Synology",
		family: "storage",

		aliases: ["dsm"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP server",
			port: "SMTP port",
			security: "Secure connection (SSL/TLS) is required",
			username: "Username",
			password: "Password",
			sender: "Sender email",
		},
		notes: [DEVICE_KINDS.synology],
	},
	qnap: {
		title: "QNAP NAS",
		make: "QNAP",
		family: "storage",

		aliases: ["qts"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: { server: "SMTP server", port: "Port number", security: "Secure connection", sender: "E-mail" },
		securityWords: { none: "None", STARTTLS: "TLS", TLS: "SSL" },
		notes: [DEVICE_KINDS.qnap],
	},
	"siemens-s7": {
		title: "Siemens S7-1200 and S7-1500 (TMAIL_C)",
		make: "Siemens S7",
		family: "plc",

		aliases: ["s7", "siemens", "s7-1200", "s7-1500"],
		ways: ["plain", "implicit-tls"],
		words: { server: "MailServerAddress", username: "UserName", password: "PassWord", sender: "From" },
		tryIf: [
			{ turnOn: "cram_md5", when: DEVICE_KINDS.cramOnly },
			{ turnOn: "auth_without_tls", when: DEVICE_KINDS.mustSignIn },
		],
		notes: [DEVICE_KINDS.siemensOld, DEVICE_KINDS.siemensAuthority, DEVICE_KINDS.siemensAddress],
	},
	wago: {
		title: "Wago PLCs",
		make: "Wago",
		family: "plc",

		ways: ["plain", "submission", "implicit-tls"],
		tryIf: [LINE_ENDS],
	},
	apc: {
		title: "APC network management cards",
		make: "APC",
		family: "ups",

		ways: ["submission", "relay", "implicit-tls", "plain"],
		words: {
			server: "SMTP Server",
			port: "Port",
			security: "Use SSL/TLS",
			username: "User Name",
			password: "Password",
			sender: "From Address",
		},
		securityWords: { none: "Never", STARTTLS: "Always", TLS: "Implicitly" },
		tryIf: [OLD_TLS],
		notes: [DEVICE_KINDS.apc],
	},
	eaton: {
		title: "Eaton network cards",
		make: "Eaton",
		family: "ups",

		ways: ["submission", "implicit-tls", "plain"],
		words: { sender: "Default sender address" },
		tryIf: [OLD_TLS],
	},
	ilo: {
		title: "HPE iLO (AlertMail)",
		make: "HPE iLO",
		family: "server",

		aliases: ["hpe-ilo", "hpe"],
		ways: ["submission", "implicit-tls", "plain"],
		words: {
			server: "SMTP Server",
			port: "SMTP Port",
			security: "SMTP Secure (SSL/TLS)",
			sender: "Sender Email Domain (its part after the @)",
		},
		notes: [DEVICE_KINDS.iloSender, DEVICE_KINDS.iloRefused],
	},
	idrac: {
		title: "Dell iDRAC",
		make: "Dell iDRAC",
		family: "server",

		aliases: ["drac", "dell"],
		ways: ["submission", "implicit-tls", "plain"],
		words: {
			server: "SMTP (E-mail) Server IP Address or FQDN",
			port: "SMTP Port Number",
			security: "Connection Encryption",
			username: "Username",
			password: "Password",
		},
		securityWords: { none: "None", STARTTLS: "STARTTLS" },
		notes: [DEVICE_KINDS.idrac],
	},
	zabbix: {
		title: "Zabbix (media type Email)",
		make: "Zabbix",
		family: "server",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "SMTP server",
			port: "SMTP server port",
			security: "Connection security",
			username: "Username",
			password: "Password",
			sender: "Email",
		},
		securityWords: { none: "None", STARTTLS: "STARTTLS", TLS: "SSL/TLS" },
		notes: [DEVICE_KINDS.zabbix],
	},
	veeam: {
		title: "Veeam Backup & Replication",
		make: "Veeam",
		family: "server",

		ways: ["submission", "relay", "plain"],
		words: { server: "SMTP server", port: "Port", security: "Connect using SSL", sender: "From" },
	},
	proxmox: {
		title: "Proxmox VE and Backup Server (SMTP target)",
		make: "Proxmox",
		family: "server",

		aliases: ["pve", "pbs"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		words: {
			server: "Server",
			port: "Port",
			security: "Encryption",
			username: "Username",
			password: "Password",
			sender: "From Address",
		},
		securityWords: { none: "None", STARTTLS: "STARTTLS", TLS: "TLS" },
		notes: [DEVICE_KINDS.checkOff],
	},
	printer: {
		title: "printers, scanners and copiers",
		family: "printer",

		aliases: ["scanner", "copier", "mfp"],
		ways: ["submission", "implicit-tls", "relay", "plain"],
		tryIf: [OLD_TLS, INSISTS_ON_PASSWORD],
	},
	camera: {
		title: "cameras and recorders",
		family: "camera",

		aliases: ["nvr", "dvr"],
		ways: ["submission", "implicit-tls", "plain"],
		tryIf: [OLD_TLS, LINE_ENDS, INSISTS_ON_PASSWORD],
		notes: [DEVICE_KINDS.bursts],
	},
	plc: {
		title: "PLCs and drives",
		family: "plc",

		ways: ["plain", "submission", "implicit-tls"],
		tryIf: [LINE_ENDS, { turnOn: "auth_without_tls", when: DEVICE_KINDS.mustSignIn }],
		notes: [DEVICE_KINDS.plc],
	},
	nas: {
		title: "network storage",
		family: "storage",
		ways: ["submission", "implicit-tls", "relay", "plain"],
	},
	ups: {
		title: "UPSes",
		family: "ups",
		ways: ["submission", "implicit-tls", "plain"],
		tryIf: [OLD_TLS, LINE_ENDS],
	},
	server: {
		title: "servers and their management controllers",
		family: "server",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		notes: [DEVICE_KINDS.server],
	},
	script: {
		title: "scripts and programs",
		family: "script",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		tryIf: [LINE_ENDS],
	},
	other: {
		title: "other devices",
		family: "other",

		ways: ["submission", "implicit-tls", "relay", "plain"],
		tryIf: [OLD_TLS, LINE_ENDS, INSISTS_ON_PASSWORD],
	},
};
