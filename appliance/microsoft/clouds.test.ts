import { describe, expect, it } from "vitest";
import { type CloudName, endpointsOf, scopesOf } from "./clouds.ts";

describe("the places of a cloud", () => {
	it("ignores custom places unless the cloud is custom", () => {
		const endpoints = endpointsOf({ cloud: "global", authority: "http://127.0.0.1:1", smtp: "evil:25" });
		expect(endpoints.loginUrl).toBe("https://login.microsoftonline.com");
		expect(endpoints.smtp).toEqual({ host: "smtp.office365.com", port: 587 });
	});

	it("takes a custom cloud's own, with or without a slash at the end", () => {
		const settings = {
			cloud: "custom",
			authority: "http://127.0.0.1:81/",
			graph: "http://[::1]:82",
		} as const;
		expect(endpointsOf({ ...settings, smtp: "[::1]:2587" })).toMatchObject({
			loginUrl: "http://127.0.0.1:81",
			graphUrl: "http://[::1]:82",
			smtp: { host: "::1", port: 2587 },
		});
	});

	it.each<CloudName>(["global", "us-gov", "us-dod", "china"])("is https throughout for %s", (cloud) => {
		const endpoints = endpointsOf({ cloud });
		const scopes = [...scopesOf(endpoints, "graph", []), ...scopesOf(endpoints, "outlook", [])];
		for (const url of [endpoints.loginUrl, endpoints.graphUrl, ...scopes]) {
			expect(new URL(url).protocol).toBe("https:");
		}
		expect(scopesOf(endpoints, "graph", [])[0]).toBe(`${endpoints.graphUrl}/Mail.Send`);
	});
});
