/** Why a program could not fetch its mail: for maildrops/ and pop3/. */
export const FETCHING = {
	unreachable:
		"Microsoft 365 could not be reached. Check the internet connection; the program tries again by itself.",
	notPermitted:
		"Microsoft does not let this account read the mailbox. For its own mailbox the permission Mail.ReadWrite is needed; for a shared one also Full Access in Exchange, and the mailbox in the account's shared_mailboxes before it signs in.",
	notThere: "Microsoft does not find the mailbox, the folder or the message. Check `mailbox` and `folder`.",
	busy: "Microsoft 365 is busy or disturbed. The program tries again by itself.",
	namesNoAccount:
		'The mailbox login "{username}" names no account, and there is not exactly one. Set its `account`.',
	accountMissing: 'The mailbox login "{username}" uses the account {account}, which does not exist.',
	cardUnread: "The card could not be read; check it.",
	cardUnwritten: "The card could not be written; check it.",
	notKept: "There is no internet, and the message is not kept on the box. A larger `cache` keeps more.",
	removedMeanwhile: "The message was removed by another program while this one was fetching.",
	pop3Refused:
		"Microsoft's POP3 refused ({answer}). POP must be switched on for the mailbox, and the account needs the permission POP.AccessAsUser.All: sign in again after it was granted.",
	pop3Unreachable: "Microsoft's POP3 could not be reached. The program tries again by itself.",
} as const;
