/**
 * Says SMTPUTF8 (RFC 6531 §3.4) for a message whose device said it. nodemailer says it only when an
 * address is beyond ASCII, but header fields may be as well. Reaches into nodemailer 10, whose version
 * is pinned; smtp-submission.test.ts fails when an update moves what is used here.
 */
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { isAscii } from "../mail/address.ts";

type SendCommand = (command: string, logged?: string) => void;

interface Innards {
	_sendCommand: SendCommand;
	readonly _supportedExtensions: readonly string[];
}

/** For the next MAIL FROM of this connection. */
export function announceUtf8(dialogue: SMTPConnection, wanted: boolean): void {
	const innards = dialogue as unknown as Innards;
	if (!wanted || !innards._supportedExtensions.includes("SMTPUTF8")) return;
	const send = innards._sendCommand;
	innards._sendCommand = (command, logged) => {
		if (!command.startsWith("MAIL FROM:")) {
			send.call(innards, command, logged);
			return;
		}
		innards._sendCommand = send;
		const missing = isAscii(command) && !/ SMTPUTF8\b/.test(command);
		send.call(innards, missing ? `${command} SMTPUTF8` : command, logged);
	};
}
