/**
 * What is common to the two tables of upstream answers (graph-outcomes.ts, smtp-outcomes.ts): the
 * form of a row, and the texts owners read for the same thing said in two protocols.
 *
 * Owner texts say what happened and what to do next, in plain words. They name menus of the Microsoft
 * 365 admin centre as they were called in 2026.
 */
import type { AccountTrouble, Outcome } from "../queue/transport.ts";

export interface Ruling {
	readonly outcome: Outcome;
	/** Set when the account or the link is at fault, not this message: its circuit opens. */
	readonly trouble?: AccountTrouble["kind"];
	/** How long to leave the account alone when the upstream does not say. */
	readonly waitMs?: number;
	/** Too much ran at once for the mailbox. */
	readonly tooManyAtOnce?: true;
	readonly ownerText: string;
	/** Where it is documented, or was seen. */
	readonly source: string;
}

const HOUR_MS = 60 * 60 * 1000;
/** A limit counted over a day frees up bit by bit; asking every hour is enough. */
export const DAILY_LIMIT_WAIT_MS = HOUR_MS;

export const TEXTS = {
	sendAsDenied:
		"Microsoft 365 does not let this account send with the From address that the device used. Set the device's From address to the account's own, or let Postern do it (device setting from = \"force\"), or give the account the right to send as that address; then retry the message.",
	mailboxFull:
		"The Microsoft 365 mailbox is full, so it cannot send. Empty it (also Sent Items and Deleted Items); Postern then goes on by itself.",
	dailyLimit:
		"This account has sent to as many recipients today as Microsoft allows. Postern goes on when the limit frees up, within a day.",
	accountBlocked:
		"Microsoft has blocked this account from sending, usually after something that looked like spam. Sign in to the mailbox in a browser and follow the message there, or ask your Microsoft 365 administrator to unblock it (Defender portal, Restricted entities).",
	tenantBlocked:
		"Microsoft does not let your organisation send at present (a new or trial subscription, an unregistered domain, or too much mail). Your Microsoft 365 administrator has to ask Microsoft support.",
	tooManyRecipients:
		"The message has more recipients than Microsoft takes in one message. Send it to fewer at a time, or to a group.",
	recipientUnknown:
		"Microsoft does not accept this recipient's address. Check how it is spelled in the device.",
	tooLarge:
		"The message is larger than Microsoft accepts. Make the device send less at a time: a lower scan resolution, fewer pages, or several messages.",
	throttled: "Microsoft asked to slow down. Postern waits and goes on by itself.",
	serviceTrouble:
		"Microsoft 365 has a disturbance at present. Postern looks whether the message arrived and tries again by itself.",
	unreadable:
		"Microsoft 365 cannot read this message: the device built it wrongly. Discard it, and check for a firmware update of the device.",
	signInAgain: "Microsoft no longer accepts this account's sign-in. Sign in again.",
	permissionMissing:
		"Microsoft refuses this account the permission to send. Sign in again and agree to all permissions; if that does not help, your Microsoft 365 administrator has to allow the app registration to send mail (Mail.Send; for a certificate, as an application permission or by RBAC for Applications for this mailbox).",
	noMailbox:
		"This account has no Exchange Online mailbox (no licence, or the mailbox is not in the cloud). Ask your Microsoft 365 administrator for a licence, or sign in with another account.",
	accountDisabled: "This Microsoft account is disabled. Ask your Microsoft 365 administrator.",
	unknownAnswer:
		"Microsoft 365 gave an answer that Postern does not know. Postern looks whether the message arrived and tries again by itself.",
	answerLost:
		"The connection broke before Microsoft confirmed the message. Postern looks whether it arrived before it sends again.",
	unreachable: "Microsoft 365 cannot be reached. Check the internet connection; mail waits safely meanwhile.",
	notTrusted:
		"The connection to Microsoft 365 is not trusted. Either the box's date is wrong, or something on your network inspects TLS: then enter its certificate as ca_file.",
	clockOrCertificate:
		"This box's date does not fit the certificate of Microsoft 365, so the box does not trust the connection. Most likely the box's clock is wrong: see that it reaches a time server (NTP). Mail waits safely meanwhile, and none expires. If the date in `postern status` is right, something on your network stands in Microsoft's stead.",
	networkAnswers:
		"Something on your network answers in Microsoft's stead (a sign-in page of the Wi-Fi, a firewall or a proxy). Let the box through to Microsoft 365 without it; mail waits safely meanwhile.",
	notInScope:
		"Your organisation lets this app send for certain mailboxes only, and this one is not among them. Your Microsoft 365 administrator adds it to the app's scope (Exchange: RBAC for Applications, or the application access policy); it takes up to an hour.",
	tenantDaily:
		"Your organisation has sent to as many recipients outside as Microsoft allows it today. Postern goes on by itself when the limit frees up, within a day; your Microsoft 365 administrator sees it in the Exchange admin centre, Reports.",
	directSend:
		"Microsoft takes no mail without sign-in for your organisation at this address. Set [microsoft] smtp to the submission server (smtp.office365.com:587), or the account's transport to graph.",
	proxyRefuses:
		"Your site's proxy does not let Postern through to Microsoft's mail server. Ask whoever runs it to allow connections to smtp.office365.com, port 587; or set the account's transport to graph, which needs port 443 alone.",
	notEncrypted:
		"The mail server does not offer encryption (STARTTLS), so Postern does not sign in to it. Something between may take it away (a firewall that inspects mail), or the SMTP server in the configuration is a wrong one.",
	uploadBroke:
		"The connection broke while the message was being sent. Nothing was delivered; Postern tries again by itself.",
	stopped: "Postern was stopped while the message was being sent. It goes on after the start.",
	spoolUnreadable: "Postern could not read the message from its card. It tries again; check the card.",
	temporary: "Microsoft 365 did not take the message just now. Postern tries again by itself.",
	refused:
		"Microsoft 365 refused the message for good. What it said stands beside; correct it and retry, or discard the message.",
} as const;
