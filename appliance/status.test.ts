import { expect, it } from "vitest";
import { certificateWarning, lapseWarning } from "./status.ts";

const DAY_MS = 24 * 60 * 60_000;
const NOW_MS = Date.UTC(2026, 10, 25);

it.each([
	[20, undefined],
	[13.5, /lapses in 13 days unless the box reaches Microsoft/],
	[0.5, /lapses in a day/],
	[-3, undefined],
	[20_000, undefined],
])("a sign-in with %d days left", (days, expected) => {
	const warning = lapseWarning("alerts@contoso.com", NOW_MS + days * DAY_MS, NOW_MS);
	if (expected === undefined) expect(warning).toBeUndefined();
	else expect(warning).toMatch(expected);
});

it.each([
	[40, "", undefined],
	[29, "", /expires in 29 days\. Make a new one .* --renew\. The old one serves/],
	[29, "/etc/postern/app.pem", /Put a new one into \/etc\/postern\/app\.pem/],
	[-1, "", /has expired\. Make a new one/],
])("a certificate with %d days left, from %j", (days, certificateFile, expected) => {
	const account = { address: "alerts@contoso.com", certificateFile };
	const warning = certificateWarning(account, NOW_MS + days * DAY_MS, NOW_MS);
	if (expected === undefined) expect(warning).toBeUndefined();
	else expect(warning).toMatch(expected);
});
