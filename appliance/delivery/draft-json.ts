/**
 * A draft as Graph takes it (learn.microsoft.com/graph/api/resources/message). For graph-draft.ts. Pure.
 */
import type { DraftAddress, DraftPart, DraftPlan } from "../mail/draft-plan.ts";

/** Our mark on a draft, by which one is found whose making was answered by nobody. Ours alone, random. */
const QUEUE_ID_PROPERTY = "String {5f0b8c0e-0c56-4d0c-9f0e-6b7d3a1c2e4f} Name PosternQueueId";

export function draftJson(plan: DraftPlan, queueId: string): object {
	return {
		subject: plan.subject,
		body: plan.body,
		importance: plan.importance,
		...(plan.from === undefined ? {} : { from: recipient(plan.from) }),
		...(plan.replyTo.length === 0 ? {} : { replyTo: plan.replyTo.map(recipient) }),
		...recipientsJson(plan),
		...(plan.messageId === undefined ? {} : { internetMessageId: plan.messageId }),
		...(plan.headers.length === 0 ? {} : { internetMessageHeaders: plan.headers }),
		singleValueExtendedProperties: [{ id: QUEUE_ID_PROPERTY, value: queueId }],
	};
}

export function recipientsJson({ to, cc, bcc }: Pick<DraftPlan, "to" | "cc" | "bcc">): object {
	return {
		toRecipients: to.map(recipient),
		ccRecipients: cc.map(recipient),
		bccRecipients: bcc.map(recipient),
	};
}

/** Drafts of the queue id, by our mark. */
export function straysPath(queueId: string): string {
	const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${QUEUE_ID_PROPERTY}' and ep/value eq '${queueId}')`;
	return `/mailFolders/drafts/messages?$filter=${encodeURIComponent(filter)}&$select=id&$top=10`;
}

/** A file that goes in one request, its content in base64. */
export function attachmentJson(part: DraftPart, content: Buffer): Buffer {
	const { name, contentType, isInline, contentId } = part;
	return Buffer.from(
		JSON.stringify({
			"@odata.type": "#microsoft.graph.fileAttachment",
			...{ name, contentType, isInline },
			...(contentId === "" ? {} : { contentId }),
			contentBytes: content.toString("base64"),
		}),
	);
}

export function sessionJson({ name, contentType, sizeBytes, isInline, contentId }: DraftPart): Buffer {
	const item = { attachmentType: "file", name, contentType, size: sizeBytes, isInline };
	return Buffer.from(
		JSON.stringify({ AttachmentItem: { ...item, ...(contentId === "" ? {} : { contentId }) } }),
	);
}

function recipient({ name, address }: DraftAddress): object {
	return { emailAddress: { address, ...(name === "" ? {} : { name }) } };
}
