/**
 * From Graph's JSON form of a message to MIME (learn.microsoft.com: "message resource type"), with
 * nodemailer's composer. Only what a mail needs: addresses, subject, body, x- headers, file attachments.
 */
import { randomUUID } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import * as z from "zod";
import type { Attachment } from "./mailbox.ts";

const RecipientSchema = z.object({
	emailAddress: z.object({ address: z.string().default(""), name: z.string().optional() }),
});
const RecipientsSchema = z.array(RecipientSchema).default([]);

export const FileAttachmentSchema = z.object({
	"@odata.type": z.literal("#microsoft.graph.fileAttachment"),
	name: z.string(),
	contentType: z.string().nullish(),
	contentBytes: z.base64(),
	isInline: z.boolean().default(false),
	contentId: z.string().nullish(),
});

export const MessageSchema = z.looseObject({
	subject: z.string().nullish(),
	body: z.object({ contentType: z.string().default("text"), content: z.string() }).nullish(),
	from: RecipientSchema.nullish(),
	toRecipients: RecipientsSchema,
	ccRecipients: RecipientsSchema,
	bccRecipients: RecipientsSchema,
	replyTo: RecipientsSchema,
	importance: z.enum(["low", "normal", "high"]).default("normal"),
	internetMessageId: z.string().nullish(),
	internetMessageHeaders: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
	attachments: z.array(FileAttachmentSchema).default([]),
	singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })).default([]),
});
export type MessageJson = z.infer<typeof MessageSchema>;

const HEADER_LIMIT = 5;

/** Why the JSON cannot become a message, in Graph's words; `undefined` when it can. */
export function headerProblem({ internetMessageHeaders: headers }: MessageJson): string | undefined {
	if (headers.length > HEADER_LIMIT)
		return "Maximum number of headers in one message should be less than or equal to 5.";
	const foreign = headers.find(({ name }) => !/^x-[\x21-\x39\x3b-\x7e]+$/i.test(name));
	if (foreign === undefined) return undefined;
	return `The internet message header name '${foreign.name}' should start with 'x-' or 'X-'.`;
}

export async function compose(
	message: MessageJson,
	context: { sender: string; nowMs: number; attachments: readonly Attachment[] },
): Promise<Buffer> {
	const { body } = message;
	const isHtml = body?.contentType.toLowerCase() === "html";
	const composer = new MailComposer({
		from: oneAddress(message.from) ?? context.sender,
		to: addresses(message.toRecipients),
		cc: addresses(message.ccRecipients),
		bcc: addresses(message.bccRecipients),
		replyTo: addresses(message.replyTo),
		subject: message.subject ?? "",
		messageId: message.internetMessageId ?? `<${randomUUID()}@sandbox.prod.outlook.com>`,
		date: new Date(context.nowMs),
		priority: message.importance,
		headers: message.internetMessageHeaders.map(({ name, value }) => ({ key: name, value })),
		...(isHtml ? { html: body?.content ?? "" } : { text: body?.content ?? "" }),
		attachments: context.attachments.map((attachment) => ({
			filename: attachment.name,
			contentType: attachment.contentType,
			content: attachment.bytes,
			...(attachment.contentId === undefined ? {} : { cid: attachment.contentId }),
		})),
		disableUrlAccess: true,
		disableFileAccess: true,
		newline: "windows",
	});
	const node = composer.compile();
	// Kept in the sender's copy; submission takes it out of what is delivered.
	node.keepBcc = true;
	return await node.build();
}

function oneAddress(recipient: z.infer<typeof RecipientSchema> | null | undefined) {
	return recipient == null || recipient.emailAddress.address === "" ? undefined : addresses([recipient])[0];
}

function addresses(recipients: readonly z.infer<typeof RecipientSchema>[]) {
	return recipients.map(({ emailAddress: { address, name } }) => ({ address, name: name ?? "" }));
}
