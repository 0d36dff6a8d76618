/**
 * A sign-in service for tests, on a real port of this machine, that misbehaves as it is told: each
 * request takes the next line of the script for its kind, the last line answers for ever.
 */
import { once } from "node:events";
import http, { type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type StsKind = "devicecode" | "poll" | "refresh" | "other";
export type StsLine = (response: ServerResponse, form: URLSearchParams) => void;

export interface SeenRequest {
	readonly kind: StsKind;
	readonly path: string;
	readonly form: URLSearchParams;
}

export interface ScriptedSts {
	readonly url: string;
	readonly requests: readonly SeenRequest[];
	/** Replaces what is left of the script for `kind`. */
	script(kind: StsKind, ...lines: readonly StsLine[]): void;
	count(kind: StsKind): number;
	/** Nobody listens any more. */
	close(): void;
	/** Listens again, at the same address. */
	reopen(): Promise<void>;
}

export async function startScriptedSts(): Promise<ScriptedSts> {
	const scripts = new Map<StsKind, StsLine[]>([
		["devicecode", [deviceCode()]],
		["poll", [tokens()]],
		["refresh", [tokens()]],
	]);
	const requests: SeenRequest[] = [];

	async function answer(request: http.IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const form = new URLSearchParams(Buffer.concat(chunks).toString());
		const path = (request.url ?? "").split("?")[0] ?? "";
		const kind = kindOf(path, form);
		requests.push({ kind, path, form });
		const script = scripts.get(kind) ?? [];
		const line = script.length > 1 ? script.shift() : script[0];
		if (line === undefined) response.writeHead(404).end();
		else line(response, form);
	}

	const server = http.createServer((request, response) => {
		answer(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		script: (kind, ...lines) => void scripts.set(kind, [...lines]),
		count: (kind) => requests.filter((request) => request.kind === kind).length,
		close() {
			server.closeAllConnections();
			server.close();
		},
		async reopen() {
			server.listen(port, "127.0.0.1");
			await once(server, "listening");
		},
	};
}

function kindOf(path: string, form: URLSearchParams): StsKind {
	if (path.endsWith("/devicecode")) return "devicecode";
	const grant = form.get("grant_type") ?? "";
	if (grant.endsWith("device_code")) return "poll";
	return grant === "refresh_token" ? "refresh" : "other";
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): StsLine {
	return (response) => {
		response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
		response.end(JSON.stringify(body));
	};
}

export function html(status: number, headers: Record<string, string> = {}): StsLine {
	return (response) => {
		response.writeHead(status, { "content-type": "text/html", ...headers });
		response.end("<html><body>Service Unavailable</body></html>");
	};
}

export function reset(): StsLine {
	return (response) => response.socket?.resetAndDestroy();
}

export function hang(): StsLine {
	return () => undefined;
}

/** As documented: error, `AADSTS<code>: text`, one code, and a suberror where there is one. */
export function refuse(
	error: string,
	code: number,
	options: { suberror?: string; status?: number } = {},
): StsLine {
	return json(options.status ?? 400, {
		error,
		error_description: `AADSTS${code}: So it is.\r\nTrace ID: 07d165d9\r\nTimestamp: 2026-08-26 10:12:51Z`,
		error_codes: [code],
		trace_id: "07d165d9",
		correlation_id: "90590a28",
		...(options.suberror === undefined ? {} : { suberror: options.suberror }),
	});
}

export function pending(): StsLine {
	return refuse("authorization_pending", 70016);
}

export function deviceCode(changes: Record<string, unknown> = {}): StsLine {
	return json(200, {
		user_code: "ABCD1234",
		device_code: "device-code-1",
		verification_uri: "https://microsoft.com/devicelogin",
		expires_in: 900,
		interval: 5,
		message: "To sign in, open the page and enter the code ABCD1234.",
		...changes,
	});
}

let issued = 0;

/** A good answer; each has its own tokens. */
export function tokens(changes: Record<string, unknown> = {}, who = "alerts@contoso.com"): StsLine {
	return (response, form) => {
		issued += 1;
		const claims = { oid: "oid-1", sub: "sub-1", tid: "tid-1", preferred_username: who, name: "Alerts" };
		const body = {
			token_type: "Bearer",
			scope: form.get("scope"),
			expires_in: 3600,
			ext_expires_in: 3600,
			access_token: `access-${issued}`,
			refresh_token: `refresh-${issued}`,
			id_token: `${base64url({ alg: "none" })}.${base64url(claims)}.sig`,
			client_info: base64url({ uid: "oid-1", utid: "tid-1" }),
			...changes,
		};
		json(200, body)(response, form);
	};
}

function base64url(value: unknown): string {
	return Buffer.from(JSON.stringify(value)).toString("base64url");
}
