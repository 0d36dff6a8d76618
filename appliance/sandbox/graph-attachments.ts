/**
 * Attachments of drafts, small ones in one request and large ones by upload session (learn.microsoft.com:
 * "Attach large files to Outlook messages"). Strict: ranges in order, no token on an upload address.
 */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { FileAttachmentSchema } from "./compose.ts";
import {
	badRequest,
	type GraphError,
	graphError,
	REQUEST_TOO_LARGE,
	UNREADABLE_JSON,
} from "./graph-errors.ts";
import { findItem, isError } from "./graph-item.ts";
import { jsonBodyOf, type MailRequest, REQUEST_LIMIT_BYTES } from "./graph-request.ts";
import { newAttachment } from "./graph-send.ts";
import { type HttpContext, readBody } from "./http.ts";
import type { Attachment, Item } from "./mailbox.ts";
import type { World } from "./world.ts";

const SESSION_MINIMUM_BYTES = 3 * 1024 * 1024;
const SESSION_MAXIMUM_BYTES = 150 * 1024 * 1024;
const SESSION_LIFETIME_MS = 24 * 60 * 60 * 1000;
const KEPT_SESSIONS = 100;

interface UploadSession {
	readonly item: Item;
	readonly file: UploadRequest;
	readonly expiresAtMs: number;
	readonly chunks: Buffer[];
	receivedBytes: number;
}

const sessionsByWorld = new WeakMap<World, Map<string, UploadSession>>();

function sessionsOf(world: World): Map<string, UploadSession> {
	const known = sessionsByWorld.get(world) ?? new Map<string, UploadSession>();
	sessionsByWorld.set(world, known);
	return known;
}

export function listAttachments(request: MailRequest): Response {
	const item = findItem(request);
	if (isError(item)) return graphError(request.c, item);
	return request.c.json({ value: item.attachments.map(attachmentJson) });
}

export async function addAttachment(request: MailRequest): Promise<Response> {
	const { c } = request;
	const item = draftOf(request);
	if ("code" in item) return graphError(c, item);
	const body = await jsonBodyOf(c);
	if (body instanceof Response) return body;
	const parsed = FileAttachmentSchema.safeParse(body.json);
	if (!parsed.success) return graphError(c, UNREADABLE_JSON);
	const attachment = newAttachment(parsed.data);
	if (attachment.bytes.length >= SESSION_MINIMUM_BYTES) return graphError(c, REQUEST_TOO_LARGE);
	item.attachments.push(attachment);
	return c.json(attachmentJson(attachment), 201);
}

const UploadRequestSchema = z.object({
	attachmentType: z.literal("file"),
	name: z.string().min(1),
	size: z.number().int().min(0),
	contentType: z.string().optional(),
	isInline: z.boolean().default(false),
	contentId: z.string().optional(),
});
type UploadRequest = z.infer<typeof UploadRequestSchema>;

export async function createUploadSession(request: MailRequest): Promise<Response> {
	const { c, world, person, owner } = request;
	const item = draftOf(request);
	if ("code" in item) return graphError(c, item);
	// Documented known issue: delegated access cannot do this in another's mailbox.
	if (person !== owner)
		return graphError(c, { status: 403, code: "ErrorAccessDenied", message: "Access is denied." });
	const body = await jsonBodyOf(c);
	if (body instanceof Response) return body;
	const parsed = z.object({ AttachmentItem: UploadRequestSchema }).safeParse(body.json);
	if (!parsed.success) return graphError(c, UNREADABLE_JSON);
	const file = parsed.data.AttachmentItem;
	const problem = sizeProblem(file.size);
	if (problem !== undefined) return graphError(c, problem);
	const sessions = sessionsOf(world);
	const oldest = sessions.keys().next().value;
	if (sessions.size >= KEPT_SESSIONS && oldest !== undefined) sessions.delete(oldest);
	const key = randomBytes(18).toString("base64url");
	const expiresAtMs = world.now() + SESSION_LIFETIME_MS;
	sessions.set(key, { item, file, expiresAtMs, chunks: [], receivedBytes: 0 });
	return c.json(
		{
			"@odata.context": `${world.baseUrl}/v1.0/$metadata#microsoft.graph.uploadSession`,
			uploadUrl: `${world.baseUrl}/v1.0/uploads/${key}?authtoken=${key}`,
			expirationDateTime: new Date(expiresAtMs).toISOString(),
			nextExpectedRanges: ["0-"],
		},
		201,
	);
}

function sizeProblem(sizeBytes: number): GraphError | undefined {
	if (sizeBytes < SESSION_MINIMUM_BYTES)
		return {
			status: 400,
			code: "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
			message: "Attachment size must be greater than the minimum size.",
		};
	if (sizeBytes <= SESSION_MAXIMUM_BYTES) return undefined;
	const message =
		"The message exceeds the maximum supported size., Cannot save changes made to an item to store.";
	return { status: 400, code: "ErrorMessageSizeExceeded", message };
}

/** A MIME draft cannot be added to: its MIME is kept whole. */
function draftOf(request: MailRequest): Item | GraphError {
	const item = findItem(request);
	if (isError(item)) return item;
	if (item.isDraft && item.draft !== undefined) return item;
	return badRequest("Attachments can be added to a draft made from JSON only.");
}

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** 200 while more is expected, 201 with `Location` at the end. */
export async function uploadRange(world: World, c: HttpContext): Promise<Response> {
	const body = await readBody(c, REQUEST_LIMIT_BYTES);
	const session = openSession(world, c);
	if ("code" in session) return graphError(c, session);
	if (body === undefined) return graphError(c, REQUEST_TOO_LARGE);
	const [, first, last, total] = (CONTENT_RANGE.exec(c.req.header("content-range") ?? "") ?? []).map(Number);
	if (
		first === undefined ||
		last === undefined ||
		total !== session.file.size ||
		last - first + 1 !== body.length
	)
		return graphError(c, badRequest("The Content-Range header is missing or does not fit the content."));
	if (first !== session.receivedBytes || last >= total)
		return graphError(c, {
			status: 416,
			code: "invalidRange",
			message: "The range is not the next one expected.",
		});
	session.chunks.push(body);
	session.receivedBytes += body.length;
	if (session.receivedBytes < total)
		return c.json({
			"@odata.context": `${world.baseUrl}/v1.0/$metadata#microsoft.graph.uploadSession`,
			ExpirationDateTime: new Date(session.expiresAtMs).toISOString(),
			nextExpectedRanges: [String(session.receivedBytes)],
		});
	const attachment: Attachment = {
		...newAttachment({ ...session.file, contentBytes: "" }),
		bytes: Buffer.concat(session.chunks),
	};
	session.item.attachments.push(attachment);
	sessionsOf(world).delete(c.req.param("session") ?? "");
	c.header("Location", `${world.baseUrl}/v1.0/Attachments('${attachment.id}')`);
	return c.body(null, 201);
}

export function cancelUpload(world: World, c: HttpContext): Response {
	const session = openSession(world, c);
	if ("code" in session) return graphError(c, session);
	sessionsOf(world).delete(c.req.param("session") ?? "");
	return c.body(null, 204);
}

function openSession(world: World, c: HttpContext): UploadSession | GraphError {
	if (c.req.header("authorization") !== undefined)
		return { status: 401, code: "InvalidAuthenticationToken", message: "An upload address takes no token." };
	const session = sessionsOf(world).get(c.req.param("session") ?? "");
	if (session !== undefined && world.now() < session.expiresAtMs) return session;
	return {
		status: 404,
		code: "ErrorItemNotFound",
		message: "The upload session was not found or has expired.",
	};
}

function attachmentJson({ id, name, contentType, isInline, contentId, bytes }: Attachment) {
	return {
		"@odata.type": "#microsoft.graph.fileAttachment",
		id,
		name,
		contentType,
		size: bytes.length,
		isInline,
		contentId: contentId ?? null,
	};
}
