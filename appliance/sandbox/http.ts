/**
 * What the HTTP sides share: the request body (bounded), its record, ordered faults, and ways not to
 * answer. A handler that throws is a bug of the simulation: 500, and a line in the log.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { asError } from "../errors.ts";
import type { Fault } from "./faults.ts";
import type { SandboxRequest } from "./requests.ts";
import type { AccessGrant } from "./tokens.ts";
import type { World } from "./world.ts";

export interface HttpEnv {
	Bindings: Partial<HttpBindings>;
	Variables: {
		/** The whole body, once `readBody` has run. */
		body: Buffer;
		/** This request's line in the record. */
		entry: SandboxRequest;
		grant: AccessGrant;
		requestId: string;
	};
}
export type HttpContext = Context<HttpEnv>;
export type HttpApp = Hono<HttpEnv>;

/** More than this is not even counted: the connection is cut. */
const DRAIN_LIMIT_BYTES = 512 * 1024 * 1024;

/** `undefined`: longer than `limitBytes`; read to its end all the same, so that the client hears why. */
export async function readBody(c: HttpContext, limitBytes: number): Promise<Buffer | undefined> {
	const { incoming } = c.env;
	if (incoming === undefined) return bounded(Buffer.from(await c.req.arrayBuffer()), limitBytes);
	const chunks: Buffer[] = [];
	let sizeBytes = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		sizeBytes += chunk.length;
		if (sizeBytes <= limitBytes) chunks.push(chunk);
		if (sizeBytes > DRAIN_LIMIT_BYTES) break;
	}
	if (c.get("entry") !== undefined) c.get("entry").bodyBytes = sizeBytes;
	return sizeBytes > limitBytes ? undefined : Buffer.concat(chunks);
}

function bounded(bytes: Buffer, limitBytes: number): Buffer | undefined {
	return bytes.length > limitBytes ? undefined : bytes;
}

/** Starts this request's line in the record; the caller completes it with the status. */
export function recordRequest(world: World, c: HttpContext, kind: SandboxRequest["kind"]): SandboxRequest {
	const entry = world.requests.add({
		atMs: world.now(),
		kind,
		method: c.req.method,
		path: c.req.path,
		status: 0,
		account: "",
		bodyBytes: 0,
		detail: "",
	});
	c.set("entry", entry);
	return entry;
}

/** What the record says of an answer: 0 when none was given. */
export function statusOf(response: Response): number {
	return response.headers.has("x-hono-already-sent") ? 0 : response.status;
}

export async function waitLatency(world: World): Promise<void> {
	if (world.settings.latencyMs > 0) await delay(world.settings.latencyMs);
}

/** Resets the connection; the client sees ECONNRESET. */
export function dropConnection(c: HttpContext): Response {
	c.env.incoming?.socket.resetAndDestroy();
	return RESPONSE_ALREADY_SENT;
}

/** Never answers: returns when the client has gone, or the simulation ends. */
export async function hang(c: HttpContext): Promise<Response> {
	const { outgoing } = c.env;
	if (outgoing !== undefined && !outgoing.destroyed) {
		await new Promise<void>((resolve) => {
			outgoing.once("close", resolve);
		});
	}
	return RESPONSE_ALREADY_SENT;
}

/**
 * Runs a request under the fault ordered for it: before it is acted on, or between acting on it and
 * answering. `refuse` makes the side's own error body.
 */
export async function withFault(
	c: HttpContext,
	fault: Fault | undefined,
	refuse: (fault: Fault) => Response,
	act: () => Promise<Response>,
): Promise<Response> {
	if (fault === undefined) return await act();
	switch (fault.action) {
		case "drop":
			return dropConnection(c);
		case "hang":
			return await hang(c);
		case "answer":
			return faultAnswer(c, fault, refuse);
		case "accept-then-drop":
			await act();
			return dropConnection(c);
		case "accept-then-hang":
			await act();
			return await hang(c);
		case "cut":
			return cutInHalf(c, await act());
		case "accept-then-answer":
			await act();
			forgetAnswer(c);
			return faultAnswer(c, fault, refuse);
	}
}

async function cutInHalf(c: HttpContext, answer: Response): Promise<Response> {
	const whole = Buffer.from(await answer.arrayBuffer());
	const { outgoing } = c.env;
	outgoing?.writeHead(answer.status, {
		"Content-Type": answer.headers.get("content-type") ?? "application/octet-stream",
		"Content-Length": whole.length,
	});
	outgoing?.write(whole.subarray(0, whole.length / 2), () => c.env.incoming?.socket.resetAndDestroy());
	return RESPONSE_ALREADY_SENT;
}

/** The answer made so far lends its headers to the next; its length must not be among them. */
function forgetAnswer(c: HttpContext): void {
	c.header("Content-Length", undefined);
}

function faultAnswer(c: HttpContext, fault: Fault, refuse: (fault: Fault) => Response): Response {
	if (fault.retryAfterSeconds !== undefined) c.header("Retry-After", String(fault.retryAfterSeconds));
	if (fault.body === undefined) return refuse(fault);
	c.header("Content-Type", fault.contentType ?? "application/json; charset=utf-8");
	return c.body(fault.body, fault.status as ContentfulStatusCode);
}

/** For `onError`: a client that went away is no bug, anything else is. */
export function bugAnswer(world: World, thrown: unknown, c: HttpContext): Response {
	if (c.env.outgoing?.destroyed === true) return RESPONSE_ALREADY_SENT;
	const error = asError(thrown);
	world.log.error("sandbox-bug", { path: c.req.path, error: error.stack ?? error.message });
	return c.text("The simulation failed; its log says how.", 500);
}
