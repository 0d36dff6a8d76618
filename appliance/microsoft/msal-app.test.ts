import { describe, expect, it } from "vitest";
import { type Account, PUBLISHED_LIMITS } from "../accounts/model.ts";
import { type CloudSettings, endpointsOf, scopesOf } from "./clouds.ts";
import type { HttpClient } from "./http.ts";
import { LeapingClock } from "./leaping-clock.ts";
import { openMsalApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";

/** What would be asked of the world: nothing leaves this machine. */
async function firstRequests(microsoft: CloudSettings, tenant: string): Promise<string[]> {
	const asked: string[] = [];
	const error = new Error("offline");
	const http: HttpClient = {
		request: ({ method, url }) => {
			asked.push(`${method} ${url.split("?")[0]}`);
			return Promise.resolve({ ok: false, sent: "nothing", reason: "unreachable", error });
		},
		close: () => undefined,
	};
	const account: Account = {
		address: "a@contoso.com",
		transport: "graph",
		method: "device-code",
		clientId: "client",
		tenant,
		fetchOver: "graph",
		certificateFile: "",
		sharedMailboxes: [],
		senders: [],
		owner: "office@contoso.com",
		spreadOver: [],
		limits: PUBLISHED_LIMITS,
		origin: "saved",
	};
	const endpoints = endpointsOf(microsoft);
	const network = new NetworkModule({
		http,
		clock: new LeapingClock(),
		signal: new AbortController().signal,
	});
	const app = await openMsalApp({ account, endpoints, network });
	const request = {
		scopes: scopesOf(endpoints, "graph", []),
		deviceCodeCallback: () => {
			throw new Error("far enough");
		},
	};
	await expect(app.acquireTokenByDeviceCode(request)).rejects.toThrow("far enough");
	return asked;
}

describe("the first request of a sign-in goes straight to the sign-in service", () => {
	it.each([
		[{ cloud: "global" }, "common", "https://login.microsoftonline.com/common"],
		[
			{ cloud: "global" },
			"contoso.onmicrosoft.com",
			"https://login.microsoftonline.com/contoso.onmicrosoft.com",
		],
		[{ cloud: "us-gov" }, "organizations", "https://login.microsoftonline.us/organizations"],
		[{ cloud: "us-dod" }, "organizations", "https://login.microsoftonline.us/organizations"],
		[{ cloud: "china" }, "common", "https://login.partner.microsoftonline.cn/common"],
		[{ cloud: "custom", authority: "http://127.0.0.1:8080" }, "common", "http://127.0.0.1:8080/common"],
		[
			{ cloud: "custom", authority: "https://sim.example:8443/Entra" },
			"token",
			"https://sim.example:8443/Entra/token",
		],
	] as const)("%o, tenant %s", async (microsoft, tenant, base) => {
		expect(await firstRequests(microsoft, tenant)).toEqual([`POST ${base}/oauth2/v2.0/devicecode`]);
	});
});
