/**
 * Why a TLS handshake failed and what its owner can do about it: from what the client offered and the
 * error that ended it, to a text. For door.ts and device-connection.ts. Pure.
 */

import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { GONE_CIPHERS } from "./cipher-names.ts";
import { type ClientHello, cipherName, SSL_3, TLS_1_2, versionName } from "./client-hello.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal } from "./session-record.ts";

export interface HandshakeFailure {
	/** Undefined when nothing that could be read came. */
	readonly hello: ClientHello | undefined;
	/** Node's (`ERR_SSL_…`, `ECONNRESET`), or ours (`ERR_TLS_HANDSHAKE_TIMEOUT`, `closed`). */
	readonly code: string;
	/** The client was met with the old versions and ciphers already. */
	readonly isLegacy: boolean;
	/** Host name of the box, for the address of its authority. */
	readonly hostName: string;
}

/** What the log and the session's notes say of the offer: `TLS 1.0 at most; AES128-SHA, …`. */
export function describeOffer(hello: ClientHello | undefined): string {
	if (hello === undefined) return "nothing that could be read";
	const shown = hello.ciphers.slice(0, MOST_CIPHERS_SHOWN).map(cipherName);
	const more = hello.ciphers.length - shown.length;
	const ciphers = more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
	const name = hello.serverName === "" ? "" : `; wants ${hello.serverName}`;
	return `${versionName(hello.newest)} at most; ${ciphers === "" ? "no ciphers" : ciphers}${name}`;
}

const MOST_CIPHERS_SHOWN = 12;

/** The reply is what is true of the session; nobody reads it where no TLS came about. */
export function explainHandshake(failure: HandshakeFailure): Refusal {
	const { ownerText } = CASES.find(({ fits }) => fits(failure)) ?? OTHERWISE;
	const reason = `TLS handshake failed (${failure.code}); offered ${describeOffer(failure.hello)}`;
	return { reply: REPLIES.tlsFailed, reason, ownerText: ownerText(failure) };
}

interface Case {
	readonly fits: (failure: HandshakeFailure) => boolean;
	readonly ownerText: (failure: HandshakeFailure) => string;
}

/** The alert that the client sent, as OpenSSL names it (RFC 8446 §6.2; RFC 5246 §7.2.2). */
const CERTIFICATE_ALERT =
	/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(?:UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;
/** It left without a word, which is how small devices say that they do not trust. */
const LEFT = new Set(["closed", "ECONNRESET", "EPIPE"]);
const OLD_NEEDED =
	/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|WRONG_VERSION|NO_SHARED_CIPHER|SIGNATURE_ALGORITHM|PROTOCOL_VERSION|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|DH_KEY_TOO_SMALL/;

const CASES: readonly Case[] = [
	{
		fits: ({ hello }) =>
			hello !== undefined &&
			(hello.newest <= SSL_3 ||
				(hello.ciphers.length > 0 && hello.ciphers.every((cipher) => GONE_CIPHERS.has(cipher)))),
		ownerText: () => RECEIVING.brokenCiphers,
	},
	{
		fits: ({ hello, code, isLegacy }) =>
			!isLegacy && hello !== undefined && (hello.newest < TLS_1_2 || OLD_NEEDED.test(code)),
		ownerText: ({ hello }) => say(RECEIVING.oldTls, { version: versionName(hello?.newest ?? 0) }),
	},
	{
		fits: ({ code }) => CERTIFICATE_ALERT.test(code),
		ownerText: ({ hostName }) => `${RECEIVING.certificateNotTrusted} ${certificateAdvice(hostName)}`,
	},
	{
		fits: ({ code }) => LEFT.has(code),
		ownerText: ({ hostName }) => `${RECEIVING.hungUpInTls} ${certificateAdvice(hostName)}`,
	},
	{
		fits: ({ code }) => code === "ERR_TLS_HANDSHAKE_TIMEOUT",
		ownerText: () => RECEIVING.silentInTls,
	},
];

const OTHERWISE: Case = {
	fits: () => true,
	ownerText: ({ code }) => say(RECEIVING.tlsFailed, { code }),
};

function certificateAdvice(hostName: string): string {
	return say(RECEIVING.importAuthority, { host: hostName });
}
