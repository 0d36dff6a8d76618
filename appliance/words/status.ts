/** What needs the owner now, as `postern status` and the overview say it: for status.ts and what it asks. */
export const STATUS = {
	cardFull: "The card is full: devices are asked to try later. Delete messages from the queue.",
	cardSick:
		"The card does not save any more ({why}): devices are asked to try later, and the mail that was taken waits. Postern tries the card again by itself. If this goes on, put in a new card and restore a backup.",
	rebuilt:
		"The mail database was found damaged on {@date} and was mended: {#saved} messages that wait were saved, {#damaged} of them not whole. What there was before is kept in {folder}. The card may be failing: take a backup, and put in a new one.",
	paused: "Sending is paused: mail waits. Resume it in the console, or set queue.paused to false.",
	needsSignIn: "{address}: {~trouble} Run: postern account add {address}",
	accountTrouble: "{address}: {~trouble}",
	failedOne: "1 message could not be delivered. See `postern queue list`.",
	failedMany: "{#count} messages could not be delivered. See `postern queue list`.",
	lapses:
		"The sign-in of {address} lapses in {~time} unless the box reaches Microsoft before then: it has not for a long time. Let it have internet for a minute, or sign in again afterwards: postern account add {address}",
	certificateExpired: "The certificate by which {address} signs in has expired.",
	certificateExpires: "The certificate by which {address} signs in expires in {~time}.",
	renewOwn: "Make a new one and upload it in Entra: postern account certificate {address} --renew",
	renewFile: "Put a new one into {file}, upload its public half in Entra, then: postern reload",
	oldOneServes: "The old one serves until Microsoft has the new one.",
	outOfStep:
		'What is changed on "{box}" has not come here for an hour. Is it switched off, or has it another address? On this box: systemctl status postern-follow',
	clockWrong:
		"This box's clock is wrong: it says {@said}, and it is {@real}. Mail is dated right all the same, but the clock should be set: check that the box reaches a time server (NTP).",
	tlsMismatch: "tls.key_file does not belong to tls.certificate_file.",
	tlsUnusable: "The certificate cannot be used: {why}",
	tlsUnusableDo:
		"Set both tls.certificate_file and tls.key_file to PEM files that Postern may read, or neither.",
	tlsFromBefore: "The certificate from before stays in use.",
	fetching: 'Mail fetched as "{username}": {~trouble}',
} as const;
