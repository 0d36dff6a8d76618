/**
 * Attempts to send what may not be sent: by strangers, and by a known device beyond its rules. For
 * 12-not-a-relay.e2e.test.ts, whose configuration names the devices. Each goes on as though it had not
 * been refused, up to a message.
 */
import { ACCOUNT } from "./house.ts";

export interface Attempt {
	readonly name: string;
	/** Sent one after the other, each when the one before is answered; bytes as they are. */
	readonly lines: readonly (string | Buffer)[];
	/** All in one segment instead, without waiting. */
	readonly atOnce?: true;
	readonly role?: "relay" | "submission" | "implicit-tls";
	/** Else an address that nobody else uses. */
	readonly from?: string;
	/** The handshake comes before this line (counted from 0). */
	readonly tlsBefore?: number;
}

export const EHLO = "EHLO stranger.test";
const b64 = (text: string) => Buffer.from(text).toString("base64");
const MAIL = "MAIL FROM:<scan@contoso.example>";
const RCPT = "RCPT TO:<victim@example.com>";
export const MESSAGE = ["DATA", "Subject: spam\r\n\r\nspam\r\n."];
const SEND = [MAIL, RCPT, ...MESSAGE];
const toRecipient = (recipient: string) => [EHLO, MAIL, `RCPT TO:${recipient}`, ...MESSAGE];
const fromSender = (sender: string) => [EHLO, `MAIL FROM:${sender}`, RCPT, ...MESSAGE];
const proxyV2 = (source: readonly number[]) =>
	Buffer.from([
		...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
		...[0x21, 0x11, 0x00, 0x0c, ...source, 127, 0, 0, 1, 0xc8, 0x22, 0x00, 0x19],
	]);

/** Nobody of these is known. */
export const STRANGERS: readonly Attempt[] = [
	{ name: "plainly, to somebody else's domain", lines: [EHLO, ...SEND] },
	{ name: "plainly, with HELO", lines: ["HELO stranger.test", ...SEND] },
	{ name: "without a greeting", lines: SEND },
	{ name: "all in one segment", lines: [EHLO, ...SEND, "QUIT"], atOnce: true },
	{ name: "to a recipient at our own domain", lines: toRecipient("<boss@contoso.example>") },
	{ name: "to the account itself", lines: toRecipient(`<${ACCOUNT}>`) },
	{ name: "to postmaster without a domain", lines: toRecipient("<postmaster>") },
	{ name: "to an address at the box", lines: toRecipient("<root@postern-test>") },
	{ name: "to an address at the box's number", lines: toRecipient("<root@[127.0.0.1]>") },
	{ name: "as the account itself", lines: fromSender(`<${ACCOUNT}>`) },
	{ name: "as a known device's sender", lines: fromSender("<cam@contoso.example>") },
	{ name: "as the null sender", lines: fromSender("<>") },
	{
		name: "as the null sender to our own domain",
		lines: [EHLO, "MAIL FROM:<>", "RCPT TO:<boss@contoso.example>", ...MESSAGE],
	},
	{ name: "as root without a domain", lines: fromSender("<root>") },
	{ name: "with a source route", lines: toRecipient("<@contoso.example:victim@example.com>") },
	{
		name: "with a long source route",
		lines: toRecipient("<@postern-test,@contoso.example:victim@example.com>"),
	},
	{ name: "with a source route in the sender", lines: fromSender("<@postern-test:scan@contoso.example>") },
	{ name: "with a percent hack", lines: toRecipient("<victim%example.com@contoso.example>") },
	{ name: "with a percent hack to the box", lines: toRecipient("<victim%example.com@postern-test>") },
	{ name: "with a percent hack without a domain", lines: toRecipient("<victim%example.com>") },
	{ name: "with a bang path", lines: toRecipient("<example.com!victim>") },
	{ name: "with a bang path at our domain", lines: toRecipient("<example.com!victim@contoso.example>") },
	{ name: "with a quoted local part", lines: toRecipient('<"victim@example.com">') },
	{
		name: "with a quoted local part at our domain",
		lines: toRecipient('<"victim@example.com"@contoso.example>'),
	},
	{ name: "with a quoted percent hack", lines: toRecipient('<"victim%example.com"@contoso.example>') },
	{ name: "with two @", lines: toRecipient("<victim@example.com@contoso.example>") },
	{ name: "with an address literal", lines: toRecipient("<victim@[192.0.2.1]>") },
	{
		name: "without brackets",
		lines: [EHLO, "MAIL FROM: scan@contoso.example", "RCPT TO: victim@example.com", ...MESSAGE],
	},
	{ name: "as localhost", lines: ["EHLO localhost", ...SEND] },
	{ name: "as the box", lines: ["EHLO postern-test", ...SEND] },
	{ name: "as 127.0.0.1", lines: ["HELO [127.0.0.1]", ...SEND] },
	{ name: "as a known device's address", lines: ["HELO 127.5.0.7", ...SEND] },
	{ name: "as a known device's name", lines: ["EHLO Trusted", ...SEND] },
	{ name: "with an AUTH= parameter of a known user", lines: [EHLO, `${MAIL} AUTH=copier`, RCPT, ...MESSAGE] },
	{ name: "with AUTH=<>", lines: [EHLO, `${MAIL} AUTH=<>`, RCPT, ...MESSAGE] },
	{
		name: "with PROXY v1 from nobody's proxy",
		lines: ["PROXY TCP4 127.5.0.7 127.0.0.1 1234 25", EHLO, ...SEND],
	},
	{
		name: "with PROXY v1 from nobody's proxy, at once",
		lines: ["PROXY TCP4 127.5.0.7 127.0.0.1 1234 25", EHLO, ...SEND],
		atOnce: true,
	},
	{
		name: "with PROXY v2 from nobody's proxy",
		lines: [proxyV2([127, 5, 0, 7]), EHLO, ...SEND],
		atOnce: true,
	},
	{ name: "with PROXY after EHLO", lines: [EHLO, "PROXY TCP4 127.5.0.7 127.0.0.1 1234 25", ...SEND] },
	{
		name: "with PROXY UNKNOWN through the proxy",
		lines: ["PROXY UNKNOWN", EHLO, ...SEND],
		from: "127.4.0.2",
		atOnce: true,
	},
	{
		name: "with a stranger's PROXY through the proxy",
		lines: ["PROXY TCP4 127.9.9.9 127.0.0.1 1 25", EHLO, ...SEND],
		from: "127.4.0.3",
		atOnce: true,
	},
	{
		name: "with two PROXY headers through the proxy",
		lines: ["PROXY TCP4 127.9.9.9 127.0.0.1 1 25", "PROXY TCP4 127.5.0.7 127.0.0.1 1 25", EHLO, ...SEND],
		from: "127.4.0.4",
		atOnce: true,
	},
	{
		name: "with a malformed PROXY through the proxy",
		lines: ["PROXY TCP4 127.5.0.7", EHLO, ...SEND],
		from: "127.4.0.5",
		atOnce: true,
	},
	{
		name: "with a PROXY address that is none",
		lines: ["PROXY TCP4 127.5.0.7x 127.0.0.1 1 25", EHLO, ...SEND],
		from: "127.4.0.6",
		atOnce: true,
	},
	{
		name: "with PROXY v2 LOCAL through the proxy",
		lines: [Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex"), EHLO, ...SEND],
		from: "127.4.0.7",
		atOnce: true,
	},
	{ name: "with XCLIENT", lines: [EHLO, "XCLIENT ADDR=127.5.0.7 NAME=trusted", EHLO, ...SEND] },
	{ name: "with XCLIENT LOGIN", lines: [EHLO, "XCLIENT LOGIN=copier", EHLO, ...SEND] },
	{ name: "with XFORWARD", lines: [EHLO, "XFORWARD ADDR=127.5.0.7 HELO=trusted", ...SEND] },
	{ name: "with a wrong password", lines: [EHLO, `AUTH PLAIN ${b64("\0copier\0wrong")}`, ...SEND] },
	{
		name: "with a wrong password on the submission port",
		role: "submission",
		lines: [EHLO, `AUTH PLAIN ${b64("\0copier\0wrong")}`, ...SEND],
	},
	{ name: "with an empty password", lines: [EHLO, `AUTH PLAIN ${b64("\0copier\0")}`, ...SEND] },
	{ name: "with an empty user", lines: [EHLO, `AUTH PLAIN ${b64("\0\0correct horse")}`, ...SEND] },
	{ name: "with nothing as credentials", lines: [EHLO, "AUTH PLAIN =", ...SEND] },
	{ name: "with AUTH PLAIN of too few parts", lines: [EHLO, `AUTH PLAIN ${b64("copier")}`, ...SEND] },
	{
		name: "with AUTH PLAIN of too many parts",
		lines: [EHLO, `AUTH PLAIN ${b64("\0copier\0wrong\0correct horse")}`, ...SEND],
	},
	{ name: "as a user without a password", lines: [EHLO, `AUTH PLAIN ${b64("\0keyless\0")}`, ...SEND] },
	{
		name: "as a user without a password, with one",
		lines: [EHLO, `AUTH PLAIN ${b64("\0keyless\0keyless")}`, ...SEND],
	},
	{
		name: "as a known user acting for another",
		lines: [EHLO, `AUTH PLAIN ${b64("keyless\0copier\0wrong")}`, ...SEND],
	},
	{ name: "as a device's name for a user", lines: [EHLO, `AUTH PLAIN ${b64("\0Trusted\0")}`, ...SEND] },
	{ name: "with AUTH LOGIN given up", lines: [EHLO, "AUTH LOGIN", "*", ...SEND] },
	{ name: "with AUTH LOGIN half way", lines: [EHLO, "AUTH LOGIN", b64("copier"), MAIL, RCPT, ...MESSAGE] },
	{ name: "with AUTH ANONYMOUS", lines: [EHLO, `AUTH ANONYMOUS ${b64("me")}`, ...SEND] },
	{ name: "with AUTH EXTERNAL", lines: [EHLO, `AUTH EXTERNAL ${b64("copier")}`, ...SEND] },
	{
		name: "with AUTH XOAUTH2",
		lines: [EHLO, `AUTH XOAUTH2 ${b64("user=copier\x01auth=Bearer x\x01\x01")}`, ...SEND],
	},
	{ name: "with CRAM-MD5 of an empty digest", lines: [EHLO, "AUTH CRAM-MD5", b64("copier "), ...SEND] },
	{
		name: "after a sign-in that STARTTLS forgets",
		lines: [EHLO, `AUTH PLAIN ${b64("\0copier\0correct horse")}`, "STARTTLS", EHLO, ...SEND],
		tlsBefore: 3,
	},
	{
		name: "with commands in clear behind STARTTLS",
		lines: [EHLO, Buffer.from(`STARTTLS\r\n${MAIL}\r\n${RCPT}\r\n`), EHLO, RCPT, ...MESSAGE],
		tlsBefore: 2,
	},
	{ name: "after STARTTLS", lines: [EHLO, "STARTTLS", EHLO, ...SEND], tlsBefore: 2 },
	{ name: "on the TLS port", role: "implicit-tls", lines: [EHLO, ...SEND], tlsBefore: 0 },
	{ name: "on the submission port", role: "submission", lines: [EHLO, ...SEND] },
	{
		name: "on the submission port as a device known by its address",
		role: "submission",
		from: "127.5.0.7",
		lines: [EHLO, ...SEND],
	},
	{ name: "with RCPT before MAIL", lines: [EHLO, RCPT, MAIL, ...MESSAGE] },
	{ name: "with DATA alone", lines: [EHLO, ...MESSAGE] },
	{ name: "with EHLO twice", lines: [EHLO, MAIL, EHLO, RCPT, ...MESSAGE] },
	{ name: "with RSET in between", lines: [EHLO, MAIL, "RSET", RCPT, ...MESSAGE] },
	{ name: "with BDAT without MAIL", lines: [EHLO, Buffer.from("BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\n")] },
	{ name: "with BDAT", lines: [EHLO, MAIL, RCPT, Buffer.from("BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\n")] },
	{
		name: "with BDAT in chunks",
		lines: [EHLO, MAIL, RCPT, Buffer.from("BDAT 14\r\nSubject: x\r\n\r\n"), "BDAT 0 LAST"],
	},
	{
		name: "with SEND, SOML and SAML",
		lines: [
			EHLO,
			"SEND FROM:<a@contoso.example>",
			"SOML FROM:<a@contoso.example>",
			"SAML FROM:<a@contoso.example>",
			RCPT,
			...MESSAGE,
		],
	},
	{ name: "with EXPN and VRFY", lines: [EHLO, "EXPN staff", "VRFY boss@contoso.example", ...SEND] },
	{
		name: "with ETRN, TURN and ATRN",
		lines: [EHLO, "ETRN contoso.example", "TURN", "ATRN contoso.example", ...SEND],
	},
	{ name: "with old commands of debugging", lines: [EHLO, "DEBUG", "WIZ", "KILL", "SHELL", ...SEND] },
	{
		name: "with a NUL in the sender",
		lines: [EHLO, Buffer.from("MAIL FROM:<cam@contoso.example\0@evil.example>\r\n"), RCPT, ...MESSAGE],
	},
	{
		name: "with a CR in the sender",
		lines: [EHLO, Buffer.from(`MAIL FROM:<a@contoso.example>\r${RCPT}\r\n`), RCPT, ...MESSAGE],
	},
	{ name: "with a long local part", lines: toRecipient(`<${"x".repeat(300)}@example.com>`) },
	{
		name: "with a long line",
		lines: [EHLO, `MAIL FROM:<${"x".repeat(20_000)}@example.com>`, RCPT, ...MESSAGE],
	},
	{ name: "with a long user name", lines: [EHLO, `AUTH PLAIN ${b64(`\0${"x".repeat(5_000)}\0y`)}`, ...SEND] },
	{
		name: "with SMTPUTF8 look-alikes",
		lines: [EHLO, "MAIL FROM:<cаm@contoso.example> SMTPUTF8", RCPT, ...MESSAGE],
	},
	{ name: "with nothing but LF", lines: [Buffer.from([EHLO, ...SEND].join("\n")), Buffer.from("\n")] },
];

/** Known, but not for this. The address is the Camera's where none is given. */
export const CAMERA = "127.6.0.9";
const asCamera = (name: string, sender: string, recipient: string): Attempt => ({
	name,
	from: CAMERA,
	lines: [EHLO, `MAIL FROM:${sender}`, `RCPT TO:${recipient}`, ...MESSAGE],
});
export const BEYOND_RULES: readonly Attempt[] = [
	asCamera("as another sender", "<boss@contoso.example>", "<you@contoso.example>"),
	asCamera("as the null sender", "<>", "<you@contoso.example>"),
	asCamera(
		"as a sender whose domain only begins alike",
		"<cam@contoso.example.evil>",
		"<you@contoso.example>",
	),
	asCamera(
		"as a sender whose domain only ends alike",
		"<x@evilcams.contoso.example>",
		"<you@contoso.example>",
	),
	asCamera("as a sender of a subdomain", "<x@a.cams.contoso.example>", "<you@contoso.example>"),
	asCamera(
		"as a sender in a source route",
		"<@cams.contoso.example:boss@contoso.example>",
		"<you@contoso.example>",
	),
	asCamera(
		"as a sender behind a display name",
		'"cam@contoso.example" <boss@contoso.example>',
		"<you@contoso.example>",
	),
	asCamera("to an outsider", "<cam@contoso.example>", "<victim@example.com>"),
	asCamera(
		"to an outsider with a percent hack in the domain",
		"<cam@contoso.example>",
		"<victim@example.com%contoso.example>",
	),
	asCamera(
		"to an outsider with a source route over our domain",
		"<cam@contoso.example>",
		"<@contoso.example:victim@example.com>",
	),
	asCamera("to an outsider with two @", "<cam@contoso.example>", "<x@contoso.example@example.com>"),
	asCamera(
		"to an outsider behind a quoted address of ours",
		"<cam@contoso.example>",
		'<"you@contoso.example"@example.com>',
	),
	asCamera(
		"to an outsider behind a display name",
		"<cam@contoso.example>",
		'"you@contoso.example" <victim@example.com>',
	),
	asCamera(
		"to an outsider in doubled brackets",
		"<cam@contoso.example>",
		"<<you@contoso.example>victim@example.com>",
	),
	asCamera("to an outsider after a NUL", "<cam@contoso.example>", "<victim@example.com\0@contoso.example>"),
	asCamera("to an outsider whose domain begins alike", "<cam@contoso.example>", "<x@contoso.example.evil>"),
	asCamera("to one of the named, spelt otherwise", "<cam@contoso.example>", "<boss@example.org>"),
	{
		name: "by BDAT to an outsider",
		from: CAMERA,
		lines: [
			EHLO,
			"MAIL FROM:<cam@contoso.example>",
			RCPT,
			Buffer.from("BDAT 17 LAST\r\nSubject: x\r\n\r\nx\r\n"),
		],
	},
	{
		name: "signed in as another within a transaction",
		from: CAMERA,
		lines: [
			EHLO,
			"MAIL FROM:<cam@contoso.example>",
			`AUTH PLAIN ${b64("\0copier\0correct horse")}`,
			RCPT,
			...MESSAGE,
		],
	},
	{
		name: "a message larger than the limit",
		from: CAMERA,
		lines: [
			EHLO,
			"MAIL FROM:<cam@contoso.example>",
			"RCPT TO:<you@contoso.example>",
			"DATA",
			`Subject: x\r\n\r\n${"0123456789\r\n".repeat(20_000)}.`,
		],
	},
	{
		name: "with a smuggled message to an outsider",
		from: CAMERA,
		lines: [
			EHLO,
			"MAIL FROM:<cam@contoso.example>",
			RCPT,
			"DATA",
			Buffer.from(`Subject: x\r\n\r\nx\n.\n${MAIL}\r\n${RCPT}\r\nDATA\r\n\r\n.\r\n`),
		],
	},
];
