/**
 * The simulated Microsoft Graph under `/v1.0`: its front (record, faults, throttling, ids in headers)
 * and `$batch`. What a mailbox can do is in graph-mail.ts.
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import { badRequest, errorOfStatus, graphError, REQUEST_TOO_LARGE, UNREADABLE_JSON } from "./graph-errors.ts";
import { mailApp } from "./graph-mail.ts";
import { bearerGrant, parseJson, REQUEST_LIMIT_BYTES } from "./graph-request.ts";
import {
	type HttpApp,
	type HttpContext,
	type HttpEnv,
	readBody,
	recordRequest,
	statusOf,
	waitLatency,
	withFault,
} from "./http.ts";
import type { World } from "./world.ts";

const JSON_TYPE =
	"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const BATCH_LIMIT = 20;
const THROTTLED_RETRY_SECONDS = 1;

export function graphApp(world: World): HttpApp {
	const app = new Hono<HttpEnv>();
	const mail = mailApp(world);
	app.use("*", async (c, next) => {
		const entry = recordRequest(world, c, "graph");
		identify(world, c);
		const grant = bearerGrant(c);
		const account = (grant?.speaksFor === "app" ? mailboxOf(c.req.path) : grant?.address) ?? "";
		entry.account = account;
		const busy = account === "" ? 0 : world.graphSlots.enter(account);
		try {
			await waitLatency(world);
			const response = await withFault(
				c,
				world.faults.takeForRequest("graph", c.req.method, c.req.path),
				(fault) => graphError(c, errorOfStatus(fault.status)),
				async () => {
					const throttled = throttle(world, c, account, busy);
					if (throttled !== undefined) return throttled;
					await next();
					return c.res;
				},
			);
			entry.status = statusOf(response);
			// Hono ignores what is returned once a handler has answered.
			if (c.res !== response) c.res = response;
			if (response.headers.get("content-type") === "application/json") c.header("Content-Type", JSON_TYPE);
			return undefined;
		} finally {
			if (account !== "") world.graphSlots.leave(account);
		}
	});
	app.route("/", mail);
	app.post("/$batch", async (c) => await batch(c, mail));
	app.all("*", (c) => graphError(c, badRequest("Resource not found for the segment.")));
	return app;
}

/** Limits count for an app and a mailbox, whoever asks. */
function mailboxOf(path: string): string | undefined {
	const name = /\/users\/([^/]+)/.exec(path)?.[1];
	return name === undefined ? undefined : decodeURIComponent(name).toLowerCase();
}

function identify(world: World, c: HttpContext): void {
	const requestId = randomUUID();
	c.set("requestId", requestId);
	c.header("Date", new Date(world.now()).toUTCString());
	c.header("request-id", requestId);
	c.header("client-request-id", c.req.header("client-request-id") ?? requestId);
	c.header(
		"x-ms-ags-diagnostic",
		'{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SB00000000"}}',
	);
	c.header("Strict-Transport-Security", "max-age=31536000");
	c.header("Cache-Control", "private");
}

/** learn.microsoft.com: "Microsoft Graph service-specific throttling limits", Outlook. */
function throttle(world: World, c: HttpContext, account: string, busy: number): Response | undefined {
	const { enforceConcurrency, graphConcurrencyLimit, windowScale: scale } = world.settings;
	if (account === "") return undefined;
	const refusal = {
		status: 429,
		code: "ApplicationThrottled",
		message: "Application is over its MailboxConcurrency limit.",
	};
	if (enforceConcurrency && busy > graphConcurrencyLimit)
		return graphError(c, { ...refusal, retryAfterSeconds: THROTTLED_RETRY_SECONDS });
	const retryAfterSeconds = Math.max(
		world.graphRate.use(account, { limit: world.settings.graphRequestsPerTenMinutes, scale }, world.now()),
		world.graphUploads.use(
			account,
			{ limit: world.settings.graphUploadBytesPerFiveMinutes, scale, amount: uploaded(c) },
			world.now(),
		),
	);
	if (retryAfterSeconds === 0) return undefined;
	return graphError(c, { ...refusal, message: "Application is over its request limit.", retryAfterSeconds });
}

/** Octets of the body, as announced; requests that only read upload nothing. */
function uploaded(c: HttpContext): number {
	return c.req.method === "GET" ? 0 : Number(c.req.header("content-length") ?? 0);
}

const BatchSchema = z.object({
	requests: z.array(
		z.object({
			id: z.string(),
			method: z.enum(["GET", "POST", "PATCH", "PUT", "DELETE"]),
			url: z.string(),
			headers: z.record(z.string(), z.string()).default({}),
			body: z.unknown().optional(),
		}),
	),
});
type BatchItem = z.infer<typeof BatchSchema>["requests"][number];

/** learn.microsoft.com: "Combine multiple HTTP requests using JSON batching". Run in order, not four at once. */
async function batch(c: HttpContext, mail: HttpApp): Promise<Response> {
	const body = await readBody(c, REQUEST_LIMIT_BYTES);
	if (body === undefined) return graphError(c, REQUEST_TOO_LARGE);
	const parsed = BatchSchema.safeParse(parseJson(body));
	if (!parsed.success) return graphError(c, UNREADABLE_JSON);
	if (parsed.data.requests.length > BATCH_LIMIT)
		return graphError(
			c,
			badRequest(`Number of batch request steps exceeds the maximum value of ${BATCH_LIMIT}.`),
		);
	const responses: unknown[] = [];
	for (const request of parsed.data.requests) responses.push(await batchStep(c, mail, request));
	return c.json({ responses });
}

async function batchStep(c: HttpContext, mail: HttpApp, { id, method, url, headers, body }: BatchItem) {
	const authorization = c.req.header("authorization") ?? "";
	const content = typeof body === "string" ? Buffer.from(body, "base64").toString() : JSON.stringify(body);
	const response = await mail.request(url.replace(/^\/v1\.0\//, "/"), {
		method,
		headers: { ...headers, authorization },
		...(body === undefined ? {} : { body: content }),
	});
	const text = await response.text();
	const isJson = response.headers.get("content-type")?.includes("json") === true;
	return {
		id,
		status: response.status,
		headers: Object.fromEntries(response.headers),
		body: text === "" ? null : isJson ? JSON.parse(text) : Buffer.from(text).toString("base64"),
	};
}
