/**
 * What is refused because of who sends it, or for want of room: the reply, the log's reason and the
 * owner's text (what happened, why, what to change) for each. For session-policy.ts; refusals because of
 * how something was said are dialogue-refusals.ts's.
 */
import type { Device } from "../accounts/model.ts";
import { REPLIES } from "./replies.ts";
import type { Refusal } from "./session-record.ts";

export const CARD_FULL_TEXT =
	"The card is full: mail is refused until messages leave the queue or are deleted.";
export const CARD_SICK_TEXT =
	"The card failed while a message was being saved: the device was asked to try again.";

export const POLICY = {
	stranger: (address: string): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "no device matches",
		ownerText: `Postern does not know ${address}, and it did not sign in. If it is yours, let it in: postern device allow ${address}. Or type the user name and password of a device into it.`,
	}),
	submissionInClear: (): Refusal => ({
		reply: REPLIES.startTlsRequired,
		reason: "submission without TLS",
		ownerText:
			"The submission port wants encryption and a sign-in. Turn on STARTTLS and type the user name and password into the device, or let it send to port 25, where its address is enough.",
	}),
	submissionUnsigned: (): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "submission without a sign-in",
		ownerText:
			"On the submission port an address is not enough. Type the user name and password into the device, or let it send to port 25.",
	}),
	/** `meant`: the device whose user name was given. What else was given there may be a password. */
	wrongPassword: (meant: Device | undefined): Refusal => ({
		reply: REPLIES.credentialsInvalid,
		reason: "sign-in wrong",
		ownerText:
			meant === undefined
				? "The device signed in by a user name that no device of Postern's has. postern device list shows the user names; type one of them, with its password, into the device."
				: `Somebody signed in as "${meant.username}" (${meant.name}), and the password is wrong. Type it again, its dashes included; if it is lost, make a new one: postern device password NAME.`,
	}),
	signInLocked: (): Refusal => ({
		reply: REPLIES.authenticationLocked,
		reason: "sign-in locked",
		ownerText:
			"Too many sign-ins from this address, or by this user name, have failed, so it has to wait, some seconds at first and at most a quarter of an hour. Correct the password on the device first.",
	}),
	signInBusy: (): Refusal => ({
		reply: REPLIES.authenticationBusy,
		reason: "sign-in busy",
		ownerText: "Too many devices signed in at the same moment. The device tries again by itself.",
	}),
	passwordInClear: (device: Device): Refusal => ({
		reply: REPLIES.encryptionRequired,
		reason: "password in clear",
		ownerText: `"${device.name}" sent its password without encryption. Turn on TLS or STARTTLS on it; if it has neither, set auth_without_tls for it.`,
	}),
	sender: (device: Device, address: string): Refusal => ({
		reply: REPLIES.senderNotAllowed,
		reason: `from <${address}>`,
		ownerText: `"${device.name}" may not send as ${address === "" ? "nobody" : shown(address)}: ${allowedSenders(device)}. Change the sender (From) on the device, or the list.`,
	}),
	headerSender: (device: Device, claimed: string): Refusal => ({
		reply: REPLIES.senderNotAllowed,
		reason: `header from ${claimed}`,
		ownerText: `"${device.name}" wrote ${shown(claimed)} as the sender into a message, and may not: ${allowedSenders(device)}. Change the sender (From) on the device, or the list.`,
	}),
	noAccount: (device: Device): Refusal => ({
		reply: REPLIES.noAccount,
		reason: "no account to send as",
		ownerText: `"${device.name}" sends with the address of its Microsoft account (from = "force"), and no account is set up for it. Add one: postern account add ADDRESS.`,
	}),
	recipient: (device: Device, address: string): Refusal => ({
		reply: REPLIES.recipientNotAllowed,
		reason: `to <${address}>`,
		ownerText: `"${device.name}" may not send to ${shown(address)}: its recipients are ${device.recipients.join(", ")}. Change the address on the device, or the list.`,
	}),
	rate: (device: Device, waitMs: number): Refusal => ({
		reply: REPLIES.tooMuch,
		reason: "rate",
		ownerText: `"${device.name}" sends more than its rate allows (${device.rate?.count ?? 0} messages in ${period(device.rate?.perMs)}). It goes on in ${period(waitMs)}; most devices try again by themselves. Raise its rate if that is too little.`,
	}),
	quota: (device: Device, waitMs: number): Refusal => ({
		reply: REPLIES.tooMuch,
		reason: "quota",
		ownerText: `"${device.name}" sends more than its quota allows. It goes on in ${period(waitMs)}; most devices try again by themselves. Raise its quota if that is too little.`,
	}),
	strangersFull: (address: string): Refusal => ({
		reply: REPLIES.askingOwner,
		reason: "enough held of strangers",
		ownerText: `${address} has sent as much as is kept of somebody Postern does not know. Allow it or refuse it: postern device allow ${address}.`,
	}),
	strangerSignedIn: (address: string): Refusal => ({
		reply: REPLIES.authenticationRequired,
		reason: "stranger that tried to sign in",
		ownerText: `${address} tried to sign in, failed, and then wanted to send without. Correct its user name and password, or let it in by its address: postern device allow ${address}.`,
	}),
	cardFull: (): Refusal => ({ reply: REPLIES.cardFull, reason: "card full", ownerText: CARD_FULL_TEXT }),
	cardSick: (reason: string): Refusal => ({ reply: REPLIES.cardSick, reason, ownerText: CARD_SICK_TEXT }),
	tooLarge: (mostBytes: number): Refusal => ({
		reply: REPLIES.tooLarge,
		reason: `over ${mostBytes} bytes`,
		ownerText: `The message is larger than ${(mostBytes / 1_000_000).toFixed(1)} MB. Let the device send less at a time (lower resolution, fewer pages), or raise smtp.max_message_size.`,
	}),
	loop: (): Refusal => ({
		reply: REPLIES.loop,
		reason: "loop",
		ownerText:
			"The message has been here before: something sends Postern's own mail back to it. Look for a forwarding rule or a smarthost that points here.",
	}),
	tooManyConnections: (address: string): Refusal => ({
		reply: REPLIES.tooManyConnections,
		reason: "too many connections",
		ownerText: `${address} holds too many connections open at once; further ones are turned away until it closes some. Restart the device if that goes on.`,
	}),
} as const;

function allowedSenders({ from }: Device): string {
	return typeof from === "string" ? `its from is "${from}"` : `its senders are ${from.join(", ")}`;
}

/** For a text: short, and nothing that could forge a line. */
function shown(text: string): string {
	const printable = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
	return printable.length > 120 ? `${printable.slice(0, 120)}…` : printable;
}

function period(ms = 0): string {
	const seconds = Math.max(1, Math.ceil(ms / 1000));
	if (seconds < 120) return `${seconds} seconds`;
	if (seconds < 7_200) return `${Math.ceil(seconds / 60)} minutes`;
	return seconds < 172_800 ? `${Math.ceil(seconds / 3_600)} hours` : `${Math.ceil(seconds / 86_400)} days`;
}
