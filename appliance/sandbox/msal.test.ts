import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	ConfidentialClientApplication,
	type Configuration,
	CryptoProvider,
	type INetworkModule,
	type NetworkRequestOptions,
	PublicClientApplication,
} from "@azure/msal-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itWith, run } from "../e2e/clients.ts";
import { signInByBrowser } from "./browser.ts";
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
		client = new PublicClientApplication(configuration());
	});

	/** `aud` of an assertion is the address that MSAL knows, so that one is spelt as it is. */
	function configuration(scheme = "https:"): Configuration {
		const host = sandbox.authorityUrl.replace("http://", "");
		const base = `${scheme}//${host}/${sandbox.tenant}`;
		return {
			auth: {
				clientId: sandbox.clientId,
				authority: `https://${host}/${sandbox.tenant}`,
				knownAuthorities: [host],
				authorityMetadata: JSON.stringify({
					authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
					token_endpoint: `${base}/oauth2/v2.0/token`,
					issuer: `https://${host}/${sandbox.tenant}/v2.0`,
					jwks_uri: `${base}/discovery/v2.0/keys`,
				}),
			},
			system: { networkClient: plainNetwork },
		};
	}

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

	it("signs in by browser, with a code that is good once", async () => {
		const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
		const redirectUri = "http://localhost:5000/";
		const scopes = ["https://graph.microsoft.com/Mail.Send"];
		const link = await client.getAuthCodeUrl({
			...{ scopes, redirectUri, codeChallenge: challenge, codeChallengeMethod: "S256", state: "s1" },
		});
		const ended = new URL(await signInByBrowser(link.replace("https://", "http://"), "person@contoso.com"));
		expect(ended.href).toMatch(/^http:\/\/localhost:5000\/\?code=/);
		expect(ended.searchParams.get("state")).toBe("s1");
		const redeem = (codeVerifier: string) =>
			client.acquireTokenByCode({
				...{ scopes, redirectUri, codeVerifier },
				code: ended.searchParams.get("code") ?? "",
			});
		await expect(redeem("x".repeat(43))).rejects.toMatchObject({ errorNo: 501481 });
		expect((await redeem(verifier)).account?.username).toBe("person@contoso.com");
		await expect(redeem(verifier)).rejects.toMatchObject({ errorNo: 54005 });
	});

	itWith("openssl", "gives the app itself a token for its certificate, and for no other", async () => {
		const [own, other] = [await opensslCertificate(), await opensslCertificate()];
		const tokenWith = (pem: string, key: string) =>
			new ConfidentialClientApplication({
				...configuration("http:"),
				auth: {
					...configuration("http:").auth,
					clientCertificate: {
						privateKey: key,
						thumbprintSha256: new X509Certificate(pem).fingerprint256.replaceAll(":", ""),
					},
				},
			}).acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
		sandbox.control.grantApp({
			certificatePem: own.pem,
			graph: ["Mail.Send"],
			mailboxes: ["app@contoso.com"],
		});
		await expect(tokenWith(other.pem, other.key)).rejects.toMatchObject({ errorNo: 700027 });
		await expect(tokenWith(own.pem, other.key)).rejects.toMatchObject({ errorNo: 700027 });
		const token = (await tokenWith(own.pem, own.key))?.accessToken ?? "";
		const sent = async (mailbox: string) => {
			const mime = "From: app@contoso.com\r\nTo: office@example.com\r\nSubject: scan\r\n\r\nhello\r\n";
			const answer = await fetch(`${sandbox.graphUrl}/v1.0/${mailbox}/sendMail`, {
				method: "POST",
				headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
				body: Buffer.from(mime).toString("base64"),
			});
			return answer.status;
		};
		expect(await sent("users/app@contoso.com")).toBe(202);
		expect(await sent("users/scanner@contoso.com")).toBe(403);
		expect(await sent("users/nobody@contoso.com")).toBe(404);
		expect(await sent("me")).toBe(400);
	});
});

/** A key and certificate that none of our code made. */
async function opensslCertificate(): Promise<{ pem: string; key: string }> {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-openssl-"));
	const [key, pem] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
	const order = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=app"];
	await run("openssl", [...order, "-keyout", key, "-out", pem]);
	const made = { pem: readFileSync(pem, "utf8"), key: readFileSync(key, "utf8") };
	rmSync(folder, { recursive: true });
	return made;
}
