/**
 * What the header of a message gives to a draft of Graph's: subject, people, importance, and the few other
 * fields that a draft can have. For draft-reading.ts. Pure.
 */
import libmime from "libmime";
import { addressKey, headerAddress } from "./address.ts";
import { scanAddressList } from "./address-list.ts";
import type { DraftAddress, DraftPlan } from "./draft-plan.ts";
import { fieldValue, type HeaderField, isNamed, scanHeader } from "./header.ts";
import { findMessageId } from "./message-id.ts";

export type DraftFields = Omit<DraftPlan, "body" | "parts">;

/** Graph takes names beginning with `x-`, and five of them (learn.microsoft.com, internetMessageHeader). */
const MOST_HEADERS = 5;
const LONGEST_HEADER_VALUE = 900;

export function readDraftFields(header: Buffer, recipients: readonly string[]): DraftFields {
	const { fields } = scanHeader(header);
	const text = (name: string) => {
		const field = fields.find((candidate) => isNamed(candidate, name));
		return field === undefined ? "" : fieldValue(header, field);
	};
	const people = (name: string) =>
		fields.filter((field) => isNamed(field, name)).flatMap((field) => addressesIn(header, field));
	const wanted = new Map(
		recipients.flatMap((recipient) => {
			const address = headerAddress(recipient);
			return address === undefined ? [] : [[addressKey(address), address] as const];
		}),
	);
	const named = new Set<string>();
	const among = (list: readonly DraftAddress[]) =>
		list.filter(({ address }) => {
			const key = addressKey(address);
			if (!wanted.has(key) || named.has(key)) return false;
			named.add(key);
			return true;
		});
	const to = among(people("To"));
	const cc = among(people("Cc"));
	const bcc = [...wanted].filter(([key]) => !named.has(key)).map(([, address]) => ({ name: "", address }));
	const others = fields.filter(({ name }) => !HANDLED.has(name.toLowerCase()) && !/^content-/i.test(name));
	const extra = others.filter(({ name }) => /^x-/i.test(name)).slice(0, MOST_HEADERS);
	return {
		subject: libmime.decodeWords(text("Subject")),
		from: people("From")[0],
		replyTo: people("Reply-To"),
		...{ to, cc, bcc },
		importance: importanceOf(text),
		messageId: findMessageId(header, fields),
		headers: extra.map((field) => ({
			name: field.name,
			value: libmime.decodeWords(fieldValue(header, field)).slice(0, LONGEST_HEADER_VALUE),
		})),
		lost: [...new Set(others.filter((field) => !extra.includes(field)).map(({ name }) => name))],
	};
}

/** Those that a draft has a place for, and those that Exchange makes itself. */
const HANDLED: ReadonlySet<string> = new Set([
	...["from", "sender", "to", "cc", "bcc", "resent-bcc", "reply-to", "subject", "date", "message-id"],
	...["importance", "priority", "x-priority", "x-msmail-priority"],
	...["received", "return-path", "mime-version", "dkim-signature"],
]);

function addressesIn(header: Buffer, { valueStart, end }: HeaderField): readonly DraftAddress[] {
	const value = header.subarray(valueStart, end);
	return scanAddressList(value).mailboxes.map((mailbox) => {
		const written = value.toString("utf8", mailbox.start, mailbox.end).replaceAll(/\r?\n/g, "");
		const bracket = written.lastIndexOf("<");
		return { name: bracket <= 0 ? "" : nameIn(written.slice(0, bracket)), address: mailbox.address };
	});
}

function nameIn(phrase: string): string {
	const unquoted = phrase
		.trim()
		.replace(/^"(.*)"$/s, "$1")
		.replaceAll(/\\(.)/g, "$1");
	return libmime.decodeWords(unquoted).trim();
}

function importanceOf(text: (name: string) => string): DraftPlan["importance"] {
	const importance = text("Importance").toLowerCase();
	if (importance === "high" || importance === "low") return importance;
	const priority = Number.parseInt(text("X-Priority"), 10);
	if (priority === 1 || priority === 2) return "high";
	if (priority === 4 || priority === 5) return "low";
	const rfc2156 = text("Priority").toLowerCase();
	return rfc2156 === "urgent" ? "high" : rfc2156 === "non-urgent" ? "low" : "normal";
}
