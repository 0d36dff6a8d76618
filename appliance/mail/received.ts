/**
 * Our trace field (RFC 5321 §4.4): when, from whom and how a message came in. Pure; what the peer
 * said of itself is cleaned, so that no greeting can forge a field or a line.
 */
import { formatDate } from "./date.ts";
import { fieldValue, isNamed, scanHeader } from "./header.ts";

export interface Trace {
	/** As the peer named itself in HELO or EHLO; may be anything. */
	readonly helo: string;
	/** IPv4 or IPv6, also as `::ffff:192.0.2.1`. */
	readonly clientAddress: string;
	/** Our own name. */
	readonly hostName: string;
	/** RFC 3848: `SMTP`, `ESMTP`, `ESMTPS`, `ESMTPSA`, … */
	readonly protocol: string;
	readonly queueId: string;
	/** Named only when there is one: the others must not learn of each other (RFC 5321 §7.2). */
	readonly recipients: readonly string[];
	readonly date: Date;
	/** The box did not know what time it was: whoever sends the message on knows better (late-date.ts). */
	readonly dateIsGuess: boolean;
}

/** RFC 5321 §4.5.3.1.2. */
const LONGEST_DOMAIN = 255;

/** The whole field, folded, with its line end. */
export function receivedField(trace: Trace): string {
	const { helo, clientAddress, hostName, protocol, queueId, recipients, date, dateIsGuess } = trace;
	const [only, ...others] = recipients;
	const recipient = only === undefined || others.length > 0 ? "" : pathText(only);
	const lines = [
		`Received: from ${domainText(helo)} (${addressLiteral(clientAddress)})`,
		`${traceMark(hostName)} with ${domainText(protocol)} id ${domainText(queueId)}`,
	];
	if (recipient !== "") lines.push(`for <${recipient}>`);
	const written = dateIsGuess ? `${formatDate(date)} ${GUESS_MARK}` : formatDate(date);
	return `${lines.join("\r\n\t")};\r\n\t${written}\r\n`;
}

/** A comment (RFC 5322 §3.2.2) behind a date that is not to be believed. */
export const GUESS_MARK = "(clock not set)";

/** How our fields are recognised when a message comes back. */
export function traceMark(hostName: string): string {
	return `by ${domainText(hostName)} (Postern)`;
}

/** The queue ids under which a Postern, this one or another, has passed the message on; the latest first. */
export function tracedQueueIds(message: Buffer): readonly string[] {
	return scanHeader(message)
		.fields.filter((field) => isNamed(field, "Received"))
		.flatMap((field) => {
			const value = fieldValue(message, field).replaceAll(/\s+/g, " ");
			return /\(Postern\) with \S+ id ([^\s;]+)/.exec(value)?.[1] ?? [];
		});
}

/** A domain or address literal; whatever else the text held becomes `?`. */
function domainText(text: string): string {
	const cleaned = text.slice(0, LONGEST_DOMAIN).replaceAll(/[^\w.:[\]-]/g, "?");
	return cleaned === "" ? "unknown" : cleaned;
}

/** An address that can stand in the field, or nothing: it is a courtesy, not a need. */
function pathText(recipient: string): string {
	return /^[^\s<>()\\"]{1,320}$/u.test(recipient) ? recipient : "";
}

function addressLiteral(address: string): string {
	const ipv4 = address.replace(/^::ffff:(?=\d+\.)/i, "");
	if (/^[\d.]+$/.test(ipv4)) return `[${ipv4}]`;
	return /^[\da-f:.]+$/i.test(ipv4) ? `[IPv6:${ipv4}]` : "[unknown]";
}
