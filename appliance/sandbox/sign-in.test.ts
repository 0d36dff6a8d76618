import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const GRAPH_SCOPE = "https://graph.microsoft.com/Mail.Send openid profile offline_access";
const OUTLOOK_SCOPE = "https://outlook.office.com/SMTP.Send openid profile offline_access";
const ACCOUNT = "scanner@contoso.com";

let sandbox: Sandbox;
let nowMs = Date.UTC(2026, 10, 20, 8);

beforeAll(async () => {
	sandbox = await startSandbox({ clock: () => nowMs });
});
afterAll(async () => {
	await sandbox.close();
});
beforeEach(async () => {
	await sandbox.control.reset();
});

interface StsBody {
	readonly [name: string]: unknown;
	readonly error?: string;
	readonly error_codes?: number[];
	readonly device_code: string;
	readonly user_code: string;
	readonly access_token: string;
	readonly refresh_token: string;
	readonly id_token: string;
	readonly scope: string;
}

async function post(endpoint: string, form: Record<string, string>, tenant = sandbox.tenant) {
	const response = await fetch(`${sandbox.authorityUrl}/${tenant}/oauth2/v2.0/${endpoint}`, {
		method: "POST",
		body: new URLSearchParams({ client_id: sandbox.clientId, ...form }),
	});
	return { status: response.status, headers: response.headers, body: (await response.json()) as StsBody };
}

async function begin(scope = GRAPH_SCOPE) {
	return (await post("devicecode", { scope })).body;
}

async function poll(deviceCode: string, extra: Record<string, string> = {}) {
	return await post("token", { grant_type: "device_code", device_code: deviceCode, ...extra });
}

async function signIn(scope = GRAPH_SCOPE) {
	sandbox.control.change({ autoApproveAs: ACCOUNT });
	const { device_code } = await begin(scope);
	return (await poll(device_code, { client_info: "1" })).body;
}

async function refresh(refreshToken: string, scope = GRAPH_SCOPE) {
	return await post("token", { grant_type: "refresh_token", refresh_token: refreshToken, scope });
}

describe("discovery", () => {
	it("describes the tenant's endpoints at this host", async () => {
		const url = `${sandbox.authorityUrl}/${sandbox.tenant}/v2.0/.well-known/openid-configuration`;
		const document = await (await fetch(url)).json();
		expect(document).toMatchObject({
			issuer: `${sandbox.authorityUrl}/${sandbox.tenant}/v2.0`,
			token_endpoint: `${sandbox.authorityUrl}/${sandbox.tenant}/oauth2/v2.0/token`,
		});
	});

	it("gives the placeholder issuer for common, and AADSTS90002 for an unknown tenant", async () => {
		const common = await fetch(`${sandbox.authorityUrl}/common/v2.0/.well-known/openid-configuration`);
		expect(await common.json()).toMatchObject({ issuer: `${sandbox.authorityUrl}/{tenantid}/v2.0` });
		const unknown = await fetch(`${sandbox.authorityUrl}/nowhere.test/v2.0/.well-known/openid-configuration`);
		expect(unknown.status).toBe(400);
		expect(await unknown.json()).toMatchObject({ error: "invalid_tenant", error_codes: [90002] });
	});

	it("knows its own instance and no other", async () => {
		const ask = async (host: string) => {
			const endpoint = encodeURIComponent(`https://${host}/common/oauth2/v2.0/authorize`);
			const query = `api-version=1.1&authorization_endpoint=${endpoint}`;
			return await fetch(`${sandbox.authorityUrl}/common/discovery/instance?${query}`);
		};
		const own = sandbox.authorityUrl.replace("http://", "");
		expect(await (await ask(own)).json()).toMatchObject({ metadata: [{ preferred_network: own }] });
		expect(await (await ask("login.evil.test")).json()).toMatchObject({ error: "invalid_instance" });
	});
});

describe("device code", () => {
	it("issues what RFC 8628 asks for, with Microsoft's headers", async () => {
		const { status, headers, body } = await post("devicecode", { scope: GRAPH_SCOPE });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			expires_in: 900,
			interval: 5,
			verification_uri: `${sandbox.authorityUrl}/devicelogin`,
			user_code: expect.stringMatching(/^[A-Z0-9]{9}$/),
			message: expect.stringContaining(body.user_code),
		});
		expect(headers.get("cache-control")).toBe("no-store, no-cache");
		expect(headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
	});

	it("waits, then gives tokens once, to either spelling of the grant", async () => {
		const { device_code, user_code } = await begin();
		const pending = await poll(device_code);
		expect(pending).toMatchObject({
			status: 400,
			body: { error: "authorization_pending", error_codes: [70016] },
		});
		expect(sandbox.control.approve(user_code.toLowerCase(), ACCOUNT)).toBe(true);
		const grantType = "urn:ietf:params:oauth:grant-type:device_code";
		const { status, body } = await post("token", { grant_type: grantType, device_code, client_info: "1" });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			token_type: "Bearer",
			scope: "https://graph.microsoft.com/Mail.Send openid profile",
			expires_in: 4876,
		});
		const claims = JSON.parse(Buffer.from(body.id_token.split(".")[1] ?? "", "base64url").toString());
		expect(claims).toMatchObject({ preferred_username: ACCOUNT, tid: sandbox.tenant, aud: sandbox.clientId });
		expect(claims).not.toHaveProperty("nonce");
		const info = JSON.parse(Buffer.from(String(body["client_info"]), "base64url").toString());
		expect(info).toEqual({ uid: claims.oid, utid: claims.tid });
		expect((await poll(device_code)).body.error).toBe("bad_verification_code");
	});

	it("gives no refresh token, id token or client_info that was not asked for", async () => {
		sandbox.control.change({ autoApproveAs: ACCOUNT });
		const { device_code } = await begin("https://graph.microsoft.com/Mail.Send");
		const { body } = await poll(device_code);
		expect(body.access_token).toMatch(/^EwB/);
		for (const absent of ["refresh_token", "id_token", "client_info"])
			expect(body).not.toHaveProperty(absent);
	});

	it("tells of a declined and of an expired code", async () => {
		const declined = await begin();
		sandbox.control.decline(declined.user_code);
		expect((await poll(declined.device_code)).body.error).toBe("authorization_declined");
		const late = await begin();
		sandbox.control.change({ clockOffsetMs: 901_000 });
		expect((await poll(late.device_code)).body).toMatchObject({
			error: "expired_token",
			error_codes: [70020],
		});
	});

	it("refuses an unknown app, an unknown tenant, a wrong scope and two resources", async () => {
		const stranger = await post("devicecode", { client_id: "1111", scope: GRAPH_SCOPE });
		expect(stranger.body).toMatchObject({ error: "unauthorized_client", error_codes: [700016] });
		const nowhere = await post("devicecode", { scope: GRAPH_SCOPE }, "nowhere.test");
		expect(nowhere.body).toMatchObject({ error: "invalid_tenant", error_codes: [90002] });
		const wrong = await post("devicecode", { scope: "https://graph.microsoft.com/Mail.Fly" });
		expect(wrong.body).toMatchObject({ error: "invalid_scope", error_codes: [70011] });
		const two = await post("devicecode", { scope: `${GRAPH_SCOPE} https://outlook.office.com/SMTP.Send` });
		expect(two.body).toMatchObject({ error: "invalid_scope", error_codes: [70011] });
	});

	it("blocks where the tenant's settings say so", async () => {
		sandbox.control.change({ autoApproveAs: ACCOUNT, publicClientFlows: false });
		const off = await begin();
		expect(await poll(off.device_code)).toMatchObject({ status: 401, body: { error_codes: [7000218] } });
		sandbox.control.change({ publicClientFlows: true, conditionalAccess: "block-at-token" });
		const blocked = await begin();
		expect((await poll(blocked.device_code)).body).toMatchObject({ error_codes: [53003] });
		sandbox.control.change({ conditionalAccess: "block-in-browser" });
		const silent = await begin();
		expect((await poll(silent.device_code)).body.error).toBe("authorization_pending");
	});

	it("asks to slow down only when told to mind the interval", async () => {
		const { device_code } = await begin();
		await poll(device_code);
		expect((await poll(device_code)).body.error).toBe("authorization_pending");
		sandbox.control.change({ enforcePollInterval: true });
		expect((await poll(device_code)).body.error).toBe("slow_down");
		nowMs += 6000;
		expect((await poll(device_code)).body.error).toBe("authorization_pending");
	});

	it("plays each ordered quirk at the next poll, once", async () => {
		const { device_code } = await begin();
		const raw = async () =>
			await fetch(`${sandbox.authorityUrl}/common/oauth2/v2.0/token`, {
				method: "POST",
				body: new URLSearchParams({ client_id: sandbox.clientId, grant_type: "device_code", device_code }),
			});
		sandbox.control.quirkNextPoll("slow_down");
		expect(await (await raw()).json()).toMatchObject({ error: "slow_down" });
		sandbox.control.quirkNextPoll("503-html");
		const html = await raw();
		expect([html.status, html.headers.get("content-type")]).toEqual([503, "text/html"]);
		sandbox.control.quirkNextPoll("429");
		const throttled = await raw();
		expect([throttled.status, throttled.headers.get("retry-after")]).toEqual([429, "1"]);
		sandbox.control.quirkNextPoll("reset");
		await expect(raw()).rejects.toThrow("fetch failed");
		expect(await (await raw()).json()).toMatchObject({ error: "authorization_pending" });
	});

	it("can answer an error with HTTP 200", async () => {
		const body = '{"error":"invalid_scope"}';
		sandbox.control.fail({ where: "sign-in", path: "/devicecode", action: "answer", status: 200, body });
		const { status, body: answer } = await post("devicecode", { scope: GRAPH_SCOPE });
		expect([status, answer.error]).toEqual([200, "invalid_scope"]);
	});
});

describe("refresh", () => {
	it("rotates the token and leaves the old one valid", async () => {
		const first = await signIn();
		const second = (await refresh(first.refresh_token)).body;
		expect(second.refresh_token).not.toBe(first.refresh_token);
		expect((await refresh(first.refresh_token)).status).toBe(200);
		expect((await refresh(second.refresh_token)).status).toBe(200);
	});

	it("needs consent for another resource, and takes one resource at a time", async () => {
		const { refresh_token } = await signIn();
		const foreign = await refresh(refresh_token, OUTLOOK_SCOPE);
		expect(foreign.body).toMatchObject({ suberror: "consent_required", error_codes: [65001] });
		sandbox.control.consent(ACCOUNT, "https://outlook.office.com/SMTP.Send");
		expect((await refresh(refresh_token, OUTLOOK_SCOPE)).status).toBe(200);
		const both = await refresh(refresh_token, `${GRAPH_SCOPE} https://outlook.office.com/SMTP.Send`);
		expect(both.body).toMatchObject({ error: "invalid_scope", error_codes: [28000] });
	});

	it.each([
		["revoked", 50173, () => sandbox.control.revoke(ACCOUNT)],
		["unused for 90 days", 700082, () => sandbox.control.change({ clockOffsetMs: 91 * 86_400_000 })],
		["blocked by policy", 530036, () => sandbox.control.failRefresh(ACCOUNT, 530036)],
		["past its sign-in frequency", 70043, () => sandbox.control.failRefresh(ACCOUNT, 70043)],
	])("refuses a token that is %s", async (_, code, act) => {
		const { refresh_token } = await signIn();
		act();
		const { status, body } = await refresh(refresh_token);
		expect([status, body.error, body.error_codes, body["suberror"]]).toEqual([
			400,
			"invalid_grant",
			[code],
			"bad_token",
		]);
		expect(body["error_description"]).toMatch(new RegExp(`^AADSTS${code}: .* Trace ID: .* Correlation ID: `));
	});

	it("refuses what it did not issue", async () => {
		expect((await refresh("1.AXEAnonsense.x")).body).toMatchObject({ error_codes: [70000] });
		expect((await post("token", { grant_type: "password" })).body.error).toBe("unsupported_grant_type");
	});

	it("echoes scopes in the other form when told to", async () => {
		sandbox.control.change({ scopeEcho: "other" });
		const { scope, refresh_token } = await signIn();
		expect(scope).toBe("Mail.Send openid profile");
		const short = await refresh(refresh_token, "Mail.Send openid");
		expect(short.body.scope).toBe("https://graph.microsoft.com/Mail.Send openid");
	});
});
