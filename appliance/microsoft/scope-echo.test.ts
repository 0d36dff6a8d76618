import { describe, expect, it } from "vitest";
import { asRequested } from "./scope-echo.ts";

describe("scopes of a token answer", () => {
	const requested = "https://graph.microsoft.com/Mail.Send openid offline_access";

	it("take the spelling of the request", () => {
		expect(asRequested(requested, "openid mail.send")).toBe("openid https://graph.microsoft.com/Mail.Send");
		expect(
			asRequested("https://outlook.office.com/SMTP.Send", "https://outlook.office365.com/SMTP.Send"),
		).toBe("https://outlook.office.com/SMTP.Send");
	});

	it("are what was asked when the answer leaves them out", () => {
		expect(asRequested(requested, undefined)).toBe(requested);
	});

	it("are neither widened nor cut", () => {
		expect(asRequested(requested, "openid Calendars.Read")).toBe("openid Calendars.Read");
	});
});
