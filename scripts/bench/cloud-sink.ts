/**
 * A Microsoft 365 that says yes to everything and remembers only numbers: sign-in by device code,
 * approved at once, and Graph `sendMail` answered 202, or drafts and uploads. With limits drawn it takes
 * `LIMIT_AT_ONCE` requests at once and `LIMITED_ANSWER_MS` for each. So light that the figures are the relay's and
 * not the simulation's (appliance/sandbox checks what it is sent, and pays for that).
 *
 * A program of its own, told by its parent over Node's channel: see cloud.ts. It ends with it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudAnswer, CloudCommand } from "./cloud.ts";
import { LIMIT_AT_ONCE, LIMITED_ANSWER_MS } from "./cloud-limits.ts";
import { DraftSink } from "./draft-sink.ts";
import { createLightServer, type LightAnswer, type LightRequest } from "./light-http.ts";
import { readingAnswer } from "./maildrop-sink.ts";

const TENANT = "11111111-2222-3333-4444-555555555555";
const USER = "66666666-7777-8888-9999-000000000000";
const TOKEN_SECONDS = 86_400;

let accepted = 0;
let requests = 0;
let refused = 0;
let atOnce = 0;
let isLimited = false;
let port = 0;
let server = makeServer();

const isSendMail = (target: string) => target.endsWith("/sendMail");

function makeServer() {
	return createLightServer({
		keepsBody: (target) => target.includes("/oauth2/"),
		answer: (request) => {
			const { method, target, body } = request;
			if (isLimited && target.startsWith("/v1.0/")) return limited(() => graphAnswer(request));
			const graph = graphAnswer(request);
			if (graph !== undefined) return graph;
			if (method === "GET" && target.includes("/messages")) return NOTHING_FOUND;
			const { pathname } = new URL(target, "http://sink");
			const answer = signInAnswer(pathname, new URLSearchParams(body));
			return answer === undefined
				? { status: "404 Not Found", body: { error: "not_found" } }
				: { status: "200 OK", body: answer };
		},
	});
}

const drafts = new DraftSink(
	() => port,
	() => {
		accepted += 1;
	},
);

/** A look into Sent Items or Drafts: there is never anything. */
const NOTHING_FOUND = { status: "200 OK", body: { value: [] } };

function graphAnswer(request: LightRequest): LightAnswer | undefined {
	if (request.method === "POST" && isSendMail(request.target)) return takeMessage();
	return readingAnswer(request, port) ?? drafts.answer(request);
}

async function limited(answer: () => LightAnswer | undefined): Promise<LightAnswer> {
	requests += 1;
	if (atOnce >= LIMIT_AT_ONCE) {
		refused += 1;
		return { status: "429 Too Many Requests", retryAfterSeconds: 1, body: TOO_MANY };
	}
	atOnce += 1;
	await sleep(LIMITED_ANSWER_MS);
	atOnce -= 1;
	return answer() ?? NOTHING_FOUND;
}

const TOO_MANY = {
	error: { code: "ApplicationThrottled", message: "Application is over its MailboxConcurrency limit." },
};

function takeMessage(): LightAnswer {
	accepted += 1;
	return { status: "202 Accepted" };
}

/** Entra ID's endpoints (learn.microsoft.com, identity-platform/v2-oauth2-device-code). */
function signInAnswer(pathname: string, form: URLSearchParams): object | undefined {
	const [, tenant = "common"] = pathname.split("/");
	const base = `http://127.0.0.1:${port}/${tenant}`;
	if (pathname.endsWith("/.well-known/openid-configuration")) {
		return {
			token_endpoint: `${base}/oauth2/v2.0/token`,
			authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
			device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
			issuer: `${base}/v2.0`,
			jwks_uri: `${base}/discovery/v2.0/keys`,
		};
	}
	if (pathname.endsWith("/devicecode")) {
		return {
			user_code: "BENCHBENC",
			device_code: "bench",
			verification_uri: `${base}/devicelogin`,
			expires_in: 900,
			interval: 1,
			message: "Nothing to do: this sign-in approves itself.",
		};
	}
	if (pathname.endsWith("/token")) return tokens(base, form);
	if (pathname.endsWith("/me")) return { id: USER, mail: accountName, userPrincipalName: accountName };
	return undefined;
}

const accountName = "bench@contoso.test";

function tokens(base: string, form: URLSearchParams): object {
	const now = Math.floor(Date.now() / 1000);
	const claims = {
		aud: form.get("client_id"),
		iss: `${base}/v2.0`,
		iat: now,
		nbf: now,
		exp: now + TOKEN_SECONDS,
		oid: USER,
		sub: USER,
		tid: TENANT,
		preferred_username: accountName,
		name: "Bench",
		ver: "2.0",
	};
	return {
		token_type: "Bearer",
		scope: form.get("scope") ?? "",
		expires_in: TOKEN_SECONDS,
		ext_expires_in: TOKEN_SECONDS,
		access_token: `bench.${now}`,
		refresh_token: `bench-refresh.${now}`,
		id_token: [{ typ: "JWT", alg: "RS256" }, claims].map(encode).join(".").concat(".bench"),
		client_info: encode({ uid: USER, utid: TENANT }),
	};
}

function encode(value: object): string {
	return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function listen(): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => {
			const address = server.address();
			if (address !== null && typeof address === "object") port = address.port;
			resolve();
		});
	});
}

async function goAway(): Promise<void> {
	const closed = new Promise((resolve) => server.close(resolve));
	for (const socket of server.sockets) socket.destroy();
	await closed;
	server = makeServer();
}

async function obey(command: CloudCommand): Promise<void> {
	if (command === "come-back" && !server.listening) await listen();
	if (command === "go-away" && server.listening) await goAway();
	if (command === "lift-limits") isLimited = false;
	if (command === "draw-limits") {
		isLimited = true;
		[requests, refused] = [0, 0];
	}
	const answer: CloudAnswer = { port, accepted, requests, refused };
	process.send?.(answer);
}

process.on("message", (command: CloudCommand) => void obey(command));
process.once("disconnect", () => process.exit(0));
