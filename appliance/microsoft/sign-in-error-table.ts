/**
 * What Microsoft's sign-in errors mean for an owner, as data. For sign-in-errors.ts.
 *
 * Source: learn.microsoft.com/entra/identity-platform/reference-error-codes, which asks not to build on
 * the numbers; so a number only chooses words and how hard to try, and an unknown one loses nothing.
 */

/**
 * `dead-grant`: this sign-in will never work again. `needs-interaction`: somebody must sign in, the
 * tokens may still be good later. `misconfigured`: the app registration or configuration is wrong.
 * `blocked`: an administrator's rule or the account's state forbids it. `transient`: try again.
 */
export type FaultKind = "dead-grant" | "needs-interaction" | "misconfigured" | "blocked" | "transient";

export interface FaultMeaning {
	readonly kind: FaultKind;
	/** What is wrong, in the owner's words. */
	readonly ownerText: string;
	/** What to do next. */
	readonly hint: string;
}

interface FaultRow extends FaultMeaning {
	readonly codes: readonly number[];
	/** Where Microsoft says so, or who has seen it. */
	readonly source: string;
}

const REFERENCE = "learn.microsoft.com/entra/identity-platform/reference-error-codes";
const DEVICE_FLOW = "learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code";
const FLOW_RULES = "learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows";
const REFRESH_TOKENS = "learn.microsoft.com/entra/identity-platform/refresh-tokens";
const CREDENTIALS = "learn.microsoft.com/entra/identity-platform/certificate-credentials";
const IDENTITY_WEB = "AzureAD/microsoft-identity-web, certificate errors";

const SIGN_IN_AGAIN = "Sign in again.";
const ASK_ADMINISTRATOR = "Ask your Microsoft 365 administrator; the sign-in log in Entra names the rule.";
/**
 * Rules on device code do not touch the other ways, and what came by code is marked for good (learn.microsoft.com
 * /entra/identity/conditional-access/concept-authentication-flows, "Protocol tracking").
 */
const OTHER_WAYS =
	"Sign in with a browser instead (`postern account add ADDRESS --method browser`), from a managed computer if one is wanted, or with a certificate (`--method certificate`). Or have the administrator exempt this account from the rule.";
const CHECK_REGISTRATION = "Check `client_id` and `tenant`, and the app registration in Entra.";

const ROWS: readonly FaultRow[] = [
	{
		codes: [700082, 70008],
		source: REFRESH_TOKENS,
		kind: "dead-grant",
		ownerText: "The sign-in has lapsed, because it was not used for too long (90 days as a rule).",
		hint: SIGN_IN_AGAIN,
	},
	{
		codes: [50173, 50132, 50133],
		source: REFRESH_TOKENS,
		kind: "dead-grant",
		ownerText: "The sign-in was ended: the password was changed or the sessions were revoked.",
		hint: SIGN_IN_AGAIN,
	},
	{
		codes: [70043],
		source: REFERENCE,
		kind: "dead-grant",
		ownerText: "Your organisation makes sign-ins lapse after a set time, and this one has.",
		hint: "Sign in again. It will recur until the administrator exempts this account from the sign-in frequency.",
	},
	{
		codes: [530036],
		source: FLOW_RULES,
		kind: "dead-grant",
		ownerText: "Your organisation now blocks signing in with a code, and has ended this sign-in.",
		hint: OTHER_WAYS,
	},
	{
		codes: [70000],
		source: REFERENCE,
		kind: "dead-grant",
		ownerText: "Microsoft does not know this sign-in any more; it may belong to another app registration.",
		hint: SIGN_IN_AGAIN,
	},
	{
		codes: [50076, 50079, 50074, 50072, 50078, 50158],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "Microsoft wants a second proof of identity (multi-factor sign-in) for this account.",
		hint: SIGN_IN_AGAIN,
	},
	{
		codes: [65001],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "Nobody has yet allowed this app registration to do this for the account.",
		hint: "Sign in again and accept what is asked, or have the administrator grant consent.",
	},
	{
		codes: [65004],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "The permissions asked for were refused.",
		hint: "Sign in again and accept them.",
	},
	{
		codes: [70018],
		source: DEVICE_FLOW,
		kind: "needs-interaction",
		ownerText: "The sign-in was declined on the page where the code is entered.",
		hint: "Start again and accept.",
	},
	{
		codes: [70019, 70020],
		source: DEVICE_FLOW,
		kind: "needs-interaction",
		ownerText: "The code was not used in time, and has expired.",
		hint: "Start again; a new code is given.",
	},
	{
		codes: [54005],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "The code has been used already.",
		hint: "Start again; a new code is given.",
	},
	{
		codes: [50055],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "The account's password has expired.",
		hint: "Change it with Microsoft, then sign in again.",
	},
	{
		codes: [50126],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "Microsoft refused the user name or the password.",
		hint: SIGN_IN_AGAIN,
	},
	{
		codes: [90094, 90095],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "In your organisation an administrator must allow this app first.",
		hint: "Have the administrator grant consent to the app registration, then sign in again.",
	},
	{
		codes: [53003],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "A rule of your organisation (Conditional Access) forbids this sign-in.",
		hint: `${ASK_ADMINISTRATOR} If it forbids signing in with a code: ${OTHER_WAYS}`,
	},
	{
		codes: [53000, 53001, 53002],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "Your organisation allows this sign-in only from a managed device.",
		hint: ASK_ADMINISTRATOR,
	},
	{
		codes: [530033],
		source: "azure-devops-intellij #584",
		kind: "blocked",
		ownerText: "Your organisation wants a managed device, and a code sign-in can never be one.",
		hint: OTHER_WAYS,
	},
	{
		codes: [530035, 530032, 530084],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "A security setting of your organisation blocks this sign-in.",
		hint: ASK_ADMINISTRATOR,
	},
	{
		codes: [50057],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "The account is disabled in Microsoft 365.",
		hint: "Have the administrator enable it.",
	},
	{
		codes: [50053],
		source: REFERENCE,
		kind: "blocked",
		ownerText:
			"Microsoft has locked the account for a while, after too many wrong passwords or by its address.",
		hint: "Wait an hour, or have the administrator unlock it.",
	},
	{
		codes: [50020, 50034, 90072, 51004, 16000],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "This account does not exist in the organisation (tenant) that Postern asks.",
		hint: "Check the account's address and `tenant`.",
	},
	{
		codes: [700016],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "Microsoft does not know the app registration in this organisation.",
		hint: CHECK_REGISTRATION,
	},
	{
		codes: [7000218],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The app registration does not allow signing in with a code.",
		hint: "In Entra, under Authentication, set “Allow public client flows” to Yes; then sign in again.",
	},
	{
		codes: [700027, 700030],
		source: CREDENTIALS,
		kind: "misconfigured",
		ownerText: "The app registration in Entra does not have this box's certificate.",
		hint: "Upload it there under Certificates & secrets; `postern account certificate ADDRESS` gives it.",
	},
	{
		codes: [1000502, 7000214, 7000274, 7000277],
		source: IDENTITY_WEB,
		kind: "misconfigured",
		ownerText: "The certificate has expired or was revoked.",
		hint: "Make a new one (`postern account certificate ADDRESS --renew`) and upload it in Entra.",
	},
	{
		codes: [700024],
		source: "Azure/azure-cli #28708",
		kind: "transient",
		ownerText: "Microsoft finds the time of this sign-in wrong: the box's clock is not right.",
		hint: "Check that the box reaches a time server (NTP).",
	},
	{
		codes: [7000229],
		source: "microsoft/teams-sdk, token errors",
		kind: "misconfigured",
		ownerText: "Nobody has allowed the app registration in this organisation yet.",
		hint: "Have an administrator grant consent to it in Entra (API permissions).",
	},
	{
		codes: [7000112],
		source: REFERENCE,
		kind: "blocked",
		ownerText: "The app is disabled in your organisation.",
		hint: "Have the administrator enable it (Enterprise applications, Properties).",
	},
	{
		codes: [700025, 7000215, 7000222],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The secret or certificate does not fit the app registration.",
		hint: CHECK_REGISTRATION,
	},
	{
		codes: [70011, 28000, 700022, 500011, 650052, 650057],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The app registration or the organisation lacks a permission that Postern asks for.",
		hint: "Add the mail permissions to the app registration in Entra, and check that the mailbox is licensed.",
	},
	{
		codes: [90002, 50059],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "Microsoft does not know the organisation named by `tenant`, or it is in another cloud.",
		hint: "Check `tenant` and `cloud`.",
	},
	{
		codes: [50194],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The app registration is for one organisation only, and `tenant` does not name it.",
		hint: "Set `tenant` to your organisation's domain or id.",
	},
	{
		codes: [9002331],
		source: "AzureAD/microsoft-authentication-library-for-python #194",
		kind: "misconfigured",
		ownerText: "The app registration is for personal accounts only.",
		hint: 'Set `tenant = "consumers"`.',
	},
	{
		codes: [9002332],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The app registration is for work accounts only, and `tenant` asks for personal ones.",
		hint: "Set `tenant` to your organisation's domain or id.",
	},
	{
		codes: [65002],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "This `client_id` belongs to Microsoft and may not be used for mail.",
		hint: "Register an app of your own in Entra and use its id.",
	},
	{
		codes: [501481],
		source: REFERENCE,
		kind: "needs-interaction",
		ownerText: "The address pasted is of another sign-in than the one under way.",
		hint: "Start again, open the new link, and paste the address it ends at.",
	},
	{
		codes: [50011],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "The app registration does not know the address that a browser sign-in ends at.",
		hint: "In Entra, under Authentication, add the platform “Mobile and desktop applications” with that address (`microsoft.redirect`, or the nativeclient address that Entra offers).",
	},
	{
		codes: [900144, 9002313, 90014],
		source: REFERENCE,
		kind: "misconfigured",
		ownerText: "Microsoft found the sign-in request faulty.",
		hint: CHECK_REGISTRATION,
	},
	{
		codes: [90033, 90024, 90006, 90012, 50033, 50087, 90055, 50196, 50199],
		source: REFERENCE,
		kind: "transient",
		ownerText: "Microsoft's sign-in service is busy or disturbed.",
		hint: "Nothing to do; Postern tries again by itself.",
	},
];

export const MEANING_BY_CODE: ReadonlyMap<number, FaultMeaning> = new Map(
	ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

/** By OAuth `error` (RFC 6749 §5.2, RFC 8628 §3.5, OpenID Connect), where no number is known. */
export const MEANING_BY_ERROR: ReadonlyMap<string, FaultMeaning> = new Map<string, FaultMeaning>([
	...["invalid_grant", "interaction_required", "login_required", "consent_required"].map(
		(error) =>
			[
				error,
				{
					kind: "needs-interaction",
					ownerText: "Microsoft wants somebody to sign in to this account again.",
					hint: SIGN_IN_AGAIN,
				},
			] as const,
	),
	["authorization_declined", meaningOf(70018)],
	["access_denied", meaningOf(65004)],
	["expired_token", meaningOf(70020)],
	["code_expired", meaningOf(70020)],
	["bad_verification_code", meaningOf(54005)],
	["invalid_client", meaningOf(7000218)],
	["unauthorized_client", meaningOf(700016)],
	["invalid_scope", meaningOf(70011)],
	["invalid_resource", meaningOf(500011)],
	["temporarily_unavailable", meaningOf(90033)],
	["server_error", meaningOf(90033)],
	["slow_down", meaningOf(90033)],
]);

function meaningOf(code: number): FaultMeaning {
	const meaning = MEANING_BY_CODE.get(code);
	if (meaning === undefined) throw new Error(`the table has no row for AADSTS${code}`);
	return meaning;
}
