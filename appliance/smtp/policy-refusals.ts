/**
 * What is refused because of who sends it, or for want of room: the reply, the log's reason and the
 * owner's text (what happened, why, what to change) for each. For session-policy.ts; refusals because of
 * how something was said are dialogue-refusals.ts's.
 */
import type { Device } from "../accounts/model.ts";
import { period } from "../words/amounts.ts";
import { RECEIVING } from "../words/receiving.ts";
import { say } from "../words/saying.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal } from "./session-record.ts";

export const POLICY = {
	stranger: (address: string): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "no device matches",
		ownerText: say(RECEIVING.stranger, { address }),
	}),
	submissionInClear: (): Refusal => ({
		reply: REPLIES.startTlsRequired,
		reason: "submission without TLS",
		ownerText: RECEIVING.submissionInClear,
	}),
	submissionUnsigned: (): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "submission without a sign-in",
		ownerText: RECEIVING.submissionUnsigned,
	}),
	/** `meant`: the device whose user name was given. What else was given there may be a password. */
	wrongPassword: (meant: Device | undefined): Refusal => ({
		reply: REPLIES.credentialsInvalid,
		reason: "sign-in wrong",
		ownerText:
			meant === undefined
				? RECEIVING.usernameUnknown
				: say(RECEIVING.wrongPassword, { username: meant.username, device: meant.name }),
	}),
	signInLocked: (): Refusal => ({
		reply: REPLIES.authenticationLocked,
		reason: "sign-in locked",
		ownerText: RECEIVING.signInLocked,
	}),
	signInBusy: (): Refusal => ({
		reply: REPLIES.authenticationBusy,
		reason: "sign-in busy",
		ownerText: RECEIVING.signInBusy,
	}),
	passwordInClear: (device: Device): Refusal => ({
		reply: REPLIES.encryptionRequired,
		reason: "password in clear",
		ownerText: say(RECEIVING.passwordInClear, { device: device.name }),
	}),
	sender: (device: Device, address: string): Refusal => ({
		reply: REPLIES.senderNotAllowed,
		reason: `from <${address}>`,
		ownerText:
			address === ""
				? say(RECEIVING.mayNotSendAsNobody, { device: device.name, rule: allowedSenders(device) })
				: say(RECEIVING.mayNotSendAs, {
						device: device.name,
						sender: shown(address),
						rule: allowedSenders(device),
					}),
	}),
	headerSender: (device: Device, claimed: string): Refusal => ({
		reply: REPLIES.senderNotAllowed,
		reason: `header from ${claimed}`,
		ownerText: say(RECEIVING.mayNotWriteAs, {
			device: device.name,
			sender: shown(claimed),
			rule: allowedSenders(device),
		}),
	}),
	noAccount: (device: Device): Refusal => ({
		reply: REPLIES.noAccount,
		reason: "no account to send as",
		ownerText: say(RECEIVING.noAccountToSendAs, { device: device.name }),
	}),
	recipient: (device: Device, address: string): Refusal => ({
		reply: REPLIES.recipientNotAllowed,
		reason: `to <${address}>`,
		ownerText: say(RECEIVING.mayNotSendTo, {
			device: device.name,
			recipient: shown(address),
			recipients: device.recipients.join(", "),
		}),
	}),
	rate: (device: Device, waitMs: number): Refusal => ({
		reply: REPLIES.tooMuch,
		reason: "rate",
		ownerText: say(RECEIVING.overRate, {
			device: device.name,
			count: device.rate?.count ?? 0,
			time: period(device.rate?.perMs ?? 0),
			wait: period(waitMs),
		}),
	}),
	quota: (device: Device, waitMs: number): Refusal => ({
		reply: REPLIES.tooMuch,
		reason: "quota",
		ownerText: say(RECEIVING.overQuota, { device: device.name, wait: period(waitMs) }),
	}),
	strangersFull: (address: string): Refusal => ({
		reply: REPLIES.askingOwner,
		reason: "enough held of strangers",
		ownerText: say(RECEIVING.strangersFull, { address }),
	}),
	strangerSignedIn: (address: string): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "stranger that tried to sign in",
		ownerText: say(RECEIVING.strangerSignedIn, { address }),
	}),
	cardFull: (): Refusal => ({ reply: REPLIES.cardFull, reason: "card full", ownerText: RECEIVING.cardFull }),
	cardSick: (reason: string): Refusal => ({ reply: REPLIES.cardSick, reason, ownerText: RECEIVING.cardSick }),
	tooLarge: (mostBytes: number): Refusal => ({
		reply: REPLIES.tooLarge,
		reason: `over ${mostBytes} bytes`,
		ownerText: say(RECEIVING.tooLarge, { most: (mostBytes / 1_000_000).toFixed(1) }),
	}),
	loop: (): Refusal => ({
		reply: REPLIES.loop,
		reason: "loop",
		ownerText: RECEIVING.loop,
	}),
	tooManyConnections: (address: string): Refusal => ({
		reply: REPLIES.tooManyConnections,
		reason: "too many connections",
		ownerText: say(RECEIVING.tooManyConnections, { address }),
	}),
} as const;

function allowedSenders({ from }: Device): string {
	return typeof from === "string"
		? say(RECEIVING.itsFromIs, { from })
		: say(RECEIVING.itsSendersAre, { senders: from.join(", ") });
}

/** For a text: short, and nothing that could forge a line. */
function shown(text: string): string {
	const printable = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
	return printable.length > 120 ? `${printable.slice(0, 120)}…` : printable;
}
