/**
 * What somebody who came by self-service fetches: their own inbox, with the login that they send with. Pure; for
 * fetching.ts.
 */
import type { Account, Device, Mailbox } from "./model.ts";

/** Undefined: the login is no person's, or the account is not theirs alone (any more). */
export function ownMailbox(
	{ username, person, compatibility }: Device,
	findAccount: (address: string) => Account | undefined,
): Mailbox | undefined {
	if (person === undefined || findAccount(person)?.joinedAt === undefined) return undefined;
	return {
		...{ username, mailbox: person, account: person, folder: "inbox", onDelete: "trash" },
		...{ onlyUnread: false, markRead: false, exactSizes: false, apop: false },
		...{ newerThanMs: undefined, mostMessages: undefined, cacheBytes: undefined },
		authWithoutTls: compatibility.authWithoutTls,
		origin: "saved",
	};
}
