/** A login as the pages know it, and the address of its page. */
import type { MailboxSettings } from "../../../appliance/services.ts";

export type Mailbox = MailboxSettings["mailbox"];

export function mailboxPath(username: string): string {
	// `/mailboxes/new` is the form; logins are found whatever their case.
	return `/mailboxes/${encodeURIComponent(username === "new" ? "New" : username)}`;
}
