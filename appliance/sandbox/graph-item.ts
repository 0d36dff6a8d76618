/** An item as Graph shows it (learn.microsoft.com: "message resource type"), whole or as `$select` asks. */

import { type GraphError, ITEM_NOT_FOUND, MALFORMED_ID } from "./graph-errors.ts";
import type { MailRequest } from "./graph-request.ts";
import { parseItemId } from "./item-id.ts";
import { folderAt, type Item, isFolder } from "./mailbox.ts";
import { headerLength, readAddresses } from "./message.ts";

const BODY_LIMIT_BYTES = 256 * 1024;
const PREVIEW_LENGTH = 255;

/** The item a path names, or why there is none. */
export function findItem({ c, mailbox }: MailRequest): Item | GraphError {
	const id = parseItemId(c.req.param("id") ?? "");
	if (id === undefined) return MALFORMED_ID;
	return mailbox.find(id) ?? ITEM_NOT_FOUND;
}

export function isError(found: Item | GraphError): found is GraphError {
	return "code" in found;
}

export function itemJson(request: MailRequest, item: Item): Record<string, unknown> {
	const { mailbox, world, idFamily, c } = request;
	const { summary, bytes, sizeBytes } = item.message;
	const changeKey = Buffer.from(`${mailbox.key}${item.number}.${item.changes}`).toString("base64");
	const received = timestamp(item.receivedAtMs);
	const text = bytes?.toString("utf8", headerLength(bytes), BODY_LIMIT_BYTES).trimStart() ?? "";
	const whole: Record<string, unknown> = {
		"@odata.etag": `W/"${changeKey}"`,
		id: mailbox.idOf(item, idFamily),
		createdDateTime: received,
		lastModifiedDateTime: received,
		changeKey,
		receivedDateTime: received,
		sentDateTime: received,
		hasAttachments: item.attachments.length > 0,
		internetMessageId: summary.messageId,
		subject: summary.subject,
		bodyPreview: text.slice(0, PREVIEW_LENGTH),
		importance: "normal",
		parentFolderId: folderId(request, folderAt(item, world.now())),
		isRead: item.isRead,
		isDraft: item.isDraft || folderAt(item, world.now()) !== item.folder,
		body: { contentType: "text", content: text },
		sender: recipientsJson(summary.from)[0] ?? null,
		from: recipientsJson(summary.from)[0] ?? null,
		toRecipients: recipientsJson(summary.to),
		ccRecipients: recipientsJson(summary.cc),
		bccRecipients: recipientsJson(summary.bcc),
		replyTo: [],
	};
	const shown = select(whole, c.req.query("$select"));
	const expanded = expandedProperties(c.req.query("$expand") ?? "", item, sizeBytes);
	return expanded.length === 0 ? shown : { ...shown, singleValueExtendedProperties: expanded };
}

function select(whole: Record<string, unknown>, wanted: string | undefined): Record<string, unknown> {
	if (wanted === undefined) return whole;
	const names = new Set(["@odata.etag", "id", ...wanted.split(",").map((name) => name.trim())]);
	return Object.fromEntries(Object.entries(whole).filter(([name]) => names.has(name)));
}

/** Ids come back normalised: lower-case, without leading zeros; values are always strings. */
function expandedProperties(expand: string, item: Item, sizeBytes: number): { id: string; value: string }[] {
	const wanted = [...expand.matchAll(/id eq '([^']*)'/g)].map(([, id = ""]) => id);
	return wanted.flatMap((id) => {
		if (/^(integer|long) 0x0*e08$/i.test(id))
			return [{ id: `${id.split(" ")[0] ?? ""} 0xe08`, value: String(sizeBytes) }];
		return taggedProperties(item).filter((property) => property.id === id);
	});
}

/** Extended properties a client put on a draft. */
export function taggedProperties({ draft }: Item): { id: string; value: string }[] {
	const properties = draft?.["singleValueExtendedProperties"];
	return Array.isArray(properties) ? properties : [];
}

export function timestamp(atMs: number): string {
	return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function recipientsJson(value: string): unknown[] {
	return readAddresses(value).map(({ name, address }) => ({
		emailAddress: { name: name === "" ? address : name, address },
	}));
}

/** Opaque, as Graph's are, but it names the folder for those who must find it again. */
export function folderId({ mailbox }: MailRequest, folder: string): string {
	return `AAMkADhAAAT_f-${Buffer.from(`${mailbox.key}.${folder}`).toString("base64url")}=`;
}

/** A well-known name or an id given by `folderId`. */
export function folderOfPath({ mailbox }: MailRequest, name: string) {
	const known = name.toLowerCase();
	if (isFolder(known)) return known;
	const content = Buffer.from(name.replace(/^AAMkADhAAAT_f-/, ""), "base64url").toString();
	const folder = content.startsWith(`${mailbox.key}.`) ? content.slice(mailbox.key.length + 1) : "";
	return isFolder(folder) ? folder : undefined;
}
