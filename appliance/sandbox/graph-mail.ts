/** What Graph lets one do with a mailbox, as a table: path, permission, handler. For `/me` and `/users/{id}` alike. */
import { Hono } from "hono";
import {
	addAttachment,
	cancelUpload,
	createUploadSession,
	listAttachments,
	uploadRange,
} from "./graph-attachments.ts";
import { getFolder, listFolders, listMessages } from "./graph-folders.ts";
import {
	createMessage,
	deleteMessage,
	getMessage,
	getMime,
	moveMessage,
	sendDraft,
	updateMessage,
} from "./graph-messages.ts";
import { guarded, type MailHandler, type MailRequest } from "./graph-request.ts";
import { sendMail } from "./graph-send.ts";
import type { HttpApp, HttpEnv } from "./http.ts";
import type { World } from "./world.ts";

const SEND = ["Mail.Send"];
const READ = ["Mail.Read", "Mail.ReadWrite"];
const WRITE = ["Mail.ReadWrite"];

type Route = readonly ["GET" | "POST" | "PATCH" | "DELETE", string, readonly string[], MailHandler];

const ROUTES: readonly Route[] = [
	["GET", "", ["User.Read", ...READ], getUser],
	["POST", "/sendMail", SEND, sendMail],
	["GET", "/mailFolders", READ, listFolders],
	["GET", "/mailFolders/:folder", READ, getFolder],
	["GET", "/mailFolders/:folder/messages", READ, listMessages],
	["POST", "/mailFolders/:folder/messages", WRITE, createMessage],
	["GET", "/messages", READ, listMessages],
	["POST", "/messages", WRITE, createMessage],
	["GET", "/messages/:id", READ, getMessage],
	["PATCH", "/messages/:id", WRITE, updateMessage],
	["DELETE", "/messages/:id", WRITE, deleteMessage],
	["GET", "/messages/:id/$value", READ, getMime],
	["POST", "/messages/:id/send", SEND, sendDraft],
	["POST", "/messages/:id/move", WRITE, moveMessage],
	["POST", "/messages/:id/permanentDelete", WRITE, deleteMessage],
	["GET", "/messages/:id/attachments", READ, listAttachments],
	["POST", "/messages/:id/attachments", WRITE, addAttachment],
	["POST", "/messages/:id/attachments/createUploadSession", WRITE, createUploadSession],
];

export function mailApp(world: World): HttpApp {
	const app = new Hono<HttpEnv>();
	for (const base of ["/me", "/users/:user"]) {
		for (const [method, path, scopes, handler] of ROUTES)
			app.on(method, `${base}${path}`, guarded(world, scopes, handler));
	}
	// Upload addresses carry their own authority: no token, and refused with one.
	app.put("/uploads/:session", async (c) => await uploadRange(world, c));
	app.delete("/uploads/:session", (c) => cancelUpload(world, c));
	return app;
}

function getUser({ c, world, owner }: MailRequest): Response {
	return c.json({
		"@odata.context": `${world.baseUrl}/v1.0/$metadata#users/$entity`,
		displayName: owner.address.slice(0, owner.address.indexOf("@")),
		mail: owner.address,
		userPrincipalName: owner.address,
		id: owner.objectId,
	});
}
