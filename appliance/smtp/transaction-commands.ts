/**
 * MAIL and RCPT as they are understood: an address and what was asked for, or why not. For
 * device-connection.ts; pure, policy comes after.
 */
import type { SMTPServerAddress } from "smtp-server";
import { argumentOf } from "./command-line.ts";
import { DIALOGUE } from "./dialogue-refusals.ts";
import { readMailParameters, readRcptParameters } from "./esmtp-parameters.ts";
import { qualified, readPath } from "./path.ts";
import type { Refusal } from "./session-record.ts";

/** What a session knows when a command comes. */
export interface TransactionState {
	/** MAIL has been accepted. */
	readonly begun: boolean;
	/** Chunks of the message have come. */
	readonly chunking: boolean;
	/** For addresses without a domain; empty when there is none to add. */
	readonly domain: string;
	readonly mostBytes: number;
	readonly mostRecipients: number;
	/** Those accepted so far, by address in lower case. */
	readonly recipients: ReadonlyMap<string, unknown>;
}

export interface Sender {
	readonly address: SMTPServerAddress;
	readonly smtpUtf8: boolean;
	readonly dsn: { readonly ret: "FULL" | "HDRS" | null; readonly envid: string | null };
}

export function readMail(command: Buffer, state: TransactionState): Sender | Refusal {
	const argument = argumentOf(command);
	const path = argument === undefined ? undefined : readPath("FROM", argument);
	if (path === undefined) return DIALOGUE.badSender(command);
	const parameters = readMailParameters(path.parameters);
	if ("code" in parameters) return DIALOGUE.badParameter(parameters);
	if (state.begun) return DIALOGUE.nestedMail();
	const { declaredBytes = 0, smtpUtf8, ret, envid } = parameters;
	if (declaredBytes > state.mostBytes) return DIALOGUE.tooLarge(declaredBytes, state.mostBytes);
	const args = {
		...(declaredBytes > 0 ? { SIZE: String(declaredBytes) } : {}),
		...(smtpUtf8 ? { SMTPUTF8: true as const } : {}),
	};
	return {
		address: { address: qualified(path.address, state.domain), args },
		smtpUtf8,
		dsn: { ret: ret === "" ? null : ret, envid: envid === "" ? null : envid },
	};
}

export function readRcpt(command: Buffer, state: TransactionState): SMTPServerAddress | Refusal {
	const argument = argumentOf(command);
	const path = argument === undefined ? undefined : readPath("TO", argument);
	if (path === undefined || path.address === "") return DIALOGUE.badRecipient(command);
	const parameters = readRcptParameters(path.parameters);
	if ("code" in parameters) return DIALOGUE.badParameter(parameters);
	if (!state.begun) return DIALOGUE.needMail();
	if (state.chunking) return DIALOGUE.afterChunk();
	const address = qualified(path.address, state.domain);
	const isNew = !state.recipients.has(address.toLowerCase());
	if (isNew && state.recipients.size >= state.mostRecipients) {
		return DIALOGUE.tooManyRecipients(state.mostRecipients);
	}
	const dsn = {
		...(parameters.notify.length === 0 ? {} : { notify: [...parameters.notify] }),
		...(parameters.orcpt === "" ? {} : { orcpt: parameters.orcpt }),
	};
	return { address, args: false, dsn };
}
