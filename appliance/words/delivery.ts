/**
 * What became of a message, and why its account sends nothing: for the tables of upstream answers (delivery/) and the
 * queue. What happened and what to do next, in plain words; menus of the Microsoft 365 admin centre as they were called
 * in 2026. Notes and limits are parts of a sentence.
 */
export const DELIVERY = {
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
	mayNeedProof:
		"If it stays so, sign in to the mailbox in a browser: Microsoft may want the account verified.",
	smtpSwitchedOff:
		"Sending over SMTP is switched off for this mailbox. Your Microsoft 365 administrator switches it on: admin centre, Users, the user, Mail, Manage email apps, Authenticated SMTP. Or set the account's transport to graph, which needs no such switch.",
	smtpPolicy:
		"Your organisation's policy does not let this account sign in for SMTP. Ask your Microsoft 365 administrator (Conditional Access, security defaults), or set the account's transport to graph.",
	smtpSignInRefused: "Microsoft does not accept this account's sign-in for SMTP. Check first:",
	smtpSwitchedOn: "If it is on, sign in again as the owner of the mailbox.",
	noModernSignIn:
		"The mail server does not take the modern sign-in (XOAUTH2) that Postern uses. Check the SMTP server in the configuration, or set the account's transport to graph.",
	stoppedForFailures:
		"Microsoft has stopped this account for some hours because too many of its messages could not be sent. Look at the failed messages, correct what they name, and wait: nobody can lift the stop.",
	stoppedForSender:
		"Microsoft has stopped this account for some hours because it kept sending with a From address it may not use.",
	othersNext: "Microsoft takes only so many recipients at once. Postern sends to the others next.",
	serverRefuses:
		"Microsoft's mail server does not talk to this box at present. What it said stands in the log; Postern tries again by itself.",
	draftGone:
		"Somebody or something deleted the draft of this message from the mailbox while Postern was building it. Postern tries again by itself.",
	draftsForbidden:
		"The message is too large to be sent in one piece, and this account may not build it piece by piece: the permission Mail.ReadWrite is missing. Add it to the app registration (API permissions, Microsoft Graph), sign in again with `postern account add`, then retry the message. Or make the device send less at a time (lower resolution, fewer pages).",
	askTheOwner:
		"It is not known whether Microsoft got this message: the answer was lost, and this account may not look into its mailbox. Look there yourself. If it arrived, delete it here (postern queue delete); if not, release it (postern queue release), and it is sent once more.",
	ownFault: "Postern itself failed while sending. It will look whether it arrived and try again.",
	damagedOnCard:
		"The card has damaged this message while it waited, so it was not sent. Send it again from the device, and put in a new card soon.",
	cardTrouble: "The card could not be read or written. Postern tries again by itself; check the card.",
	givenUp: "Given up: it could not be delivered in the time set by expire_after.",
	accountGone:
		"The Microsoft account {account} is not set up any more. Add it again: postern account add {account}",
	severalAccounts:
		"There are several Microsoft accounts; neither a device nor its From address tells which is to send its mail. Set the device's account, or the account's senders.",
	noAccount: "No Microsoft account is set up: mail waits. Add one with `postern account add ADDRESS`.",
	noteMayComeTwice:
		"nobody may look whether an earlier attempt had arrived, so it was sent again: it may have come twice",
	noteNotThere: "looked in the mailbox, not there",
	noteFound: "found in Sent Items",
	noteNotThereOne: "looked in the mailbox, not there, so it was sent to one recipient again",
	noteNotThereMany: "looked in the mailbox, not there, so it was sent to {#count} recipients again",
	noteFoundOne: "found in Sent Items, so it was sent to one recipient again",
	noteFoundMany: "found in Sent Items, so it was sent to {#count} recipients again",
	noteAttached: "sent as an attached .eml file, because a large message of this kind cannot be taken apart",
	noteFieldsLost: "too large to go as it was; header fields left out: {fields}",
	microsoftMessages: "Microsoft's limit of {#count} messages a minute over SMTP",
	ownMessages: "the account's limit of {#count} messages a minute over SMTP",
	microsoftRequests: "Microsoft's limit of {#count} requests in 10 minutes",
	ownRequests: "the account's limit of {#count} requests in 10 minutes",
	microsoftUploads: "Microsoft's limit of {#count} MB of uploads in 5 minutes",
	ownUploads: "the account's limit of {#count} MB of uploads in 5 minutes",
	microsoftRecipients: "Microsoft's limit of {#count} recipients a day",
	ownRecipients: "the account's limit of {#count} recipients a day",
} as const;
