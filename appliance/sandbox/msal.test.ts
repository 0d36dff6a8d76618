import { type INetworkModule, type NetworkRequestOptions, PublicClientApplication } from "@azure/msal-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "./sandbox.ts";

/** MSAL takes https authorities only; the simulation speaks http on loopback. */
const plainNetwork: INetworkModule = {
	sendGetRequestAsync: async (url, options) => await send("GET", url, options),
	sendPostRequestAsync: async (url, options) => await send("POST", url, options),
};

async function send<T>(method: string, url: string, options?: NetworkRequestOptions) {
	const response = await fetch(url.replace("https://", "http://"), {
		method,
		...(options?.headers === undefined ? {} : { headers: options.headers }),
		...(options?.body === undefined ? {} : { body: options.body }),
	});
	return {
		headers: Object.fromEntries(response.headers),
		body: (await response.json()) as T,
		status: response.status,
	};
}

describe("the sign-in service, with Microsoft's own library", () => {
	let sandbox: Sandbox;
	let client: PublicClientApplication;
	beforeAll(async () => {
		sandbox = await startSandbox({
			settings: { deviceCodeIntervalSeconds: 0.02, autoApproveAs: "scanner@contoso.com" },
		});
		const host = sandbox.authorityUrl.replace("http://", "");
		const base = `https://${host}/${sandbox.tenant}`;
		client = new PublicClientApplication({
			auth: {
				clientId: sandbox.clientId,
				authority: base,
				knownAuthorities: [host],
				authorityMetadata: JSON.stringify({
					authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
					token_endpoint: `${base}/oauth2/v2.0/token`,
					issuer: `${base}/v2.0`,
					jwks_uri: `${base}/discovery/v2.0/keys`,
				}),
			},
			system: { networkClient: plainNetwork },
		});
	});
	afterAll(async () => {
		await sandbox.close();
	});

	it("signs in by device code, sends, and refreshes in silence", async () => {
		const scopes = ["https://graph.microsoft.com/Mail.Send"];
		const codes: string[] = [];
		const signedIn = await client.acquireTokenByDeviceCode({
			scopes,
			deviceCodeCallback: ({ userCode }) => codes.push(userCode),
		});
		expect(codes).toHaveLength(1);
		expect(signedIn?.account?.username).toBe("scanner@contoso.com");
		expect(signedIn?.account?.homeAccountId).toMatch(/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/);
		if (signedIn?.account == null) throw new Error("no account");

		const mime = "From: scanner@contoso.com\r\nTo: office@example.com\r\nSubject: scan\r\n\r\nhello\r\n";
		const sent = await fetch(`${sandbox.graphUrl}/v1.0/me/sendMail`, {
			method: "POST",
			headers: { authorization: `Bearer ${signedIn.accessToken}`, "content-type": "text/plain" },
			body: Buffer.from(mime).toString("base64"),
		});
		expect(sent.status).toBe(202);
		expect(sandbox.control.arrived({ recipient: "office@example.com" })).toHaveLength(1);

		const cached = await client.acquireTokenSilent({ account: signedIn.account, scopes });
		expect(cached.fromCache).toBe(true);
		const fresh = await client.acquireTokenSilent({ account: signedIn.account, scopes, forceRefresh: true });
		expect(fresh.fromCache).toBe(false);
		const refreshes = sandbox.control
			.requests({ kind: "sign-in" })
			.filter(({ detail }) => detail.startsWith("refresh"));
		expect(refreshes).toHaveLength(1);

		sandbox.control.revoke("scanner@contoso.com");
		const revoked = client.acquireTokenSilent({ account: signedIn.account, scopes, forceRefresh: true });
		await expect(revoked).rejects.toMatchObject({ errorCode: "invalid_grant", subError: "bad_token" });
	});
});
