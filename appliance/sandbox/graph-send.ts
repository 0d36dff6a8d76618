/**
 * `sendMail` in both its forms, and the send of a draft: all end in `submitMime`, which takes the
 * message or answers as Graph would (learn.microsoft.com: "user: sendMail"). 202 has no body.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { decodeBase64Strictly } from "./base64.ts";
import { compose, headerProblem, MessageSchema } from "./compose.ts";
import { badRequest, graphError, NO_RECIPIENTS, UNREADABLE_JSON } from "./graph-errors.ts";
import { bodyOf, type MailRequest, parseJson } from "./graph-request.ts";
import { dropConnection, hang } from "./http.ts";
import { SEND_AS_DENIED } from "./magic.ts";
import type { Attachment } from "./mailbox.ts";
import { headerRecipients, isAddress, readAddresses, readHeader, summarise, withoutBcc } from "./message.ts";
import { deniedSender, fateOf, RECIPIENT_LIMIT, take } from "./submission.ts";

export async function sendMail(request: MailRequest): Promise<Response> {
	const { c } = request;
	const body = await bodyOf(c);
	if (body instanceof Response) return body;
	const contentType = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
	if (contentType === "text/plain") return await sendMime(request, body);
	if (contentType === "application/json") return await sendJson(request, body);
	return graphError(c, badRequest(`Write request: unsupported Content-Type '${contentType ?? ""}'.`));
}

/** The MIME a body stands for, or the answer to give instead. */
export function readMimeBody({ c }: MailRequest, body: Buffer): Buffer | Response {
	const mime = decodeBase64Strictly(body);
	if (mime === undefined) {
		const message = "Invalid base64 string for MIME content.";
		return graphError(c, { status: 400, code: "ErrorMimeContentInvalidBase64String", message });
	}
	if (readHeader(mime).length > 0) return mime;
	return graphError(c, {
		status: 400,
		code: "ErrorMimeContentInvalid",
		message: "The MIME content is invalid.",
	});
}

async function sendMime(request: MailRequest, body: Buffer): Promise<Response> {
	const mime = readMimeBody(request, body);
	if (mime instanceof Response) return mime;
	return await submitMime(request, mime, { saveToSentItems: true });
}

const SendMailSchema = z.object({ message: MessageSchema, saveToSentItems: z.boolean().default(true) });

async function sendJson(request: MailRequest, body: Buffer): Promise<Response> {
	const { c, world, owner } = request;
	const parsed = SendMailSchema.safeParse(upperCaseAliases(parseJson(body)));
	if (!parsed.success) return graphError(c, UNREADABLE_JSON);
	const { message, saveToSentItems } = parsed.data;
	const problem = headerProblem(message);
	if (problem !== undefined)
		return graphError(c, { status: 400, code: "InvalidInternetMessageHeaderCollection", message: problem });
	const attachments = message.attachments.map(newAttachment);
	const mime = await compose(message, { sender: owner.address, nowMs: world.now(), attachments });
	return await submitMime(request, mime, { saveToSentItems });
}

/** The documented examples write `Message` and `SaveToSentItems` as often as not. */
function upperCaseAliases(json: unknown): unknown {
	if (typeof json !== "object" || json === null) return json;
	const entries = Object.entries(json).map(([key, value]) => [
		key.charAt(0).toLowerCase() + key.slice(1),
		value,
	]);
	return Object.fromEntries(entries);
}

export function newAttachment(file: {
	readonly name: string;
	readonly contentType?: string | null | undefined;
	readonly contentBytes: string;
	readonly isInline: boolean;
	readonly contentId?: string | null | undefined;
}): Attachment {
	return {
		id: `AAMkADhAAAT_a-${randomUUID().replaceAll("-", "")}=`,
		name: file.name,
		contentType: file.contentType ?? "application/octet-stream",
		isInline: file.isInline,
		contentId: file.contentId ?? undefined,
		bytes: Buffer.from(file.contentBytes, "base64"),
	};
}

export interface SubmitOptions {
	readonly saveToSentItems: boolean;
	/** Runs when the message has been taken. */
	readonly onTaken?: () => void;
}

export async function submitMime(
	{ c, world, person, owner }: MailRequest,
	mime: Buffer,
	{ saveToSentItems, onTaken }: SubmitOptions,
): Promise<Response> {
	const fields = readHeader(mime);
	const summary = summarise(fields);
	const recipients = headerRecipients(summary);
	if (recipients.length === 0) return graphError(c, NO_RECIPIENTS);
	const unresolved = recipients.find((recipient) => !isAddress(recipient));
	if (unresolved !== undefined)
		return graphError(c, {
			...NO_RECIPIENTS,
			message: `At least one recipient is not valid., Recipient '${unresolved}' is not resolved. All recipients must be resolved before a message can be submitted.`,
		});
	if (recipients.length > RECIPIENT_LIMIT)
		return graphError(c, { ...NO_RECIPIENTS, message: "The recipient limit of the message is exceeded." });
	if (deniedSender(world, person, summary.from) !== undefined) return graphError(c, SEND_AS_DENIED);
	const fate = fateOf(world.magic, recipients, summary.messageId);
	if (fate.kind === "hang") return await hang(c);
	if (fate.kind === "refuse") return graphError(c, fate.graph);
	const sent = world.record.keep(mime);
	const deliveredBytes = withoutBcc(mime, fields);
	take(world, {
		account: person,
		sentItemsOf: saveToSentItems ? owner : undefined,
		via: "graph",
		reversePath: readAddresses(summary.from)[0]?.address ?? owner.address,
		recipients,
		sent,
		delivered: deliveredBytes === mime ? sent : world.record.keep(deliveredBytes),
	});
	onTaken?.();
	return fate.answerLost ? dropConnection(c) : c.body(null, 202, { "Content-Length": "0" });
}
