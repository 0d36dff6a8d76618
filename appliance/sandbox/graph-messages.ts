/**
 * Single messages: drafts made, changed, sent; items read, moved, deleted (learn.microsoft.com: "Create
 * message", "message: send", "message: move"). `If-Match` is obeyed: 412 when the item has changed.
 */
import * as z from "zod";
import { compose, headerProblem, MessageSchema } from "./compose.ts";
import { badRequest, type GraphError, graphError, UNREADABLE_JSON } from "./graph-errors.ts";
import { findItem, folderOfPath, isError, itemJson } from "./graph-item.ts";
import { bodyOf, jsonBodyOf, type MailRequest, parseJson } from "./graph-request.ts";
import { newAttachment, readMimeBody, submitMime } from "./graph-send.ts";
import type { Item } from "./mailbox.ts";

const CHANGED: GraphError = {
	status: 412,
	code: "ErrorIrresolvableConflict",
	message:
		"The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
};

export async function createMessage(request: MailRequest): Promise<Response> {
	const { c, world, mailbox, owner } = request;
	const folder = folderOfPath(request, c.req.param("folder") ?? "drafts");
	if (folder === undefined) return graphError(c, badRequest("Unknown folder."));
	const body = await bodyOf(c);
	if (body instanceof Response) return body;
	if ((c.req.header("content-type") ?? "").toLowerCase().startsWith("text/plain")) {
		const mime = readMimeBody(request, body);
		if (mime instanceof Response) return mime;
		const message = world.record.keep(mime);
		const item = mailbox.add({ folder, message, isDraft: true, isRead: true, receivedAtMs: world.now() });
		return c.json(itemJson(request, item), 201);
	}
	const parsed = MessageSchema.safeParse(parseJson(body));
	if (!parsed.success) return graphError(c, UNREADABLE_JSON);
	const problem = headerProblem(parsed.data);
	if (problem !== undefined)
		return graphError(c, { status: 400, code: "InvalidInternetMessageHeaderCollection", message: problem });
	const { attachments: files, ...draft } = parsed.data;
	const mime = await compose(parsed.data, { sender: owner.address, nowMs: world.now(), attachments: [] });
	const message = world.record.keep(mime);
	const internetMessageId = message.summary.messageId;
	const item = mailbox.add({
		folder,
		message,
		draft: { ...draft, internetMessageId },
		isDraft: true,
		isRead: true,
		receivedAtMs: world.now(),
	});
	item.attachments.push(...files.map(newAttachment));
	return c.json(itemJson(request, item), 201);
}

export function getMessage(request: MailRequest): Response {
	const item = findItem(request);
	if (isError(item)) return graphError(request.c, item);
	return request.c.json(itemJson(request, item));
}

export async function getMime(request: MailRequest): Promise<Response> {
	const { c } = request;
	const item = findItem(request);
	if (isError(item)) return graphError(c, item);
	const mime = await mimeOf(request, item);
	if (mime === undefined)
		return graphError(c, {
			status: 500,
			code: "ErrorMimeContentConversionFailed",
			message: "The content is gone.",
		});
	return c.body(new Uint8Array(mime), 200, { "Content-Type": "text/plain" });
}

/** A JSON draft is composed with what is attached by now; `undefined`: the bytes were given up for room. */
async function mimeOf({ world, owner }: MailRequest, item: Item): Promise<Buffer | undefined> {
	const draft = item.isDraft ? MessageSchema.safeParse(item.draft).data : undefined;
	if (draft === undefined) return item.message.bytes;
	const { attachments } = item;
	return await compose(draft, { sender: owner.address, nowMs: world.now(), attachments });
}

export async function updateMessage(request: MailRequest): Promise<Response> {
	const { c, world, mailbox, owner } = request;
	const item = findItem(request);
	if (isError(item)) return graphError(c, item);
	if (!matchesCondition(request, item)) return graphError(c, CHANGED);
	const body = await jsonBodyOf(c);
	if (body instanceof Response) return body;
	const change = z.looseObject({ isRead: z.boolean().optional() }).safeParse(body.json);
	if (!change.success) return graphError(c, UNREADABLE_JSON);
	const { isRead, ...fields } = change.data;
	if (isRead !== undefined) item.isRead = isRead;
	if (Object.keys(fields).length > 0) {
		const draft = MessageSchema.safeParse({ ...item.draft, ...fields });
		// "Microsoft Graph does not support editing or updating MIME properties individually."
		if (!item.isDraft || item.draft === undefined || !draft.success)
			return graphError(c, badRequest("The item cannot be changed in this way."));
		item.draft = { ...item.draft, ...fields };
		const mime = await compose(draft.data, { sender: owner.address, nowMs: world.now(), attachments: [] });
		mailbox.replace(item, world.record.keep(mime));
	}
	item.changes += 1;
	return c.json(itemJson(request, item));
}

export function deleteMessage(request: MailRequest): Response {
	const { c, mailbox } = request;
	const item = findItem(request);
	if (isError(item)) return graphError(c, item);
	if (!matchesCondition(request, item)) return graphError(c, CHANGED);
	// A first delete puts it into Deleted Items; from there, or permanently, it is gone.
	const permanent = c.req.path.endsWith("/permanentDelete") || item.folder === "deleteditems";
	if (permanent) mailbox.remove(item);
	else mailbox.move(item, "deleteditems");
	return c.body(null, 204);
}

const MoveSchema = z.object({ destinationId: z.string() });

export async function moveMessage(request: MailRequest): Promise<Response> {
	const { c, mailbox } = request;
	const item = findItem(request);
	if (isError(item)) return graphError(c, item);
	const body = await jsonBodyOf(c);
	if (body instanceof Response) return body;
	const destination = MoveSchema.safeParse(body.json).data?.destinationId ?? "";
	const folder = folderOfPath(request, destination);
	if (folder === undefined)
		return graphError(c, {
			status: 404,
			code: "ErrorFolderNotFound",
			message: "The folder could not be found.",
		});
	mailbox.move(item, folder);
	return c.json(itemJson(request, item), 201);
}

export async function sendDraft(request: MailRequest): Promise<Response> {
	const { c, world, mailbox } = request;
	const item = findItem(request);
	if (isError(item)) return graphError(c, item);
	if (!item.isDraft) return graphError(c, badRequest("The item was sent already."));
	const mime = await mimeOf(request, item);
	if (mime === undefined) return graphError(c, badRequest("The content is gone."));
	return await submitMime(request, mime, {
		saveToSentItems: false,
		onTaken: () => {
			mailbox.replace(item, world.record.keep(mime));
			mailbox.move(item, "sentitems");
			item.isDraft = false;
			item.settledAtMs = world.now() + world.settings.sentItemsDelayMs;
		},
	});
}

function matchesCondition({ c, mailbox }: MailRequest, item: Item): boolean {
	const wanted = c.req.header("if-match");
	if (wanted === undefined || wanted === "*") return true;
	const changeKey = Buffer.from(`${mailbox.key}${item.number}.${item.changes}`).toString("base64");
	return wanted === `W/"${changeKey}"`;
}
