import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const ACCOUNT = "scanner@contoso.com";
let sandbox: Sandbox;
let token: string;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => {
	await sandbox.close();
});
beforeEach(async () => {
	await sandbox.control.reset();
	token = sandbox.control.mintToken(ACCOUNT);
});

interface Call {
	readonly method?: string;
	readonly token?: string;
	readonly headers?: Record<string, string>;
	readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function graph(path: string, { method = "GET", headers = {}, body, ...rest }: Call = {}) {
	const bearer = rest.token ?? token;
	const response = await fetch(path.startsWith("http") ? path : `${sandbox.graphUrl}/v1.0${path}`, {
		method,
		headers: { ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
		...(body === undefined ? {} : { body }),
	});
	const text = await response.text();
	const isJson = response.headers.get("content-type")?.includes("json") === true;
	return {
		status: response.status,
		headers: response.headers,
		text,
		json: isJson ? JSON.parse(text) : undefined,
	};
}

function mime({ to = "office@example.com", from = ACCOUNT, id = "<1@device>", extra = "" } = {}): Buffer {
	return Buffer.from(
		`From: ${from}\r\nTo: ${to}\r\n${extra}Subject: scan\r\nMessage-ID: ${id}\r\n\r\nhello\r\n`,
	);
}

async function sendMime(message: Buffer, call: Call = {}, path = "/me/sendMail") {
	const headers = { "content-type": "text/plain", ...call.headers };
	return await graph(path, { method: "POST", body: message.toString("base64"), ...call, headers });
}

async function postJson(path: string, content: unknown, call: Call = {}) {
	const headers = { "content-type": "application/json", ...call.headers };
	return await graph(path, { method: "POST", body: JSON.stringify(content), ...call, headers });
}

describe("sendMail with MIME", () => {
	it("answers 202 with no body and echoes the ids", async () => {
		const answer = await sendMime(mime(), { headers: { "client-request-id": "abc" } });
		expect([answer.status, answer.text, answer.headers.get("content-length")]).toEqual([202, "", "0"]);
		expect(answer.headers.get("client-request-id")).toBe("abc");
		expect(answer.headers.get("request-id")).toMatch(/^[0-9a-f-]{36}$/);
	});

	it("delivers the same bytes to To, Cc and Bcc, and nobody sees Bcc", async () => {
		const plain = mime({ to: "A <a@example.com>, team: b@example.com, c@example.com;" });
		const hidden = mime({
			to: "A <a@example.com>, team: b@example.com, c@example.com;",
			extra: "Bcc: d@example.com,\r\n e@example.com\r\n",
		});
		expect((await sendMime(hidden)).status).toBe(202);
		const [arrived] = sandbox.control.arrived();
		expect(arrived?.recipients).toEqual(["a", "b", "c", "d", "e"].map((name) => `${name}@example.com`));
		expect(arrived?.message.bytes?.equals(plain)).toBe(true);
		expect(arrived).toMatchObject({ via: "graph", account: ACCOUNT, reversePath: ACCOUNT });
		const { json } = await graph("/me/mailFolders/sentitems/messages?$select=id,bccRecipients");
		expect(json.value[0].bccRecipients).toHaveLength(2);
	});

	it("takes base64 in lines, and nothing that is not base64", async () => {
		const lines = mime().toString("base64").replaceAll(/.{76}/g, "$&\r\n");
		expect((await sendMime(mime(), { body: lines })).status).toBe(202);
		for (const body of ["not base64!", "abc", "abc-", `${mime().toString("base64")}=`, "QUJD\tREVG", ""]) {
			const { status, json } = await sendMime(mime(), { body });
			expect([status, json?.error.code]).toEqual([400, "ErrorMimeContentInvalidBase64String"]);
		}
		const noMessage = await sendMime(Buffer.from("\u0000\u0001 no header"));
		expect(noMessage.json.error.code).toBe("ErrorMimeContentInvalid");
		expect(sandbox.control.counts().messages).toBe(1);
	});

	it("refuses a request over 4 MB with the documented body, and takes one below", async () => {
		const large = Buffer.concat([mime(), Buffer.alloc(3.2 * 1024 * 1024, "x")]);
		const { status, json } = await sendMime(large);
		expect([status, json.error]).toMatchObject([
			413,
			{ code: "BadRequest", message: "The maximum request length supported is 4MB." },
		]);
		const fits = Buffer.concat([mime(), Buffer.alloc(3 * 1024 * 1024 - 500, "x")]);
		expect((await sendMime(fits)).status).toBe(202);
	});

	it("refuses a From that the account may not use, until it may", async () => {
		const foreign = mime({ from: "boss@contoso.com" });
		const denied = await sendMime(foreign);
		expect([denied.status, denied.json.error.code]).toEqual([403, "ErrorSendAsDenied"]);
		expect(denied.json.error.innerError).toMatchObject({
			date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
			"request-id": denied.headers.get("request-id"),
		});
		sandbox.control.allowSendAs(ACCOUNT, "boss@contoso.com");
		expect((await sendMime(foreign)).status).toBe(202);
	});

	it("refuses no recipients, unresolvable ones and too many", async () => {
		for (const to of [
			"undisclosed-recipients:;",
			"nobody",
			Array.from({ length: 501 }, (_, n) => `p${n}@x.test`).join(", "),
		]) {
			const { status, json } = await sendMime(mime({ to }));
			expect([status, json.error.code]).toEqual([400, "ErrorInvalidRecipients"]);
		}
	});

	it("reports an undeliverable address in the sender's inbox, not in the answer", async () => {
		expect((await sendMime(mime({ to: "a@example.com, gone@nowhere.invalid" }))).status).toBe(202);
		expect(sandbox.control.arrived()[0]?.recipients).toEqual(["a@example.com"]);
		const { json } = await graph("/me/mailFolders/inbox/messages");
		expect(json.value[0].subject).toBe("Undeliverable: scan");
	});

	it("counts what came twice", async () => {
		await sendMime(mime());
		await sendMime(mime());
		await sendMime(mime({ id: "<2@device>" }));
		expect(sandbox.control.duplicates()).toEqual([
			{ messageId: "<1@device>", recipient: "office@example.com", times: 2 },
		]);
		expect(sandbox.control.arrived({ messageId: "<2@device>" })).toHaveLength(1);
	});
});

describe("sendMail with JSON", () => {
	it("composes the message and heeds saveToSentItems", async () => {
		const message = {
			subject: "Grüße",
			body: { contentType: "HTML", content: "<p>hi</p>" },
			toRecipients: [{ emailAddress: { address: "a@example.com" } }],
			bccRecipients: [{ emailAddress: { address: "b@example.com" } }],
			internetMessageHeaders: [{ name: "X-Device", value: "copier" }],
		};
		expect((await postJson("/me/sendMail", { message, saveToSentItems: false })).status).toBe(202);
		const [arrived] = sandbox.control.arrived();
		expect(arrived?.recipients).toEqual(["a@example.com", "b@example.com"]);
		expect(arrived?.message.summary).toMatchObject({ subject: "Grüße", from: ACCOUNT, bcc: "" });
		expect(arrived?.message.bytes?.toString()).toContain("X-Device: copier");
		expect((await graph("/me/mailFolders/sentitems/messages")).json.value).toEqual([]);
		const wrong = { ...message, internetMessageHeaders: [{ name: "Subject", value: "x" }] };
		const { json } = await postJson("/me/sendMail", { message: wrong });
		expect(json.error.code).toBe("InvalidInternetMessageHeaderCollection");
	});
});

describe("tokens", () => {
	it.each([
		["no token", () => "", "Access token is empty."],
		["a made-up token", () => "EwBmadeup.x", "CompactToken parsing failed with error code: 80049217"],
		[
			"a token for Outlook",
			() => sandbox.control.mintToken(ACCOUNT, { resource: "outlook" }),
			"Access token validation failure. Invalid audience.",
		],
		[
			"an expired token",
			() => sandbox.control.mintToken(ACCOUNT, { lifetimeSeconds: -1 }),
			"Lifetime validation failed, the token is expired.",
		],
	])("refuses %s with 401", async (_, make, message) => {
		const { status, json, headers } = await sendMime(mime(), { token: make() });
		expect([status, json.error.code, json.error.message]).toEqual([
			401,
			"InvalidAuthenticationToken",
			message,
		]);
		expect(headers.get("www-authenticate")).toMatch(/^Bearer /);
	});

	it("refuses a token without the scope with 403, and one revoked at once with 401", async () => {
		const reader = sandbox.control.mintToken(ACCOUNT, { scopes: ["Mail.Read"] });
		const { status, json } = await sendMime(mime(), { token: reader });
		expect([status, json.error.code]).toEqual([403, "ErrorAccessDenied"]);
		const sender = sandbox.control.mintToken(ACCOUNT, { scopes: ["Mail.Send"] });
		expect((await graph("/me/messages", { token: sender })).status).toBe(403);
		sandbox.control.revoke(ACCOUNT, { accessTokensToo: true });
		expect((await sendMime(mime())).status).toBe(401);
	});

	it("lets another's mailbox be used only when it is shared", async () => {
		const path = "/users/shared@contoso.com/sendMail";
		expect((await sendMime(mime(), {}, path)).json.error.code).toBe("ErrorInvalidUser");
		sandbox.control.mintToken("shared@contoso.com");
		expect((await sendMime(mime(), {}, path)).json.error.code).toBe("ErrorSendAsDenied");
		sandbox.control.share("shared@contoso.com", ACCOUNT);
		expect((await sendMime(mime({ from: "shared@contoso.com" }), {}, path)).status).toBe(202);
		const { json } = await graph("/users/shared@contoso.com/mailFolders/sentitems/messages");
		expect(json.value).toHaveLength(1);
	});
});

describe("messages", () => {
	it("keeps an immutable id across a move, and changes the classic one", async () => {
		await sendMime(mime());
		const prefer = { headers: { prefer: 'IdType="ImmutableId"' } };
		const filter = encodeURIComponent("internetMessageId eq '<1@device>'");
		const listed = await graph(`/me/mailFolders/sentitems/messages?$filter=${filter}`, prefer);
		expect(listed.headers.get("preference-applied")).toBe('IdType="ImmutableId"');
		const immutable = encodeURIComponent(listed.json.value[0].id);
		const classic = encodeURIComponent((await graph("/me/messages")).json.value[0].id);
		expect(classic).not.toBe(immutable);
		const moved = await postJson(`/me/messages/${classic}/move`, { destinationId: "deleteditems" });
		expect(moved.status).toBe(201);
		expect((await graph(`/me/messages/${immutable}`)).status).toBe(200);
		expect((await graph(`/me/messages/${classic}`)).json.error.code).toBe("ErrorItemNotFound");
		expect((await graph("/me/messages/garbage")).json.error.code).toBe("ErrorInvalidIdMalformed");
		expect((await graph(`/me/messages/${immutable}/permanentDelete`, { method: "POST" })).status).toBe(204);
		expect((await graph(`/me/messages/${immutable}`)).status).toBe(404);
	});

	it("gives back the bytes of a message", async () => {
		await sendMime(mime());
		const id = encodeURIComponent((await graph("/me/messages")).json.value[0].id);
		expect((await graph(`/me/messages/${id}/$value`)).text).toBe(mime().toString());
	});

	it("pages by nextLink, selects, and refuses what Exchange finds inefficient", async () => {
		for (let n = 1; n <= 5; n += 1) await sendMime(mime({ id: `<${n}@device>` }));
		const query = "$select=internetMessageId&$orderby=receivedDateTime asc&$top=2";
		const seen: string[] = [];
		let next: string | undefined = `/me/mailFolders/sentitems/messages?${query}`;
		while (next !== undefined) {
			const { json } = await graph(next);
			seen.push(...json.value.map((item: { internetMessageId: string }) => item.internetMessageId));
			expect(Object.keys(json.value[0]).sort()).toEqual(["@odata.etag", "id", "internetMessageId"]);
			next = json["@odata.nextLink"];
		}
		expect(seen).toEqual(["<1@device>", "<2@device>", "<3@device>", "<4@device>", "<5@device>"]);
		const filter = "$filter=internetMessageId eq '<1@device>'";
		const inefficient = await graph(`/me/messages?${filter}&$orderby=receivedDateTime desc`);
		expect([inefficient.status, inefficient.json.error.code]).toEqual([400, "InefficientFilter"]);
		const both = "$filter=receivedDateTime ge 2020-01-01T00:00:00Z and internetMessageId eq '<3@device>'";
		expect((await graph(`/me/messages?${both}`)).json.value).toHaveLength(1);
		expect((await graph("/me/messages?$filter=subject eq 'scan'")).status).toBe(400);
		expect((await graph("/me/messages?$top=1001")).status).toBe(400);
	});

	it("expands the size as Graph spells it, and obeys If-Match", async () => {
		await sendMime(mime());
		const expand = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E08')";
		const { json } = await graph(`/me/messages?$select=id&$expand=${encodeURIComponent(expand)}`);
		const [item] = json.value;
		expect(item.singleValueExtendedProperties).toEqual([
			{ id: "Integer 0xe08", value: String(mime().length) },
		]);
		const path = `/me/messages/${encodeURIComponent(item.id)}`;
		const patch = { method: "PATCH", headers: { "if-match": item["@odata.etag"] } };
		expect((await postJson(path, { isRead: false }, patch)).json.isRead).toBe(false);
		expect((await postJson(path, { isRead: true }, patch)).status).toBe(412);
	});

	it("shows a sent message in Drafts until transport is done with it", async () => {
		let nowMs = 0;
		const slow = await startSandbox({ clock: () => nowMs, settings: { sentItemsDelayMs: 5000 } });
		try {
			const path = (folder: string) => `${slow.graphUrl}/v1.0/me/mailFolders/${folder}/messages`;
			await sendMime(mime(), {}, `${slow.graphUrl}/v1.0/me/sendMail`);
			expect((await graph(path("sentitems"))).json.value).toHaveLength(0);
			expect((await graph(path("drafts"))).json.value).toHaveLength(1);
			nowMs = 5000;
			expect((await graph(path("sentitems"))).json.value).toHaveLength(1);
		} finally {
			await slow.close();
		}
	});
});

describe("drafts", () => {
	const draft = {
		subject: "large scan",
		body: { contentType: "text", content: "see attachment" },
		toRecipients: [{ emailAddress: { address: "office@example.com" } }],
		singleValueExtendedProperties: [
			{ id: "String {00020329-0000-0000-C000-000000000046} Name RelayId", value: "q1" },
		],
	};
	const prefer = { prefer: 'IdType="ImmutableId"' };

	it("takes a MIME draft and sends it with its bytes", async () => {
		const created = await sendMime(mime(), { headers: prefer }, "/me/messages");
		expect(created.status).toBe(201);
		expect(created.json).toMatchObject({ isDraft: true, internetMessageId: "<1@device>" });
		const id = encodeURIComponent(created.json.id);
		expect((await graph(`/me/messages/${id}/send`, { method: "POST", headers: prefer })).status).toBe(202);
		expect(sandbox.control.arrived()[0]?.message.bytes?.equals(mime())).toBe(true);
		const after = await graph(`/me/messages/${id}?$select=isDraft,parentFolderId`);
		const sentItems = (await graph("/me/mailFolders/sentitems")).json;
		expect(after.json).toMatchObject({ isDraft: false, parentFolderId: sentItems.id });
		expect((await graph(`/me/messages/${id}/send`, { method: "POST" })).status).toBe(400);
	});

	it("takes a large attachment by upload session, strictly in order", async () => {
		const content = Buffer.alloc(5 * 1024 * 1024, "scan ");
		const created = await postJson("/me/messages", draft, { headers: prefer });
		const path = `/me/messages/${encodeURIComponent(created.json.id)}`;
		const tagged = `singleValueExtendedProperties/Any(ep: ep/id eq '${draft.singleValueExtendedProperties[0]?.id}' and ep/value eq 'q1')`;
		expect((await graph(`/me/messages?$filter=${encodeURIComponent(tagged)}`)).json.value).toHaveLength(1);
		const session = `${path}/attachments/createUploadSession`;
		const small = await postJson(session, {
			AttachmentItem: { attachmentType: "file", name: "a.pdf", size: 100 },
		});
		expect(small.json.error.code).toBe("ErrorAttachmentSizeShouldNotBeLessThanMinimumSize");
		const item = {
			attachmentType: "file",
			name: "scan.pdf",
			size: content.length,
			contentType: "application/pdf",
		};
		const opened = await postJson(session, { AttachmentItem: item });
		expect([opened.status, opened.json.nextExpectedRanges]).toEqual([201, ["0-"]]);
		const put = async (start: number, end: number, bearer = "") =>
			await graph(opened.json.uploadUrl, {
				method: "PUT",
				token: bearer,
				headers: {
					"content-type": "application/octet-stream",
					"content-range": `bytes ${start}-${end - 1}/${content.length}`,
				},
				body: new Uint8Array(content.subarray(start, end)),
			});
		const half = 3 * 1024 * 1024;
		expect((await put(0, half, token)).status).toBe(401);
		expect((await put(half, content.length)).status).toBe(416);
		const first = await put(0, half);
		expect([first.status, first.json.nextExpectedRanges]).toEqual([200, [String(half)]]);
		const last = await put(half, content.length);
		expect([last.status, last.text]).toEqual([201, ""]);
		expect(last.headers.get("location")).toMatch(/Attachments\('/);
		expect((await put(0, half)).status).toBe(404);
		expect((await graph(`${path}/send`, { method: "POST" })).status).toBe(202);
		const bytes = sandbox.control.arrived()[0]?.message.bytes?.toString() ?? "";
		const encoded =
			bytes.slice(bytes.indexOf("filename=scan.pdf")).split("\r\n\r\n")[1]?.split("\r\n--")[0] ?? "";
		expect(Buffer.from(encoded, "base64").equals(content)).toBe(true);
	});

	it("refuses attachments to a MIME draft", async () => {
		const created = await sendMime(mime(), {}, "/me/messages");
		const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: "QQ==" };
		const path = `/me/messages/${encodeURIComponent(created.json.id)}/attachments`;
		expect((await postJson(path, file)).status).toBe(400);
	});
});

describe("$batch", () => {
	it("runs up to twenty requests, each with its own answer", async () => {
		await sendMime(mime());
		const step = (id: string, method: string, url: string) => ({ id, method, url });
		const { json } = await postJson("/$batch", {
			requests: [
				step("1", "GET", "/me"),
				step("2", "GET", "/me/messages/garbage"),
				step("3", "GET", "/me/messages?$top=1"),
			],
		});
		expect(json.responses.map(({ status }: { status: number }) => status)).toEqual([200, 400, 200]);
		expect(json.responses[0].body.mail).toBe(ACCOUNT);
		const many = Array.from({ length: 21 }, (_, n) => step(String(n), "GET", "/me"));
		expect((await postJson("/$batch", { requests: many })).status).toBe(400);
	});
});
