/** A login as the form has it: kept as it was typed, and turned into what the service takes. */
import { UserError } from "../../../appliance/errors.ts";
import type { MailboxDraft, MailboxOptions } from "../../../appliance/services.ts";
import { isMailAddress } from "../../address-input.ts";
import type { Form } from "../../form.ts";

export const ON_DELETE = ["trash", "delete", "keep"] as const;
export const SWITCHES = ["only_unread", "mark_read", "exact_sizes", "auth_without_tls", "apop"] as const;
const TEXTS = ["mailbox", "username", "account", "folder", "newer_than", "most_messages", "cache"] as const;
const LONGEST_TEXT = 512;

export interface TypedMailbox {
	readonly texts: Readonly<Record<(typeof TEXTS)[number], string>>;
	readonly onDelete: (typeof ON_DELETE)[number];
	readonly switches: ReadonlySet<(typeof SWITCHES)[number]>;
}

export const NOTHING_TYPED: TypedMailbox = {
	texts: {
		...{ mailbox: "", username: "", account: "", folder: "" },
		...{ newer_than: "", most_messages: "", cache: "" },
	},
	onDelete: "trash",
	switches: new Set(),
};

export function typedMailbox(form: Form): TypedMailbox {
	const text = (name: (typeof TEXTS)[number]) => form.text(name).slice(0, LONGEST_TEXT);
	return {
		texts: {
			mailbox: text("mailbox"),
			username: text("username"),
			account: text("account"),
			folder: text("folder"),
			newer_than: text("newer_than"),
			most_messages: text("most_messages"),
			cache: text("cache"),
		},
		onDelete: ON_DELETE.find((one) => one === form.text("on_delete")) ?? "trash",
		switches: new Set(SWITCHES.filter((name) => form.isOn(name))),
	};
}

/** Throws `address-invalid`; the rest is judged where it is saved. */
export function mailboxDraft(
	{ texts, onDelete, switches }: TypedMailbox,
	words: { readonly mailboxInvalid: string; readonly mailboxInvalidHint: string },
): MailboxDraft {
	if (!isMailAddress(texts.mailbox)) {
		throw new UserError("address-invalid", words.mailboxInvalid, words.mailboxInvalidHint);
	}
	const { username, account, folder, newer_than, most_messages, cache } = texts;
	const options: MailboxOptions = {
		...given({ folder, newer_than, most_messages, cache }),
		...Object.fromEntries([...switches].map((name) => [name, true])),
	};
	return { mailbox: texts.mailbox, onDelete, ...given({ username, account }), options };
}

/** What was left empty is absent. */
function given(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}
